// SPDX-License-Identifier: GPL-3.0-or-later
#include "relay/vault.h"

#include "base/literals.h"

#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Relay;
using Base::Error;
using Base::Secret;

namespace {
// Cheap: what is tested here is not how long guessing takes.
constexpr KdfCost Cheap {10, 8, 1};
} // namespace

class TestVault final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        const auto key = newVaultKey(Secret("correct horse"_ba), Cheap);
        QVERIFY(key);
        m_key = *key;
        m_entries = {{QUuid::createUuid(), Secret("canary-password-1"_ba)},
            {QUuid::createUuid(), Secret("\x00\xff binary"_ba)}, {QUuid::createUuid(), Secret()}};
        m_vault = *sealVault(m_entries, m_key);
    }

    void entriesComeBackUnderThePassphrase()
    {
        const auto key = vaultKeyFor(m_vault, Secret("correct horse"_ba));
        QVERIFY(key);
        QVERIFY(*key == m_key);
        QVERIFY(*openVault(m_vault, *key) == m_entries);
        QVERIFY(*openVault(*sealVault({}, m_key), m_key) == VaultEntries());
    }

    void nothingIsInClear()
    {
        QVERIFY(!m_vault.contains("canary"));
        for (const QUuid &id : m_entries.keys())
            QVERIFY(!m_vault.contains(id.toRfc4122()));
        // A nonce is never used twice with one key.
        QVERIFY(*sealVault(m_entries, m_key) != m_vault);
    }

    void wrongPassphraseIsDenied()
    {
        for (const auto &wrong : {"Correct horse"_ba, ""_ba, "correct horse "_ba}) {
            const auto key = vaultKeyFor(m_vault, Secret(wrong));
            QVERIFY(key);
            const auto opened = openVault(m_vault, *key);
            QVERIFY(!opened);
            QCOMPARE(opened.error().kind, Error::Kind::Denied);
        }
    }

    void everyChangedBitIsNoticed()
    {
        for (qsizetype i = 0; i < m_vault.size(); ++i) {
            for (int bit = 0; bit < 8; ++bit) {
                QByteArray changed = m_vault;
                changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
                QVERIFY2(!openVault(changed, m_key), QByteArray::number(i).constData());
            }
        }
    }

    void everyCutIsNoticed()
    {
        for (qsizetype size = 0; size < m_vault.size(); ++size)
            QVERIFY(!openVault(m_vault.first(size), m_key));
        QVERIFY(!openVault(m_vault + 'x', m_key));
    }

    void newerVersionIsUnsupported()
    {
        QByteArray newer = m_vault;
        newer[8] = 2;
        QCOMPARE(openVault(newer, m_key).error().kind, Error::Kind::Unsupported);
        QCOMPARE(vaultKeyFor(newer, Secret("x"_ba)).error().kind, Error::Kind::Unsupported);
    }

    void costsThatWouldEatTheMemoryAreRefused_data()
    {
        QTest::addColumn<QByteArray>("cost");
        QTest::newRow("N") << "\x1f\x08\x01"_ba;
        QTest::newRow("N beyond shifting") << "\x7f\x08\x01"_ba;
        QTest::newRow("r") << "\x11\xff\x01"_ba;
        QTest::newRow("p") << "\x0a\x08\xff"_ba;
        QTest::newRow("zero r") << QByteArray("\x0a\x00\x01", 3);
    }
    void costsThatWouldEatTheMemoryAreRefused()
    {
        QFETCH(QByteArray, cost);
        QByteArray greedy = m_vault;
        greedy.replace(9, 3, cost);
        const auto key = vaultKeyFor(greedy, Secret("x"_ba));
        QVERIFY(!key);
        QCOMPARE(key.error().kind, Error::Kind::Corrupt);
    }

    void keyIsScryptOfRfc7914() // N = 16384, r = 8, p = 1
    {
        QByteArray vault = m_vault;
        vault.replace(9, 3, "\x0e\x08\x01");
        // The RFC's salt is two octets shorter than ours; the value is Python's hashlib.scrypt for
        // this one.
        vault.replace(12, 16, "SodiumChloride16");
        const auto key = vaultKeyFor(vault, Secret("pleaseletmein"_ba));
        QVERIFY(key);
        QCOMPARE(key->key.reveal().toHex(),
            "cb07772ae1b937be7effe9ff0a37ea778aa3cd041a9d1d6323548f7eb14a5cd6"_ba);
    }

private:
    VaultKey m_key;
    VaultEntries m_entries;
    QByteArray m_vault;
};

QTEST_GUILESS_MAIN(TestVault)
#include "tst_vault.moc"
