// SPDX-License-Identifier: GPL-3.0-or-later
// E9: signing in through the browser, and tokens kept fresh.
#include "delivery/oauthservice.h"

#include "base/literals.h"
#include "delivery/repeatservice.h"
#include "fakeprovider.h"
#include "fakerelay.h"
#include "fakerepositories.h"
#include "testsupport.h"

#include <QSignalSpy>
#include <QSslSocket>
#include <QTest>

using namespace Mailgauge;
using namespace std::chrono_literals;
using Delivery::OAuthService;
using Kind = Base::Error::Kind;
using Test::FakeProvider;
using TokenResult = OAuthService::TokenResult;

namespace {

struct Bench {
    explicit Bench(Delivery::OAuthLimits limits = {})
        : service(credentials, clock, {u"Done."_s, u"<No>"_s, u"Unknown."_s}, limits)
    {
        profile.id = QUuid::createUuid();
        profile.user = u"ann@example.org"_s;
        profile.oauth = provider.client(u"client&1"_s, {u"mail.send"_s, u"offline"_s});
    }

    /// The page that the user is to open.
    QUrl begin(const Base::Secret &clientSecret = {})
    {
        urls.clear();
        service.signIn(profile, clientSecret);
        return Test::waitFor([this] { return !urls.isEmpty(); }) ? urls.last().at(1).toUrl()
                                                                 : QUrl();
    }
    [[nodiscard]] bool signIn(const Base::Secret &clientSecret = {})
    {
        const QUrl page = begin(clientSecret);
        return Test::browse(provider.allow(page)).startsWith("HTTP/1.1 200")
            && Test::waitFor([this] { return !signedIn.isEmpty(); });
    }
    [[nodiscard]] Base::Error failure()
    {
        return Test::waitFor([this] { return !failed.isEmpty(); })
            ? failed.takeFirst().at(1).value<Base::Error>()
            : Base::Error {Kind::Io, u"nothing failed"_s, {}};
    }
    [[nodiscard]] TokenResult token()
    {
        auto future = service.accessToken(profile);
        return Test::waitFor([&future] { return future.isFinished(); })
            ? future.result()
            : TokenResult(Base::fail(Kind::Io, u"no answer"_s));
    }
    [[nodiscard]] Relay::OAuthGrant kept()
    {
        return *Relay::grantFrom(credentials.kept.value(Relay::oauthSlot(profile.id)));
    }

    FakeProvider provider;
    Test::FakeCredentials credentials;
    Test::FakeClock clock;
    Relay::RelayProfile profile;
    OAuthService service;
    QSignalSpy urls {&service, &OAuthService::urlReady};
    QSignalSpy signedIn {&service, &OAuthService::signedIn};
    QSignalSpy failed {&service, &OAuthService::failed};
};

QByteArray shown(const TokenResult &token)
{
    return token ? token->reveal() : token.error().detail.toUtf8();
}

} // namespace

