// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "sessionplayer.h"
#include "smtp/limits.h"

#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Smtp;
using namespace std::chrono_literals;

namespace {

const QByteArray Everything
    = "S: 250-AUTH PLAIN\nS: 250-REQUIRETLS\nS: 250-DELIVERBY 60\n"
      "S: 250-FUTURERELEASE 86400 2030-06-01T00:00:00Z\nS: 250 MT-PRIORITY STANAG4406\n"_ba;

QDateTime utc(const QString &text)
{
    return QDateTime::fromString(text, Qt::ISODate);
}

Capabilities capabilitiesOf(const QByteArray &line)
{
    return Capabilities::fromEhlo({250, {"mx"_ba, line}});
}

} // namespace

/// Parameters of MAIL, and LIMITS.
class TestMailExtensions : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void wire_data();
    void wire();
    void originalRecipient_data();
    void originalRecipient();
    void refused_data();
    void refused();
    void requireTls_data();
    void requireTls();
    void xtext();
    void limits_data();
    void limits();
    void splitting_data();
    void splitting();
};

void TestMailExtensions::wire_data()
{
    QTest::addColumn<MailExtensions>("extensions");
    QTest::addColumn<QByteArray>("parameters");
    const auto row = [](const char *name, const MailExtensions &extensions,
                         const QByteArray &parameters) {
        QTest::newRow(name) << extensions << parameters;
    };
    MailExtensions e;
    row("none", e, {});
    e.submitter = MailExtensions::Submitter {Test::mailbox("e+mc2=x@example.com")};
    row("rfc4954 5 xtext", e, " AUTH=e+2Bmc2+3Dx@example.com"_ba);
    e.submitter = MailExtensions::Submitter {};
    row("rfc4954 5 nobody", e, " AUTH=<>"_ba);
    e = {};
    e.deliverBy = DeliverBy {.within = 120s, .mode = DeliverBy::Mode::Return, .trace = false};
    row("rfc2852 4 return", e, " BY=120;R"_ba);
    e.deliverBy = DeliverBy {.within = -5s, .mode = DeliverBy::Mode::Notify, .trace = true};
    row("rfc2852 4 notify and trace", e, " BY=-5;NT"_ba);
    e.deliverBy = DeliverBy {.within = 60s, .mode = DeliverBy::Mode::Return, .trace = false};
    row("rfc2852 4 exactly the least", e, " BY=60;R"_ba);
    e = {};
    e.holdFor = 86400s;
    row("rfc4865 4 HOLDFOR", e, " HOLDFOR=86400"_ba);
    e = {};
    e.holdUntil = utc(u"2029-12-31T23:59:59+01:00"_s);
    row("rfc4865 4 HOLDUNTIL is UTC", e, " HOLDUNTIL=2029-12-31T22:59:59Z"_ba);
    e = {};
    for (const int priority : {-9, 0, 9}) {
        e.priority = priority;
        row(("rfc6710 5 " + QByteArray::number(priority)).constData(), e,
            " MT-PRIORITY=" + QByteArray::number(priority));
    }
    e.submitter = MailExtensions::Submitter {};
    e.holdFor = 1s;
    row("together", e, " AUTH=<> HOLDFOR=1 MT-PRIORITY=9"_ba);
}

void TestMailExtensions::wire()
{
    QFETCH(MailExtensions, extensions);
    QFETCH(QByteArray, parameters);
    Test::SessionPlayer player;
    player.options = Test::plainOptions();
    player.transactions = {Test::transactionFor({"a@x"})};
    player.transactions.first().extensions = extensions;
    player.script = "S: 220 mx\nC: EHLO me.example\nS: 250-mx\n" + Everything
        + "C: MAIL FROM:<me@here>" + parameters + "\nS: 550 no\nC: QUIT\nS: 221 bye\n";
    Test::playEveryWay(player, {"decided a@x rejected mail 550", "done", "closed"});
}

void TestMailExtensions::originalRecipient_data()
{
    QTest::addColumn<QByteArray>("address");
    QTest::addColumn<QByteArray>("orcpt");
    QTest::newRow("rfc3461 4.2") << "bob@x.example"_ba << "rfc822;bob@x.example"_ba;
    QTest::newRow("rfc3461 4 xtext") << "a+b=c@x.example"_ba << "rfc822;a+2Bb+3Dc@x.example"_ba;
    QTest::newRow("rfc6533 3") << "gr\xc3\xbc\xc3\x9f+e@x.example"_ba
                               << "utf-8;gr\xc3\xbc\xc3\x9f\\x{2B}e@x.example"_ba;
}

void TestMailExtensions::originalRecipient()
{
    QFETCH(QByteArray, address);
    QFETCH(QByteArray, orcpt);
    QCOMPARE(Smtp::originalRecipientOf(Test::mailbox(address)), orcpt);
}

