// SPDX-License-Identifier: GPL-3.0-or-later
// How fast messages leave, against Postfix's smtp-source in the same run: the real
// `mailgauge-cli send --repeat` and `smtp-source -d` as processes of their own, into smtp-sink and
// into our sandbox, directly and through a proxy that adds 20 ms each way. CPU is that of the whole
// process, start included. Prints one JSON document, and on standard error each row as it comes and
// a verdict per limit.
//
// DATA ends its group (RFC 2920 3.1), so that by DATA a message costs one round trip at least;
// smtp-source takes four. What the delay leaves possible there is four times its pace, and that row
// is told, not judged; the limit is judged where BDAT is offered and nothing has to be waited for.
//
//     bench_engine [MESSAGES]        all rows (default: 20000 messages)
//     bench_engine memory [MESSAGES] resident memory at 10 % and at 100 % (default: 1000000)
#include "base/literals.h"
#include "delayproxy.h"
#include "delivery/repeatservice.h"
#include "store/database.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QThread>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <sys/resource.h>
#include <unistd.h>

using namespace Mailgauge;
using namespace std::chrono_literals;

namespace {

constexpr qsizetype MessageSize = 4096;
constexpr int Delayed = 60; ///< Messages per session through the proxy: its pace is the delay's.
constexpr int Turns = 5; ///< Of each row without the delay, whose runs take half a second.
constexpr int StoredShare = 10; ///< A tenth of the messages is stored: the disk sets that pace.

QList<QProcess *> sinks; // those that run: nobody else ends them where this program dies

[[noreturn]] void die(const QString &why)
{
    std::fprintf(stderr, "bench_engine: %s\n", qPrintable(why));
    for (QProcess *sink : std::as_const(sinks)) {
        sink->kill();
        sink->waitForFinished();
    }
    std::exit(1);
}

QByteArray message()
{
    QByteArray bytes
        = "From: <from@example.org>\r\nTo: <to@example.org>\r\nSubject: bench\r\n\r\n"_ba;
    while (bytes.size() + 64 <= MessageSize)
        bytes += QByteArray(62, 'x') + "\r\n";
    const qsizetype left = MessageSize - bytes.size();
    return left > 2 ? bytes + QByteArray(left - 2, 'x') + "\r\n" : bytes;
}

double cpuSeconds(int who)
{
    rusage use {};
    getrusage(who, &use);
    const auto seconds = [](const timeval &time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(use.ru_utime) + seconds(use.ru_stime);
}

double residentBytes()
{
    QFile file(u"/proc/self/statm"_s);
    return file.open(QIODevice::ReadOnly)
        ? file.readAll().split(' ').value(1).toDouble() * static_cast<double>(sysconf(_SC_PAGESIZE))
        : 0;
}

/// A server process for as long as this lives.
class Sink final {
public:
    static std::unique_ptr<Sink> postfix()
    {
        quint16 port = 0;
        {
            QTcpServer free;
            free.listen(QHostAddress::LocalHost);
            port = free.serverPort();
        }
        QStringList arguments {u"127.0.0.1:%1"_s.arg(port), u"200"_s};
        if (geteuid() == 0)
            arguments = QStringList {u"-u"_s, u"nobody"_s} + arguments;
        auto sink = std::make_unique<Sink>(u"smtp-sink"_s, arguments);
        sink->m_port = port;
        for (int i = 0; i < 500; ++i) { // until it listens
            QTcpSocket probe;
            probe.connectToHost(QHostAddress::LocalHost, port);
            if (probe.waitForConnected(1000))
                return sink;
            QThread::msleep(10);
        }
        die(u"smtp-sink does not listen"_s);
    }

    static std::unique_ptr<Sink> sandbox(const QString &program)
    {
        const QTemporaryDir folder;
        const QString scenario = folder.filePath(u"bench.json"_s);
        QFile file(scenario);
        const QByteArray json
            = R"({"format":"mailgauge-scenario","version":1,"name":"bench","title":"Bench",)"
              R"("settings":{"keywords":["PIPELINING","CHUNKING","ENHANCEDSTATUSCODES"]},"rules":[]})";
        if (!file.open(QIODevice::WriteOnly) || file.write(json) != json.size() || !file.flush())
            die(file.errorString());
        auto sink = std::make_unique<Sink>(
            program, QStringList {u"sandbox"_s, u"--tls"_s, u"none"_s, u"--scenario"_s, scenario});
        if (!sink->m_process.waitForReadyRead(10'000))
            die(u"the sandbox does not start"_s);
        const QJsonObject told = QJsonDocument::fromJson(sink->m_process.readLine()).object();
        sink->m_port = static_cast<quint16>(told["port"_L1].toInt());
        return sink;
    }

    Sink(const QString &program, const QStringList &arguments)
    {
        m_process.setStandardErrorFile(QProcess::nullDevice());
        m_process.start(program, arguments);
        if (!m_process.waitForStarted())
            die(program + u": "_s + m_process.errorString());
        sinks.append(&m_process);
    }
    Q_DISABLE_COPY_MOVE(Sink)
    ~Sink()
    {
        sinks.removeOne(&m_process);
        m_process.terminate();
        m_process.waitForFinished();
    }
    [[nodiscard]] quint16 port() const { return m_port; }

private:
    QProcess m_process;
    quint16 m_port = 0;
};

struct Figures {
    double perSecond = 0;
    double cpuMicroseconds = 0; ///< Per message.

    [[nodiscard]] QJsonObject toJson() const
    {
        return {{u"perSecond"_s, qRound(perSecond)},
            {u"cpuMicrosecondsPerMessage"_s, qRound(cpuMicroseconds * 10) / 10.0}};
    }
};

/// Of each figure by itself.
Figures medianOf(const QList<Figures> &turns)
{
    const auto median = [&turns](double Figures::*figure) {
        QList<double> values;
        for (const Figures &one : turns)
            values.append(one.*figure);
        std::ranges::sort(values);
        return values[values.size() / 2];
    };
    return {median(&Figures::perSecond), median(&Figures::cpuMicroseconds)};
}

/// Runs a client to its end while this thread's event loop (and the proxy in it) goes on.
Figures measure(const QString &program, const QStringList &arguments, int messages)
{
    QProcess process;
    QEventLoop loop;
    process.setStandardOutputFile(QProcess::nullDevice());
    process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    QObject::connect(&process, &QProcess::finished, &loop, &QEventLoop::quit);
    const double before = cpuSeconds(RUSAGE_CHILDREN);
    QElapsedTimer timer;
    timer.start();
    process.start(program, arguments);
    loop.exec();
    const double seconds = static_cast<double>(timer.nsecsElapsed()) / 1e9;
    const double cpu = cpuSeconds(RUSAGE_CHILDREN) - before;
    if (process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0)
        die(program + u" "_s + arguments.join(u' ') + u": failed"_s);
    return {messages / seconds, cpu / messages * 1e6};
}

class Runs {
public:
    Runs()
    {
        QFile file(m_folder.filePath(u"message.eml"_s));
        if (!file.open(QIODevice::WriteOnly) || file.write(message()) != MessageSize)
            die(file.errorString());
    }

    [[nodiscard]] Figures ours(
        quint16 port, int sessions, int messages, const QStringList &more = {}) const
    {
        return measure(m_program,
            QStringList {u"send"_s, u"--server"_s, u"127.0.0.1:%1"_s.arg(port), u"--tls"_s,
                u"none"_s, u"--from"_s, u"from@example.org"_s, u"--to"_s, u"to@example.org"_s,
                u"--data"_s, m_folder.filePath(u"message.eml"_s), u"--no-store"_s, u"--repeat"_s,
                QString::number(messages), u"--sessions"_s, QString::number(sessions)}
                + more,
            messages);
    }

    [[nodiscard]] static Figures peer(quint16 port, int sessions, int messages)
    {
        return measure(u"smtp-source"_s,
            {u"-d"_s, u"-s"_s, QString::number(sessions), u"-m"_s, QString::number(messages),
                u"-l"_s, QString::number(MessageSize), u"-f"_s, u"from@example.org"_s, u"-t"_s,
                u"to@example.org"_s, u"inet:127.0.0.1:%1"_s.arg(port)},
            messages);
    }

    /// This program again, with every transcript in a store of its own.
    [[nodiscard]] Figures stored(quint16 port, int sessions, int messages) const
    {
        const QTemporaryDir store(m_folder.filePath(u"store"_s));
        return measure(QCoreApplication::applicationFilePath(),
            {u"run"_s, QString::number(port), QString::number(sessions), QString::number(messages),
                store.path()},
            messages);
    }

    [[nodiscard]] const QString &program() const { return m_program; }

private:
    QTemporaryDir m_folder;
    QString m_program = QCoreApplication::applicationDirPath() + u"/mailgauge-cli"_s;
};

/// What is asked of a row; empty: it is told, not judged.
struct Limits {
    std::optional<double> ratio {}; ///< So many times as many messages per second as the peer.
    std::optional<double> cpuRatio {}; ///< At most so much of its CPU per message.
};

/// Gathers rows, tells each one at once, and what holds of the limits.
class Report {
public:
    void add(const QString &sink, int sessions, int messages, const Figures &ours,
        const Figures &peer, const Limits &limits)
    {
        const double ratio = ours.perSecond / peer.perSecond;
        const double cpuRatio = ours.cpuMicroseconds / peer.cpuMicroseconds;
        const QJsonObject row {{u"sink"_s, sink}, {u"sessions"_s, sessions},
            {u"messages"_s, messages}, {u"mailgauge"_s, ours.toJson()},
            {u"smtpSource"_s, peer.toJson()}, {u"ratio"_s, rounded(ratio)},
            {u"cpuRatio"_s, rounded(cpuRatio)}};
        tell(row);
        m_rows.append(row);
        const QString what = u"%1, sessions: %2, "_s.arg(sink).arg(sessions);
        if (limits.ratio)
            judge(what + u"times smtp-source, at least"_s, ratio, *limits.ratio,
                ratio >= *limits.ratio);
        if (limits.cpuRatio)
            judge(what + u"share of its CPU, at most"_s, cpuRatio, *limits.cpuRatio,
                cpuRatio <= *limits.cpuRatio);
    }
    void addStored(int sessions, int messages, const Figures &ours)
    {
        QJsonObject row = ours.toJson();
        row[u"sessions"_s] = sessions;
        row[u"messages"_s] = messages;
        tell(row);
        m_stored.append(row);
    }
    void print() const
    {
        bool met = true;
        for (qsizetype i = 0; i < m_verdicts.size(); ++i) {
            const QJsonObject one = m_verdicts[i].toObject();
            const bool holds = one["met"_L1].toBool();
            met = met && holds;
            std::fprintf(stderr, "%-8s %s %.2f: %.2f\n", holds ? "met" : "NOT MET",
                qPrintable(one["what"_L1].toString()), one["limit"_L1].toDouble(),
                one["value"_L1].toDouble());
        }
        const QJsonObject result {{u"rows"_s, m_rows}, {u"everyTranscriptStored"_s, m_stored},
            {u"verdicts"_s, m_verdicts}, {u"met"_s, met}};
        std::printf("%s\n", QJsonDocument(result).toJson(QJsonDocument::Compact).constData());
    }

private:
    static double rounded(double value) { return qRound(value * 100) / 100.0; }
    static void tell(const QJsonObject &row)
    {
        std::fprintf(stderr, "%s\n", QJsonDocument(row).toJson(QJsonDocument::Compact).constData());
    }
    void judge(const QString &what, double value, double limit, bool met)
    {
        m_verdicts.append(QJsonObject {
            {u"what"_s, what}, {u"value"_s, rounded(value)}, {u"limit"_s, limit}, {u"met"_s, met}});
    }

    QJsonArray m_rows;
    QJsonArray m_stored;
    QJsonArray m_verdicts;
};

/// The same service as the command line's, in this process: every transcript is stored where a
/// folder is given, else none is. Tells the resident memory on the way.
int run(const QStringList &arguments)
{
    const Base::SystemClock clock;
    const auto port = static_cast<quint16>(arguments.value(0).toUInt());
    const int sessions = arguments.value(1).toInt();
    const int messages = arguments.value(2).toInt();
    std::unique_ptr<Store::Database> store;
    if (arguments.size() > 3) {
        auto opened = Store::Database::open(arguments[3] + u"/store.sqlite"_s);
        if (!opened)
            die(opened.error().detail);
        store = std::move(*opened);
    }
    Delivery::RepeatRequest repeated {.request = {}, .messages = messages, .sessions = sessions};
    if (store)
        repeated.transcripts = messages;
    Delivery::SendRequest &request = repeated.request;
    request.target.host = u"127.0.0.1"_s;
    request.target.port = port;
    request.session.ehloName = "bench.example"_ba;
    request.session.tls = Smtp::TlsPolicy::None;
    request.envelope.reversePath = *Smtp::Mailbox::parse("from@example.org");
    request.envelope.forwardPaths = {*Smtp::Mailbox::parse("to@example.org")};
    request.content = Base::Content();
    request.content->bytes = message();
    double early = 0;
    qint64 done = 0;
    Delivery::RepeatService service(store ? &store->sessions() : nullptr, clock);
    QObject::connect(&service, &Delivery::RepeatService::messagesDone, qApp,
        [&](const QUuid &, const QList<Delivery::RepeatedMessage> &batch) {
            done += batch.size();
            if (early == 0 && done >= messages / 10)
                early = residentBytes();
        });
    QObject::connect(&service, &Delivery::RepeatService::finished, qApp,
        [&](const Delivery::RepeatSummary &summary) {
            const double late = residentBytes();
            const QJsonObject result {{u"messages"_s, messages},
                {u"perSecond"_s, qRound(summary.perSecond())},
                {u"megabytesAtTenPercent"_s, qRound(early / 1e5) / 10.0},
                {u"megabytesAtEnd"_s, qRound(late / 1e5) / 10.0},
                {u"ratio"_s, early > 0 ? qRound(late / early * 1000) / 1000.0 : 0},
                {u"limit"_s, 1.05}, {u"met"_s, late <= early * 1.05}};
            std::printf("%s\n", QJsonDocument(result).toJson(QJsonDocument::Compact).constData());
            QCoreApplication::exit(summary.counts.accepted == messages ? 0 : 1);
        });
    service.start(std::move(repeated));
    return QCoreApplication::exec();
}

int memory(int messages)
{
    const auto sink = Sink::postfix();
    return run({QString::number(sink->port()), u"4"_s, QString::number(messages)});
}

int engine(int messages)
{
    const Runs bench;
    Report report;
    const QStringList byBdat {u"--chunking"_s, u"auto"_s};
    for (const bool ownSink : {false, true}) {
        const auto sink = ownSink ? Sink::sandbox(bench.program()) : Sink::postfix();
        const QString name = ownSink ? u"sandbox"_s : u"smtp-sink"_s;
        for (const int sessions : {1, 4, 16}) {
            // In turns, so that whatever else the machine does meets all of them.
            QList<Figures> peers;
            QList<Figures> data;
            QList<Figures> bdat;
            for (int turn = 0; turn < Turns; ++turn) {
                peers.append(Runs::peer(sink->port(), sessions, messages));
                data.append(bench.ours(sink->port(), sessions, messages));
                if (ownSink)
                    bdat.append(bench.ours(sink->port(), sessions, messages, byBdat));
            }
            const Figures peer = medianOf(peers);
            Limits limits {.cpuRatio = 0.65};
            if (sessions != 4)
                limits.ratio = sessions == 1 ? 2.5 : 1.6;
            report.add(name, sessions, messages, medianOf(data), peer, limits);
            if (ownSink)
                report.add(name + u" by BDAT"_s, sessions, messages, medianOf(bdat), peer, {});
        }
        const Bench::DelayProxy proxy(sink->port(), 20ms);
        for (const int sessions : {1, 4, 16}) {
            const int few = Delayed * sessions;
            const Figures peer = Runs::peer(proxy.port(), sessions, few);
            report.add(name + u", 20 ms each way"_s, sessions, few,
                bench.ours(proxy.port(), sessions, few), peer, {});
            if (ownSink)
                report.add(name + u" by BDAT, 20 ms each way"_s, sessions, few,
                    bench.ours(proxy.port(), sessions, few, byBdat), peer, {.ratio = 5.0});
        }
        if (ownSink)
            continue;
        for (const int sessions : {1, 4, 16}) {
            const int share = messages / StoredShare;
            report.addStored(sessions, share, bench.stored(sink->port(), sessions, share));
        }
    }
    report.print();
    return 0;
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    QStringList arguments = QCoreApplication::arguments().sliced(1);
    if (arguments.value(0) == u"run"_s)
        return run(arguments.sliced(1));
    if (arguments.value(0) == u"memory"_s)
        return memory(arguments.size() > 1 ? arguments[1].toInt() : 1'000'000);
    return engine(arguments.isEmpty() ? 20'000 : arguments[0].toInt());
}
