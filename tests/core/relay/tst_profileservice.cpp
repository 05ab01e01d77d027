// SPDX-License-Identifier: GPL-3.0-or-later
#include "relay/profileservice.h"

#include "base/literals.h"
#include "relay/sessioncredentialstore.h"

#include <QSignalSpy>
#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Relay;
using Base::Error;
using Base::Secret;
using VoidResult = Base::Result<void>;

namespace {

class FakeRepository final : public ProfileRepository {
public:
    QList<RelayProfile> stored;
    QList<UnreadableProfile> damaged;
    std::optional<Error> error;

    QFuture<Base::Result<StoredProfiles>> profiles() override
    {
        return QtFuture::makeReadyValueFuture(error
                ? Base::Result<StoredProfiles>(std::unexpected(*error))
                : Base::Result<StoredProfiles>({stored, damaged}));
    }
    QFuture<VoidResult> save(RelayProfile profile) override
    {
        if (!error)
            stored.append(profile);
        return done();
    }
    QFuture<VoidResult> remove(QUuid id) override
    {
        if (!error)
            stored.removeIf([id](const RelayProfile &one) { return one.id == id; });
        if (!error)
            damaged.removeIf([id](const UnreadableProfile &one) { return one.id == id; });
        return done();
    }

private:
    [[nodiscard]] QFuture<VoidResult> done() const
    {
        return QtFuture::makeReadyValueFuture(
            error ? VoidResult(std::unexpected(*error)) : VoidResult());
    }
};

RelayProfile named(const QString &name, const QUuid &id = {})
{
    RelayProfile profile;
    profile.id = id;
    profile.name = name;
    profile.host = u"relay.example"_s;
    return profile;
}

QStringList names(const ProfileService &service)
{
    QStringList list;
    const QList<RelayProfile> profiles = service.profiles();
    for (const RelayProfile &profile : profiles)
        list << profile.name;
    return list;
}

} // namespace

