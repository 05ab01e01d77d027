// SPDX-License-Identifier: GPL-3.0-or-later
#include "relay/profilesecrets.h"

#include "base/literals.h"
#include "relay/secretcommand.h"
#include "relay/sessioncredentialstore.h"

#include <QElapsedTimer>
#include <QFile>
#include <QSet>
#include <QTemporaryDir>
#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Relay;
using Base::Error;
using Base::Secret;

namespace {

RelayProfile full()
{
    RelayProfile profile;
    profile.id = QUuid::createUuid();
    profile.auth = Smtp::AuthOptions::Need::Required;
    profile.mechanisms = {"XOAUTH2", "PLAIN"};
    profile.tokenSource = TokenSource::Kept;
    profile.route.proxy = ProxyServer {.host = u"proxy.example"_s, .user = "ann"};
    return profile;
}

void keepAll(SessionCredentialStore &store, const QUuid &id)
{
    store.write(secretId(id, SecretKind::Password), Secret("pw"_ba));
    store.write(secretId(id, SecretKind::Token), Secret("tk"_ba));
    store.write(secretId(id, SecretKind::ProxyPassword), Secret("px"_ba));
}

const ProfileSecrets all {Secret("pw"_ba), Secret("tk"_ba), Secret("px"_ba)};

} // namespace

