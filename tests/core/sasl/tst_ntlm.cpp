// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "sasl/ntlm.h"
#include "sasl/ntlmmessages.h"

#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Sasl;
using Base::Error;
using Base::Secret;

namespace {

// [MS-NLMP] 4.2.1 and 4.2.4.3.
const QByteArray clientChallenge(8, '\xaa');
const QByteArray time0(8, '\0');
const QByteArray challengeMessage = QByteArray::fromHex(
    "4e544c4d53535000020000000c000c003800000033828ae20123456789abcdef000000000000000024002400440000"
    "00"
    "060070170000000f53006500720076006500720002000c0044006f006d00610069006e0001000c0053006500720076"
    "00"
    "6500720000000000");

NtlmAccount user()
{
    return NtlmAccount::from("Domain\\User"_ba, Secret("Password"_ba));
}

/// A challenge with these AV_PAIRs.
QByteArray challengeWith(const QByteArray &pairs)
{
    QByteArray message = challengeMessage.first(68) + pairs;
    const QByteArray size(1, static_cast<char>(pairs.size()));
    message.replace(40, 4, size + '\0' + size + '\0');
    return message;
}

} // namespace

class TestNtlm : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void msNlmp424();
    void accounts_data();
    void accounts();
    void exchange();
    void serverTimeComesFirst();
    void hostile_data();
    void hostile();
    void everyCutIsRefused();
    void unusable();
};

void TestNtlm::msNlmp424()
{
    const auto challenge = NtlmChallenge::parse(challengeMessage);
    QVERIFY(challenge);
    QVERIFY(challenge->isUnicode());
    QCOMPARE(challenge->serverChallenge.toHex(), "0123456789abcdef"_ba);
    QVERIFY(challenge->timestamp.isEmpty());
    const Secret key = ntlmV2Key(user());
    QCOMPARE(key.reveal().toHex(), "0c868a403bfd7a93a3001ef22ef02e3f"_ba); // 4.2.4.1.1
    const NtlmResponses responses = ntlmV2Responses(key, *challenge, clientChallenge, time0);
    QCOMPARE(responses.lm.toHex(), "86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa"_ba); // .2.1
    QCOMPARE(responses.nt.first(16).toHex(), "68cd0ab851e51c96aabc927bebef6a1c"_ba); // .2.2
    QCOMPARE(responses.nt.sliced(16).toHex(),
        "01010000000000000000000000000000aaaaaaaaaaaaaaaa0000000002000c0044006f006d00610069006e00"
        "01000c005300650072007600650072000000000000000000"_ba);
}

void TestNtlm::accounts_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("userPart");
    QTest::addColumn<QByteArray>("domain");
    QTest::newRow("alone") << "ann"_ba << "ann"_ba << ""_ba;
    QTest::newRow("with domain") << "CORP\\ann"_ba << "ann"_ba << "CORP"_ba;
    QTest::newRow("principal name") << "ann@corp.example"_ba << "ann@corp.example"_ba << ""_ba;
}

void TestNtlm::accounts()
{
    QFETCH(const QByteArray, name);
    QFETCH(const QByteArray, userPart);
    QFETCH(const QByteArray, domain);
    const auto account = NtlmAccount::from(name, Secret("p"_ba));
    QCOMPARE(account.user, userPart);
    QCOMPARE(account.domain, domain);
}