void TestMailExtensions::refused_data()
{
    QTest::addColumn<MailExtensions>("extensions");
    QTest::addColumn<QByteArray>("capabilities");
    QTest::addColumn<QByteArray>("kind");
    const auto row = [](const char *name, const MailExtensions &extensions,
                         const QByteArray &capabilities, const QByteArray &kind) {
        QTest::newRow(name) << extensions << capabilities << kind;
    };
    const QByteArray nothing = "S: 250 HELP\n"_ba;
    const QByteArray unsupported = "unsupported"_ba;
    const QByteArray invalid = "invalidInput"_ba;
    MailExtensions e;
    e.submitter = MailExtensions::Submitter {};
    row("B35 AUTH missing", e, nothing, unsupported);
    e = {};
    e.requireTls = true;
    row("rfc8689 4 without TLS", e, Everything, unsupported);
    e = {};
    e.deliverBy = DeliverBy {.within = 120s};
    row("B35 DELIVERBY missing", e, nothing, unsupported);
    e.deliverBy = DeliverBy {.within = 59s, .mode = DeliverBy::Mode::Return, .trace = false};
    row("rfc2852 4 less than the server's least", e, Everything, unsupported);
    e.deliverBy->within = 0s;
    row("rfc2852 4 return at once", e, Everything, invalid);
    e.deliverBy->within = 1'000'000'000s;
    row("rfc2852 4 ten digits", e, Everything, invalid);
    e = {};
    e.holdFor = 10s;
    row("B35 FUTURERELEASE missing", e, nothing, unsupported);
    e.holdFor = 86401s;
    row("rfc4865 3 beyond the interval", e, Everything, unsupported);
    e.holdFor = 0s;
    row("rfc4865 4 no time", e, Everything, invalid);
    e.holdFor = 10s;
    e.holdUntil = utc(u"2029-01-01T00:00:00Z"_s);
    row("rfc4865 4 both", e, Everything, invalid);
    e.holdFor.reset();
    e.holdUntil = utc(u"2030-06-01T00:00:01Z"_s);
    row("rfc4865 3 beyond the date", e, Everything, unsupported);
    e.holdUntil = QDateTime();
    row("rfc4865 4 no date", e, Everything, invalid);
    e = {};
    e.priority = 1;
    row("B35 MT-PRIORITY missing", e, nothing, unsupported);
    e.priority = 10;
    row("rfc6710 5 too high", e, Everything, invalid);
}

void TestMailExtensions::refused()
{
    // Before a byte of MAIL is sent.
    QFETCH(MailExtensions, extensions);
    QFETCH(QByteArray, capabilities);
    QFETCH(QByteArray, kind);
    Test::SessionPlayer player;
    player.options = Test::plainOptions();
    player.transactions = {Test::transactionFor({"a@x"})};
    player.transactions.first().extensions = extensions;
    player.script = "S: 220 mx\nC: EHLO me.example\nS: 250-mx\n" + capabilities
        + "C: QUIT\nS: 221 bye\n";
    Test::playEveryWay(player, {"decided a@x failed mail " + kind, "done " + kind, "closed"});
}

void TestMailExtensions::requireTls_data()
{
    QTest::addColumn<TlsTrust>("trust");
    QTest::addColumn<QByteArray>("capability");
    QTest::addColumn<bool>("sent");
    const QByteArray offered = "REQUIRETLS"_ba;
    QTest::newRow("verified and offered") << TlsTrust::Verified << offered << true;
    QTest::newRow("not verified") << TlsTrust::Unverified << offered << false;
    QTest::newRow("no TLS") << TlsTrust::None << offered << false;
    QTest::newRow("not offered") << TlsTrust::Verified << "HELP"_ba << false;
}

void TestMailExtensions::requireTls()
{
    QFETCH(TlsTrust, trust);
    QFETCH(QByteArray, capability);
    QFETCH(bool, sent);
    MailExtensions extensions;
    extensions.requireTls = true;
    const auto parameters = parametersOf(extensions, capabilitiesOf(capability), trust);
    QCOMPARE(parameters.has_value(), sent);
    if (sent)
        QCOMPARE(*parameters, QList<QByteArray> {"REQUIRETLS"});
    else
        QCOMPARE(parameters.error().kind, Base::Error::Kind::Unsupported);

    // The session knows what the handshake said.
    if (trust == TlsTrust::None)
        return;
    SessionOptions options = Test::plainOptions();
    options.tls = TlsPolicy::ImplicitTls;
    Session session(options);
    const Base::TimePoint now(1h);
    session.start(now);
    session.tlsEstablished(now, {}, trust);
    session.receive("220 mx\r\n", now);
    session.receive("250-mx\r\n250 " + capability + "\r\n", now);
    Transaction transaction = Test::transactionFor({"a@x"});
    transaction.extensions = extensions;
    session.send(transaction, now);
    QByteArray wire;
    while (const auto event = session.next()) {
        if (const auto *send = std::get_if<Event::Send>(&*event))
            wire += send->bytes;
    }
    QCOMPARE(wire.contains("MAIL FROM:<me@here> REQUIRETLS\r\n"), sent);
    QCOMPARE(wire.contains("MAIL"), sent);
}