class TestProfileSecrets final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void idsDiffer()
    {
        const QUuid id(u"5a6d0b0e-0000-4000-8000-000000000001"_s);
        QSet<QUuid> ids;
        for (const SecretKind kind : allSecretKinds)
            ids.insert(secretId(id, kind));
        QCOMPARE(ids.size(), allSecretKinds.size());
        // Secrets of former versions are found, those of this one by later ones.
        QCOMPARE(secretId(id, SecretKind::Password), id);
        QCOMPARE(secretId(id, SecretKind::Token).toString(QUuid::WithoutBraces),
            u"f3c0fa64-be64-5609-8d59-1b10125d84fb"_s);
        QCOMPARE(secretId(id, SecretKind::ProxyPassword).toString(QUuid::WithoutBraces),
            u"372e6347-5c63-5789-9b82-e3d7ab38abf1"_s);
    }

    void readsWhatIsUsed()
    {
        SessionCredentialStore store;
        RelayProfile profile = full();
        keepAll(store, profile.id);
        QCOMPARE(*readSecrets(profile, {store}, this).result(), all);
        QVERIFY(needsStore(profile, {}));
        QVERIFY(!needsStore(profile, {Secret(), Secret(), Secret()}));
        QVERIFY(needsStore(profile, {.password = Secret(), .token = Secret()}));
        profile.tokenSource = TokenSource::None;
        profile.route.proxy->user.clear();
        QCOMPARE(*readSecrets(profile, {store}, this).result(),
            ProfileSecrets {.password = Secret("pw"_ba)});
        profile.mechanisms = {"EXTERNAL", "ANONYMOUS"};
        QVERIFY(!needsSecret(profile));
        QCOMPARE(*readSecrets(profile, {store}, this).result(), ProfileSecrets());
        profile.mechanisms = {"EXTERNAL", "PLAIN"};
        QVERIFY(needsSecret(profile));
        profile.auth = Smtp::AuthOptions::Need::Never;
        QCOMPARE(*readSecrets(profile, {store}, this).result(), ProfileSecrets());
    }

    /// A password that was kept before there were tokens is not tried in their place.
    void tokenInPlaceOfAPassword()
    {
        SessionCredentialStore store;
        RelayProfile profile = full();
        keepAll(store, profile.id);
        profile.route.proxy.reset();
        profile.mechanisms.clear();
        QVERIFY(needsToken(profile) && !needsPassword(profile));
        QCOMPARE(*readSecrets(profile, {store}, this).result(),
            ProfileSecrets {.token = Secret("tk"_ba)});
        profile.mechanisms = {"PLAIN"};
        QVERIFY(!needsToken(profile) && needsPassword(profile));
        QCOMPARE(*readSecrets(profile, {store}, this).result(),
            ProfileSecrets {.password = Secret("pw"_ba)});
        profile.mechanisms = {"XOAUTH2"};
        profile.auth = Smtp::AuthOptions::Need::Never;
        QVERIFY(!needsToken(profile));
    }

    void browserGrantsTheToken()
    {
        struct Provider final : TokenProvider {
            QFuture<TokenResult> accessToken(const RelayProfile &profile) override
            {
                asked.append(profile.id);
                return QtFuture::makeReadyValueFuture(answer);
            }
            TokenResult answer = Secret("fresh"_ba);
            QList<QUuid> asked;
        };
        SessionCredentialStore store;
        Provider provider;
        RelayProfile profile = full();
        keepAll(store, profile.id);
        profile.route.proxy.reset();
        profile.mechanisms = {"OAUTHBEARER"};
        profile.tokenSource = TokenSource::Browser;
        QVERIFY(needsStore(profile, {})); // the grant is in there
        QCOMPARE(*readSecrets(profile, {store, &provider}, this).result(),
            ProfileSecrets {.token = Secret("fresh"_ba)});
        QCOMPARE(provider.asked, QList {profile.id});
        // One that is typed needs no provider.
        QCOMPARE(readSecrets(profile, {store}, this, {.token = Secret("typed"_ba)}).result()->token,
            Secret("typed"_ba));
        provider.answer = std::unexpected(Error {Error::Kind::Denied, u"oauth: sign in"_s, {}});
        QCOMPARE(readSecrets(profile, {store, &provider}, this).result().error(),
            provider.answer.error());
        QCOMPARE(
            readSecrets(profile, {store}, this).result().error().kind, Error::Kind::Unsupported);
        profile.mechanisms = {"PLAIN"};
        QCOMPARE(
            readSecrets(profile, {store, &provider}, this).result()->password, Secret("pw"_ba));
        QCOMPARE(provider.asked.size(), 2);
    }

    void typedGoesFirst()
    {
        SessionCredentialStore store;
        const RelayProfile profile = full();
        keepAll(store, profile.id);
        ProfileSecrets expected = all;
        expected.token = Secret("new"_ba);
        expected.password = Secret();
        QCOMPARE(
            *readSecrets(profile, {store}, this, {.password = Secret(), .token = Secret("new"_ba)})
                .result(),
            expected);
    }

    void commandPrintsTheToken()
    {
        SessionCredentialStore store;
        RelayProfile profile = full();
        keepAll(store, profile.id);
        profile.tokenSource = TokenSource::Command;
        profile.tokenCommand = u"printf 'from command\\r\\nsecond\\n'"_s;
        auto reading = readSecrets(profile, {store}, this);
        QTRY_VERIFY(reading.isFinished());
        QCOMPARE(reading.result()->token, Secret("from command"_ba));
        QCOMPARE(reading.result()->password, Secret("pw"_ba));
        profile.tokenCommand = u"exit 3"_s;
        reading = readSecrets(profile, {store}, this);
        QTRY_VERIFY(reading.isFinished());
        QVERIFY(!reading.result());
        QCOMPARE(reading.result().error().kind, Error::Kind::Io);
        QCOMPARE(reading.result().error().detail, u"token command: it failed with status 3"_s);
    }

    void passwordFromElsewhere()
    {
        SessionCredentialStore store;
        RelayProfile profile = full();
        keepAll(store, profile.id);
        profile.mechanisms = {"PLAIN"};
        profile.route.proxy.reset();
        const auto reading = [&](const TypedSecrets &typed = {}) {
            auto future = readSecrets(profile, {store}, this, typed);
            return QTest::qWaitFor([&] { return future.isFinished(); }, 20'000)
                ? future.result()
                : Base::fail(Error::Kind::Timeout, u"the test waits no longer"_s);
        };
        QVERIFY(needsStore(profile, {}));
        profile.passwordSource = PasswordSource::Command;
        profile.passwordCommand = u"printf 'from command\\r\\nsecond\\n'"_s;
        QVERIFY(!needsStore(profile, {}));
        QCOMPARE(reading()->password, Secret("from command"_ba));
        // One that is typed is the one.
        QCOMPARE(reading({.password = Secret("typed"_ba)})->password, Secret("typed"_ba));
        profile.passwordCommand = u"echo c4n4ry; exit 3"_s;
        QCOMPARE(reading().error().detail, u"password command: it failed with status 3"_s);
        profile.passwordCommand = u"true"_s;
        QCOMPARE(reading().error().detail, u"password command: it printed nothing"_s);

        QTemporaryDir directory;
        profile.passwordSource = PasswordSource::Netrc;
        profile.netrcFile = directory.filePath(u"netrc"_s);
        QCOMPARE(reading().error().kind, Error::Kind::Io);
        QFile file(profile.netrcFile);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("machine " + profile.host.toUtf8() + " login " + profile.user.toUtf8()
            + " password 'it is'");
        file.close();
        QVERIFY(reading().error().detail.contains(u"line 1"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("default password \"from netrc\"");
        file.close();
        QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::ReadOther));
        QVERIFY(!needsStore(profile, {}));
        QCOMPARE(reading()->password, Secret("from netrc"_ba));
        QCOMPARE(reading()->exposedFile, profile.netrcFile);
        QCOMPARE(reading({.password = Secret("typed"_ba)})->exposedFile, QString());
    }

    void chattyCommandIsEnded()
    {
        const auto token = runTokenCommand(u"yes"_s, std::chrono::minutes(5));
        QTRY_VERIFY(token.isFinished());
        QVERIFY(!token.result());
        QVERIFY2(token.result().error().detail.contains(u"more than"_s),
            qPrintable(token.result().error().detail));
    }

    void commandThatNeverEnds()
    {
        QElapsedTimer clock;
        clock.start();
        const auto token = runTokenCommand(u"sleep 600 | cat"_s, std::chrono::milliseconds(50));
        QTRY_VERIFY(token.isFinished());
        QVERIFY(clock.elapsed() < 30'000);
        QVERIFY(!token.result());
        QCOMPARE(token.result().error().kind, Error::Kind::Timeout);
    }
};

QTEST_GUILESS_MAIN(TestProfileSecrets)
#include "tst_profilesecrets.moc"
