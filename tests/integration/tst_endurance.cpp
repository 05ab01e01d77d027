// SPDX-License-Identifier: GPL-3.0-or-later
#include "testsupport.h"

#include "base/literals.h"
#include "delivery/sendservice.h"
#include "sandbox/sandboxservice.h"
#include "sandbox/scenariocatalogue.h"

#include <QDir>
#include <QEventLoop>
#include <QMap>
#include <QMutex>
#include <QSet>
#include <QTest>
#include <QTimer>

#include <array>

#include <malloc.h>

using namespace Mailgauge;
using namespace std::chrono_literals;
using Sandbox::Actions;
using Sandbox::RawBytes;
using Smtp::Stage;

// The address sanitizer's own count, where it is linked in.
extern "C" __attribute__((weak)) std::size_t __sanitizer_get_current_allocated_bytes();
// Qt's hooks for tools that watch objects come and go (qhooks_p.h): [3] is called with each new
// QObject, [4] with each that dies.
extern quintptr Q_DECL_IMPORT qtHookData[];

namespace {

QMutex liveMutex;
QSet<QObject *> liveObjects;

/// How many there are of each class; whoever dies meanwhile waits.
QMap<QByteArray, int> objectsByClass()
{
    const QMutexLocker lock(&liveMutex);
    QMap<QByteArray, int> result;
    for (const QObject *object : std::as_const(liveObjects))
        result[object->metaObject()->className()] += 1;
    return result;
}

QByteArray toText(const QMap<QByteArray, int> &objects)
{
    QByteArray result;
    for (const auto &[name, count] : objects.asKeyValueRange())
        result += name + ' ' + QByteArray::number(count) + ", ";
    return result;
}

qint64 heapBytes()
{
    return static_cast<qint64>(__sanitizer_get_current_allocated_bytes
            ? __sanitizer_get_current_allocated_bytes()
            : mallinfo2().uordblks);
}

/// Without the one that looks.
qsizetype openDescriptors()
{
    return QDir(u"/proc/self/fd"_s)
        .entryList(QDir::AllEntries | QDir::System | QDir::NoDotAndDotDot)
        .size();
}

/// Classes of which there are more now than before.
QMap<QByteArray, int> surplus(const QMap<QByteArray, int> &now, const QMap<QByteArray, int> &before)
{
    QMap<QByteArray, int> more;
    for (const auto &[name, count] : now.asKeyValueRange()) {
        if (count > before.value(name))
            more.insert(name, count - before.value(name));
    }
    return more;
}

struct Fault {
    const char *name;
    Actions actions;
    int share = 10; ///< How often, against the others.
};

/// What so many sessions meet.
struct Case {
    QString name;
    Sandbox::Scenario scenario;
    Smtp::TlsPolicy tls = Smtp::TlsPolicy::None;
    QByteArrayList recipients {"to@example.org"_ba};
    bool authenticates = false;
    QByteArrayList commands {}; ///< Ahead of the transaction.
    int share = 10;
};

QList<Fault> faults()
{
    const auto raw = [](QByteArray bytes, RawBytes::Position position, qint64 repeat = 1) {
        Actions actions;
        actions.raw = {{position, std::move(bytes), repeat}};
        return actions;
    };
    const auto reply = [](int code, Actions::Drop drop = Actions::Drop::Never) {
        Actions actions;
        actions.reply = Smtp::Reply {code, {"hostile"_ba}};
        actions.drop = drop;
        return actions;
    };
    const auto only = [](auto change) {
        Actions actions;
        change(actions);
        return actions;
    };
    Actions half = raw("25"_ba, RawBytes::Position::Instead);
    half.drop = Actions::Drop::Fin;
    return {
        {"RST", only([](Actions &a) { a.drop = Actions::Drop::Rst; })},
        {"FIN", only([](Actions &a) { a.drop = Actions::Drop::Fin; })},
        {"silence", only([](Actions &a) { a.silence = true; })},
        {"stops reading", only([](Actions &a) { a.silence = a.stopReading = true; })},
        {"4yz", reply(451)},
        {"5yz", reply(550)},
        {"421", reply(421, Actions::Drop::Fin)},
        {"garbage", raw("garbage\r\n"_ba, RawBytes::Position::Instead)},
        {"NUL", raw(QByteArray(3, '\0') + "\r\n", RawBytes::Position::Instead)},
        {"extra reply", raw("250 extra\r\n"_ba, RawBytes::Position::After)},
        {"half a reply", half},
        {"byte by byte", only([](Actions &a) { a.split = Sandbox::Split {{}, 1, 0ms}; })},
        {"long line", raw(QByteArray(1000, 'x'), RawBytes::Position::Instead, 100), 1},
        {"endless reply", raw("250-more\r\n"_ba, RawBytes::Position::Instead, RawBytes::Endless),
            1},
    };
}

constexpr std::array stages {Stage::Greeting, Stage::Helo, Stage::StartTls, Stage::Tls, Stage::Auth,
    Stage::Mail, Stage::Rcpt, Stage::Data, Stage::Content, Stage::Dot, Stage::Rset, Stage::Quit};

Sandbox::Scenario scenarioOf(Stage stage, const Actions &actions)
{
    Sandbox::Scenario scenario;
    scenario.settings.tls = stage == Stage::StartTls || stage == Stage::Tls
        ? Sandbox::TlsMode::StartTls
        : Sandbox::TlsMode::None;
    scenario.settings.idle = 1s; // of whom it does not read, it never hears that they left
    scenario.rules = {{.name = {}, .stages = {stage}, .match = {}, .actions = actions}};
    return scenario;
}

/// Each fault at each stage, then the scenarios that the program is shipped with.
QList<Case> allCases()
{
    QList<Case> cases;
    for (const Stage stage : stages) {
        const bool encrypted = stage == Stage::StartTls || stage == Stage::Tls;
        for (const Fault &fault : faults())
            cases.append({.name = QLatin1StringView(Smtp::stageName(stage)) + u", "_s
                    + QLatin1StringView(fault.name),
                .scenario = scenarioOf(stage, fault.actions),
                .tls = encrypted ? Smtp::TlsPolicy::RequireStartTls : Smtp::TlsPolicy::None,
                .authenticates = stage == Stage::Auth,
                .commands = stage == Stage::Rset ? QByteArrayList {"RSET"_ba} : QByteArrayList(),
                .share = fault.share});
    }
    for (const Sandbox::ScenarioInfo &shipped : Sandbox::shippedScenarios()) {
        auto scenario = Sandbox::loadScenario(shipped.name);
        if (!scenario)
            qFatal("%s: %s", qPrintable(shipped.name), qPrintable(scenario.error().detail));
        scenario->settings.idle = 1s;
        const Sandbox::ScenarioSettings &settings = scenario->settings;
        // TLS takes time of all sessions at once: only where it is what the scenario is about.
        const bool encrypted = settings.certificate != Sandbox::ScenarioSettings().certificate
            || !settings.offerStartTls;
        // Whom the rules of some of them are about.
        cases.append({.name = shipped.name,
            .scenario = *std::move(scenario),
            .tls = encrypted ? Smtp::TlsPolicy::RequireStartTls : Smtp::TlsPolicy::None,
            .recipients = {"to@example.org"_ba, "full@example.org"_ba, "unknown@cedar.example"_ba,
                "a@birch.example"_ba, "a@delta.example"_ba, "a@elm.example"_ba,
                "a@fjord.example"_ba}});
    }
    return cases;
}

} // namespace

