// SPDX-License-Identifier: GPL-3.0-or-later
#include "relay/credentials.h"
#include "relay/keyringcredentialstore.h"

#include "base/literals.h"

#include <QDir>
#include <QFile>
#include <QPromise>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

using namespace Mailgauge;
using namespace Mailgauge::Relay;
using Backend = CredentialStore::Backend;
using Base::Error;
using Base::Secret;
using SecretResult = Base::Result<std::optional<Secret>>;

namespace {

constexpr KdfCost Cheap {10, 8, 1};

// Answers with what the test set.
class FakeKeyring final : public CredentialStore {
public:
    std::optional<Error> error;
    QHash<QUuid, Secret> secrets;

    [[nodiscard]] Backend backend() const override { return Backend::Keyring; }
    QFuture<SecretResult> read(QUuid profile) override
    {
        if (error)
            return QtFuture::makeReadyValueFuture(SecretResult(std::unexpected(*error)));
        return QtFuture::makeReadyValueFuture(SecretResult(
            secrets.contains(profile) ? std::optional(secrets.value(profile)) : std::nullopt));
    }
    QFuture<Base::Result<void>> write(QUuid profile, Secret secret) override
    {
        if (!error)
            secrets.insert(profile, std::move(secret));
        return done();
    }
    QFuture<Base::Result<void>> remove(QUuid profile) override
    {
        if (!error)
            secrets.remove(profile);
        return done();
    }

private:
    [[nodiscard]] QFuture<Base::Result<void>> done() const
    {
        return QtFuture::makeReadyValueFuture(
            error ? Base::Result<void>(std::unexpected(*error)) : Base::Result<void>());
    }
};

// Continuations come back through our event loop.
template <typename T>
T await(QFuture<T> future)
{
    [&future] { QTRY_VERIFY_WITH_TIMEOUT(future.isFinished(), 20'000); }();
    return future.takeResult();
}

} // namespace

class TestCredentials final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_dir = std::make_unique<QTemporaryDir>(); }

    void sessionOnlyLeavesNothingBehind()
    {
        Credentials credentials(nullptr, vaultPath(), Cheap);
        QCOMPARE(credentials.backend(), Backend::SessionOnly);
        QVERIFY(await(credentials.write(m_id, Secret("canary"_ba))));
        QCOMPARE(secretOf(credentials), "canary"_ba);
        QCOMPARE(QDir(m_dir->path()).entryList(QDir::Files | QDir::Hidden), QStringList());
        QVERIFY(await(credentials.remove(m_id)));
        QCOMPARE(secretOf(credentials), QByteArray());
    }

    void vaultKeepsAcrossPrograms()
    {
        {
            Credentials credentials(nullptr, vaultPath(), Cheap);
            const QSignalSpy changed(&credentials, &Credentials::backendChanged);
            QVERIFY(await(credentials.vault()->create(Secret("phrase"_ba))));
            QCOMPARE(credentials.backend(), Backend::Vault);
            QCOMPARE(changed.count(), 1);
            QVERIFY(await(credentials.write(m_id, Secret("canary-e4"_ba))));
        }
        QCOMPARE(QFile::permissions(vaultPath())
                & (QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther),
            QFile::Permissions());
        QFile file(vaultPath());
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(!file.readAll().contains("canary"));

        Credentials credentials(nullptr, vaultPath(), Cheap);
        QCOMPARE(credentials.vault()->state(), VaultCredentialStore::State::Locked);
        QCOMPARE(credentials.backend(), Backend::SessionOnly);
        QCOMPARE(secretOf(credentials), QByteArray());
        const auto wrong = await(credentials.vault()->unlock(Secret("frase"_ba)));
        QVERIFY(!wrong);
        QCOMPARE(wrong.error().kind, Error::Kind::Denied);
        QVERIFY(await(credentials.vault()->unlock(Secret("phrase"_ba))));
        QCOMPARE(secretOf(credentials), "canary-e4"_ba);
        credentials.vault()->lock();
        QCOMPARE(secretOf(credentials), QByteArray());
        QCOMPARE(await(credentials.vault()->write(m_id, Secret("x"_ba))).error().kind,
            Error::Kind::Denied);
    }

