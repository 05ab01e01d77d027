// SPDX-License-Identifier: GPL-3.0-or-later
#include "explain/explain.h"

#include "base/literals.h"
#include "explain/knowledge.h"
#include "explain/sentence.h"
#include "smtp/quirk.h"

#include <QRegularExpression>
#include <QTest>

using namespace Mailgauge;
using namespace Qt::StringLiterals;
using Kind = Base::Error::Kind;
using Smtp::Stage;

namespace {

constexpr std::array allKinds {Kind::Resolve, Kind::Connect, Kind::TlsHandshake, Kind::Timeout,
    Kind::ConnectionClosed, Kind::MalformedReply, Kind::ReplyTooLong, Kind::InvalidInput, Kind::Io,
    Kind::Full, Kind::Corrupt, Kind::Denied, Kind::Cancelled, Kind::Unsupported};

/// Why this is no sentence for people; empty where it is one.
QString sentenceFault(const QString &text)
{
    static const QRegularExpression placeholder(u"%[0-9]"_s);
    if (text.isEmpty())
        return u"empty"_s;
    if (!text.endsWith(u'.'))
        return u"no full stop: "_s + text;
    if (!text.front().isUpper() && !text.front().isPunct())
        return u"no capital: "_s + text;
    if (text.contains(placeholder) || text.contains(u"()"_s) || text.contains(u"  "_s)
        || text.contains(u" )"_s))
        return u"not filled in: "_s + text;
    return {};
}

} // namespace

class TestExplain final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void filesAreWhole();
    void everyKindAndStage();
    void everyReplyClassAndStage();
    void everyTlsReason();
    void everyQuirk();
    void everyFinding();
    void badInput_data();
    void badInput();
    void capabilities();
    void everyRegisteredCapability();
    void commands_data();
    void commands();
    void everyParameterAndEvent();
    void unknownStillHasASentence();
    void hostileTextIsEscaped();
    void missingFileFallsBack();
};

void TestExplain::filesAreWhole()
{
    const Explain::Knowledge &all = Explain::knowledge();
    for (const Explain::KnowledgeFile *file : {&all.errors, &all.providers, &all.replies, &all.tls,
             &all.findings, &all.capabilities, &all.commands, &all.differences}) {
        QVERIFY(file->entries.size() > 5);
        for (const Explain::Entry &entry : file->entries) {
            QVERIFY2(!entry.id.isEmpty() && !entry.text.isEmpty(), entry.id.constData());
            QVERIFY2(!entry.match || entry.match->isValid(), entry.id.constData());
            for (const QByteArray &stage : entry.stages)
                QVERIFY2(Smtp::stageFromName(stage), entry.id.constData());
            for (const QByteArray &kind : entry.kinds)
                QVERIFY2(std::ranges::any_of(
                             allKinds, [&kind](Kind k) { return Base::kindName(k) == kind; }),
                    entry.id.constData());
            QVERIFY2(entry.rfc.isEmpty() || entry.rfc.startsWith(u"RFC "_s)
                    || entry.rfc.startsWith(u"draft-"_s),
                entry.id.constData());
        }
    }
    for (const Stage stage : Smtp::allStages)
        QVERIFY(!all.errors.words.value(Smtp::stageName(stage).toByteArray()).isEmpty());
    for (const Explain::Entry &entry : all.replies.entries)
        QVERIFY2(entry.id.startsWith("reply."), entry.id.constData());
}

void TestExplain::everyKindAndStage()
{
    for (const Kind kind : allKinds) {
        for (const QString &detail : {u""_s, u"some detail"_s}) {
            const Base::Error error {kind, detail, {}};
            QList<Explain::Explanation> all {Explain::explain(error)};
            for (const Stage stage : Smtp::allStages)
                all.append(Explain::explain(Smtp::Failure {error, stage}));
            for (const Explain::Explanation &e : all) {
                QCOMPARE(sentenceFault(e.text), QString());
                QCOMPARE(sentenceFault(e.nextStep), QString());
                QVERIFY(e.id != "error.generic");
                QVERIFY2(detail.isEmpty() || kind == Kind::Cancelled || e.text.contains(detail),
                    qPrintable(e.text));
            }
        }
    }
}

