// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "sasl/scram.h"
#include "sasl/serverexchange.h"

#include <QTest>

#include <openssl/evp.h>
#include <openssl/hmac.h>

using namespace Mailgauge;
using namespace Mailgauge::Sasl;
using Base::Error;
using Base::Secret;
using Hash = QCryptographicHash::Algorithm;

namespace {

/// RFC 5802 3 by OpenSSL alone, so that ours is checked by something else.
struct Expected {
    QByteArray proof;
    QByteArray signature;
};

QByteArray hmac(const EVP_MD *md, const QByteArray &key, const QByteArray &text)
{
    QByteArray out(EVP_MAX_MD_SIZE, '\0');
    unsigned int size = 0;
    HMAC(md, key.constData(), static_cast<int>(key.size()),
        reinterpret_cast<const unsigned char *>(text.constData()),
        static_cast<std::size_t>(text.size()), reinterpret_cast<unsigned char *>(out.data()),
        &size);
    return out.first(static_cast<qsizetype>(size));
}

Expected expectedFor(const EVP_MD *md, const QByteArray &password, const QByteArray &salt,
    int iterations, const QByteArray &authMessage)
{
    // Hi() written out: U1 = HMAC(password, salt + INT(1)), Un = HMAC(password, Un-1).
    QByteArray u = hmac(md, password, salt + QByteArray("\0\0\0\1", 4));
    QByteArray salted = u;
    for (int i = 1; i < iterations; ++i) {
        u = hmac(md, password, u);
        for (qsizetype k = 0; k < u.size(); ++k)
            salted[k] = static_cast<char>(salted[k] ^ u[k]);
    }
    const QByteArray clientKey = hmac(md, salted, "Client Key"_ba);
    QByteArray stored(EVP_MAX_MD_SIZE, '\0');
    unsigned int size = 0;
    EVP_Digest(clientKey.constData(), static_cast<std::size_t>(clientKey.size()),
        reinterpret_cast<unsigned char *>(stored.data()), &size, md, nullptr);
    stored.truncate(static_cast<qsizetype>(size));
    QByteArray proof = hmac(md, stored, authMessage);
    for (qsizetype k = 0; k < proof.size(); ++k)
        proof[k] = static_cast<char>(proof[k] ^ clientKey[k]);
    return {proof, hmac(md, hmac(md, salted, "Server Key"_ba), authMessage)};
}

Credentials pencil()
{
    return {"user"_ba, {}, Secret("pencil"_ba)};
}

} // namespace

class TestScram : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void vectors_data();
    void vectors();
    void bindingIsSaid_data();
    void bindingIsSaid();
    void bindingGoesIntoTheProof();
    void bindingIsNeeded();
    void bothSides_data();
    void bothSides();
    void aTakenAwayPlusIsNoticed();
};

void TestScram::vectors_data()
{
    QTest::addColumn<int>("hash");
    QTest::addColumn<QByteArray>("nonce");
    QTest::addColumn<QByteArray>("serverFirst");
    QTest::addColumn<QByteArray>("clientFinal"); // empty: by OpenSSL
    QTest::addColumn<QByteArray>("serverFinal");
    QTest::newRow("rfc5802 5 SHA-1")
        << int(Hash::Sha1) << "fyko+d2lbbFgONRv9qkxdawL"_ba
        << "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096"_ba
        << "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts="_ba
        << "v=rmF9pqV8S7suAoZWja4dJRkFsKQ="_ba;
    QTest::newRow("rfc7677 3 SHA-256")
        << int(Hash::Sha256) << "rOprNGfwEbeRWgbNEkqO"_ba
        << "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"_ba
        << "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="_ba
        << "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="_ba;
    QTest::newRow("SHA-512 by OpenSSL")
        << int(Hash::Sha512) << "rOprNGfwEbeRWgbNEkqO"_ba
        << "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"_ba
        << ""_ba << ""_ba;
}

void TestScram::vectors()
{
    QFETCH(const int, hash);
    QFETCH(const QByteArray, nonce);
    QFETCH(const QByteArray, serverFirst);
    QFETCH(QByteArray, clientFinal);
    QFETCH(QByteArray, serverFinal);
    const EVP_MD *md = hash == Hash::Sha1 ? EVP_sha1()
        : hash == Hash::Sha512            ? EVP_sha512()
                                          : EVP_sha256();
    const QList<QByteArray> parts = serverFirst.split(',');
    const QByteArray withoutProof = "c=biws," + parts[0];
    const Expected expected = expectedFor(md, "pencil"_ba,
        QByteArray::fromBase64(parts[1].sliced(2)), 4096,
        "n=user,r=" + nonce + ',' + serverFirst + ',' + withoutProof);
    const QByteArray byOpenSsl = withoutProof + ",p=" + expected.proof.toBase64();
    if (clientFinal.isEmpty()) {
        clientFinal = byOpenSsl;
        serverFinal = "v=" + expected.signature.toBase64();
    }
    QCOMPARE(byOpenSsl, clientFinal); // the helper agrees with the RFC

    Scram scram(Hash(hash), Scram::Binding::Unbound, pencil(), nonce);
    QCOMPARE(scram.respond({})->bytes.reveal(), "n,,n=user,r=" + nonce);
    const auto response = scram.respond(serverFirst);
    QVERIFY(response);
    QVERIFY(response->sensitive);
    QCOMPARE(response->bytes.reveal(), clientFinal);
    QCOMPARE(scram.finish().error().kind, Error::Kind::Denied);
    QByteArray wrong = serverFinal;
    wrong[3] = wrong[3] == 'A' ? 'B' : 'A';
    Scram deceived(Hash(hash), Scram::Binding::Unbound, pencil(), nonce);
    QVERIFY(deceived.respond({}));
    QVERIFY(deceived.respond(serverFirst));
    QCOMPARE(deceived.respond(wrong).error().kind, Error::Kind::Denied);
    QVERIFY(!deceived.finish());
    QVERIFY(scram.respond(serverFinal));
    QVERIFY(scram.finish());
}