void TestNtlm::exchange()
{
    Ntlm ntlm({"Domain\\User"_ba, {}, Secret("Password"_ba)}, {clientChallenge, time0});
    QVERIFY(ntlm.isClientFirst());
    const auto negotiate = ntlm.respond({});
    QVERIFY(negotiate);
    QVERIFY(!negotiate->sensitive);
    QVERIFY(negotiate->bytes.reveal().startsWith(QByteArray("NTLMSSP\0\1\0\0\0", 12)));
    QCOMPARE(negotiate->bytes.reveal().size(), 32);
    QVERIFY(!ntlm.finish());
    const auto authenticate = ntlm.respond(challengeMessage);
    QVERIFY(authenticate);
    QVERIFY(authenticate->sensitive);
    const QByteArray &message = authenticate->bytes.reveal();
    QVERIFY(message.startsWith(QByteArray("NTLMSSP\0\3\0\0\0", 12)));
    const auto field = [&message](qsizetype at) {
        const auto byte = [&message](qsizetype i) {
            return static_cast<qsizetype>(static_cast<uchar>(message[i]));
        };
        return message.sliced(byte(at + 4) + 256 * byte(at + 5), byte(at) + 256 * byte(at + 1));
    };
    QCOMPARE(field(12).toHex(), "86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa"_ba);
    QCOMPARE(field(20).first(16).toHex(), "68cd0ab851e51c96aabc927bebef6a1c"_ba);
    QCOMPARE(field(28), QByteArray("D\0o\0m\0a\0i\0n\0", 12));
    QCOMPARE(field(36), QByteArray("U\0s\0e\0r\0", 8));
    QVERIFY(field(44).isEmpty());
    QVERIFY(!message.contains(QByteArray("P\0a\0s\0s\0", 8)));
    QVERIFY(ntlm.finish());
    QCOMPARE(ntlm.respond(challengeMessage).error().kind, Error::Kind::MalformedReply);
}

/// [MS-NLMP] 3.1.5.1.2: a server that tells its time gets no LM response.
void TestNtlm::serverTimeComesFirst()
{
    const QByteArray pairs = QByteArray::fromHex("07000800112233445566778800000000");
    const auto challenge = NtlmChallenge::parse(challengeWith(pairs));
    QVERIFY(challenge);
    QCOMPARE(challenge->timestamp.toHex(), "1122334455667788"_ba);
    const NtlmResponses responses = ntlmV2Responses(
        ntlmV2Key(user()), *challenge, clientChallenge, time0);
    QCOMPARE(responses.lm, QByteArray(24, '\0'));
    QCOMPARE(responses.nt.sliced(24, 8), challenge->timestamp);
}

void TestNtlm::hostile_data()
{
    QTest::addColumn<QByteArray>("challenge");
    const auto row = [](const char *name, const QByteArray &challenge) {
        QTest::newRow(name) << challenge;
    };
    row("empty", ""_ba);
    row("a text", "ntlm supported, and a little longer than that"_ba);
    QByteArray other = challengeMessage;
    other[8] = 3;
    row("another message", other);
    other = challengeMessage;
    other[20] = 0x32;
    row("not in Unicode", other);
    other = challengeMessage;
    other.replace(44, 4, "\xff\xff\xff\xff");
    row("B32 offset beyond the end", other);
    other = challengeMessage;
    other.replace(40, 2, "\xff\xff");
    row("B32 length beyond the end", other);
    row("pairs without end", challengeWith(QByteArray::fromHex("02000200aabb")));
    row("a pair beyond the end", challengeWith(QByteArray::fromHex("0200ffffaabb00000000")));
    row("a time that is none", challengeWith(QByteArray::fromHex("07000200aabb00000000")));
}

void TestNtlm::hostile()
{
    QFETCH(const QByteArray, challenge);
    Ntlm ntlm({"User"_ba, {}, Secret("Password"_ba)});
    QVERIFY(ntlm.respond({}));
    const auto response = ntlm.respond(challenge);
    QVERIFY(!response);
    QCOMPARE(response.error().kind, Error::Kind::MalformedReply);
    QVERIFY(!ntlm.finish());
}

void TestNtlm::everyCutIsRefused()
{
    for (qsizetype end = 0; end < challengeMessage.size(); ++end) {
        const auto parsed = NtlmChallenge::parse(challengeMessage.first(end));
        // Without room for its field there is no target information.
        QCOMPARE(parsed.has_value(), end >= 32 && end < 48);
    }
}

void TestNtlm::unusable()
{
    for (const Credentials &who :
        {Credentials {""_ba, {}, Secret("p"_ba)}, Credentials {"\xff"_ba, {}, Secret("p"_ba)},
            Credentials {"u"_ba, {}, Secret(QByteArray(40'000, 'p'))}}) {
        Ntlm ntlm(who);
        QCOMPARE(ntlm.respond({}).error().kind, Error::Kind::InvalidInput);
    }
}

QTEST_GUILESS_MAIN(TestNtlm)
#include "tst_ntlm.moc"