void TestExplain::everyReplyClassAndStage()
{
    for (int klass = 1; klass <= 5; ++klass) {
        for (const Stage stage : Smtp::allStages) {
            for (const int code : {klass * 100, klass * 100 + 50, klass * 100 + 99}) {
                const Smtp::Reply reply {code, {"zzz"_ba}};
                const Explain::Explanation e = Explain::explain(reply, stage);
                QCOMPARE(sentenceFault(e.text), QString());
                QCOMPARE(sentenceFault(e.nextStep), QString());
                QVERIFY(e.id != "reply.generic");
                QVERIFY2(e.text.contains(u"%1 zzz"_s.arg(code)), qPrintable(e.text));
            }
        }
    }
}

void TestExplain::everyTlsReason()
{
    using K = Tls::VerifyReason::Kind;
    for (const K kind : {K::Untrusted, K::SelfSigned, K::Expired, K::NotYetValid, K::NameMismatch,
             K::WeakKey, K::PinMismatch, K::TlsaMismatch, K::Other}) {
        const Explain::Explanation e = Explain::explain(
            Tls::VerifyReason {kind, 0, u"the detail"_s});
        QVERIFY(Explain::knowledge().tls.find(e.id));
        QCOMPARE(sentenceFault(e.text), QString());
        QVERIFY(e.text.contains(u"(the detail)"_s));
        QCOMPARE(sentenceFault(e.nextStep), QString());
        QVERIFY(!e.who.isEmpty());
    }
}

void TestExplain::everyQuirk()
{
    for (int q = 0; q <= int(Smtp::Quirk::ContentForNobody); ++q) {
        const QByteArray id = "quirk." + Smtp::quirkName(Smtp::Quirk(q)).toByteArray();
        QVERIFY2(Explain::knowledge().findings.find(id), id.constData());
        const Explain::Explanation e = Explain::explainFinding(id, "220 x\n");
        QCOMPARE(e.id, id);
        QCOMPARE(sentenceFault(e.text), QString());
        QCOMPARE(sentenceFault(Explain::explainFinding(id, {}).text), QString());
    }
}

void TestExplain::everyFinding()
{
    for (const QByteArray id : {"tls.none", "tls.fallback", "content.longLine", "content.eightBit",
             "prdr.none", "chunking.none", "limits.split", "recipients.split", "route.implicitMx",
             "route.nullMxAmongOthers", "route.mxIsAddress", "route.hostIsAlias", "route.mxLoop",
             "route.ownAddress", "route.loopbackAddress", "route.privateAddress",
             "route.tooManyHosts", "route.tooManyRecords", "route.hostNotReached",
             "route.hostRefused", "route.nameNotAuthenticated", "dane.usable", "dane.unusable",
             "dane.noRecords", "dane.recordsInsecure", "dane.addressInsecure", "dane.notAName",
             "dane.mxInsecure", "dane.bogus", "dane.failed", "mtaSts.noPolicy", "mtaSts.modeNone",
             "mtaSts.testing", "mtaSts.enforced", "mtaSts.hostNotNamed", "mtaSts.twoRecords",
             "mtaSts.badRecord", "mtaSts.recordFailed", "mtaSts.recordGone", "mtaSts.fetchFailed",
             "mtaSts.badPolicy", "mtaSts.oddPolicy", "mtaSts.notKept", "policy.notReached",
             "policy.noTls", "policy.handshakeFailed", "policy.anyCertificate", "policy.tlsMissing",
             "policy.tlsFailed", "policy.daneMatch", "policy.daneMismatch", "policy.mtaStsMatch",
             "policy.mtaStsCertificate", "certificate.expired", "certificate.nameMismatch",
             "session.retried"}) {
        const Explain::Explanation e = Explain::explainFinding(id, "evidence");
        QVERIFY2(!e.text.contains(QString::fromLatin1(id)), qPrintable(e.text));
        QCOMPARE(sentenceFault(e.text), QString());
        QCOMPARE(sentenceFault(e.nextStep), QString());
    }
}

