// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/addressfinder.h"
#include "transcript/addressforms.h"
#include "transcript/pseudonyms.h"

#include "base/literals.h"

#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Transcript;

namespace {

/// anna@example.org is anon1, its local part a known name.
QByteArray replaced(const QByteArray &text)
{
    Pseudonyms pseudonyms;
    pseudonyms.addName("anna", "example.org");
    return pseudonyms.applyToReply(text);
}

} // namespace

class TestPseudonyms final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void finds_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("local");
        QTest::addColumn<QByteArray>("domain");
        const auto row = [](const char *name, const QByteArray &text, const QByteArray &local,
                             const QByteArray &domain = "example.org"_ba) {
            QTest::newRow(name) << text << local << domain;
        };
        row("path", "RCPT TO:<anna@example.org>", "anna");
        row("rfc5321 4.1.2 quoted", "RCPT TO:<\"anna b\"@example.org>", "\"anna b\"");
        row("quoted with @", "<\"a@b\"@example.org>", "a", "b");
        row("quoted with escape", "<\"a\\\"b\"@example.org>", "\"a\\\"b\"");
        row("end of sentence", "no user anna@example.org.", "anna");
        row("in quotes", "'anna@example.org'", "anna");
        row("literal", "<anna@[192.0.2.1]>", "anna", "[192.0.2.1]");
        row("no dot", "anna@localhost:", "anna", "localhost");
        row("log field", "to=anna@example.org,", "anna");
        row("log field in capitals", "ORIG_TO=anna@example.org", "anna");
        row("mailto", "<mailto:anna@example.org?subject=x>", "anna");
        row("link", "https://example.net/u/anna@example.org", "anna");
        row("link with query", "https://example.net/u?for=anna%40example.org&x=1", "anna");
        row("percent brackets", "%3Canna%40example.org%3E", "anna");
        row("quoted-printable", "anna=40example.org", "anna");
        row("entity", "anna&#64;example.org", "anna");
        row("hex entity", "anna&#x40;example.org", "anna");
        row("rfc6533", "anna\\x{40}example.org", "anna");
        row("full width",
            "anna\xef\xbc\xa0"
            "example.org",
            "anna");
        row("rfc6531",
            "<jos\xc3\xa9@b\xc3\xbc"
            "cher.example>",
            "jos\xc3\xa9",
            "b\xc3\xbc"
            "cher.example");
        row("latin-1 bytes", "<jos\xe9@example.org>", "jos\xe9");
        row("source route", "<@relay.example:anna@example.org>", "anna");
        row("at the ends", "a@b", "a", "b");
        row("literal, IPv6", "<anna@[IPv6:2001:db8::1]>", "anna", "[IPv6:2001:db8::1]");
        row("behind a bracket", "foo@[ see <anna@example.org> ]", "anna");
        row("behind a long bracket", "foo@[" + QByteArray(256, '1') + "] anna@example.org", "anna");
        row("in a bracket", "foo@[anna@example.org]", "anna");
    }

    void finds()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, local);
        QFETCH(QByteArray, domain);
        const auto found = findAddress(text);
        QVERIFY(found);
        QCOMPARE(text.mid(found->at, found->localLength), local);
        QCOMPARE(
            text.mid(found->at + found->localLength + found->separatorLength, found->domainLength),
            domain);
    }

    void findsNone_data()
    {
        QTest::addColumn<QByteArray>("text");
        for (const char *text : {"", "@", "a@", "@b", "a @ b", "250 SIZE=40", "100%", "x@.", "a@["})
            QTest::newRow(*text ? text : "nothing") << QByteArray(text);
    }

    void findsNone()
    {
        QFETCH(QByteArray, text);
        QVERIFY(!findAddress(text));
    }

    void replaces_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char *name, const QByteArray &text, const QByteArray &expected) {
            QTest::newRow(name) << text << expected;
        };
        row("domain stays", "<anna@example.org>", "<anon1@example.org>");
        row("any case", "<ANNA@Example.ORG>", "<anon1@Example.ORG>");
        row("quoted is the same", "<\"anna\"@example.org>", "<anon1@example.org>");
        row("final dot is the same", "anna@example.org.", "anon1@example.org.");
        row("another domain is another person", "anna@example.net", "anon2@example.net");
        row("two, one twice", "a@x b@x a@x", "anon2@x anon3@x anon2@x");
        row("idn is one domain",
            "j@b\xc3\xbc"
            "cher.example J@xn--bcher-kva.example",
            "anon2@b\xc3\xbc"
            "cher.example anon2@xn--bcher-kva.example");
        row("unicode case and form", "JOS\xc3\x89@x jose\xcc\x81@x", "anon2@x anon2@x");
        row("in a reply", "550 5.1.1 <anna@example.org>: user anna unknown",
            "550 5.1.1 <anon1@example.org>: user anon1 unknown");
        row("name in any case", "553 Anna, go away", "553 anon1, go away");
        row("brackets hide nothing", "x@[ <anna@example.org> ]", "x@[ <anon1@example.org> ]");
        row("not within a word", "220 hannah annas anna-laptop.example",
            "220 hannah annas anna-laptop.example");
        row("orcpt", "RCPT TO:<anna@example.org> ORCPT=rfc822;anna@example.org NOTIFY=NEVER",
            "RCPT TO:<anon1@example.org> ORCPT=rfc822;anon1@example.org NOTIFY=NEVER");
        row("orcpt in xtext", "RCPT TO:<a+b@x> ORCPT=rfc822;a+2Bb+40x",
            "RCPT TO:<anon2@x> ORCPT=rfc822;anon2@x");
        row("rfc6533 utf-8", "RCPT TO:<jos\xc3\xa9@x> ORCPT=utf-8;jos\\x{E9}@x",
            "RCPT TO:<anon2@x> ORCPT=utf-8;anon2@x");
        row("envid", "MAIL FROM:<anna@example.org> ENVID=to+3Danna+40example.org",
            "MAIL FROM:<anon1@example.org> ENVID=to+3Danon1@example.org");
        row("auth parameter", "MAIL FROM:<> AUTH=anna+40example.org",
            "MAIL FROM:<> AUTH=anon1@example.org");
        row("xtext stays where nothing is hidden", "MAIL FROM:<> ENVID=a+2Bb",
            "MAIL FROM:<> ENVID=a+2Bb");
        row("verp", "<bounces+anna=example.org@list.example>",
            "<anon2+anon1=example.org@list.example>");
        row("verp, ezmlm", "<list-return-7-anna=example.org@list.example>",
            "<anon2-anon1=example.org@list.example>");
        row("verp, hyphens in a known name",
            "eva-maria@x.example <list-eva-maria=x.example@l.example>",
            "anon2@x.example <anon3-anon2=x.example@l.example>");
        row("verp without prefix", "<anna=example.org@list.example>",
            "<anon1=example.org@list.example>");
        row("batv", "<prvs=4021bf8a=anna@example.org>", "<prvs=4021bf8a=anon1@example.org>");
        row("srs0", "<SRS0=x7Kp=4T=example.org=anna@fwd.example>",
            "<SRS0=x7Kp=4T=example.org=anon1@fwd.example>");
        row("srs1", "<SRS1=ab=one.example==x7Kp=4T=example.org=anna@fwd.example>",
            "<SRS1=ab=one.example==x7Kp=4T=example.org=anon1@fwd.example>");
        row("percent hack", "<anna%example.org@relay.example>",
            "<anon1%example.org@relay.example>");
        row("uucp", "<example.org!anna@relay.example>", "<example.org!anon1@relay.example>");
        row("link", "https://x.example/u?e=anna%40example.org&n=1",
            "https://x.example/u?e=anon1%40example.org&n=1");
        row("link with plus", "y.example?e=a%2Bb%40x.example a+b@x.example",
            "y.example?e=anon2%40x.example anon2@x.example");
        row("encoded word, Q", "Subject: =?utf-8?Q?for_anna=40example.org?=",
            "Subject: =?utf-8?B?" + QByteArray("for anon1@example.org").toBase64() + "?=");
        row("encoded word, B", "X: =?UTF-8?B?" + QByteArray("anna@example.org").toBase64() + "?= y",
            "X: =?UTF-8?B?" + QByteArray("anon1@example.org").toBase64() + "?= y");
        row("encoded words that split it", "X: =?utf-8?Q?an?= =?utf-8?Q?na@example.org?=",
            "X: =?utf-8?B?" + QByteArray("anon1@example.org").toBase64() + "?=");
        row("encoded word without address", "X: =?utf-8?Q?caf=C3=A9?=", "X: =?utf-8?Q?caf=C3=A9?=");
        row("base64", "334 " + QByteArray("user=anna@example.org").toBase64(),
            "334 " + QByteArray("user=anon1@example.org").toBase64());
        row("base64 of a login", QByteArray("\0anna\0"_ba + "x").toBase64(),
            QByteArray("\0anon1\0"_ba + "x").toBase64());
        row("base64 of other things", "334 VXNlcm5hbWU6 PDE4OTYuNjk3",
            "334 VXNlcm5hbWU6 PDE4OTYuNjk3");
        row("nothing", "250 2.0.0 Ok: queued as 4XyZ01", "250 2.0.0 Ok: queued as 4XyZ01");
        row("bytes around stay", "\x00\xff <anna@example.org> \x80\xfe"_ba,
            "\x00\xff <anon1@example.org> \x80\xfe"_ba);
        row("a thousand", QByteArray("anna@example.org,").repeated(1000),
            QByteArray("anon1@example.org,").repeated(1000));
    }

    void replaces()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, expected);
        QCOMPARE(replaced(text), expected);
    }

    void againChangesNothing_data() { replaces_data(); }

    void againChangesNothing()
    {
        QFETCH(QByteArray, text);
        Pseudonyms pseudonyms;
        pseudonyms.addName("anna", "example.org");
        const QByteArray once = pseudonyms.applyToReply(text);
        QCOMPARE(pseudonyms.applyToReply(once), once);
    }

    void commonNamesStandAlone()
    {
        Pseudonyms pseudonyms;
        pseudonyms.addName("user", "example.org");
        pseudonyms.addName("al", "example.org");
        QCOMPARE(pseudonyms.applyToReply("550 al: user unknown"), "550 al: user unknown"_ba);
        QCOMPARE(pseudonyms.applyToReply("550 user@example.org"), "550 anon1@example.org"_ba);
    }

    void namesOfOtherCharacters_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const QByteArray &name, const QByteArray &text,
                             const QByteArray &expected) {
            QTest::newRow(text.constData()) << name << text << expected;
        };
        row("o'brien", "550 o'brien: user unknown", "550 anon1: user unknown");
        row("o'brien", "550 'O'Brien' unknown", "550 'anon1' unknown");
        row("o'brien", "550 o'brien's box, o'briens", "550 anon1's box, o'briens");
        row("o'brien", "550 user=o'brien.", "550 user=anon1.");
        row("CORP\\alice", "535 failed for corp\\alice", "535 failed for anon1");
        row("CORP\\alice", "535 CORP\\alice2 xcorp\\alice", "535 CORP\\alice2 xcorp\\alice");
        row("a&b", "550 a&b", "550 anon1");
        row("a&b", "550 a & b, aa&b", "550 a & b, aa&b");
        row("\"anna b\"", "550 \"anna b\" unknown", "550 anon1 unknown");
        row("{bob}", "550 {bob}: no", "550 anon1: no");
        row("bob!", "550 bob!", "550 anon1");
        row("al-", "550 al- al", "550 anon1 al");
    }

    void namesOfOtherCharacters()
    {
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, expected);
        Pseudonyms pseudonyms;
        pseudonyms.addName(name, "example.org");
        QCOMPARE(pseudonyms.applyToReply(text), expected);
        QCOMPARE(pseudonyms.applyToReply(expected), expected);
    }

    void aLoginThatIsALocalPartIsTheSame()
    {
        Pseudonyms pseudonyms;
        pseudonyms.addName("alice", "example.org");
        QCOMPARE(pseudonyms.applyToAddress("Alice"), "anon1"_ba);
        QCOMPARE(pseudonyms.applyToAddress("alice@example.org"), "anon1@example.org"_ba);
    }

    void localPartsStayWithinTheirLimit()
    {
        // RFC 5321 4.5.3.1.1
        const QByteArray srs = "SRS0=HHHH=TT=" + QByteArray(40, 'd') + ".example=b";
        QCOMPARE(srs.size(), 63);
        QCOMPARE(Pseudonyms().applyToAddress(srs + "@fwd.example"), "anon2@fwd.example"_ba);
    }

    void exceptionsStay()
    {
        Pseudonyms pseudonyms;
        pseudonyms.addException("1.2@example.org");
        QCOMPARE(pseudonyms.apply("<1.2@example.org> <2.2@example.org>"_ba),
            "<1.2@example.org> <anon1@example.org>"_ba);
    }

    void oneAddress_data()
    {
        QTest::addColumn<QByteArray>("address");
        QTest::addColumn<QByteArray>("expected");
        QTest::newRow("plain") << "a@x"_ba << "anon1@x"_ba;
        QTest::newRow("quoted with @") << "\"a@b\"@x"_ba << "anon1@x"_ba;
        QTest::newRow("a login") << "al"_ba << "anon1"_ba;
        QTest::newRow("none") << ""_ba << ""_ba;
    }

    void oneAddress()
    {
        QFETCH(QByteArray, address);
        QFETCH(QByteArray, expected);
        QCOMPARE(Pseudonyms().applyToAddress(address), expected);
    }

    void hostileTextIsFast()
    {
        // Quadratic would take minutes.
        for (const QByteArray &piece : {"a@"_ba, "\"@"_ba, "a=40"_ba, "@a"_ba, "=?a?Q?b?= "_ba,
                 "%40%3C"_ba, "a=b@c.d "_ba, "SRS1=="_ba, "QUFB"_ba, "x@["_ba, "o'"_ba}) {
            Pseudonyms pseudonyms;
            pseudonyms.addName("o'brien", {});
            QVERIFY(!pseudonyms.applyToReply(piece.repeated(50'000)).isNull());
        }
    }
};

QTEST_GUILESS_MAIN(TestPseudonyms)
#include "tst_pseudonyms.moc"
