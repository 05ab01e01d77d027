// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "sasl/mechanism.h"
#include "sasl/saslprep.h"
#include "sasl/scram.h"

#include <QTest>

using namespace Mailgauge;
using Base::Error;
using Base::Secret;
using Sasl::Credentials;
using Sasl::Scram;

namespace {

const QByteArray Nonce = "rOprNGfwEbeRWgbNEkqO"_ba;
const QByteArray ServerFirst = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                               "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"_ba;
const QByteArray ServerFinal = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="_ba;

Credentials credentials(const QByteArray &user, const QByteArray &password)
{
    return {user, {}, Secret(password)};
}

Scram scram256(const Credentials &who, const QByteArray &nonce = {})
{
    return {QCryptographicHash::Sha256, Scram::Binding::Unbound, who, nonce};
}

} // namespace

class TestSasl : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void factory();
    void plain();
    void plainRefusesNul();
    void login();
    void cramMd5();
    void scramRfc7677();
    void scramNames();
    void scramAuthorizationId();
    void scramBadServerFirst_data();
    void scramBadServerFirst();
    void scramBadServerFinal_data();
    void scramBadServerFinal();
    void scramServerError();
    void scramNonceIsFresh();
    void saslPrep_data();
    void saslPrep();
    void base64_data();
    void base64();
};

void TestSasl::factory()
{
    const QList<QByteArray> kerberos = Sasl::isLeftOut("GSSAPI") ? QList<QByteArray>()
                                                                 : QList {"GSSAPI"_ba};
    QCOMPARE(Sasl::mechanismsByStrength(),
        kerberos
            + (QList {"SCRAM-SHA-512-PLUS"_ba, "SCRAM-SHA-256-PLUS"_ba, "SCRAM-SHA-1-PLUS"_ba,
                "SCRAM-SHA-512"_ba, "SCRAM-SHA-256"_ba, "SCRAM-SHA-1"_ba, "OAUTHBEARER"_ba,
                "XOAUTH2"_ba, "DIGEST-MD5"_ba, "CRAM-MD5"_ba, "NTLM"_ba, "PLAIN"_ba, "LOGIN"_ba,
                "EXTERNAL"_ba, "ANONYMOUS"_ba}));
    const QList shown {"PLAIN"_ba, "LOGIN"_ba, "XOAUTH2"_ba, "OAUTHBEARER"_ba};
    for (const QByteArray &name : Sasl::mechanismsByStrength()) {
        const auto mechanism = Sasl::createMechanism(name, credentials("u"_ba, "p"_ba));
        QVERIFY(mechanism);
        QCOMPARE(mechanism->name(), name);
        QCOMPARE(Sasl::showsSecret(name), shown.contains(name));
        QCOMPARE(Sasl::bindsChannel(name), name.endsWith("-PLUS"));
        const bool token = name == "XOAUTH2" || name == "OAUTHBEARER";
        const bool none = name == "EXTERNAL" || name == "ANONYMOUS";
        QCOMPARE(Sasl::proofOf(name),
            token                         ? Sasl::Proof::Token
                : none                    ? Sasl::Proof::None
                : kerberos.contains(name) ? Sasl::Proof::Ticket
                                          : Sasl::Proof::Password);
    }
    QVERIFY(!Sasl::createMechanism("KERBEROS_V4", {}));
    QVERIFY(!Sasl::isLeftOut("KERBEROS_V4"));
    QVERIFY(!Sasl::createMechanism("plain", {}));
    QVERIFY(Sasl::showsSecret("KERBEROS_V4")); // not known, not trusted
}

void TestSasl::plain()
{
    Credentials who = credentials("tim"_ba, "tanstaaftanstaaf"_ba);
    auto mechanism = Sasl::createMechanism("PLAIN", who);
    QVERIFY(mechanism->isClientFirst());
    auto response = mechanism->respond({});
    QVERIFY(response);
    // RFC 4616 4, first example.
    QCOMPARE(response->bytes.reveal(), QByteArray("\0tim\0tanstaaftanstaaf", 21));
    QVERIFY(response->sensitive);
    QVERIFY(mechanism->finish());
    QCOMPARE(mechanism->respond({}).error().kind, Error::Kind::MalformedReply);

    // RFC 4616 4, second example.
    who = {"Kurt"_ba, "Ursel"_ba, Secret("xipj3plmq"_ba)};
    response = Sasl::createMechanism("PLAIN", who)->respond({});
    QVERIFY(response);
    QCOMPARE(response->bytes.reveal(), QByteArray("Ursel\0Kurt\0xipj3plmq", 20));
    QVERIFY(!Sasl::createMechanism("PLAIN", who)->respond("hm"_ba));
}