void TestMailExtensions::xtext()
{
    QCOMPARE(toXtext("plain@x"), "plain@x"_ba);
    QCOMPARE(toXtext("a+b=c d\x7f\xff\r\n"), "a+2Bb+3Dc+20d+7F+FF+0D+0A"_ba);
    for (int c = 0; c < 256; ++c) {
        const QByteArray one = toXtext(QByteArray(1, static_cast<char>(c)));
        QVERIFY(std::ranges::all_of(one, [](char o) { return o > 0x20 && o < 0x7f && o != '='; }));
    }
}

void TestMailExtensions::limits_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QByteArray>("limits");
    QTest::newRow("rfc9422 4") << "LIMITS MAILMAX=5 RCPTMAX=100 RCPTDOMAINMAX=1"_ba << "5 100 1"_ba;
    QTest::newRow("any case") << "limits rcptmax=7"_ba << "- 7 -"_ba;
    QTest::newRow("unknown names") << "LIMITS FOO=1 RCPTMAX=2 BAR"_ba << "- 2 -"_ba;
    QTest::newRow("the largest") << "LIMITS RCPTMAX=999999"_ba << "- 999999 -"_ba;
    for (const char *wrong : {"0", "-1", "1000000", "1e3", "", "+5", "x", "99999999999999999999"})
        QTest::newRow(("B17 RCPTMAX=" + QByteArray(wrong)).constData())
            << "LIMITS RCPTMAX=" + QByteArray(wrong) << "- - -"_ba;
    QTest::newRow("none") << "HELP"_ba << "- - -"_ba;
}

void TestMailExtensions::limits()
{
    QFETCH(QByteArray, line);
    const AnnouncedLimits limits = AnnouncedLimits::of(capabilitiesOf(line));
    const auto text = [](const std::optional<int> &limit) {
        return limit ? QByteArray::number(*limit) : "-"_ba;
    };
    QTEST(text(limits.mailMax) + ' ' + text(limits.rcptMax) + ' ' + text(limits.rcptDomainMax),
        "limits");
}

void TestMailExtensions::splitting_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QByteArray>("recipients");
    QTest::addColumn<QByteArray>("sessions"); // transactions behind `|`, sessions behind `#`
    const QByteArray five = "a@x b@y c@x d@z e@x"_ba;
    QTest::newRow("no limits") << "HELP"_ba << five << "a@x b@y c@x d@z e@x|#"_ba;
    QTest::newRow("RCPTMAX") << "LIMITS RCPTMAX=2"_ba << five << "a@x b@y|c@x d@z|e@x|#"_ba;
    QTest::newRow("RCPTMAX 1") << "LIMITS RCPTMAX=1"_ba << five << "a@x|b@y|c@x|d@z|e@x|#"_ba;
    QTest::newRow("MAILMAX") << "LIMITS RCPTMAX=1 MAILMAX=2"_ba << five
                             << "a@x|b@y|#c@x|d@z|#e@x|#"_ba;
    QTest::newRow("RCPTDOMAINMAX")
        << "LIMITS RCPTDOMAINMAX=1"_ba << five << "a@x c@x e@x|#b@y|#d@z|#"_ba;
    QTest::newRow("RCPTDOMAINMAX, any case") << "LIMITS RCPTDOMAINMAX=1"_ba << "a@X b@x"_ba
                                             << "a@X b@x|#"_ba;
    QTest::newRow("all three") << "LIMITS RCPTMAX=2 MAILMAX=1 RCPTDOMAINMAX=2"_ba << five
                               << "a@x b@y|#c@x d@z|#e@x|#"_ba;
    QTest::newRow("nobody") << "LIMITS RCPTMAX=2"_ba << ""_ba << ""_ba;
}

void TestMailExtensions::splitting()
{
    QFETCH(QByteArray, line);
    QFETCH(QByteArray, recipients);
    const AnnouncedLimits limits = AnnouncedLimits::of(capabilitiesOf(line));
    QList<Mailbox> rest;
    if (!recipients.isEmpty()) {
        for (const QByteArray &address : recipients.split(' '))
            rest.append(Test::mailbox(address));
    }
    QByteArray sessions;
    while (!rest.isEmpty() && sessions.size() < 1000) {
        RecipientSplitter splitter(limits);
        for (auto batch = splitter.take(rest); !batch.isEmpty(); batch = splitter.take(rest)) {
            QByteArrayList addresses;
            for (const Mailbox &one : std::as_const(batch))
                addresses.append(one.address());
            sessions += addresses.join(' ') + '|';
        }
        sessions += '#';
    }
    QTEST(sessions, "sessions");
}

QTEST_GUILESS_MAIN(TestMailExtensions)
#include "tst_mailextensions.moc"