class TestProfileService final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void builtinFirstThenByName()
    {
        FakeRepository repository;
        repository.stored = {
            named(u"zulu"_s, QUuid::createUuid()), named(u"Alpha"_s, QUuid::createUuid())};
        SessionCredentialStore credentials;
        ProfileService service(&repository, credentials);
        const QSignalSpy changed(&service, &ProfileService::profilesChanged);
        service.load();
        QTRY_COMPARE(changed.count(), 1);
        QCOMPARE(names(service), QStringList({u"Alpha"_s, u"zulu"_s}));
        QCOMPARE(service.current(), repository.stored.at(1).id);

        const QUuid sandbox = QUuid::createUuid();
        service.setBuiltin(named(u"Sandbox"_s, sandbox), Secret("sandbox"_ba));
        QCOMPARE(names(service), QStringList({u"Sandbox"_s, u"Alpha"_s, u"zulu"_s}));
        QVERIFY(service.profile(sandbox)->builtin);
        const auto secrets = service.secrets(*service.profile(sandbox)).result();
        QVERIFY(secrets && *secrets == ProfileSecrets {.password = Secret("sandbox"_ba)});
        QVERIFY(!service.setSecret(sandbox, SecretKind::Password, Secret("x"_ba)).result());
        service.setCurrent(sandbox);
        service.setBuiltin(std::nullopt, {});
        // Send never points at what is gone.
        QCOMPARE(service.current(), repository.stored.at(1).id);
    }

    void noOtherIsCurrentWhileTheWantedOneMayCome()
    {
        FakeRepository repository;
        repository.stored = {named(u"Office"_s, QUuid::createUuid())};
        SessionCredentialStore credentials;
        ProfileService service(&repository, credentials);
        QSignalSpy current(&service, &ProfileService::currentChanged);
        QSignalSpy missing(&service, &ProfileService::wantedMissing);
        const QUuid sandbox = QUuid::createUuid();
        service.setWanted(sandbox);
        service.load();
        QTRY_COMPARE(service.profiles().size(), 1);
        QVERIFY(service.current().isNull());
        QCOMPARE(service.wanted(), sandbox);
        service.setBuiltin(named(u"Sandbox"_s, sandbox), {});
        QCOMPARE(service.current(), sandbox);
        QVERIFY(service.wanted().isNull());
        QCOMPARE(current.count(), 1);
        QCOMPARE(missing.count(), 0);
    }

    void noRealRelayStandsInForTheSandbox()
    {
        FakeRepository repository;
        const QUuid office = QUuid::createUuid();
        repository.stored = {named(u"Office"_s, office)};
        SessionCredentialStore credentials;
        ProfileService service(&repository, credentials);
        QSignalSpy missing(&service, &ProfileService::wantedMissing);
        service.setWanted(QUuid::createUuid());
        service.setBuiltin(std::nullopt, {});
        QCOMPARE(missing.count(), 0); // it may be one of those stored
        service.load();
        QTRY_COMPARE(missing.count(), 1);
        QVERIFY(service.current().isNull());
        (void)service.save(named(u"Office 2"_s, office));
        QVERIFY(service.current().isNull());
        service.setCurrent(office);
        QCOMPARE(service.current(), office);
    }

    void theSandboxStandsInForARelayThatIsGone()
    {
        FakeRepository repository;
        repository.stored = {named(u"Office"_s, QUuid::createUuid())};
        SessionCredentialStore credentials;
        ProfileService service(&repository, credentials);
        QSignalSpy missing(&service, &ProfileService::wantedMissing);
        const QUuid sandbox = QUuid::createUuid();
        service.setWanted(QUuid::createUuid());
        service.setBuiltin(named(u"Sandbox"_s, sandbox), {});
        QVERIFY(service.current().isNull());
        service.load();
        QTRY_COMPARE(missing.count(), 1);
        QCOMPARE(service.current(), sandbox);
    }

    void savedProfileIsThereAtOnceAndStored()
    {
        FakeRepository repository;
        SessionCredentialStore credentials;
        ProfileService service(&repository, credentials);
        const QUuid id = service.save(named(u"  Office "_s));
        QVERIFY(!id.isNull());
        QCOMPARE(names(service), QStringList({u"Office"_s}));
        QCOMPARE(repository.stored.first().id, id);
        QCOMPARE(service.current(), id);
        // Replaced, not doubled.
        QCOMPARE(service.save(named(u"Other"_s, id)), id);
        QCOMPARE(names(service), QStringList({u"Other"_s}));
    }

    void refusedNames_data()
    {
        QTest::addColumn<QString>("name");
        QTest::newRow("taken") << u"office"_s;
        QTest::newRow("empty") << u"  "_s;
    }
    void refusedNames()
    {
        QFETCH(QString, name);
        FakeRepository repository;
        SessionCredentialStore credentials;
        ProfileService service(&repository, credentials);
        (void)service.save(named(u"Office"_s));
        QSignalSpy failed(&service, &ProfileService::failed);
        QVERIFY(service.save(named(name)).isNull());
        QCOMPARE(failed.count(), 1);
        QCOMPARE(failed.first().first().value<Error>().kind, Error::Kind::InvalidInput);
        QCOMPARE(service.profiles().size(), 1);
        QCOMPARE(repository.stored.size(), 1);
    }

    void whatCouldNotBeReadAgainIsRefused_data()
    {
        QTest::addColumn<RelayProfile>("profile");
        RelayProfile profile = named(u"Office"_s);
        profile.host.clear();
        QTest::newRow("no host") << profile;
        profile = named(u"Office"_s);
        profile.user = u"ann\t"_s;
        QTest::newRow("control character") << profile;
        profile = named(u"Office"_s);
        profile.mechanisms = {"FOO!"};
        QTest::newRow("rfc4422 3.1 mechanism") << profile;
    }
    void whatCouldNotBeReadAgainIsRefused()
    {
        QFETCH(RelayProfile, profile);
        FakeRepository repository;
        SessionCredentialStore credentials;
        ProfileService service(&repository, credentials);
        QSignalSpy failed(&service, &ProfileService::failed);
        QVERIFY(service.save(profile).isNull());
        QCOMPARE(failed.count(), 1);
        QVERIFY(service.profiles().isEmpty());
        QVERIFY(repository.stored.isEmpty());
    }

    void damagedOneIsToldAndHidesNoOther()
    {
        FakeRepository repository;
        repository.stored = {named(u"Office"_s, QUuid::createUuid())};
        const QUuid bad = QUuid::createUuid();
        repository.damaged = {{bad, u"Home"_s, {Error::Kind::Corrupt, u"profile: no JSON"_s, {}}}};
        SessionCredentialStore credentials;
        ProfileService service(&repository, credentials);
        QSignalSpy unreadable(&service, &ProfileService::unreadable);
        service.load();
        QTRY_COMPARE(unreadable.count(), 1);
        QCOMPARE(names(service), QStringList({u"Office"_s}));
        // Its name stays its own until it is removed.
        QVERIFY(service.save(named(u"home"_s)).isNull());
        service.remove(bad);
        QVERIFY(repository.damaged.isEmpty());
        QVERIFY(!service.save(named(u"home"_s)).isNull());
    }

    void savedIsToldWhenItIsStored()
    {
        FakeRepository repository;
        SessionCredentialStore credentials;
        ProfileService service(&repository, credentials);
        QSignalSpy saved(&service, &ProfileService::saved);
        QSignalSpy notSaved(&service, &ProfileService::notSaved);
        const QUuid id = service.save(named(u"Office"_s));
        QTRY_COMPARE(saved.count(), 1);
        repository.error = Error {Error::Kind::Full, u"full"_s, {}};
        (void)service.save(named(u"Renamed"_s, id));
        QTRY_COMPARE(notSaved.count(), 1);
        QCOMPARE(notSaved.first().first().value<RelayProfile>().name, u"Renamed"_s);
        QCOMPARE(saved.count(), 1);
    }

    void whatCannotBeStoredGoesBack()
    {
        FakeRepository repository;
        SessionCredentialStore credentials;
        ProfileService service(&repository, credentials);
        const QUuid id = service.save(named(u"Office"_s));
        QVERIFY(service.setSecret(id, SecretKind::Password, Secret("pw"_ba)).result());
        repository.error = Error {Error::Kind::Full, u"full"_s, {}};
        const QSignalSpy failed(&service, &ProfileService::failed);
        (void)service.save(named(u"Renamed"_s, id));
        QTRY_COMPARE(failed.count(), 1);
        QCOMPARE(names(service), QStringList({u"Office"_s}));
        (void)service.save(named(u"New"_s));
        QTRY_COMPARE(failed.count(), 2);
        QCOMPARE(names(service), QStringList({u"Office"_s}));
        service.remove(id);
        QTRY_COMPARE(failed.count(), 3);
        QCOMPARE(names(service), QStringList({u"Office"_s}));
        // It came back with its password.
        QCOMPARE((*credentials.read(id).result())->reveal(), "pw"_ba);
    }

    void removedWithItsSecrets()
    {
        FakeRepository repository;
        SessionCredentialStore credentials;
        ProfileService service(&repository, credentials);
        const QUuid id = service.save(named(u"Office"_s));
        for (const SecretKind kind : allSecretKinds)
            QVERIFY(service.setSecret(id, kind, Secret("pw"_ba)).result());
        service.remove(id);
        for (const SecretKind kind : allSecretKinds)
            QTRY_VERIFY(!*credentials.read(secretId(id, kind)).result());
        QVERIFY(service.profiles().isEmpty());
        QVERIFY(service.current().isNull());
        QVERIFY(repository.stored.isEmpty());
    }

    void undoneRemovalBringsTheSecretsBack_data()
    {
        QTest::addColumn<bool>("atOnce");
        QTest::newRow("while they are on their way out") << true;
        QTest::newRow("later") << false;
    }
    void undoneRemovalBringsTheSecretsBack()
    {
        QFETCH(bool, atOnce);
        FakeRepository repository;
        SessionCredentialStore credentials;
        ProfileService service(&repository, credentials);
        const QUuid id = service.save(named(u"Office"_s));
        for (const SecretKind kind : allSecretKinds)
            QVERIFY(service.setSecret(id, kind, Secret(QByteArray::number(int(kind)))).result());
        service.remove(id);
        for (const SecretKind kind : allSecretKinds) {
            if (!atOnce)
                QTRY_VERIFY(!*credentials.read(secretId(id, kind)).result());
        }
        QCOMPARE(service.save(named(u"Office"_s, id)), id);
        QTest::qWait(0);
        for (const SecretKind kind : allSecretKinds) {
            const QUuid key = secretId(id, kind);
            QTRY_VERIFY(*credentials.read(key).result());
            QCOMPARE((*credentials.read(key).result())->reveal(), QByteArray::number(int(kind)));
        }
    }

    void withoutAStoreItWorksAndSaysSoOnce() // H6
    {
        SessionCredentialStore credentials;
        ProfileService service(nullptr, credentials);
        QSignalSpy failed(&service, &ProfileService::failed);
        service.load();
        const QUuid id = service.save(named(u"Office"_s));
        service.remove(service.save(named(u"Other"_s)));
        QCOMPARE(failed.count(), 1);
        QCOMPARE(failed.first().first().value<Error>().kind, Error::Kind::Denied);
        QCOMPARE(service.profiles().first().id, id);
    }

    void savedWhileLoadingStays()
    {
        FakeRepository repository;
        const QUuid id = QUuid::createUuid();
        repository.stored = {named(u"Old name"_s, id), named(u"Second"_s, QUuid::createUuid())};
        SessionCredentialStore credentials;
        ProfileService service(&repository, credentials);
        // The answer is on its way when the user renames and removes.
        service.load();
        (void)service.save(named(u"New name"_s, id));
        QTRY_COMPARE(names(service), QStringList({u"New name"_s, u"Second"_s}));
    }
};

QTEST_GUILESS_MAIN(TestProfileService)
#include "tst_profileservice.moc"