void TestSasl::plainRefusesNul()
{
    const QByteArray nul("a\0b", 3);
    for (const Credentials &who : {credentials(nul, "p"_ba), credentials("u"_ba, nul),
             Credentials {"u"_ba, nul, Secret("p"_ba)}, credentials(""_ba, "p"_ba)}) {
        const auto response = Sasl::createMechanism("PLAIN", who)->respond({});
        QVERIFY(!response);
        QCOMPARE(response.error().kind, Error::Kind::InvalidInput);
    }
}

void TestSasl::login()
{
    const auto mechanism = Sasl::createMechanism("LOGIN", credentials("tim"_ba, "secret"_ba));
    QVERIFY(!mechanism->isClientFirst());
    QVERIFY(!mechanism->finish());
    const auto user = mechanism->respond("User Name\0"_ba);
    QVERIFY(user);
    QCOMPARE(user->bytes.reveal(), "tim"_ba);
    QVERIFY(!user->sensitive);
    QVERIFY(!mechanism->finish());
    const auto password = mechanism->respond(""_ba);
    QVERIFY(password);
    QCOMPARE(password->bytes.reveal(), "secret"_ba);
    QVERIFY(password->sensitive);
    QVERIFY(mechanism->finish());
    QCOMPARE(mechanism->respond("once more"_ba).error().kind, Error::Kind::MalformedReply);
}

void TestSasl::cramMd5()
{
    const auto mechanism = Sasl::createMechanism(
        "CRAM-MD5", credentials("tim"_ba, "tanstaaftanstaaf"_ba));
    QVERIFY(!mechanism->isClientFirst());
    const auto response = mechanism->respond(
        "<1896.697170952@postoffice.reston.mci.net>"_ba); // RFC 2195 2
    QVERIFY(response);
    QCOMPARE(response->bytes.reveal(), "tim b913a602c7eda7a495b4e6e7334d3890"_ba);
    QVERIFY(mechanism->finish());
    QVERIFY(!mechanism->respond("<again>"_ba));
    const auto fresh = Sasl::createMechanism("CRAM-MD5", credentials("u"_ba, "p"_ba));
    QVERIFY(!fresh->finish());
    QCOMPARE(fresh->respond(""_ba).error().kind, Error::Kind::MalformedReply);
}

void TestSasl::scramRfc7677()
{
    auto scram = scram256(credentials("user"_ba, "pencil"_ba), Nonce);
    QVERIFY(scram.isClientFirst());
    auto response = scram.respond({});
    QVERIFY(response);
    QCOMPARE(response->bytes.reveal(), "n,,n=user,r=rOprNGfwEbeRWgbNEkqO"_ba);
    QVERIFY(!response->sensitive);
    response = scram.respond(ServerFirst);
    QVERIFY(response);
    QCOMPARE(response->bytes.reveal(),
        "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
        "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="_ba);
    QVERIFY(response->sensitive);
    QCOMPARE(scram.finish().error().kind, Error::Kind::Denied);
    response = scram.respond(ServerFinal);
    QVERIFY(response);
    QVERIFY(response->bytes.isEmpty());
    QVERIFY(scram.finish());
    QVERIFY(!scram.respond(ServerFinal));
}

void TestSasl::scramNames()
{
    auto scram = scram256(credentials("a=b,c"_ba, "p"_ba), "n"_ba);
    const auto response = scram.respond({});
    QVERIFY(response);
    QCOMPARE(response->bytes.reveal(), "n,,n=a=3Db=2Cc,r=n"_ba);
    for (const QByteArray &bad : {""_ba, "a\x07"_ba, "\xff"_ba}) {
        auto refused = scram256(credentials(bad, "p"_ba));
        QCOMPARE(refused.respond({}).error().kind, Error::Kind::InvalidInput);
    }
}