class TestOAuthService final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void httpsIsSpoken() { QVERIFY(QSslSocket::supportsSsl()); }

    void signsIn()
    {
        Bench bench;
        const QUrl page = bench.begin();
        const QUrlQuery asked(page);
        // The endpoint's own query stays (RFC 6749 3.1).
        QCOMPARE(asked.queryItemValue(u"tenant"_s, QUrl::FullyDecoded), u"a b"_s);
        QCOMPARE(asked.queryItemValue(u"response_type"_s), u"code"_s);
        QCOMPARE(asked.queryItemValue(u"client_id"_s, QUrl::FullyDecoded), u"client&1"_s);
        QCOMPARE(asked.queryItemValue(u"scope"_s, QUrl::FullyDecoded), u"mail.send offline"_s);
        QCOMPARE(asked.queryItemValue(u"code_challenge_method"_s), u"S256"_s);
        QCOMPARE(asked.queryItemValue(u"code_challenge"_s).size(), 43);
        QCOMPARE(asked.queryItemValue(u"state"_s).size(), 43);
        QCOMPARE(asked.queryItemValue(u"login_hint"_s, QUrl::FullyDecoded), u"ann@example.org"_s);
        const QUrl redirect(asked.queryItemValue(u"redirect_uri"_s, QUrl::FullyDecoded));
        QCOMPARE(redirect.host(), u"127.0.0.1"_s);
        QVERIFY(bench.service.isSigningIn(bench.profile.id));

        const QByteArray answer = Test::browse(bench.provider.allow(page));
        QVERIFY2(answer.startsWith("HTTP/1.1 200 OK\r\n"), answer.constData());
        QVERIFY(answer.contains("Cache-Control: no-store\r\n"));
        QVERIFY(answer.contains("<p>Done.</p>"));
        QTRY_COMPARE(bench.signedIn.size(), 1);
        QVERIFY(!bench.service.isSigningIn(bench.profile.id));

        QCOMPARE(bench.provider.forms.size(), 1);
        const QByteArray form = bench.provider.forms.first();
        const QByteArray verifier = form.sliced(form.lastIndexOf('=') + 1);
        QCOMPARE(verifier.size(), 43);
        QCOMPARE(form,
            "grant_type=authorization_code&code=code-canary-1&redirect_uri="
                + QUrl::toPercentEncoding(redirect.toString())
                + "&client_id=client%261&code_verifier=" + verifier);

        // Kept like a password, at a place of its own; good without asking again.
        QVERIFY(!bench.credentials.kept.contains(bench.profile.id));
        QCOMPARE(bench.kept().refreshToken.reveal(), "refresh-canary-1"_ba);
        QCOMPARE(shown(bench.token()), "access-canary-1"_ba);
        QCOMPARE(bench.provider.forms.size(), 1);
        const auto state = bench.service.state(bench.profile).result();
        QVERIFY(state && state->signedIn && !state->hasClientSecret);
        QCOMPARE(state->expires, bench.clock.utcNow().addSecs(3600));
    }

    void clientSecretIsKept()
    {
        Bench bench;
        bench.provider.clientSecret = "client s3cret+";
        QVERIFY(bench.signIn(Base::Secret("client s3cret+"_ba)));
        QVERIFY(bench.provider.forms.last().contains("&client_secret=client%20s3cret%2B&"));
        bench.signedIn.clear();
        QVERIFY(bench.signIn()); // the kept one
        QVERIFY(bench.service.state(bench.profile).result()->hasClientSecret);
    }

    // E9: a run outlives its token; each further session logs in with one that is good then.
    void repeatedRun_data()
    {
        QTest::addColumn<bool>("revoked");
        QTest::addColumn<int>("connections");
        QTest::addColumn<Delivery::OutcomeCounts>("counts");
        QTest::newRow("expired") << false << 3 << Delivery::OutcomeCounts {3, 0, 0, 0, 0};
        QTest::newRow("taken back") << true << 1 << Delivery::OutcomeCounts {1, 0, 0, 0, 1};
    }
    void repeatedRun()
    {
        QFETCH(bool, revoked);
        QFETCH(int, connections);
        QFETCH(Delivery::OutcomeCounts, counts);
        QList<Test::Script> scripts;
        for (const char *token : {"access-canary-1", "access-canary-2", "access-canary-3"}) {
            const QByteArray login = "user=ann@example.org\x01"
                                     "auth=Bearer "_ba
                + token + "\x01\x01";
            scripts.append(Test::Script::hello({"AUTH XOAUTH2"_ba})
                    .answer("AUTH XOAUTH2 " + login.toBase64(), "235 ok\r\n"_ba)
                    .transaction()
                    .cut());
        }
        Test::FakeRelay relay(scripts);
        Bench bench;
        QVERIFY(bench.signIn());
        Delivery::RepeatRequest run {{}, 3, 1};
        Delivery::SendRequest &request = run.request;
        request.target.host = u"127.0.0.1"_s;
        request.target.port = relay.port();
        request.session.ehloName = "me.example"_ba;
        request.session.tls = Smtp::TlsPolicy::None;
        request.session.auth.need = Smtp::AuthOptions::Need::Required;
        request.session.auth.allowWithoutTls = true;
        request.session.auth.user = "ann@example.org"_ba;
        request.session.auth.token = *bench.token();
        request.envelope.reversePath = *Smtp::Mailbox::parse("ann@example.org");
        request.envelope.forwardPaths = {*Smtp::Mailbox::parse("to@example.org")};
        request.content = Base::Content();
        request.content->bytes = "Subject: x\r\n\r\nbody\r\n"_ba;
        run.freshToken = [&] {
            bench.clock.advance(3600s);
            if (revoked)
                bench.provider.revoke();
            return bench.service.accessToken(bench.profile);
        };
        const Base::SystemClock clock;
        Delivery::RepeatService service(nullptr, clock);
        QSignalSpy finished(&service, &Delivery::RepeatService::finished);
        service.start(run);
        QTRY_COMPARE(finished.size(), 1);
        const auto summary = finished.first().first().value<Delivery::RepeatSummary>();
        QCOMPARE(relay.problems(), QStringList());
        QCOMPARE(relay.connections(), connections);
        QCOMPARE(summary.counts, counts);
        QCOMPARE(bench.provider.accessTokens, connections);
    }

    void strangersAreIgnored_data()
    {
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        QTest::newRow("E9 wrong state") << "state="_ba << "state=x"_ba;
        QTest::newRow("E9 no state") << "state="_ba << "other="_ba;
        QTest::newRow("E9 state twice") << "state="_ba << "state=x&state="_ba;
        QTest::newRow("E9 code twice") << "code="_ba << "code=x&code="_ba;
        QTest::newRow("E9 no code") << "code="_ba << "c0de="_ba;
        QTest::newRow("E9 another path") << "/?"_ba << "/other?"_ba;
        QTest::newRow("the browser's icon") << "/?"_ba << "/favicon.ico?"_ba;
    }
    void strangersAreIgnored()
    {
        QFETCH(const QByteArray, from);
        QFETCH(const QByteArray, to);
        Bench bench;
        const QUrl page = bench.begin();
        const QUrl right = bench.provider.allow(page);
        const QByteArray answer = Test::browse(
            QUrl::fromEncoded(right.toEncoded().replace(from, to)));
        QVERIFY2(answer.startsWith("HTTP/1.1 404 "), answer.constData());
        QVERIFY(bench.provider.forms.isEmpty());
        // The right one still comes through.
        QVERIFY(Test::browse(right).startsWith("HTTP/1.1 200 "));
        QTRY_COMPARE(bench.signedIn.size(), 1);
    }

    void badRequests_data()
    {
        QTest::addColumn<QByteArray>("request");
        QTest::addColumn<QByteArray>("status");
        QTest::newRow("E9 another host's name")
            << "GET /?state=%s HTTP/1.1\r\nHost: evil.example:%p\r\n\r\n"_ba << "HTTP/1.1 400 "_ba;
        QTest::newRow("no host") << "GET /?state=%s HTTP/1.1\r\n\r\n"_ba << "HTTP/1.1 400 "_ba;
        QTest::newRow("POST") << "POST / HTTP/1.1\r\nHost: localhost:%p\r\n\r\n"_ba
                              << "HTTP/1.1 400 "_ba;
        QTest::newRow("no HTTP") << "EHLO me\r\n\r\n"_ba << "HTTP/1.1 400 "_ba;
        QTest::newRow("too long") << "GET /" + QByteArray(64 * 1024, 'a') << "HTTP/1.1 400 "_ba;
    }
    void badRequests()
    {
        QFETCH(QByteArray, request);
        QFETCH(const QByteArray, status);
        Bench bench;
        const QUrl right = bench.provider.allow(bench.begin());
        const auto port = static_cast<quint16>(right.port());
        request.replace("%p", QByteArray::number(port));
        request.replace("%s", QUrlQuery(right).queryItemValue(u"state"_s).toLatin1());
        const QByteArray answer = Test::exchange(port, request);
        // A flood is answered too, but may be cut off by the reset behind it.
        QVERIFY2(answer.startsWith(status) || (answer.isEmpty() && request.size() > 60'000),
            answer.constData());
        QVERIFY(Test::browse(right).startsWith("HTTP/1.1 200 "));
        QTRY_COMPARE(bench.signedIn.size(), 1);
    }

    void replayedRedirect()
    {
        Bench bench;
        const QUrl page = bench.begin();
        const QUrl right = bench.provider.allow(page);
        QVERIFY(Test::browse(right).startsWith("HTTP/1.1 200 "));
        QTRY_COMPARE(bench.signedIn.size(), 1);
        QCOMPARE(Test::browse(right), ""_ba); // nobody listens
        QCOMPARE(bench.provider.forms.size(), 1);
    }

    void userSaysNo()
    {
        Bench bench;
        const QByteArray answer = Test::browse(FakeProvider::deny(bench.begin()));
        QVERIFY(answer.contains("<p>&lt;No&gt;</p>"));
        const Base::Error error = bench.failure();
        QCOMPARE(error.kind, Kind::Denied);
        QCOMPARE(error.detail, u"oauth: access_denied: The user said no"_s);
        QVERIFY(bench.credentials.kept.isEmpty());
        QVERIFY(!bench.service.isSigningIn(bench.profile.id));
    }

    /// A code that somebody else asked for is worth nothing (RFC 7636).
    void verifierIsChecked()
    {
        Bench bench;
        const QUrl page = bench.begin();
        QUrl stolen = page;
        QUrlQuery query(stolen);
        query.removeQueryItem(u"code_challenge"_s);
        query.addQueryItem(u"code_challenge"_s, QString(43, u'A'));
        stolen.setQuery(query);
        QVERIFY(Test::browse(bench.provider.allow(stolen)).startsWith("HTTP/1.1 200 "));
        QVERIFY(bench.failure().detail.startsWith(u"oauth: invalid_grant"_s));
        QVERIFY(bench.credentials.kept.isEmpty());
    }

    void twoSignInsDiffer()
    {
        Bench bench;
        const QUrlQuery one(bench.begin());
        const QUrlQuery other(bench.begin()); // gives the first one up
        QCOMPARE(bench.failure().kind, Kind::Cancelled);
        QVERIFY(one.queryItemValue(u"state"_s) != other.queryItemValue(u"state"_s));
        QVERIFY(
            one.queryItemValue(u"code_challenge"_s) != other.queryItemValue(u"code_challenge"_s));
    }

    void cancelled()
    {
        Bench bench;
        const QUrl right = bench.provider.allow(bench.begin());
        bench.service.cancel(bench.profile.id);
        QCOMPARE(bench.failure().kind, Kind::Cancelled);
        QTRY_COMPARE(Test::browse(right), ""_ba);
        QVERIFY(bench.failed.isEmpty());
    }

    void nobodyComes()
    {
        Bench bench({.signIn = 50ms});
        const QUrl page = bench.begin();
        QVERIFY(!page.isEmpty());
        QCOMPARE(bench.failure().kind, Kind::Timeout);
    }

    void badAnswers_data()
    {
        QTest::addColumn<FakeProvider::Mood>("mood");
        QTest::addColumn<Kind>("kind");
        QTest::newRow("E9 slow") << FakeProvider::Mood::Silent << Kind::Timeout;
        QTest::newRow("E9 huge") << FakeProvider::Mood::Huge << Kind::ReplyTooLong;
        QTest::newRow("E9 a page") << FakeProvider::Mood::Babbling << Kind::MalformedReply;
        QTest::newRow("E9 redirect") << FakeProvider::Mood::Elsewhere << Kind::MalformedReply;
    }
    void badAnswers()
    {
        QFETCH(const FakeProvider::Mood, mood);
        QFETCH(const Kind, kind);
        Bench bench({.request = kind == Kind::Timeout ? 300ms : 20'000ms});
        bench.provider.mood = mood;
        QVERIFY(Test::browse(bench.provider.allow(bench.begin())).startsWith("HTTP/1.1 200 "));
        QCOMPARE(bench.failure().kind, kind);
        QCOMPARE(bench.provider.forms.size(), 1); // secrets follow no redirect
        QVERIFY(bench.credentials.kept.isEmpty());
    }

    void nobodyIsThere()
    {
        Bench bench;
        {
            const FakeProvider gone;
            bench.profile.oauth->tokenEndpoint = gone.tokenEndpoint();
        }
        QVERIFY(Test::browse(bench.provider.allow(bench.begin())).startsWith("HTTP/1.1 200 "));
        const Base::Error error = bench.failure();
        QCOMPARE(error.kind, Kind::Connect);
        QVERIFY2(error.detail.startsWith(u"oauth: "_s), qPrintable(error.detail));
    }

    void refreshedBeforeItExpires()
    {
        Bench bench;
        QVERIFY(bench.signIn());
        bench.clock.advance(3600s - OAuthService::Margin - 1s);
        QCOMPARE(shown(bench.token()), "access-canary-1"_ba);
        bench.clock.advance(1s);
        QCOMPARE(shown(bench.token()), "access-canary-2"_ba);
        QCOMPARE(bench.provider.forms.last(),
            "grant_type=refresh_token&refresh_token=refresh-canary-1&client_id=client%261"_ba);
        // None came with it: the old one stays (RFC 6749 6).
        QCOMPARE(bench.kept().refreshToken.reveal(), "refresh-canary-1"_ba);
        QCOMPARE(bench.kept().expires, bench.clock.utcNow().addSecs(3600));
    }

    void refreshTokensThatChange()
    {
        Bench bench;
        bench.provider.rotates = true;
        QVERIFY(bench.signIn());
        for (int i = 2; i < 5; ++i) {
            bench.clock.advance(1h);
            QCOMPARE(shown(bench.token()), "access-canary-" + QByteArray::number(i));
        }
        QCOMPARE(bench.kept().refreshToken.reveal(), "refresh-canary-4"_ba);
    }

    /// RFC 9700 4.14.2: a second use of a refresh token looks like theft.
    void twoAtOnceRefreshOnce()
    {
        Bench bench;
        bench.provider.rotates = true;
        QVERIFY(bench.signIn());
        bench.clock.advance(1h);
        auto one = bench.service.accessToken(bench.profile);
        auto other = bench.service.accessToken(bench.profile);
        QTRY_VERIFY(one.isFinished() && other.isFinished());
        QCOMPARE(shown(one.result()), "access-canary-2"_ba);
        QCOMPARE(shown(other.result()), "access-canary-2"_ba);
        QCOMPARE(bench.provider.forms.size(), 2);
    }

    void revoked()
    {
        Bench bench;
        bench.provider.clientSecret = "s3cret-canary";
        QVERIFY(bench.signIn(Base::Secret("s3cret-canary"_ba)));
        bench.provider.revoke();
        bench.provider.spokenRefusal = "refresh-canary-1 with s3cret-canary\\u001b[31m\\nis gone";
        bench.clock.advance(1h);
        const TokenResult refused = bench.token();
        QVERIFY(!refused && OAuthService::mustSignIn(refused.error()));
        // What the provider says is masked and harmless.
        QCOMPARE(refused.error().detail,
            u"oauth: invalid_grant: <redacted: refresh token> with <redacted: client secret> "
            "[31m is gone"_s);
        QVERIFY(bench.kept().refreshToken.isEmpty() && bench.kept().accessToken.isEmpty());
        QCOMPARE(bench.kept().clientSecret.reveal(), "s3cret-canary"_ba);
        // Not asked again.
        const auto asked = bench.provider.forms.size();
        const TokenResult again = bench.token();
        QVERIFY(!again && OAuthService::mustSignIn(again.error()));
        QCOMPARE(bench.provider.forms.size(), asked);
        QVERIFY(!bench.service.state(bench.profile).result()->signedIn);
    }

    /// While a token lasts, a provider that is down keeps nobody from sending.
    void providerIsDown()
    {
        Bench bench({.request = 3s});
        QVERIFY(bench.signIn());
        bench.provider.mood = FakeProvider::Mood::Silent;
        bench.clock.advance(3600s - 60s);
        QCOMPARE(shown(bench.token()), "access-canary-1"_ba);
        bench.clock.advance(60s);
        const TokenResult late = bench.token();
        QVERIFY(!late && late.error().kind == Kind::Timeout);
        QVERIFY(!OAuthService::mustSignIn(late.error()));
        bench.provider.mood = FakeProvider::Mood::Honest;
        QCOMPARE(shown(bench.token()), "access-canary-2"_ba);
    }

    void lifetimeThatNobodyTells()
    {
        Bench bench;
        bench.provider.lifetime = 0;
        QVERIFY(bench.signIn());
        QCOMPARE(shown(bench.token()), "access-canary-2"_ba); // fresh each time
    }

    /// A changed profile takes the refresh token to nobody else.
    void anotherEndpointIsAnotherGrant()
    {
        Bench bench;
        QVERIFY(bench.signIn());
        const FakeProvider stranger;
        bench.profile.oauth->tokenEndpoint = stranger.tokenEndpoint();
        bench.clock.advance(1h);
        const TokenResult token = bench.token();
        QVERIFY(!token && OAuthService::mustSignIn(token.error()));
        QVERIFY(stranger.forms.isEmpty());
    }

    void signedOut()
    {
        Bench bench;
        QVERIFY(bench.signIn());
        QVERIFY(bench.service.signOut(bench.profile.id).result());
        QVERIFY(bench.credentials.kept.isEmpty());
        QVERIFY(OAuthService::mustSignIn(bench.token().error()));
    }

    /// What a refresh brings when the user has signed out meanwhile is used, and not kept.
    void signedOutWhileRefreshing()
    {
        Bench bench;
        QVERIFY(bench.signIn());
        bench.clock.advance(1h);
        auto refreshing = bench.service.accessToken(bench.profile);
        QVERIFY(!refreshing.isFinished());
        bench.service.signOut(bench.profile.id);
        QTRY_VERIFY(refreshing.isFinished());
        QCOMPARE(shown(refreshing.result()), "access-canary-2"_ba);
        QVERIFY(bench.credentials.kept.isEmpty());
    }

    void changesAreTold()
    {
        Bench bench;
        const QSignalSpy changed(&bench.service, &OAuthService::stateChanged);
        QVERIFY(bench.signIn());
        QCOMPARE(changed.size(), 1);
        QVERIFY(bench.service.state(bench.profile).result()->renews);
        bench.clock.advance(1h);
        QVERIFY(bench.token());
        QCOMPARE(changed.size(), 2);
        bench.provider.revoke();
        bench.clock.advance(1h);
        QVERIFY(!bench.token());
        QCOMPARE(changed.size(), 3);
        QVERIFY(!bench.service.state(bench.profile).result()->renews);
        QVERIFY(bench.service.signOut(bench.profile.id).result());
        QCOMPARE(changed.size(), 4);
    }

    void profileWithoutClient()
    {
        Bench bench;
        bench.profile.oauth.reset();
        bench.service.signIn(bench.profile);
        QCOMPARE(bench.failure().kind, Kind::InvalidInput);
        QCOMPARE(bench.token().error().kind, Kind::InvalidInput);
    }

    void goneWhileRunning()
    {
        Bench bench;
        bench.provider.mood = FakeProvider::Mood::Silent;
        QVERIFY(Test::browse(bench.provider.allow(bench.begin())).startsWith("HTTP/1.1 200 "));
        QTRY_COMPARE(bench.provider.forms.size(), 1);
    } // no leak, nothing told to who is gone
};

QTEST_GUILESS_MAIN(TestOAuthService)
#include "tst_oauthservice.moc"