void TestExplain::badInput_data()
{
    QTest::addColumn<Base::Error>("error");
    QTest::addColumn<Stage>("stage");
    QTest::addColumn<bool>("staged");
    QTest::addColumn<QByteArray>("id");
    const auto at = [](const char *name, Kind kind, const QString &detail, Stage stage,
                        const QByteArray &id) {
        QTest::newRow(name) << Base::Error {kind, detail, {}} << stage << true << id;
    };
    const auto plain = [](const char *name, Kind kind, const QString &detail,
                           const QByteArray &id) {
        QTest::newRow(name) << Base::Error {kind, detail, {}} << Stage::Connect << false << id;
    };
    at("A6 null MX", Kind::Resolve, u"x.example: null MX, the domain takes no mail"_s,
        Stage::Resolve, "failure.resolve.nullMx"_ba);
    at("no SRV", Kind::Resolve, u"SRV _submission._tcp.x.example: no such domain"_s, Stage::Resolve,
        "failure.resolve.noSubmission"_ba);
    at("bogus", Kind::Resolve, u"temporary: MX x.example: DNSSEC validation failed"_s,
        Stage::Resolve, "failure.resolve.bogus"_ba);
    at("A3 SERVFAIL for MX", Kind::Resolve, u"temporary: MX x.example: the resolver failed"_s,
        Stage::Resolve, "failure.resolve.temporary"_ba);
    at("A9 proxy password", Kind::Denied, u"proxy: user name or password refused"_s, Stage::Proxy,
        "failure.proxy.denied"_ba);
    at("A9 no proxy", Kind::MalformedReply, u"proxy: the answer is not HTTP/1"_s, Stage::Proxy,
        "failure.proxy.broken"_ba);
    at("A9 proxy refuses", Kind::Connect, u"proxy: host unreachable for x:25"_s, Stage::Proxy,
        "failure.proxy.refused"_ba);
    at("A9 proxy is down", Kind::Connect, u"proxy 192.0.2.1:1080: connect: Connection refused"_s,
        Stage::Connect, "failure.proxy.unreachable"_ba);
    at("XCLIENT", Kind::Unsupported, u"XCLIENT is not announced"_s, Stage::Helo,
        "failure.xclient"_ba);
    at("unreachable host", Kind::Connect, u"connect: Network unreachable"_s, Stage::Connect,
        "failure.connect.unreachable");
    at("A1 refused", Kind::Connect, u"connect: Connection refused"_s, Stage::Connect,
        "failure.connect.refused");
    at("A2 black hole", Kind::Timeout, u"connect: no answer within 30000 ms"_s, Stage::Connect,
        "failure.timeout.connect");
    at("A3 NXDOMAIN", Kind::Resolve, u"nowhere.example: Name or service not known"_s,
        Stage::Resolve, "failure.resolve.notFound");
    at("A3 SERVFAIL", Kind::Resolve,
        u"temporary: x.example: Temporary failure in name resolution"_s, Stage::Resolve,
        "failure.resolve.temporary");
    at("A7 plain spoken to a TLS port", Kind::MalformedReply,
        u"peer speaks TLS: this port expects TLS from the first byte"_s, Stage::Greeting,
        "failure.reply.expectsTls");
    at("A7 HTTP", Kind::MalformedReply, u"peer speaks HTTP, not SMTP"_s, Stage::Greeting,
        "failure.reply.notSmtp");
    at("A7 TLS spoken to a plain port", Kind::TlsHandshake, u"handshake: wrong version number"_s,
        Stage::Tls, "failure.tls.plainPort");
    at("A7 TLS spoken to a plain port, other words", Kind::TlsHandshake,
        u"handshake: packet length too long"_s, Stage::Tls, "failure.tls.plainPort");
    at("A7 silence", Kind::Timeout, u"no complete reply within 300000 ms"_s, Stage::Greeting,
        "failure.timeout.greeting");
    at("C1 no STARTTLS", Kind::Unsupported, u"STARTTLS is not announced"_s, Stage::StartTls,
        "failure.unsupported.starttls");
    at("C2 STARTTLS refused", Kind::Denied, u"STARTTLS refused"_s, Stage::StartTls,
        "failure.denied.starttls");
    at("C3 injection", Kind::MalformedReply,
        u"bytes behind the 220 to STARTTLS, before the handshake"_s, Stage::StartTls,
        "failure.reply.injected");
    at("C8 certificate", Kind::TlsHandshake, u"certificate: expired"_s, Stage::Tls,
        "failure.tls.certificate");
    at("C14 old TLS only", Kind::TlsHandshake, u"unsupported protocol"_s, Stage::Tls,
        "failure.tls.noCommon");
    at("wrong password", Kind::Denied, u"AUTH PLAIN refused"_s, Stage::Auth,
        "failure.denied.password");
    at("C16 password without TLS", Kind::Unsupported,
        u"PLAIN LOGIN would show the password without TLS"_s, Stage::Auth,
        "failure.unsupported.authInClear");
    at("no common mechanism", Kind::Unsupported, u"no mechanism in common"_s, Stage::Auth,
        "failure.unsupported.auth");
    at("B26 lost after the dot", Kind::ConnectionClosed, u"the server closed the connection"_s,
        Stage::Dot, "failure.closed.dot");
    at("B23 reset in the body", Kind::ConnectionClosed, u"connection reset"_s, Stage::Content,
        "failure.closed.content");
    for (const Stage stage : {Stage::Resolve, Stage::Connect, Stage::Proxy, Stage::Greeting,
             Stage::Helo, Stage::StartTls, Stage::Tls, Stage::Auth, Stage::Mail, Stage::Rcpt,
             Stage::Data, Stage::Content, Stage::Dot, Stage::Quit})
        at(qPrintable(u"time-out at "_s + QString::fromLatin1(Smtp::stageName(stage))),
            Kind::Timeout, u"no complete reply within 5 s"_s, stage,
            "failure.timeout." + Smtp::stageName(stage).toByteArray());
    at("D17 too large", Kind::Unsupported, u"the message has 20 octets, the server takes 10"_s,
        Stage::Mail, "failure.unsupported.size");

    at("B35 no 8BITMIME", Kind::Unsupported,
        u"the message has 8-bit octets, the server lacks 8BITMIME"_s, Stage::Mail,
        "failure.unsupported.eightbit");
    at("B35 no SMTPUTF8", Kind::Unsupported,
        u"an address beyond ASCII, the server lacks SMTPUTF8"_s, Stage::Mail,
        "failure.unsupported.smtputf8");
    at("C12 lost in the handshake", Kind::TlsHandshake,
        u"handshake: connection closed by the peer"_s, Stage::Tls, "failure.tls.lost");

    plain("missing attachment", Kind::Io, u"/tmp/none.pdf: No such file or directory"_s,
        "error.file.missing");
    plain("unreadable attachment", Kind::Io, u"/root/x: Permission denied"_s,
        "error.file.unreadable");
    plain("D13 changed attachment", Kind::InvalidInput,
        u"/tmp/a.pdf: changed since it was attached (size 3, now 5)"_s, "error.attachment.changed");
    plain("D13 FIFO", Kind::InvalidInput, u"/tmp/fifo: is a FIFO"_s, "error.file.fifo");
    plain("D13 device", Kind::InvalidInput, u"/dev/zero: is a device"_s, "error.file.device");
    plain("D13 directory", Kind::InvalidInput, u"/tmp: is a directory"_s, "error.file.directory");
    plain("corrupt store", Kind::Corrupt, u"store: the check says: row 3 missing"_s,
        "error.store.corrupt");
    plain("H7 no database", Kind::Corrupt, u"the file is not a database"_s, "error.store.corrupt");
    plain("unreadable store", Kind::Denied, u"store: unable to open (14)"_s, "error.store.denied");
    plain("H6 read-only home", Kind::Denied, u"store: opened for reading only"_s,
        "error.store.readOnly");
    plain("H6 read-only file system", Kind::Io,
        u"open /home/x/sessions.db: Read-only file system"_s, "error.file.readOnly");
    plain("H4 full disk", Kind::Full, u"write /x: No space left on device"_s, "error.full");
    plain("H16 newer store", Kind::Unsupported,
        u"store: version 9 is newer than this program's 1"_s, "error.newer");
    plain("malformed address", Kind::InvalidInput,
        u"To: position 1: 'bob' is not an address: no @"_s, "error.input.address");
    plain("malformed envelope address", Kind::InvalidInput, u"address: no domain at position 4"_s,
        "error.input.address");
    plain("D6 bare CR", Kind::InvalidInput, u"bare CR at offset 17"_s, "error.input.bareCr");
    plain("D6 NUL", Kind::InvalidInput, u"NUL at offset 17"_s, "error.input.nul");
    plain("D3 line break in a field", Kind::InvalidInput, u"Subject: CR, LF or NUL in the value"_s,
        "error.input.control");
    plain("G8 token without a value", Kind::InvalidInput, u"Subject: no value for name"_s,
        "error.template.noValue");
    plain("value that is no text", Kind::InvalidInput, u"the value of a.b is no text"_s,
        "error.template.notText");
    plain("D1 value with two addresses", Kind::InvalidInput,
        u"To: the value of rcpt is not one address"_s, "error.template.address");
    plain("token without end", Kind::InvalidInput, u"Text: a {{ without its }}"_s,
        "error.template.token");
    plain("token without name", Kind::InvalidInput, u"{{a b}} is not a name"_s,
        "error.template.token");
    plain("values that are no JSON", Kind::InvalidInput, u"Values: not a JSON object"_s,
        "error.template.values");
    at("SCRAM server without proof", Kind::Denied, u"SCRAM: the server's signature is wrong"_s,
        Stage::Auth, "failure.denied.serverProof");
    plain("wrong passphrase", Kind::Denied, u"vault: wrong passphrase, or the file was changed"_s,
        "error.vault.passphrase");
    plain("vault locked", Kind::Denied, u"vault: locked"_s, "error.vault.locked");
    plain("keyring silent", Kind::Timeout, u"keyring: no answer"_s, "error.keyring");
    plain("token command", Kind::Io, u"token command: it failed with status 3"_s,
        "error.tokenCommand");
    plain("H8 lock", Kind::Unsupported, u"/nfs/x.db: cannot be locked: x"_s, "error.lock");
    plain("port in use", Kind::Io, u"listen on 127.0.0.1 port 25: Address already in use"_s,
        "error.port");
    plain("no HOME", Kind::Denied, u"HOME is not set"_s, "error.store.readOnly");
    plain("vault damaged", Kind::Corrupt, u"vault: the file is no vault"_s, "error.vault.damaged");
    plain("scenario", Kind::InvalidInput, u"line 3: action: unknown"_s, "error.input.scenario");
    plain("no sender", Kind::InvalidInput, u"From: no address"_s, "error.input.noFrom");
    plain("D15 twice", Kind::InvalidInput,
        u"Date: may stand only once and has a place of its own"_s, "error.input.headerTwice");
}

