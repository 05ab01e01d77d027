// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/linefacts.h"

#include "base/literals.h"

#include <QRandomGenerator>
#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Transcript;
using Smtp::Stage;
using Kind = LineFact::Kind;

namespace {

constexpr auto C = Direction::Client;
constexpr auto S = Direction::Server;

Entry entryOf(Direction direction, Stage stage, const QByteArray &text)
{
    Entry entry;
    entry.direction = direction;
    entry.stage = stage;
    entry.text = text;
    return entry;
}

/// "Kind name=value", with a mark for secrets and the numbers.
QStringList printed(const QList<LineFact> &facts)
{
    static const QStringList names {u"Base64"_s, u"Prompt"_s, u"Challenge"_s, u"AuthorizationId"_s,
        u"User"_s, u"Password"_s, u"Digest"_s, u"Token"_s, u"OAuthField"_s, u"Scram"_s,
        u"Capability"_s, u"CapabilityValue"_s, u"LargestMessage"_s, u"Parameter"_s,
        u"EncodedWords"_s, u"ExtendedParameter"_s, u"QuotedPrintable"_s, u"Domain"_s, u"CutOut"_s,
        u"Kept"_s, u"Message"_s, u"Octets"_s};
    QStringList list;
    for (const LineFact &fact : facts) {
        QString text = names.at(int(fact.kind));
        if (!fact.name.isEmpty())
            text += u' ' + QString::fromUtf8(fact.name);
        text += u'=' + fact.value;
        if (fact.secret)
            text += u" [secret]"_s;
        if (fact.number)
            text += u" #%1"_s.arg(*fact.number);
        if (fact.upTo)
            text += u"-%1"_s.arg(fact.upTo);
        list += text;
    }
    return list;
}

Mailgauge::Transcript::Transcript transcriptOf(const QList<Entry> &entries)
{
    Mailgauge::Transcript::Transcript transcript;
    const QUuid session = QUuid::createUuid();
    for (const Entry &entry : entries)
        transcript.append(session, entry);
    return transcript;
}

} // namespace

