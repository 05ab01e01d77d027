// SPDX-License-Identifier: GPL-3.0-or-later
// How fast messages leave, against Postfix's smtp-source in the same run: the real
// `mailgauge-cli send --repeat` and `smtp-source -d` as processes of their own, into smtp-sink and
// into our sandbox, directly and through a proxy that adds 20 ms each way. CPU is that of the whole
// process, start included. Prints one JSON document; `met` tells which limits hold.
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

#include <cstdio>
#include <optional>
#include <sys/resource.h>
#include <unistd.h>

using namespace Mailgauge;
using namespace std::chrono_literals;

namespace {

constexpr qsizetype MessageSize = 4096;
constexpr int Delayed = 100; ///< Messages per session through the proxy: its pace is the delay's.
constexpr int StoredShare = 10; ///< A tenth of the messages is stored: the disk sets that pace.

[[noreturn]] void die(const QString &why)
{
    std::fprintf(stderr, "bench_engine: %s\n", qPrintable(why));
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
        auto sink = std::make_unique<Sink>(
            program, QStringList {u"sandbox"_s, u"--tls"_s, u"none"_s});
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
    }
    Q_DISABLE_COPY_MOVE(Sink)
    ~Sink()
    {
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

/// `limit` times as many messages per second as the peer.
QJsonObject row(const QString &sink, int sessions, int messages, const Figures &ours,
    const Figures &peer, std::optional<double> limit, std::optional<double> cpuLimit)
{
    const double ratio = ours.perSecond / peer.perSecond;
    const double cpuRatio = ours.cpuMicroseconds / peer.cpuMicroseconds;
    QJsonObject result {{u"sink"_s, sink}, {u"sessions"_s, sessions}, {u"messages"_s, messages},
        {u"mailgauge"_s, ours.toJson()}, {u"smtpSource"_s, peer.toJson()},
        {u"ratio"_s, qRound(ratio * 100) / 100.0}, {u"cpuRatio"_s, qRound(cpuRatio * 100) / 100.0}};
    if (limit)
        result[u"limit"_s] = *limit;
    if (cpuLimit)
        result[u"cpuLimit"_s] = *cpuLimit;
    result[u"met"_s] = ratio >= limit.value_or(0) && cpuRatio <= cpuLimit.value_or(cpuRatio);
    return result;
}

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
    QJsonArray rows;
    QJsonArray stored;
    bool met = true;
    const auto add = [&](const QJsonObject &one) {
        std::fprintf(stderr, "%s\n", QJsonDocument(one).toJson(QJsonDocument::Compact).constData());
        met = met && one[u"met"_s].toBool();
        rows.append(one);
    };
    for (const bool ownSink : {false, true}) {
        const auto sink = ownSink ? Sink::sandbox(bench.program()) : Sink::postfix();
        const QString name = ownSink ? u"sandbox"_s : u"smtp-sink"_s;
        for (const int sessions : {1, 4, 16}) {
            const Figures ours = bench.ours(sink->port(), sessions, messages);
            const Figures peer = Runs::peer(sink->port(), sessions, messages);
            // The sandbox is no faster than it is: its rows are told, not judged.
            const bool judged = !ownSink && sessions != 4;
            add(row(name, sessions, messages, ours, peer,
                judged ? std::optional(sessions == 1 ? 2.5 : 1.6) : std::nullopt,
                judged ? std::optional(0.65) : std::nullopt));
            if (ownSink)
                add(row(name + u", BDAT"_s, sessions, messages,
                    bench.ours(sink->port(), sessions, messages, {u"--chunking"_s, u"auto"_s}),
                    peer, {}, {}));
        }
        const Bench::DelayProxy proxy(sink->port(), 20ms);
        for (const int sessions : {1, 4, 16}) {
            const int few = Delayed * sessions;
            const Figures peer = Runs::peer(proxy.port(), sessions, few);
            add(row(name + u", 20 ms each way"_s, sessions, few,
                bench.ours(proxy.port(), sessions, few), peer, 5.0, {}));
            if (ownSink)
                add(row(name + u", BDAT, 20 ms each way"_s, sessions, few,
                    bench.ours(proxy.port(), sessions, few, {u"--chunking"_s, u"auto"_s}), peer, {},
                    {}));
        }
        if (ownSink)
            continue;
        for (const int sessions : {1, 4, 16}) {
            QJsonObject one = bench.stored(sink->port(), sessions, messages / StoredShare).toJson();
            one[u"sessions"_s] = sessions;
            one[u"messages"_s] = messages / StoredShare;
            stored.append(one);
        }
    }
    const QJsonObject result {
        {u"rows"_s, rows}, {u"everyTranscriptStored"_s, stored}, {u"met"_s, met}};
    std::printf("%s\n", QJsonDocument(result).toJson(QJsonDocument::Compact).constData());
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