void TestSasl::scramAuthorizationId()
{
    auto scram = scram256({"user"_ba, "a,b"_ba, Secret("pencil"_ba)}, Nonce);
    auto response = scram.respond({});
    QVERIFY(response);
    QCOMPARE(response->bytes.reveal(), "n,a=a=2Cb,n=user,r=" + Nonce);
    response = scram.respond(ServerFirst);
    QVERIFY(response);
    QVERIFY(response->bytes.reveal().startsWith("c=" + "n,a=a=2Cb,"_ba.toBase64() + ",r="));
}

void TestSasl::scramBadServerFirst_data()
{
    QTest::addColumn<QByteArray>("challenge");
    const QByteArray nonce = "r=" + Nonce;
    QTest::newRow("empty") << ""_ba;
    QTest::newRow("nonce not ours") << "r=other,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"_ba;
    QTest::newRow("nonce not extended") << nonce + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    QTest::newRow("mandatory extension") << "m=x," + nonce + "1,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    QTest::newRow("no salt") << nonce + "1,i=4096";
    QTest::newRow("empty salt") << nonce + "1,s=,i=4096";
    QTest::newRow("salt not base64") << nonce + "1,s=!!!!,i=4096";
    QTest::newRow("huge salt") << nonce + "1,s=" + QByteArray(2000, 'x').toBase64() + ",i=4096";
    QTest::newRow("no iterations") << nonce + "1,s=W22ZaJ0SNY7soEsUEjb6gQ==";
    QTest::newRow("no work") << nonce + "1,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=0";
    QTest::newRow("B32 ten million") << nonce + "1,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=10000000";
    QTest::newRow("B32 huge") << nonce + QByteArray(9000, ',');
    QTest::newRow("cheap guessing") << nonce + "1,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=1";
    QTest::newRow("B32 endless work") << nonce + "1,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=2000000000";
    QTest::newRow("negative iterations") << nonce + "1,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=-4096";
    QTest::newRow("iterations overflow") << nonce + "1,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=99999999999999";
    QTest::newRow("other order") << "s=W22ZaJ0SNY7soEsUEjb6gQ==," + nonce + "1,i=4096";
}

void TestSasl::scramBadServerFirst()
{
    QFETCH(QByteArray, challenge);
    auto scram = scram256(credentials("user"_ba, "pencil"_ba), Nonce);
    QVERIFY(scram.respond({}));
    const auto response = scram.respond(challenge);
    QVERIFY(!response);
    QCOMPARE(response.error().kind, Error::Kind::MalformedReply);
    QVERIFY(!scram.finish());
}

void TestSasl::scramBadServerFinal_data()
{
    QTest::addColumn<QByteArray>("challenge");
    QTest::addColumn<Error::Kind>("kind");
    QTest::newRow("wrong signature")
        << "v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="_ba << Error::Kind::Denied;
    QTest::newRow("short signature") << "v=6rri"_ba << Error::Kind::Denied;
    QTest::newRow("empty signature") << "v="_ba << Error::Kind::Denied;
    QTest::newRow("not base64") << "v=?"_ba << Error::Kind::MalformedReply;
    QTest::newRow("something else") << "x=y"_ba << Error::Kind::MalformedReply;
    QTest::newRow("empty") << ""_ba << Error::Kind::MalformedReply;
}

void TestSasl::scramBadServerFinal()
{
    QFETCH(QByteArray, challenge);
    QFETCH(Error::Kind, kind);
    auto scram = scram256(credentials("user"_ba, "pencil"_ba), Nonce);
    QVERIFY(scram.respond({}));
    QVERIFY(scram.respond(ServerFirst));
    const auto response = scram.respond(challenge);
    QVERIFY(!response);
    QCOMPARE(response.error().kind, kind);
    QVERIFY(!scram.finish());
}

// The reply that follows says how it ends; a success would be a lie.
void TestSasl::scramServerError()
{
    for (const bool early : {true, false}) {
        auto scram = scram256(credentials("user"_ba, "pencil"_ba), Nonce);
        QVERIFY(scram.respond({}));
        if (!early)
            QVERIFY(scram.respond(ServerFirst));
        const auto response = scram.respond("e=invalid-proof"_ba);
        QVERIFY(response);
        QVERIFY(response->bytes.isEmpty());
        QCOMPARE(scram.refusalReason(), u"invalid-proof"_s);
        QCOMPARE(scram.finish().error().kind, Error::Kind::Denied);
        QVERIFY(!scram.respond(ServerFinal));
    }
}