class TestLineFacts final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void facts_data()
    {
        QTest::addColumn<Entry>("entry");
        QTest::addColumn<QByteArray>("mechanism");
        QTest::addColumn<QStringList>("expected");
        const auto row = [](const char *name, const Entry &entry, const QByteArray &mechanism,
                             const QStringList &expected) {
            QTest::newRow(name) << entry << mechanism << expected;
        };
        const auto b64 = [](const QByteArray &text) { return text.toBase64(); };

        row("login prompt", entryOf(S, Stage::Auth, "334 VXNlcm5hbWU6"), "LOGIN",
            {u"Prompt=Username:"_s});
        row("rfc2195 challenge",
            entryOf(S, Stage::Auth, "334 " + b64("<1896.697170952@postoffice.example.net>")),
            "CRAM-MD5", {u"Challenge=<1896.697170952@postoffice.example.net>"_s});
        row("rfc2195 answer", entryOf(C, Stage::Auth, b64("tim b913a602c7eda7a495b4e6e7334d3890")),
            "CRAM-MD5", {u"User=tim"_s, u"Digest= [secret]"_s});
        row("rfc4616 plain",
            entryOf(C, Stage::Auth, "AUTH PLAIN " + b64("Ursel\0Kurt\0xipj3plmq"_ba)), "PLAIN",
            {u"AuthorizationId=Ursel"_s, u"User=Kurt"_s, u"Password= [secret]"_s});
        row("plain without parts", entryOf(C, Stage::Auth, "AUTH PLAIN " + b64("whatever")),
            "PLAIN", {u"Password= [secret]"_s});
        row("rfc7677 client first",
            entryOf(C, Stage::Auth,
                "AUTH SCRAM-SHA-256 " + b64("n,a=us=2Cer,n=us=3Der,r=rOprNGfwEbeRWgbNEkqO")),
            "SCRAM-SHA-256",
            {u"Scram g=n,a=us=2Cer"_s, u"AuthorizationId=us,er"_s, u"Scram n=us=er"_s,
                u"Scram r=rOprNGfwEbeRWgbNEkqO"_s});
        row("rfc7677 server first",
            entryOf(S, Stage::Auth,
                "334 " + b64("r=rOprNG%hvYDpWUa2,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")),
            "SCRAM-SHA-256",
            {u"Scram r=rOprNG%hvYDpWUa2"_s, u"Scram s=W22ZaJ0SNY7soEsUEjb6gQ=="_s,
                u"Scram i=4096"_s});
        row("rfc7677 client final",
            entryOf(C, Stage::Auth, b64("c=biws,r=rOprNG%hvYDpWUa2,p=dHzbZapWIk4jUhN+Ute9")),
            "SCRAM-SHA-256",
            {u"Scram c=n,,"_s, u"Scram r=rOprNG%hvYDpWUa2"_s, u"Scram p= [secret]"_s});
        row("rfc5802 server final",
            entryOf(S, Stage::Auth, "334 " + b64("v=6rriTRBi23WpRR/wtup+mMhUZUn/")),
            "SCRAM-SHA-256", {u"Scram v=6rriTRBi23WpRR/wtup+mMhUZUn/"_s});
        row("rfc5802 server error", entryOf(S, Stage::Auth, "334 " + b64("e=invalid-proof")),
            "SCRAM-SHA-256", {u"Scram e=invalid-proof"_s});
        row("rfc5802 mandatory extension",
            entryOf(S, Stage::Auth, "334 " + b64("m=x,r=ab,s=cd,i=1")), "SCRAM-SHA-256",
            {u"Scram m=x"_s, u"Scram r=ab"_s, u"Scram s=cd"_s, u"Scram i=1"_s});
        row("scram that is none", entryOf(C, Stage::Auth, b64("hunter2")), "SCRAM-SHA-256",
            {u"Base64= [secret]"_s});
        row("rfc7628 error",
            entryOf(S, Stage::Auth,
                "334 " + b64(R"({"status":"invalid_token","scope":"mail","retry":[1,2]})")),
            "OAUTHBEARER",
            {u"OAuthField retry=[1,2]"_s, u"OAuthField scope=mail"_s,
                u"OAuthField status=invalid_token"_s});
        row("xoauth2 request",
            entryOf(C, Stage::Auth,
                "AUTH XOAUTH2 " + b64("user=ann@example.org\1auth=Bearer ya29.vF9\1\1")),
            "XOAUTH2", {u"User=ann@example.org"_s, u"Token= [secret]"_s});
        row("rfc7628 request",
            entryOf(C, Stage::Auth,
                b64("n,a=ann@example.org,\1host=mx.example\1port=587\1auth=Bearer vF9dft4qmT\1\1")),
            "OAUTHBEARER",
            {u"User=ann@example.org"_s, u"OAuthField host=mx.example"_s, u"OAuthField port=587"_s,
                u"Token= [secret]"_s});
        row("unknown mechanism may hold a password",
            entryOf(C, Stage::Auth, "AUTH XYZ bixhPXVzZXI="), "XYZ", {u"Base64= [secret]"_s});
        row("B6 in base64", entryOf(S, Stage::Auth, "334 G1szMW0="), "LOGIN",
            {u"Prompt=\\x1b[31m"_s});
        row("no base64", entryOf(S, Stage::Auth, "334 not base64!"), {}, {});
        row("mechanism is no base64", entryOf(C, Stage::Auth, "AUTH PLAIN"), "PLAIN", {});

        row("rfc2047", entryOf(S, Stage::Dot, "554 =?utf-8?Q?Gr=C3=BC=C3=9Fe?= refused"), {},
            {u"EncodedWords=554 Grüße refused"_s});
        row("rfc2231 4",
            entryOf(
                C, Stage::Content, "Content-Type: text/x; title*=us-ascii'en-us'This%20is%20it"),
            {}, {u"ExtendedParameter title=This is it"_s});
        row("rfc2231 3 continued",
            entryOf(C, Stage::Content, " name*0*=iso-8859-1''Gr%FC; name*1*=%DFe.txt"), {},
            {u"ExtendedParameter name=Grüße.txt"_s});
        row("rfc2045 6.7", entryOf(C, Stage::Content, "Gr=C3=BC=C3=9Fe aus K=C3=B6ln="), {},
            {u"QuotedPrintable=Grüße aus Köln"_s});
        row("not quoted-printable", entryOf(C, Stage::Content, "a = b, charset=ascii"), {}, {});
        row("quoted-printable in content only", entryOf(S, Stage::Dot, "250 id=C3=BC"), {}, {});

        row("rfc3461 mail",
            entryOf(
                C, Stage::Mail, "MAIL FROM:<a@example.org> SIZE=24576 RET=HDRS ENVID=QQ3+2B14+3D"),
            {},
            {u"Parameter SIZE=24576 #24576"_s, u"Parameter RET=HDRS"_s,
                u"Parameter ENVID=QQ3+14="_s});
        row("rfc3461 rcpt",
            entryOf(C, Stage::Rcpt,
                "RCPT TO:<b@example.net> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;Bob+2Bx@example.net"),
            {},
            {u"Parameter NOTIFY=SUCCESS,DELAY"_s, u"Parameter ORCPT=rfc822; Bob+x@example.net"_s});
        row("rfc6533 utf-8 address",
            entryOf(C, Stage::Rcpt, R"(RCPT TO:<b@example.net> ORCPT=utf-8;gr\x{FC}n@example.net)"),
            {}, {u"Parameter ORCPT=utf-8; grün@example.net"_s});
        row("xtext that is none", entryOf(C, Stage::Mail, "MAIL FROM:<> ENVID=a+2gb"), {},
            {u"Parameter ENVID=a+2gb"_s});
        row("command is no base64", entryOf(C, Stage::Mail, "DATA"), {}, {});
        row("size", entryOf(S, Stage::Helo, "250-SIZE 52428800"), {},
            {u"Capability=SIZE"_s, u"LargestMessage= #52428800"_s});
        row("size without limit", entryOf(S, Stage::Helo, "250 SIZE"), {}, {u"Capability=SIZE"_s});
        row("auth", entryOf(S, Stage::Helo, "250-AUTH PLAIN LOGIN"), {},
            {u"Capability=AUTH"_s, u"CapabilityValue=PLAIN LOGIN"_s});
        row("old auth", entryOf(S, Stage::Helo, "250-AUTH=LOGIN"), {},
            {u"Capability=AUTH"_s, u"CapabilityValue==LOGIN"_s});
        row("name instead of a keyword", entryOf(S, Stage::Helo, "250-mx.example.net greets you"),
            {}, {});
        row("not at hello", entryOf(S, Stage::Rcpt, "250 SIZE"), {}, {});
        row("idna", entryOf(C, Stage::Rcpt, "RCPT TO:<a@xn--bcher-kva.example>"), {},
            {u"Domain=bücher.example"_s});
        row("plain", entryOf(C, Stage::Mail, "MAIL FROM:<>"), {}, {});
        row("empty", entryOf(C, Stage::Auth, ""), {}, {});
        Entry secret = entryOf(C, Stage::Auth, "<redacted: AUTH LOGIN>");
        secret.redactions = {{0, "AUTH LOGIN"_ba, {}}};
        row("redacted", secret, "LOGIN", {u"CutOut AUTH LOGIN="_s});
        Entry content = entryOf(Direction::Event, Stage::Content, "sent");
        content.content = ContentRange {QUuid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), 0, 1500};
        row("content", content, {},
            {u"Message=00000001-0002-0003-0405-060708090a0b"_s, u"Octets= #0-1500"_s});
    }

    void facts()
    {
        QFETCH(Entry, entry);
        QFETCH(QByteArray, mechanism);
        QFETCH(QStringList, expected);
        const LineContext context {LinePlace::Later, mechanism, {}, 0};
        QCOMPARE(printed(lineFacts(entry, context)), expected);
    }

    void firstLineNamesTheServer()
    {
        const Entry entry = entryOf(S, Stage::Helo, "250-localhost greets you");
        QVERIFY(capabilityKeyword(entry, LinePlace::First).isEmpty());
        QVERIFY(lineFacts(entry, {}).isEmpty());
    }

    void exchangeGivesTheContext()
    {
        const auto transcript = transcriptOf({entryOf(C, Stage::Auth, "AUTH LOGIN"),
            entryOf(S, Stage::Auth, "334 VXNlcm5hbWU6"), entryOf(C, Stage::Auth, "YW5u"),
            entryOf(S, Stage::Auth, "334 UGFzc3dvcmQ6"), entryOf(C, Stage::Auth, "aHVudGVyMg=="),
            entryOf(S, Stage::Auth, "235 ok"), entryOf(C, Stage::Mail, "MAIL FROM:<>")});
        QCOMPARE(contextOf(transcript, 0), (LineContext {LinePlace::First, "LOGIN"_ba, {}, 0}));
        QCOMPARE(contextOf(transcript, 2),
            (LineContext {LinePlace::First, "LOGIN"_ba, "Username:"_ba, 0}));
        QCOMPARE(contextOf(transcript, 4),
            (LineContext {LinePlace::First, "LOGIN"_ba, "Password:"_ba, 1}));
        QCOMPARE(contextOf(transcript, 6).mechanism, QByteArray());
        QCOMPARE(printed(lineFacts(transcript.entry(2), contextOf(transcript, 2))),
            QStringList {u"User=ann"_s});
        // Never a password, even where nothing cut it out (a transcript made elsewhere).
        QCOMPARE(printed(lineFacts(transcript.entry(4), contextOf(transcript, 4))),
            QStringList {u"Password= [secret]"_s});
    }

    void promptInOtherWords()
    {
        const LineContext second {LinePlace::First, "LOGIN"_ba, "Kennwort:"_ba, 1};
        QCOMPARE(printed(lineFacts(entryOf(C, Stage::Auth, "aHVudGVyMg=="), second)),
            QStringList {u"Password= [secret]"_s});
    }

    /// The canary: only asked for, and only where this run kept it.
    void keptSecretIsShownOnRequestOnly()
    {
        const QByteArray canary = "canary-7f3a"_ba;
        const QByteArray line = "AUTH PLAIN " + ("\0ann\0"_ba + canary).toBase64();
        Entry kept = entryOf(C, Stage::Auth, {});
        kept.text = redact(line, {{11, line.size() - 11, "AUTH PLAIN"}}, &kept.redactions, true);
        const LineContext context {LinePlace::First, "PLAIN"_ba, {}, 0};
        QVERIFY(!printed(lineFacts(kept, context)).join(u' ').contains("canary"_L1));
        QCOMPARE(printed(lineFacts(kept, context)), QStringList {u"Kept AUTH PLAIN="_s});
        QCOMPARE(printed(lineFacts(kept, context, Secrets::Shown)),
            (QStringList {
                u"User=ann"_s, u"Password=canary-7f3a [secret]"_s, u"Kept AUTH PLAIN="_s}));

        Entry lost = entryOf(C, Stage::Auth, {});
        lost.text = redact(line, {{11, line.size() - 11, "AUTH PLAIN"}}, &lost.redactions, false);
        QCOMPARE(printed(lineFacts(lost, context, Secrets::Shown)),
            QStringList {u"CutOut AUTH PLAIN="_s});
    }

    /// A mark is text like any other to a server: it must not open a door to what stands behind it.
    void redactionIsNeverDecoded()
    {
        Entry entry = entryOf(
            C, Stage::Mail, "MAIL FROM:<a@b.example> ENVID=<redacted: =?utf-8?Q?x=C3=BC?=>");
        entry.redactions = {{30, "=?utf-8?Q?x=C3=BC?="_ba, {}}};
        for (const LineFact &fact : lineFacts(entry, {}))
            QVERIFY(!fact.value.contains(u"xü"_s));
    }

    void hostileLinesStayInBounds()
    {
        QRandomGenerator random(4711);
        QByteArray all;
        for (int i = 0; i < 256; ++i)
            all += static_cast<char>(i);
        QList<QByteArray> lines {all, "334 " + all.toBase64(), QByteArray(300'000, 'A'),
            "AUTH SCRAM-SHA-256 " + QByteArray(100'000, ',').toBase64(),
            "334 " + ("{\"a\":" + QByteArray(50'000, '[')).toBase64(),
            "MAIL FROM:<a@b> " + QByteArray(" X=1").repeated(9'000),
            QByteArray("=?utf-8?Q?=").repeated(6'000), QByteArray("a*=''%41;").repeated(7'000),
            QByteArray("xn--a.").repeated(10'000), QByteArray("=").repeated(70'000)};
        for (int i = 0; i < 2'000; ++i) {
            QByteArray line(random.bounded(1, 120), ' ');
            for (char &c : line)
                c = "=?*'%+;:,<>{}\\x ABab01\0\xff\x80"[random.bounded(25)];
            lines.append(line);
        }
        for (const QByteArray &line : std::as_const(lines)) {
            for (const Direction direction : {C, S}) {
                for (const Stage stage : {Stage::Auth, Stage::Helo, Stage::Mail, Stage::Content}) {
                    Entry entry = entryOf(direction, stage, line);
                    entry.redactions = {{line.size() / 2, "X"_ba, {}}, {-3, "Y"_ba, {}}};
                    const auto facts = lineFacts(
                        entry, {LinePlace::Later, "SCRAM-SHA-256"_ba, {}, 0});
                    QVERIFY(facts.size() <= MaxFacts);
                    for (const LineFact &fact : facts) {
                        QVERIFY(fact.value.size() <= LineFact::MaxValue + 1);
                        for (const QChar c : fact.value)
                            QVERIFY(c.category() != QChar::Other_Control);
                    }
                }
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestLineFacts)
#include "tst_linefacts.moc"