void TestScram::bindingIsSaid_data()
{
    QTest::addColumn<bool>("plus");
    QTest::addColumn<bool>("notOffered");
    QTest::addColumn<QByteArray>("header");
    QTest::newRow("rfc5802 6 none") << false << false << "n,,"_ba;
    QTest::newRow("rfc5802 6 could have") << false << true << "y,,"_ba;
    QTest::newRow("rfc9266 tls-exporter") << true << false << "p=tls-exporter,,"_ba;
}

void TestScram::bindingIsSaid()
{
    QFETCH(const bool, plus);
    QFETCH(const bool, notOffered);
    QFETCH(const QByteArray, header);
    Credentials who = pencil();
    who.binding = {"tls-exporter"_ba, "value"_ba};
    who.bindingNotOffered = notOffered;
    Scram scram(Hash::Sha256, plus ? Scram::Binding::Bound : Scram::Binding::Unbound, who, "n"_ba);
    QCOMPARE(scram.name(), plus ? "SCRAM-SHA-256-PLUS"_ba : "SCRAM-SHA-256"_ba);
    QCOMPARE(scram.respond({})->bytes.reveal(), header + "n=user,r=n");
    const auto final = scram.respond("r=nm,s=c2FsdA==,i=4096"_ba);
    QVERIFY(final);
    QVERIFY(final->bytes.reveal().startsWith(
        "c=" + (header + (plus ? "value" : "")).toBase64() + ",r=nm,p="));
}

void TestScram::bindingGoesIntoTheProof()
{
    const auto proofWith = [](const QByteArray &data) {
        Credentials who = pencil();
        who.binding = {"tls-unique"_ba, data};
        Scram scram(Hash::Sha1, Scram::Binding::Bound, who, "n"_ba);
        return scram.respond({}) ? scram.respond("r=nm,s=c2FsdA==,i=4096"_ba)->bytes.reveal()
                                 : QByteArray();
    };
    const QByteArray header = "p=tls-unique,,"_ba;
    const QByteArray withoutProof = "c=" + (header + "one").toBase64() + ",r=nm";
    const Expected expected = expectedFor(EVP_sha1(), "pencil"_ba, "salt"_ba, 4096,
        "n=user,r=n,r=nm,s=c2FsdA==,i=4096," + withoutProof);
    QCOMPARE(proofWith("one"_ba), withoutProof + ",p=" + expected.proof.toBase64());
    QVERIFY(proofWith("one"_ba) != proofWith("two"_ba));
}

void TestScram::bindingIsNeeded()
{
    Scram scram(Hash::Sha256, Scram::Binding::Bound, pencil());
    QCOMPARE(scram.respond({}).error().kind, Error::Kind::InvalidInput);
}

void TestScram::bothSides_data()
{
    QTest::addColumn<QByteArray>("mechanism");
    for (const QByteArray &name : serverMechanisms()) {
        if (name.startsWith("SCRAM-"))
            QTest::newRow(name.constData()) << name;
    }
}

void TestScram::bothSides()
{
    QFETCH(const QByteArray, mechanism);
    const QList<Base::ChannelBinding> ours {
        {"tls-exporter"_ba, "e"_ba}, {"tls-server-end-point"_ba, "s"_ba}};
    const bool plus = bindsChannel(mechanism);
    for (const Base::ChannelBinding &used :
        {ours[0], ours[1], Base::ChannelBinding {"tls-exporter"_ba, "man in the middle"_ba},
            Base::ChannelBinding {"tls-unique"_ba, "e"_ba}}) {
        Credentials who = pencil();
        who.binding = used;
        const auto client = createMechanism(mechanism, who);
        const auto server = makeServerExchange(mechanism, {"user"_ba, Secret("pencil"_ba)},
            "serverNonce"_ba, "relay.example"_ba, {.values = ours, .announced = true});
        auto response = client->respond({});
        ServerStep step = server->start(response->bytes.reveal());
        while (step.kind == ServerStep::Kind::Challenge) {
            response = client->respond(step.challenge);
            QVERIFY(response);
            step = server->step(response->bytes.reveal());
        }
        const bool same = ours.contains(used) || !plus;
        QCOMPARE(step.kind == ServerStep::Kind::Success, same);
        QCOMPARE(client->finish().has_value(), same);
    }
    QCOMPARE(makeServerExchange(mechanism, {}, "n"_ba, {}) == nullptr, plus);
}

/// RFC 5802 6: the server announced -PLUS, the client says that it saw none.
void TestScram::aTakenAwayPlusIsNoticed()
{
    Credentials who = pencil();
    who.binding = {"tls-exporter"_ba, "e"_ba};
    who.bindingNotOffered = true;
    for (const bool announced : {false, true}) {
        const auto client = createMechanism("SCRAM-SHA-256", who);
        const auto server = makeServerExchange("SCRAM-SHA-256", {"user"_ba, Secret("pencil"_ba)},
            "serverNonce"_ba, {}, {.values = {*who.binding}, .announced = announced});
        QCOMPARE(server->start(client->respond({})->bytes.reveal()).kind,
            announced ? ServerStep::Kind::Malformed : ServerStep::Kind::Challenge);
    }
}

QTEST_GUILESS_MAIN(TestScram)
#include "tst_scram.moc"
