// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "sasl/digestdirectives.h"
#include "sasl/digestmd5.h"

#include <QCryptographicHash>
#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Sasl;
using Base::Error;
using Base::Secret;

namespace {

const QByteArray challenge = "realm=\"elwood.innosoft.com\",nonce=\"OA6MG9tEQGm2hh\",qop=\"auth\","
                             "algorithm=md5-sess,charset=utf-8"_ba;

Credentials chris()
{
    Credentials who {"chris"_ba, {}, Secret("secret"_ba)};
    who.service = "imap";
    who.host = "elwood.innosoft.com";
    return who;
}

QByteArray md5(const QByteArray &bytes)
{
    return QCryptographicHash::hash(bytes, QCryptographicHash::Md5);
}

} // namespace

class TestDigestMd5 : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rfc2831_data();
    void rfc2831();
    void hostile_data();
    void hostile();
    void wrongProof_data();
    void wrongProof();
    void realms_data();
    void realms();
    void characterSets_data();
    void characterSets();
    void unusable_data();
    void unusable();
    void authorizationId();
    void directives_data();
    void directives();
    void everyCutIsRefusedOrRead();
};

void TestDigestMd5::rfc2831_data()
{
    QTest::addColumn<QByteArray>("service");
    QTest::addColumn<QByteArray>("nonce");
    QTest::addColumn<QByteArray>("cnonce");
    QTest::addColumn<QByteArray>("response");
    QTest::addColumn<QByteArray>("rspauth");
    QTest::newRow("rfc2831 4 IMAP")
        << "imap"_ba << "OA6MG9tEQGm2hh"_ba << "OA6MHXh6VqTrRk"_ba
        << "d388dad90d4bbd760a152321f2143af7"_ba << "ea40f60335c427b5527b84dbabcdfffd"_ba;
    QTest::newRow("rfc2831 4 ACAP")
        << "acap"_ba << "OA9BSXrbuRhWay"_ba << "OA9BSuZWMSpW8m"_ba
        << "6084c6db3fede7352c551284490fd0fc"_ba << "2f0b3d7c3c2e486600ef710726aa2eae"_ba;
}

void TestDigestMd5::rfc2831()
{
    QFETCH(const QByteArray, service);
    QFETCH(const QByteArray, nonce);
    QFETCH(const QByteArray, cnonce);
    QFETCH(const QByteArray, response);
    QFETCH(const QByteArray, rspauth);
    Credentials who = chris();
    who.service = service;
    DigestMd5 digest(who, cnonce);
    QVERIFY(!digest.isClientFirst());
    QCOMPARE(digest.finish().error().kind, Error::Kind::MalformedReply);
    const auto answer = digest.respond("realm=\"elwood.innosoft.com\",nonce=\"" + nonce
        + "\",qop=\"auth\",algorithm=md5-sess,charset=utf-8");
    QVERIFY(answer);
    QVERIFY(answer->sensitive);
    QCOMPARE(answer->bytes.reveal(),
        "charset=utf-8,username=\"chris\",realm=\"elwood.innosoft.com\",nonce=\"" + nonce
            + "\",nc=00000001,cnonce=\"" + cnonce + "\",digest-uri=\"" + service
            + "/elwood.innosoft.com\",response=" + response + ",qop=auth");
    // Success before the server proved itself is an error.
    QCOMPARE(digest.finish().error().kind, Error::Kind::Denied);
    const auto last = digest.respond("rspauth=" + rspauth);
    QVERIFY(last);
    QVERIFY(last->bytes.isEmpty());
    QVERIFY(digest.finish());
    QVERIFY(!digest.respond("rspauth=" + rspauth));
}