void TestExplain::badInput()
{
    QFETCH(Base::Error, error);
    QFETCH(Stage, stage);
    QFETCH(bool, staged);
    QFETCH(QByteArray, id);
    const Explain::Explanation e = staged ? Explain::explain(Smtp::Failure {error, stage})
                                          : Explain::explain(error);
    QCOMPARE(e.id, id);
    QCOMPARE(sentenceFault(e.text), QString());
    QCOMPARE(sentenceFault(e.nextStep), QString());
    QCOMPARE(e.text.count(u". "_s), 0);
}

void TestExplain::capabilities()
{
    QCOMPARE(Explain::explainCapability("starttls").rfc, u"RFC 3207"_s);
    QCOMPARE(Explain::explainCapability("AUTH=LOGIN").rfc, u"RFC 4954"_s);
    const Explain::Explanation unknown = Explain::explainCapability("X-\x1b[31m");
    QCOMPARE(unknown.id, "capability.unknown"_ba);
    QVERIFY(unknown.text.contains(u"\\u001b"_s));
}

void TestExplain::everyRegisteredCapability()
{
    // The registry "SMTP Service Extensions" of the IANA.
    for (const QByteArray &keyword : {"SEND"_ba, "SOML"_ba, "SAML"_ba, "VRFY"_ba, "EXPN"_ba,
             "HELP"_ba, "TURN"_ba, "8BITMIME"_ba, "SIZE"_ba, "VERB"_ba, "ONEX"_ba, "CHUNKING"_ba,
             "BINARYMIME"_ba, "CHECKPOINT"_ba, "DELIVERBY"_ba, "PIPELINING"_ba, "DSN"_ba, "ETRN"_ba,
             "ENHANCEDSTATUSCODES"_ba, "STARTTLS"_ba, "NO-SOLICITING"_ba, "MTRK"_ba, "SUBMITTER"_ba,
             "ATRN"_ba, "AUTH"_ba, "FUTURERELEASE"_ba, "CONPERM"_ba, "CONNEG"_ba, "UTF8SMTP"_ba,
             "SMTPUTF8"_ba, "MT-PRIORITY"_ba, "RRVS"_ba, "REQUIRETLS"_ba, "LIMITS"_ba, "BURL"_ba}) {
        const Explain::Explanation e = Explain::explainCapability(keyword);
        QCOMPARE(e.id, "capability." + keyword);
        QCOMPARE(sentenceFault(e.text), QString());
        QVERIFY2(!e.rfc.isEmpty() || keyword == "VERB" || keyword == "ONEX", keyword.constData());
    }
}

