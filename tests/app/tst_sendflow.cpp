// SPDX-License-Identifier: GPL-3.0-or-later
// From the composer through the services to the wire, and what the window makes of the answer.
#include "testworkbench.h"

#include "compose/welcome.h"
#include "fakerelay.h"
#include "relays/profileedits.h"
#include "shell/actions.h"

#include <QFileDialog>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTemporaryDir>

using namespace Mailgauge;
using Test::FakeRelay;
using Test::Script;
using Test::Workbench;

namespace {

Relay::RelayProfile relayAt(quint16 port)
{
    Relay::RelayProfile profile;
    profile.id = QUuid::createUuid();
    profile.name = u"Office"_s;
    profile.host = u"127.0.0.1"_s;
    profile.port = port;
    profile.tls = Smtp::TlsPolicy::None;
    profile.deadlines.quit = std::chrono::milliseconds(200);
    return profile;
}

Compose::Draft draftWith(const Delivery::DeliveryOptions &options)
{
    Compose::Draft draft;
    draft.message.from = u"ann@example.org"_s;
    draft.message.to = u"bob@example.net"_s;
    draft.message.text = u"hello\n"_s;
    draft.options = options;
    return draft;
}

void send(Workbench &w)
{
    w.window().actions().action(u"message.send"_s)->trigger();
}

} // namespace

class TestSendFlow final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void weakerOfferIsAFinding(); // C16
    void learningGoesOnWhileAProfileIsEdited();
    void deliveryOptionsReachTheRelay();
    void whatTheRelayLacksIsNotSent();
    void templatesAreFilledIn();
    void filesGoAsTheyAre_data();
    void filesGoAsTheyAre();
    void manyMessagesTellOneSummary();
    void manyMessagesAreCancelled();
};

void TestSendFlow::weakerOfferIsAFinding()
{
    const auto script = [](const QByteArray &offered) {
        return Script::hello({"AUTH " + offered})
            .answer("AUTH PLAIN "_ba, "235 ok\r\n"_ba)
            .transaction()
            .quit();
    };
    FakeRelay relay({script("PLAIN SCRAM-SHA-256"_ba), script("PLAIN"_ba)});
    QTemporaryDir dir;
    Workbench w(dir.path());
    QVERIFY(w.waitForRelay());
    Relay::RelayProfile profile = relayAt(relay.port());
    profile.auth = Smtp::AuthOptions::Need::Required;
    profile.mechanisms = {"PLAIN"};
    profile.user = u"ann"_s;
    profile.authWithoutTls = true;
    Relay::ProfileService &profiles = w.services.profiles();
    QCOMPARE(profiles.save(profile), profile.id);
    profiles.setSecret(profile.id, Relay::SecretKind::Password, Base::Secret("open sesame"_ba));
    profiles.setCurrent(profile.id);
    w.composer().setDraft(draftWith({}));
    QSignalSpy ended(&w.bench.sending(), &Gui::SendFlow::ended);
    const auto findings = [&ended](qsizetype session) {
        QByteArrayList ids;
        for (const auto &one : ended[session][0].value<Transcript::SessionRecord>().findings)
            ids.append(one.id);
        return ids;
    };
    send(w);
    QTRY_COMPARE(ended.size(), 1);
    QVERIFY(!findings(0).contains("quirk.authDowngrade"));
    QCOMPARE(profiles.profile(profile.id)->strongestMechanism, "SCRAM-SHA-256"_ba);
    send(w);
    QTRY_COMPARE(ended.size(), 2);
    QVERIFY(findings(1).contains("quirk.authDowngrade"));
    // What is weaker is not what is remembered.
    QCOMPARE(profiles.profile(profile.id)->strongestMechanism, "SCRAM-SHA-256"_ba);
    QCOMPARE(relay.problems(), QStringList());
}

void TestSendFlow::learningGoesOnWhileAProfileIsEdited()
{
    QTemporaryDir dir;
    Workbench w(dir.path());
    QVERIFY(w.waitForRelay());
    Relay::ProfileService &profiles = w.services.profiles();
    Relays::ProfileEdits edits(profiles);
    Relay::RelayProfile profile = relayAt(2525);
    profiles.save(profile);
    Relays::ProfileDraft draft {.profile = profile, .secrets = {}};
    draft.profile.defaultFrom = u"ann@example.org"_s;
    edits.drafts().put(draft);
    profile.strongestMechanism = "SCRAM-SHA-256"_ba;
    profiles.save(profile);
    edits.save(profile.id);
    QCOMPARE(profiles.profile(profile.id)->defaultFrom, u"ann@example.org"_s);
    QCOMPARE(profiles.profile(profile.id)->strongestMechanism, "SCRAM-SHA-256"_ba);
    // Of another relay nothing is known.
    draft.profile.host = u"relay.example"_s;
    edits.drafts().put(draft);
    edits.save(profile.id);
    QVERIFY(profiles.profile(profile.id)->strongestMechanism.isEmpty());
}