void TestDigestMd5::hostile_data()
{
    QTest::addColumn<QByteArray>("text");
    const auto row = [](const char *name, const QByteArray &text) { QTest::newRow(name) << text; };
    row("empty", ""_ba);
    row("no nonce", "realm=\"x\",qop=\"auth\",algorithm=md5-sess"_ba);
    row("empty nonce", "nonce=\"\",algorithm=md5-sess"_ba);
    row("two nonces", "nonce=\"a\",nonce=\"b\",algorithm=md5-sess"_ba);
    row("no algorithm", "nonce=\"a\",qop=\"auth\""_ba);
    row("other algorithm", "nonce=\"a\",algorithm=md5"_ba);
    row("two algorithms", "nonce=\"a\",algorithm=md5-sess,algorithm=md5-sess"_ba);
    row("layers only", "nonce=\"a\",qop=\"auth-int,auth-conf\",algorithm=md5-sess"_ba);
    row("two qop", "nonce=\"a\",qop=\"auth\",qop=\"auth-int\",algorithm=md5-sess"_ba);
    row("other charset", "nonce=\"a\",algorithm=md5-sess,charset=koi8-r"_ba);
    row("no list", "hello there"_ba);
    row("quote not closed", "nonce=\"a,algorithm=md5-sess"_ba);
    row("rfc2831 2.1.1 too long", "nonce=\"" + QByteArray(2100, 'a') + "\",algorithm=md5-sess");
    row("B32 too many", QByteArray("a=b,").repeated(100) + challenge);
}

void TestDigestMd5::hostile()
{
    QFETCH(const QByteArray, text);
    DigestMd5 digest(chris());
    const auto answer = digest.respond(text);
    QVERIFY(!answer);
    QCOMPARE(answer.error().kind, Error::Kind::MalformedReply);
    QVERIFY(!digest.finish());
}

void TestDigestMd5::wrongProof_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<Error::Kind>("kind");
    QTest::newRow("wrong") << "rspauth=ea40f60335c427b5527b84dbabcdfffe"_ba << Error::Kind::Denied;
    QTest::newRow("short") << "rspauth=ea40"_ba << Error::Kind::Denied;
    QTest::newRow("the client's own")
        << "rspauth=d388dad90d4bbd760a152321f2143af7"_ba << Error::Kind::Denied;
    QTest::newRow("none") << "x=y"_ba << Error::Kind::MalformedReply;
    QTest::newRow("empty") << ""_ba << Error::Kind::MalformedReply;
    QTest::newRow("another challenge") << challenge << Error::Kind::MalformedReply;
}

void TestDigestMd5::wrongProof()
{
    QFETCH(const QByteArray, text);
    QFETCH(const Error::Kind, kind);
    DigestMd5 digest(chris(), "OA6MHXh6VqTrRk"_ba);
    QVERIFY(digest.respond(challenge));
    QCOMPARE(digest.respond(text).error().kind, kind);
    QVERIFY(!digest.finish());
}

void TestDigestMd5::realms_data()
{
    QTest::addColumn<QByteArray>("offered");
    QTest::addColumn<QByteArray>("user");
    QTest::addColumn<QByteArray>("said");
    QTest::newRow("none") << ""_ba << "chris"_ba << ""_ba;
    QTest::newRow("the first") << "realm=\"a\",realm=\"b\","_ba << "chris"_ba << ",realm=\"a\""_ba;
    QTest::newRow("the user's") << "realm=\"a\",realm=\"b\","_ba << "chris@b"_ba
                                << ",realm=\"b\""_ba;
    QTest::newRow("with a quote") << "realm=\"a\\\"\\\\b\","_ba << "chris"_ba
                                  << ",realm=\"a\\\"\\\\b\""_ba;
}

void TestDigestMd5::realms()
{
    QFETCH(const QByteArray, offered);
    QFETCH(const QByteArray, user);
    QFETCH(const QByteArray, said);
    Credentials who = chris();
    who.user = user;
    DigestMd5 digest(who, "c"_ba);
    const auto answer = digest.respond(offered + "nonce=\"n\",algorithm=md5-sess");
    QVERIFY(answer);
    QVERIFY(answer->bytes.reveal().startsWith("username=\"" + user + '"' + said + ",nonce=\"n\""));
}

void TestDigestMd5::characterSets_data()
{
    QTest::addColumn<QByteArray>("charset");
    QTest::addColumn<QByteArray>("user");
    QTest::addColumn<QByteArray>("sent");
    QTest::addColumn<QByteArray>("hashed");
    QTest::newRow("rfc2831 2.1.2.1 Latin-1 is hashed in it")
        << ",charset=utf-8"_ba << "ch\xc3\xa4r"_ba << "ch\xc3\xa4r"_ba << "ch\xe4r"_ba;
    QTest::newRow("beyond it UTF-8")
        << ",charset=utf-8"_ba << "\xc4\x8dhr"_ba << "\xc4\x8dhr"_ba << "\xc4\x8dhr"_ba;
    QTest::newRow("none announced") << ""_ba << "ch\xc3\xa4r"_ba << "ch\xe4r"_ba << "ch\xe4r"_ba;
}