void TestExplain::commands_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<Stage>("stage");
    QTest::addColumn<QByteArray>("id");
    const auto row = [](const QByteArray &line, Stage stage, const QByteArray &id) {
        QTest::newRow((line + " at " + Smtp::stageName(stage).toByteArray()).constData())
            << line << stage << id;
    };
    row("EHLO client.example.org"_ba, Stage::Helo, "command.EHLO"_ba);
    row("mail from:<>"_ba, Stage::Mail, "command.MAIL"_ba);
    row("AUTH LOGIN"_ba, Stage::Auth, "command.AUTH"_ba);
    row("<redacted: AUTH LOGIN>"_ba, Stage::Auth, "command.authAnswer"_ba);
    row("*"_ba, Stage::Auth, "command.authCancel"_ba);
    row("QUIT"_ba, Stage::Content, "command.content"_ba);
    row("."_ba, Stage::Dot, "command.dot"_ba);
    row("BDAT 100 LAST"_ba, Stage::Dot, "command.BDAT"_ba);
    row("BDAT 100"_ba, Stage::Content, "command.BDAT"_ba);
    row("X\x1b[FOO"_ba, Stage::Rset, "command.unknown"_ba);
    row(""_ba, Stage::Rset, "command.unknown"_ba);
}

void TestExplain::commands()
{
    QFETCH(QByteArray, line);
    QFETCH(Stage, stage);
    QFETCH(QByteArray, id);
    const Explain::Explanation e = Explain::explainCommand(line, stage);
    QCOMPARE(e.id, id);
    QCOMPARE(sentenceFault(e.text), QString());
    QVERIFY(!e.text.contains(QChar(0x1b)));
}