void TestSendFlow::deliveryOptionsReachTheRelay()
{
    FakeRelay relay({Script::hello({"DSN"_ba, "MT-PRIORITY"_ba})
            .answer("MAIL FROM:<ann@example.org> MT-PRIORITY=5 X=1 RET=HDRS ENVID=a+20b"_ba,
                "250 ok\r\n"_ba)
            .answer("RCPT TO:<bob@example.net> NOTIFY=SUCCESS,DELAY"_ba, "250 ok\r\n"_ba)
            .quit()});
    QTemporaryDir dir;
    Workbench w(dir.path());
    QVERIFY(w.waitForRelay());
    const Relay::RelayProfile profile = relayAt(relay.port());
    w.services.profiles().save(profile);
    w.services.profiles().setCurrent(profile.id);
    Delivery::DeliveryOptions options;
    options.dsn.notify = Delivery::DsnOptions::Success | Delivery::DsnOptions::Delay;
    options.dsn.ret = Delivery::DsnOptions::Return::Headers;
    options.dsn.envelopeId = u"a b"_s;
    options.priority = 5;
    options.mailParameters = u"X=1"_s;
    options.stop = Smtp::StopRule {
        .how = Smtp::StopRule::How::QuitAfter, .stage = Smtp::Stage::Rcpt};
    w.composer().setDraft(draftWith(options));
    auto *tabs = w.composer().findChild<QTabWidget *>(u"composeTabs"_s);
    QCOMPARE(tabs->tabText(4), u"Delivery (6)"_s);
    QSignalSpy ended(&w.bench.sending(), &Gui::SendFlow::ended);
    send(w);
    QTRY_COMPARE(ended.size(), 1);
    const auto record = ended[0][0].value<Transcript::SessionRecord>();
    QCOMPARE(relay.problems(), QStringList());
    QVERIFY(relay.received().contains(
        "MAIL FROM:<ann@example.org> MT-PRIORITY=5 X=1 RET=HDRS ENVID=a+20b\r\n"
        "RCPT TO:<bob@example.net> NOTIFY=SUCCESS,DELAY\r\nQUIT\r\n"));
    QCOMPARE(record.outcome, Transcript::WholeOutcome::Stopped);
    for (const Transcript::SessionFinding &finding : record.findings)
        QVERIFY(finding.id != "parameters.notOffered");
}

void TestSendFlow::whatTheRelayLacksIsNotSent()
{
    FakeRelay relay(
        {Script::hello().answer("MAIL FROM:<ann@example.org> RET=FULL"_ba, "555 no\r\n"_ba).quit(),
            Script::hello().quit()});
    QTemporaryDir dir;
    Workbench w(dir.path());
    QVERIFY(w.waitForRelay());
    const Relay::RelayProfile profile = relayAt(relay.port());
    w.services.profiles().save(profile);
    w.services.profiles().setCurrent(profile.id);
    QSignalSpy ended(&w.bench.sending(), &Gui::SendFlow::ended);
    Delivery::DeliveryOptions options;
    options.dsn.ret = Delivery::DsnOptions::Return::Full;
    w.composer().setDraft(draftWith(options));
    send(w);
    QTRY_COMPARE(ended.size(), 1);
    const Transcript::SessionFinding told {
        "parameters.notOffered"_ba, Smtp::Stage::Mail, "RET without DSN"_ba};
    QVERIFY(ended[0][0].value<Transcript::SessionRecord>().findings.contains(told));
    options = {};
    options.priority = 1;
    w.composer().setDraft(draftWith(options));
    send(w);
    QTRY_COMPARE(ended.size(), 2);
    const auto record = ended[1][0].value<Transcript::SessionRecord>();
    QCOMPARE(record.outcome, Transcript::WholeOutcome::Rejected); // before a byte of it was sent
    QVERIFY(record.failure && record.failure->error.detail.contains(u"MT-PRIORITY"_s));
    QVERIFY(!relay.received(1).contains("MAIL"));
    QCOMPARE(relay.problems(), QStringList());
}

void TestSendFlow::templatesAreFilledIn()
{
    FakeRelay relay({Script::hello()
            .answer("MAIL FROM:<ann@example.org>"_ba, "250 ok\r\n"_ba)
            .answer("RCPT TO:<7@example.net>"_ba, "250 ok\r\n"_ba)
            .answer("DATA"_ba, "354 go\r\n"_ba)
            .expectContent()
            .send("250 ok\r\n"_ba)
            .quit()});
    QTemporaryDir dir;
    Workbench w(dir.path());
    QVERIFY(w.waitForRelay());
    const Relay::RelayProfile profile = relayAt(relay.port());
    w.services.profiles().save(profile);
    w.services.profiles().setCurrent(profile.id);
    Delivery::DeliveryOptions options;
    options.fill = true;
    options.values = u"{\"id\": 7}"_s;
    Compose::Draft draft = draftWith(options);
    draft.message.to = u"{{id}}@example.net"_s;
    draft.message.text = u"To {{to}}, number {{id}}\n"_s;
    w.composer().setDraft(draft);
    QSignalSpy ended(&w.bench.sending(), &Gui::SendFlow::ended);
    send(w);
    QTRY_COMPARE(ended.size(), 1);
    QCOMPARE(relay.problems(), QStringList());
    QVERIFY(relay.content().contains("To: 7@example.net\r\n"));
    QVERIFY(relay.content().contains("\r\nTo 7@example.net, number 7\r\n"));
}