void TestDigestMd5::characterSets()
{
    QFETCH(const QByteArray, charset);
    QFETCH(const QByteArray, user);
    QFETCH(const QByteArray, sent);
    QFETCH(const QByteArray, hashed);
    Credentials who = chris();
    who.user = user;
    DigestMd5 digest(who, "c"_ba);
    const auto answer = digest.respond("realm=\"r\",nonce=\"n\",algorithm=md5-sess" + charset);
    QVERIFY(answer);
    QVERIFY(answer->bytes.reveal().contains("username=\"" + sent + '"'));
    const QByteArray a1 = md5(hashed + ":r:secret") + ":n:c";
    const QByteArray response = md5(md5(a1).toHex()
        + ":n:00000001:c:auth:" + md5("AUTHENTICATE:imap/elwood.innosoft.com"_ba).toHex())
                                    .toHex();
    QVERIFY(answer->bytes.reveal().contains("response=" + response));
}

void TestDigestMd5::unusable_data()
{
    QTest::addColumn<QByteArray>("user");
    QTest::addColumn<QByteArray>("charset");
    QTest::newRow("no user") << ""_ba << ",charset=utf-8"_ba;
    QTest::newRow("beyond Latin-1") << "\xc4\x8d"_ba << ""_ba;
    QTest::newRow("NUL") << QByteArray("a\0b", 3) << ",charset=utf-8"_ba;
    QTest::newRow("no UTF-8") << "\xff"_ba << ",charset=utf-8"_ba;
}

void TestDigestMd5::unusable()
{
    QFETCH(const QByteArray, user);
    QFETCH(const QByteArray, charset);
    Credentials who = chris();
    who.user = user;
    DigestMd5 digest(who);
    QCOMPARE(digest.respond("nonce=\"n\",algorithm=md5-sess" + charset).error().kind,
        Error::Kind::InvalidInput);
}

void TestDigestMd5::authorizationId()
{
    Credentials who = chris();
    who.authorizationId = "bo\"ss"_ba;
    DigestMd5 digest(who, "c"_ba);
    const auto answer = digest.respond("realm=\"r\",nonce=\"n\",algorithm=md5-sess"_ba);
    QVERIFY(answer);
    QVERIFY(answer->bytes.reveal().endsWith(",authzid=\"bo\\\"ss\""));
    const QByteArray a1 = md5("chris:r:secret"_ba) + ":n:c:bo\"ss";
    QVERIFY(answer->bytes.reveal().contains(md5(md5(a1).toHex()
        + ":n:00000001:c:auth:" + md5("AUTHENTICATE:imap/elwood.innosoft.com"_ba).toHex())
            .toHex()));
}

void TestDigestMd5::directives_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("sound");
    QTest::newRow("rfc2831 4") << challenge << true;
    QTest::newRow("empty elements") << ",, nonce = \"x\" , ,"_ba << true;
    QTest::newRow("upper case name") << "NONCE=\"x\""_ba << true;
    QTest::newRow("empty value") << "nonce="_ba << false;
    QTest::newRow("no equals sign") << "nonce"_ba << false;
    QTest::newRow("two words") << "nonce=x y"_ba << false;
    QTest::newRow("backslash at the end") << "nonce=\"x\\"_ba << false;
    QTest::newRow("NUL") << QByteArray("nonce=\0", 7) << false;
}

void TestDigestMd5::directives()
{
    QFETCH(const QByteArray, text);
    QFETCH(const bool, sound);
    const auto parsed = DigestDirectives::parse(text);
    QCOMPARE(parsed.has_value(), sound);
    if (parsed)
        QVERIFY(parsed->only("nonce"));
}

void TestDigestMd5::everyCutIsRefusedOrRead()
{
    for (qsizetype end = 0; end < challenge.size(); ++end) {
        DigestMd5 digest(chris());
        const auto answer = digest.respond(challenge.first(end));
        // Behind the algorithm only the character set is missing.
        QCOMPARE(answer.has_value(),
            challenge.first(end).endsWith("md5-sess")
                || challenge.first(end).endsWith("md5-sess,"));
    }
}

QTEST_GUILESS_MAIN(TestDigestMd5)
#include "tst_digestmd5.moc"