    void vaultIsNeverOverwritten()
    {
        VaultCredentialStore vault(vaultPath(), Cheap);
        QVERIFY(await(vault.create(Secret("one"_ba))));
        QCOMPARE(await(vault.create(Secret("two"_ba))).error().kind, Error::Kind::InvalidInput);
        VaultCredentialStore empty(m_dir->filePath(u"other"_s), Cheap);
        QCOMPARE(await(empty.create(Secret())).error().kind, Error::Kind::InvalidInput);
        QCOMPARE(empty.state(), VaultCredentialStore::State::None);
    }

    void twoProgramsShareOneVault()
    {
        VaultCredentialStore one(vaultPath(), Cheap);
        VaultCredentialStore two(vaultPath(), Cheap);
        QVERIFY(await(one.create(Secret("p"_ba))));
        QVERIFY(await(two.unlock(Secret("p"_ba))));
        const QUuid other = QUuid::createUuid();
        QVERIFY(await(one.write(m_id, Secret("first"_ba))));
        QVERIFY(await(two.write(other, Secret("second"_ba))));
        QCOMPARE((*await(one.read(other)))->reveal(), "second"_ba);
        QCOMPARE((*await(two.read(m_id)))->reveal(), "first"_ba);
    }

    // Key and file are another thread's work: whoever asks goes on at once.
    void vaultWorksBehindTheCaller()
    {
        VaultCredentialStore vault(vaultPath(), Cheap);
        auto made = vault.create(Secret("p"_ba));
        QCOMPARE(vault.state(), VaultCredentialStore::State::None);
        QVERIFY(await(made));
        QCOMPARE(vault.state(), VaultCredentialStore::State::Unlocked);
        // Not awaited: each change stands on the one before.
        const QList<QUuid> ids {QUuid::createUuid(), QUuid::createUuid(), QUuid::createUuid()};
        QList<QFuture<Base::Result<void>>> writes;
        for (const QUuid &id : ids)
            writes.append(vault.write(id, Secret(id.toByteArray())));
        auto removed = vault.remove(ids.at(1));
        vault.lock();
        for (auto &write : writes)
            QVERIFY(await(write));
        QVERIFY(await(removed));
        QVERIFY(await(vault.unlock(Secret("p"_ba))));
        QCOMPARE((*await(vault.read(ids.at(0))))->reveal(), ids.at(0).toByteArray());
        QVERIFY(!*await(vault.read(ids.at(1))));
        QCOMPARE((*await(vault.read(ids.at(2))))->reveal(), ids.at(2).toByteArray());
    }

    void cancelledVaultStaysAsItWas()
    {
        VaultCredentialStore vault(vaultPath(), Cheap);
        auto made = vault.create(Secret("p"_ba));
        vault.cancel();
        QCOMPARE(await(made).error().kind, Error::Kind::Cancelled);
        QVERIFY(vault.state() != VaultCredentialStore::State::Unlocked);
        if (vault.state() == VaultCredentialStore::State::None)
            QVERIFY(await(vault.create(Secret("p"_ba))));
        vault.lock();
        auto opened = vault.unlock(Secret("p"_ba));
        vault.cancel();
        QCOMPARE(await(opened).error().kind, Error::Kind::Cancelled);
        QCOMPARE(vault.state(), VaultCredentialStore::State::Locked);
        QVERIFY(await(vault.unlock(Secret("p"_ba))));
    }

    void vaultGoesWhileItWorks()
    {
        auto vault = std::make_unique<VaultCredentialStore>(vaultPath(), Cheap);
        QVERIFY(await(vault->create(Secret("p"_ba))));
        auto written = vault->write(m_id, Secret("kept"_ba));
        vault.reset();
        QVERIFY(await(written));
        Credentials credentials(nullptr, vaultPath(), Cheap);
        QVERIFY(await(credentials.vault()->unlock(Secret("p"_ba))));
        QCOMPARE(secretOf(credentials), "kept"_ba);
    }