/// Whatever a server does: behind 10,000 sessions the process has what it had before them.
class EnduranceTest final : public QObject {
    Q_OBJECT

private:
    struct Holdings {
        qsizetype descriptors;
        QMap<QByteArray, int> objects; ///< Every QTimer and QSocketNotifier is one.
        qint64 heap;
    };

    Base::SystemClock m_clock;
    Delivery::SendRequest m_request;
    const QList<Case> m_cases = allCases();
    QHash<QString, QSet<Transcript::WholeOutcome>> m_outcomes; ///< By case.
    int m_finished = 0;

    /// So many sessions of each case; how many that were.
    int play(Delivery::SendService &sender, Sandbox::SandboxService &sandbox, int each)
    {
        int sent = 0;
        for (const Case &one : m_cases) {
            sandbox.setScenario(one.scenario);
            m_request.session.tls = one.tls;
            m_request.session.auth.need = one.authenticates ? Smtp::AuthOptions::Need::Required
                                                            : Smtp::AuthOptions::Need::Never;
            m_request.session.commands = one.commands;
            m_request.envelope.forwardPaths.clear();
            for (const QByteArray &recipient : one.recipients)
                m_request.envelope.forwardPaths.append(*Smtp::Mailbox::parse(recipient));
            const int count = qMax(1, each * one.share / 10);
            m_finished = 0;
            QEventLoop loop;
            QTimer limit; // of its own: a single shot would live on until it fires
            limit.setSingleShot(true);
            connect(&limit, &QTimer::timeout, &loop, [&loop] { loop.exit(1); });
            limit.start(60s);
            const auto counting = connect(&sender, &Delivery::SendService::finished, &loop,
                [this, &loop, &one, count](const Transcript::SessionRecord &record) {
                    m_outcomes[one.name].insert(record.outcome);
                    if (++m_finished == count)
                        loop.exit(0);
                });
            for (int i = 0; i < count; ++i)
                sender.send(m_request);
            sent += count;
            if (loop.exec() != 0) {
                qWarning("%s: %d of %d ended", qPrintable(one.name), m_finished, count);
                return -1;
            }
            disconnect(counting);
        }
        return sent;
    }