void TestSasl::scramNonceIsFresh()
{
    const auto first = [] {
        auto scram = scram256(credentials("u"_ba, "p"_ba));
        const auto response = scram.respond({});
        return response ? response->bytes.reveal() : ""_ba;
    };
    QVERIFY(first() != first());
    QCOMPARE_GE(first().size(), 24);
}

void TestSasl::saslPrep_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<std::optional<QByteArray>>("prepared");
    using Prepared = std::optional<QByteArray>;
    QTest::newRow("rfc4013 3 soft hyphen") << "I\xc2\xadX"_ba << Prepared("IX"_ba);
    QTest::newRow("rfc4013 3 no transformation") << "user"_ba << Prepared("user"_ba);
    QTest::newRow("rfc4013 3 case preserved") << "USER"_ba << Prepared("USER"_ba);
    QTest::newRow("rfc4013 3 NFKC") << "\xc2\xaa"_ba << Prepared("a"_ba);
    QTest::newRow("rfc4013 3 roman nine") << "\xe2\x85\xa8"_ba << Prepared("IX"_ba);
    QTest::newRow("rfc4013 3 prohibited") << "\x07"_ba << Prepared();
    QTest::newRow("rfc4013 3 bidirectional") << "\xd8\xa7\x31"_ba << Prepared();
    QTest::newRow("right to left") << "\xd8\xa7\xd8\xa8"_ba << Prepared("\xd8\xa7\xd8\xa8"_ba);
    QTest::newRow("no-break space") << "a\xc2\xa0"
                                       "b"_ba
                                    << Prepared("a b"_ba);
    QTest::newRow("not UTF-8") << "\xff"_ba << Prepared();
    QTest::newRow("empty") << ""_ba << Prepared(""_ba);
    QTest::newRow("NUL") << QByteArray("a\0b", 3) << Prepared();
    QTest::newRow("rfc3454 A.1 unassigned in Unicode 3.2")
        << "\xc8\xa1"_ba << Prepared("\xc8\xa1"_ba);
    QTest::newRow("rfc3454 C.8 mark that changes the display") << "a\xe2\x80\x8e"_ba << Prepared();
    QTest::newRow("private use") << "\xee\x80\x80"_ba << Prepared();
}

void TestSasl::saslPrep()
{
    QFETCH(QByteArray, text);
    QFETCH(std::optional<QByteArray>, prepared);
    QCOMPARE(Sasl::saslPrep(text), prepared);
}

void TestSasl::base64_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<std::optional<QByteArray>>("decoded");
    using Decoded = std::optional<QByteArray>;
    QTest::newRow("rfc4648 10 empty") << ""_ba << Decoded(""_ba);
    QTest::newRow("rfc4648 10 f") << "Zg=="_ba << Decoded("f"_ba);
    QTest::newRow("rfc4648 10 fo") << "Zm8="_ba << Decoded("fo"_ba);
    QTest::newRow("rfc4648 10 foo") << "Zm9v"_ba << Decoded("foo"_ba);
    QTest::newRow("B32 only padding") << "===="_ba << Decoded();
    QTest::newRow("B32 one padding") << "="_ba << Decoded();
    QTest::newRow("padding missing") << "Zg"_ba << Decoded();
    QTest::newRow("padding in the middle") << "Zg==Zg=="_ba << Decoded();
    QTest::newRow("space inside") << "Zm9 v"_ba << Decoded();
    QTest::newRow("URL alphabet") << "_-8="_ba << Decoded();
    QTest::newRow("NUL") << QByteArray("Zm9\0", 4) << Decoded();
}

void TestSasl::base64()
{
    QFETCH(QByteArray, text);
    QFETCH(std::optional<QByteArray>, decoded);
    QCOMPARE(Sasl::decodeBase64(text), decoded);
}

QTEST_GUILESS_MAIN(TestSasl)
#include "tst_sasl.moc"