    // Neither read to its end nor waited for.
    void whatIsNoVaultIsNotRead_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::newRow("larger than any vault") << u"large"_s;
        QTest::newRow("FIFO") << u"fifo"_s;
        QTest::newRow("folder") << u"folder"_s;
    }
    void whatIsNoVaultIsNotRead()
    {
        QFETCH(QString, kind);
        QFile file(vaultPath());
        if (kind == u"large"_s)
            QVERIFY(file.open(QIODevice::WriteOnly) && file.resize(qint64(8) << 30));
        else if (kind == u"fifo"_s)
            QCOMPARE(::mkfifo(QFile::encodeName(vaultPath()).constData(), 0600), 0);
        else
            QVERIFY(QDir().mkpath(vaultPath()));
        VaultCredentialStore vault(vaultPath(), Cheap);
        const auto opened = await(vault.unlock(Secret("p"_ba)));
        QVERIFY(!opened);
        QCOMPARE(opened.error().kind, Error::Kind::Corrupt);
    }

    void vaultOnAnUnwritablePlaceFailsAndSaysSo()
    {
        QFile file(m_dir->filePath(u"file"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        VaultCredentialStore vault(m_dir->filePath(u"file/vault"_s), Cheap);
        QVERIFY(!await(vault.create(Secret("p"_ba))));
        QCOMPARE(vault.state(), VaultCredentialStore::State::None);
    }

    void keyringComesFirst()
    {
        auto made = std::make_unique<FakeKeyring>();
        FakeKeyring &keyring = *made;
        Credentials credentials(std::move(made), vaultPath(), Cheap);
        QCOMPARE(credentials.backend(), Backend::Keyring);
        QVERIFY(await(credentials.write(m_id, Secret("pw"_ba))));
        QCOMPARE(keyring.secrets.value(m_id).reveal(), "pw"_ba);
        QCOMPARE(secretOf(credentials), "pw"_ba);
        QVERIFY(await(credentials.remove(m_id)));
        QVERIFY(keyring.secrets.isEmpty());
    }

    void keyringThatDoesNotWorkIsGivenUp_data()
    {
        QTest::addColumn<Error::Kind>("kind");
        QTest::newRow("no answer") << Error::Kind::Timeout;
        QTest::newRow("no service") << Error::Kind::Unsupported;
    }
    void keyringThatDoesNotWorkIsGivenUp()
    {
        QFETCH(Error::Kind, kind);
        auto made = std::make_unique<FakeKeyring>();
        made->error = Error {kind, u"broken"_s, {}};
        Credentials credentials(std::move(made), vaultPath(), Cheap);
        const QSignalSpy changed(&credentials, &Credentials::backendChanged);
        QVERIFY(await(credentials.write(m_id, Secret("pw"_ba))));
        QCOMPARE(changed.count(), 1);
        QCOMPARE(credentials.backend(), Backend::SessionOnly);
        QCOMPARE(secretOf(credentials), "pw"_ba);
    }

    void keyringThatRefusesIsNotBypassed()
    {
        auto made = std::make_unique<FakeKeyring>();
        made->error = Error {Error::Kind::Denied, u"no"_s, {}};
        Credentials credentials(std::move(made), vaultPath(), Cheap);
        QCOMPARE(await(credentials.write(m_id, Secret("pw"_ba))).error().kind, Error::Kind::Denied);
        QCOMPARE(await(credentials.read(m_id)).error().kind, Error::Kind::Denied);
        QCOMPARE(credentials.backend(), Backend::Keyring);
    }

    void keyringWithoutABusAnswersInTime()
    {
        qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");
        KeyringCredentialStore keyring(std::chrono::seconds(5));
        const auto read = await(keyring.read(m_id));
        QVERIFY(!read);
        QVERIFY(read.error().kind == Error::Kind::Unsupported
            || read.error().kind == Error::Kind::Timeout);
        QVERIFY(!await(keyring.write(m_id, Secret("x"_ba))));
    }

private:
    [[nodiscard]] QString vaultPath() const { return m_dir->filePath(u"passwords.vault"_s); }
    QByteArray secretOf(Credentials &credentials) const
    {
        const auto found = await(credentials.read(m_id));
        return found && *found ? (*found)->reveal() : QByteArray();
    }

    QUuid m_id = QUuid::createUuid();
    std::unique_ptr<QTemporaryDir> m_dir;
};

QTEST_GUILESS_MAIN(TestCredentials)
#include "tst_credentials.moc"