    static Holdings holdings() { return {openDescriptors(), objectsByClass(), heapBytes()}; }

private Q_SLOTS:
    void initTestCase()
    {
        m_request.session.ehloName = "tester.example"_ba;
        for (const Stage stage : stages)
            m_request.session.deadlines.set(stage, 150ms);
        m_request.session.auth.user = "sandbox"_ba;
        m_request.session.auth.password = Base::Secret("open-sesame"_ba);
        m_request.session.auth.mechanisms = {"PLAIN"_ba};
        m_request.session.auth.allowWithoutTls = true;
        m_request.envelope.reversePath = *Smtp::Mailbox::parse("from@example.org");
        m_request.content = Base::Content();
        m_request.content->bytes = "Subject: x\r\n\r\nbody\r\n"_ba;
        m_request.target.host = u"127.0.0.1"_s;
        qtHookData[3] = reinterpret_cast<quintptr>(+[](QObject *object) {
            const QMutexLocker lock(&liveMutex);
            liveObjects.insert(object);
        });
        qtHookData[4] = reinterpret_cast<quintptr>(+[](QObject *object) {
            const QMutexLocker lock(&liveMutex);
            liveObjects.remove(object);
        });
    }

    void cleanupTestCase() { qtHookData[3] = qtHookData[4] = 0; }

    void nothingIsLeftBehind()
    {
        int open = 0; // sessions that the sandbox still has
        Sandbox::SandboxService sandbox(m_clock);
        connect(&sandbox, &Sandbox::SandboxService::sessionCountChanged, this,
            [&open](int now) { open = now; });
        sandbox.start({});
        QTRY_VERIFY(sandbox.address());
        m_request.target.port = sandbox.address()->port;
        m_request.tlsOptions.caPem = sandbox.address()->caPem;
        Delivery::SendService sender(nullptr, m_clock);

        // Caches and free lists fill.
        QVERIFY(play(sender, sandbox, 10) > 0);
        QTRY_COMPARE(sender.running(), 0);
        QTRY_COMPARE_WITH_TIMEOUT(open, 0, 20'000);
        Holdings before {};
        // Until the last of the sandbox's connections is gone too.
        QTRY_VERIFY2(
            [&before] {
                const Holdings now = holdings();
                const bool settled = now.objects == before.objects
                    && now.descriptors == before.descriptors;
                before = now;
                return settled;
            }(),
            "the first sessions never settle");
        const int sent = play(sender, sandbox, 90);
        QVERIFY2(sent >= 10'000, QByteArray::number(sent).constData());
        // The files were played, and not the accidents of a busy machine alone.
        using Transcript::WholeOutcome;
        for (const auto &[name, outcome] : {std::pair {u"accept-all"_s, WholeOutcome::Accepted},
                 std::pair {u"reject-content"_s, WholeOutcome::Rejected},
                 std::pair {u"auth, byte by byte"_s, WholeOutcome::Accepted},
                 std::pair {u"auth, 5yz"_s, WholeOutcome::Failed},
                 std::pair {u"rset, FIN"_s, WholeOutcome::Deferred},
                 std::pair {u"content, FIN"_s, WholeOutcome::Uncertain},
                 std::pair {u"reject-recipients"_s, WholeOutcome::Partial},
                 std::pair {u"drop-after-dot"_s, WholeOutcome::Uncertain},
                 std::pair {u"expired-certificate"_s, WholeOutcome::Failed},
                 std::pair {u"no-starttls"_s, WholeOutcome::Failed}})
            QVERIFY2(m_outcomes.value(name).contains(outcome), qPrintable(name));
        QTRY_COMPARE_WITH_TIMEOUT(open, 0, 20'000);
        QTRY_VERIFY2(surplus(holdings().objects, before.objects).isEmpty(),
            toText(surplus(holdings().objects, before.objects)).constData());
        QTRY_COMPARE_LE(holdings().descriptors, before.descriptors);
        // The smallest thing that each session could leave is larger; tables that grew once stay.
        const qint64 grown = holdings().heap - before.heap;
        QVERIFY2(grown < sent * 32LL, QByteArray::number(grown).constData());
        QCOMPARE(sender.running(), 0);
    }
};

QTEST_GUILESS_MAIN(EnduranceTest)
#include "tst_endurance.moc"