void TestExplain::everyParameterAndEvent()
{
    for (const Explain::Entry &entry : Explain::knowledge().commands.entries) {
        QVERIFY2(entry.text.endsWith(u'.'), entry.id.constData());
        if (entry.id.startsWith("parameter.") && entry.id != "parameter.unknown")
            QCOMPARE(Explain::explainParameter(entry.id.sliced(10).toLower()).id, entry.id);
    }
    QCOMPARE(Explain::explainParameter("FOO").text.contains(u"FOO"_s), true);
    for (const Stage stage : Smtp::allStages)
        QCOMPARE(sentenceFault(Explain::explainEvent(stage).text), QString());
    QCOMPARE(Explain::explainEvent(Stage::Tls).id, "event.tls"_ba);
}

void TestExplain::unknownStillHasASentence()
{
    const Explain::Explanation e = Explain::explainFinding("quirk.fromTheFuture", "x");
    QCOMPARE(e.id, "quirk.fromTheFuture"_ba);
    QCOMPARE(sentenceFault(e.text), QString());
    QVERIFY(e.text.contains(u"quirk.fromTheFuture"_s));
}

void TestExplain::hostileTextIsEscaped()
{
    const Smtp::Reply reply {550, {"\x1b]0;x\x07 \xE2\x80\xAE%1 %9 evil\xFF"_ba, "second\r\n"_ba}};
    const Explain::Explanation e = Explain::explain(reply, Stage::Rcpt);
    for (const QChar c : e.text)
        QVERIFY(c.isPrint());
    // The text of others is no pattern.
    QVERIFY(e.text.contains(u"%1 %9 evil"_s));
    const Base::Error error {Kind::Io, QString(5000, u'x') + u"\n%2"_s, {}};
    QVERIFY(Explain::explain(error).text.size() < 400);
}

void TestExplain::missingFileFallsBack()
{
    QVERIFY(Explain::readKnowledge("").entries.isEmpty());
    QVERIFY(Explain::readKnowledge("[1,2]").entries.isEmpty());
    QVERIFY(
        Explain::readKnowledge(R"({"version": 99, "entries": [{"id": "a"}]})").entries.isEmpty());
    QVERIFY(!Explain::findEntry({}, {}).entry);
}

QTEST_GUILESS_MAIN(TestExplain)
#include "tst_explain.moc"