void TestSendFlow::filesGoAsTheyAre_data()
{
    QTest::addColumn<QString>("action");
    QTest::addColumn<QByteArray>("octets");
    QTest::newRow("as it is") << u"message.sendFile"_s << "Subject: x\n\n.dot\nend\n"_ba;
    QTest::newRow("octet by octet")
        << u"message.sendOctets"_s << QByteArray("Subject: x\n\n\0\r.\n\xff", 17);
}

void TestSendFlow::filesGoAsTheyAre()
{
    QFETCH(QString, action);
    QFETCH(QByteArray, octets);
    const bool binary = action == u"message.sendOctets"_s;
    Script script = Script::hello({"CHUNKING"_ba, "BINARYMIME"_ba});
    if (binary)
        script.answer("MAIL FROM:<ann@example.org> BODY=BINARYMIME"_ba, "250 ok\r\n"_ba)
            .answer("RCPT TO:<bob@example.net>"_ba, "250 ok\r\n"_ba)
            .expect("BDAT "_ba + QByteArray::number(octets.size()) + " LAST")
            .expectBytes(octets.size())
            .send("250 2.0.0 Ok\r\n"_ba);
    else
        script.transaction();
    FakeRelay relay({script.quit()});
    QTemporaryDir dir;
    Workbench w(dir.path());
    QVERIFY(w.waitForRelay());
    const Relay::RelayProfile profile = relayAt(relay.port());
    w.services.profiles().save(profile);
    w.services.profiles().setCurrent(profile.id);
    w.composer().setDraft(draftWith({}));
    QFile file(dir.filePath(u"m.eml"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(octets);
    file.close();
    QSignalSpy ended(&w.bench.sending(), &Gui::SendFlow::ended);
    w.window().actions().action(action)->trigger();
    auto *dialog = w.window().findChild<QFileDialog *>();
    QVERIFY(dialog);
    Q_EMIT dialog->fileSelected(file.fileName());
    delete dialog;
    QTRY_COMPARE(ended.size(), 1);
    QCOMPARE(relay.problems(), QStringList());
    if (binary)
        QVERIFY(relay.received().contains(octets));
    else
        QCOMPARE(relay.content(), "Subject: x\r\n\r\n..dot\r\nend\r\n"_ba);
    QCOMPARE(ended[0][0].value<Transcript::SessionRecord>().subject, u"x"_s);
}

void TestSendFlow::manyMessagesTellOneSummary()
{
    QTemporaryDir dir;
    Workbench w(dir.path());
    QVERIFY(w.waitForRelay());
    Delivery::DeliveryOptions options;
    options.messages = 12;
    options.sessions = 3;
    w.composer().setDraft(draftWith(options));
    QSignalSpy arrived(&w.services.sandbox(), &Sandbox::SandboxService::messageArrived);
    QSignalSpy ended(&w.bench.sending(), &Gui::SendFlow::runEnded);
    send(w);
    QVERIFY(w.bench.sending().running() > 0);
    QTRY_COMPARE(ended.size(), 1);
    QTRY_COMPARE(arrived.size(), 12);
    const QString summary = w.message(u"repeat"_s);
    QVERIFY2(summary.contains(u"12 messages"_s) && summary.contains(u"12 accepted"_s),
        qPrintable(summary));
    QVERIFY(!summary.contains(u"rejected"_s));
    QCOMPARE(w.bench.sending().running(), 0);
}

void TestSendFlow::manyMessagesAreCancelled()
{
    FakeRelay relay({Script().send("220 hi\r\n"_ba).hang()});
    QTemporaryDir dir;
    Workbench w(dir.path());
    QVERIFY(w.waitForRelay());
    const Relay::RelayProfile profile = relayAt(relay.port());
    w.services.profiles().save(profile);
    w.services.profiles().setCurrent(profile.id);
    Delivery::DeliveryOptions options;
    options.messages = 1000;
    options.sessions = 2;
    w.composer().setDraft(draftWith(options));
    QSignalSpy idle(&w.bench.sending(), &Gui::SendFlow::idle);
    send(w);
    QTRY_VERIFY(relay.connections() > 0);
    w.bench.sending().cancelAll();
    QTRY_COMPARE(idle.size(), 1);
    QCOMPARE(w.bench.sending().running(), 0);
}

QTEST_MAIN(TestSendFlow)
#include "tst_sendflow.moc"
