// SPDX-License-Identifier: GPL-3.0-or-later
// E9: signing in to a relay's provider through the form.
#include "relays/relayspanel.h"

#include "accessiblewalk.h"
#include "base/literals.h"
#include "delivery/sendservice.h"
#include "fakeprovider.h"
#include "fakerepositories.h"
#include "pictures.h"
#include "relay/profilejson.h"
#include "relay/profileservice.h"
#include "relays/signinrow.h"
#include "testsupport.h"
#include "theme/theme.h"

#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDesktopServices>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QTest>
#include <QTimeZone>
#include <QToolButton>

using namespace Mailgauge;
using namespace std::chrono_literals;
using Relay::RelayProfile;
using Relays::SignInState;
using Test::FakeProvider;

namespace {

/// The user's browser, which shows what it is given and goes nowhere by itself.
class Browser final : public QObject {
    Q_OBJECT

public:
    Browser() { QDesktopServices::setUrlHandler(u"http"_s, this, "open"); }
    ~Browser() override { QDesktopServices::unsetUrlHandler(u"http"_s); }

    QList<QUrl> pages;

public Q_SLOTS:
    void open(const QUrl &page) { pages.append(page); }
};

RelayProfile profileOf(const FakeProvider &provider)
{
    RelayProfile profile;
    profile.id = QUuid::createUuid();
    profile.name = u"Office"_s;
    profile.host = u"127.0.0.1"_s;
    profile.tls = Smtp::TlsPolicy::None;
    profile.auth = Smtp::AuthOptions::Need::Required;
    profile.user = u"ann@example.org"_s;
    profile.tokenSource = Relay::TokenSource::Browser;
    profile.oauth = provider.client(u"client-1"_s, {u"mail.send"_s, u"offline"_s});
    return profile;
}

struct Bench {
    Bench()
    {
        RelayProfile plain;
        plain.id = QUuid::createUuid();
        plain.name = u"Plain"_s;
        plain.host = u"mx.example"_s;
        plain.auth = Smtp::AuthOptions::Need::Required;
        plain.user = u"ann"_s;
        repository.kept = {profileOf(provider), plain};
        panel.resize(1100, 900);
        panel.show();
        panel.activateWindow();
        profiles.load();
        show(id());
    }
    [[nodiscard]] QUuid id() const { return repository.kept.first().id; }
    void show(const QUuid &profile)
    {
        panel.select(profile);
        for (const char *name : {"authSection", "signInSection"})
            panel.findChild<QToolButton *>(QLatin1StringView(name))->setChecked(true);
    }
    template <typename T = QLineEdit>
    [[nodiscard]] T *field(const char *name) const
    {
        return panel.findChild<T *>(QLatin1StringView(name));
    }
    [[nodiscard]] QPushButton *button(const char *name) const { return field<QPushButton>(name); }
    [[nodiscard]] bool has(const char *name) const
    {
        return button(name)->isVisibleTo(&panel) && button(name)->isEnabled();
    }
    void press(const char *name)
    {
        QVERIFY(has(name));
        panel.findChild<QScrollArea *>()->ensureWidgetVisible(button(name));
        QTest::mouseClick(button(name), Qt::LeftButton);
    }
    void type(const char *name, const QString &text)
    {
        field(name)->setFocus();
        field(name)->selectAll();
        QTest::keyClick(field(name), Qt::Key_Delete);
        QTest::keyClicks(field(name), text);
    }
    [[nodiscard]] QString state() const { return field<QLabel>("signInState")->text(); }
    [[nodiscard]] QString problem() const { return field<QLabel>("signInProblem")->text(); }
    /// Presses the button and waits for the browser.
    [[nodiscard]] bool begin()
    {
        const auto before = browser.pages.size();
        press("signIn");
        return Test::waitFor([&] { return browser.pages.size() > before; });
    }
    [[nodiscard]] bool signIn()
    {
        return begin()
            && Test::browse(provider.allow(browser.pages.last())).startsWith("HTTP/1.1 200 ")
            && Test::waitFor([this] { return state().startsWith(u"Signed in"_s); });
    }

    Browser browser;
    FakeProvider provider;
    Test::FakeProfiles repository;
    Test::FakeCredentials credentials;
    Test::FakeClock clock;
    Theme::Theme theme;
    Relay::ProfileService profiles {&repository, credentials};
    Delivery::SendService service {nullptr, clock};
    Delivery::RelayTestService tests {service};
    Delivery::OAuthService signIns {credentials, clock, {u"Done."_s, u"No."_s, u"Unknown."_s}};
    Relays::RelaysPanel panel {profiles, tests, signIns, theme};
};

} // namespace

class TestRelaySignIn final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void signsInAndOut()
    {
        Bench b;
        QTRY_COMPARE(b.state(), u"Not signed in."_s);
        QVERIFY(!b.field("profilePassword")->isEnabled());
        QVERIFY(!b.has("signOut") && !b.has("cancelSignIn"));
        QVERIFY(b.begin());
        QCOMPARE(b.state(), u"Signing in: go on in the browser."_s);
        QVERIFY(!b.has("signIn") && b.has("cancelSignIn"));
        b.press("copySignInPage");
        QCOMPARE(QGuiApplication::clipboard()->text(),
            b.browser.pages.last().toString(QUrl::FullyEncoded));
        QVERIFY(Test::browse(b.provider.allow(b.browser.pages.last())).contains("Done."));
        QTRY_VERIFY(b.state().startsWith(u"Signed in for ann@example.org."_s));
        QVERIFY(b.state().endsWith(u"and is renewed by itself."_s));
        QVERIFY(b.credentials.kept.contains(Relay::oauthSlot(b.id())));
        QCOMPARE(b.button("signIn")->text(), u"Sign in again…"_s);
        b.press("signOut");
        QTRY_COMPARE(b.state(), u"Not signed in."_s);
        QVERIFY(b.credentials.kept.isEmpty());
    }

    void cancelled()
    {
        Bench b;
        QVERIFY(b.begin());
        b.press("cancelSignIn");
        QTRY_COMPARE(b.state(), u"Not signed in."_s);
        QCOMPARE(b.problem(), QString());
        QVERIFY(
            !Test::browse(b.provider.allow(b.browser.pages.last())).startsWith("HTTP/1.1 200 "));
        QVERIFY(b.credentials.kept.isEmpty());
        QVERIFY(b.signIn());
    }

    void userSaysNo()
    {
        Bench b;
        QVERIFY(b.signIn());
        QVERIFY(b.begin());
        QVERIFY(Test::browse(FakeProvider::deny(b.browser.pages.last())).contains("No."));
        QTRY_VERIFY(b.problem().contains(u"access_denied"_s));
        // What was granted before is granted still.
        QTRY_VERIFY(b.state().startsWith(u"Signed in"_s));
        QVERIFY(b.signIn());
        QCOMPARE(b.problem(), QString());
    }

    /// A session that finds the permission taken back is seen in the form, too.
    void revoked()
    {
        Bench b;
        b.profiles.setTokenProvider(&b.signIns);
        QVERIFY(b.signIn());
        b.clock.advance(1h);
        const auto once = b.profiles.secrets(b.repository.kept.first());
        QTRY_VERIFY(once.isFinished());
        QCOMPARE(once.result()->token, Base::Secret("access-canary-2"_ba));
        b.provider.revoke();
        b.clock.advance(1h);
        const auto again = b.profiles.secrets(b.repository.kept.first());
        QTRY_VERIFY(again.isFinished());
        QVERIFY(Delivery::OAuthService::mustSignIn(again.result().error()));
        QTRY_COMPARE(b.state(), u"Not signed in."_s);
    }

    void whatIsTypedIsSavedFirst()
    {
        Bench b;
        b.type("clientId", u"client-2"_s);
        QCOMPARE(b.button("signIn")->text(), u"Save and sign in…"_s);
        QVERIFY(b.begin());
        QCOMPARE(b.panel.unsaved(), 0);
        // The one that was saved last comes last.
        const auto kept = std::ranges::find_if(b.repository.kept,
            [](const Relay::RelayProfile &one) { return one.oauth.has_value(); });
        QVERIFY(kept != b.repository.kept.end());
        QCOMPARE(kept->oauth->clientId, u"client-2"_s);
        QVERIFY(b.browser.pages.last().query().contains(u"client_id=client-2"_s));
        b.press("cancelSignIn");
        // Not where it cannot be.
        b.type("clientId", QString());
        QVERIFY(!b.has("signIn"));
        QVERIFY(b.field("clientId")->accessibleDescription().contains(u"client id"_s));
        b.type("clientId", u"client-3"_s);
        b.repository.refuses = Base::Error {Base::Error::Kind::Io, u"disk"_s, {}};
        b.press("signIn");
        QTRY_COMPARE(b.panel.unsaved(), 1);
        QCOMPARE(b.browser.pages.size(), 1);
    }

    void clientSecretGoesWithTheSignIn()
    {
        Bench b;
        b.provider.clientSecret = "s3cret-canary";
        b.type("clientSecret", u"s3cret-canary"_s);
        QCOMPARE(b.panel.unsaved(), 0);
        b.show(b.repository.kept.last().id);
        QVERIFY(b.field("clientSecret")->text().isEmpty());
        b.show(b.id());
        QCOMPARE(b.field("clientSecret")->text(), u"s3cret-canary"_s);
        QVERIFY(b.signIn());
        QVERIFY(b.field("clientSecret")->text().isEmpty());
        QVERIFY(b.signIn()); // with the one that is kept
        QVERIFY(!Relay::exportProfiles(b.repository.kept).contains("canary"));
    }

    void knownProviderFillsTheEndpoints_data() { Test::knownProviderRows(); }
    void knownProviderFillsTheEndpoints()
    {
        QFETCH(const QString, host);
        QFETCH(const QString, token);
        QFETCH(const bool, localhost);
        Bench b;
        b.panel.select(b.repository.kept.last().id);
        QVERIFY(!b.field<QToolButton>("signInSection")->isChecked());
        b.type("profileHost", host);
        QVERIFY(b.field("tokenEndpoint")->text().isEmpty());
        auto *source = b.field<QComboBox>("tokenSource");
        source->setCurrentIndex(source->findData(static_cast<int>(Relay::TokenSource::Browser)));
        QVERIFY(b.field<QToolButton>("signInSection")->isChecked());
        QCOMPARE(b.field("tokenEndpoint")->text(), token);
        QVERIFY(b.field("authorizationEndpoint")->text().startsWith(u"https://"_s));
        QVERIFY(!b.field("scopes")->text().isEmpty());
        QCOMPARE(b.field<QCheckBox>("redirectToLocalhost")->isChecked(), localhost);
        QVERIFY(!b.has("signIn")); // the client id is the user's own
        b.type("clientId", u"mine"_s);
        QVERIFY(b.has("signIn"));
    }

    void wrongEndpoints()
    {
        Bench b;
        b.type("tokenEndpoint", u"http://mx.example/token"_s);
        QVERIFY(!b.has("signIn"));
        QVERIFY(b.field("tokenEndpoint")->accessibleDescription().contains(u"https://"_s));
        b.type("tokenEndpoint", u"https://mx.example/token"_s);
        QVERIFY(b.has("signIn"));
        b.type("scopes", u"a \"b"_s);
        QVERIFY(!b.has("signIn"));
        // Nobody minds while a password is used.
        b.field<QComboBox>("tokenSource")->setCurrentIndex(0);
        QVERIFY(b.field("scopes")->accessibleDescription().isEmpty());
        for (QPushButton *one : b.panel.findChildren<QPushButton *>()) {
            if (one->text() == u"Save"_s)
                QVERIFY(one->isEnabled());
        }
    }

    void everyStateHasItsSentence_data()
    {
        QTest::addColumn<SignInState>("state");
        QTest::addColumn<QString>("sentence");
        using Phase = SignInState::Phase;
        const QDateTime far(QDate(2033, 5, 4), QTime(3, 2), QTimeZone::LocalTime);
        const QString when = QLocale().toString(far, QLocale::ShortFormat);
        QTest::newRow("looked up") << SignInState() << u"Looking up what is kept …"_s;
        QTest::newRow("no browser")
            << SignInState {.phase = Phase::Waiting, .page = QUrl(u"http://127.0.0.1/"_s)}
            << u"No browser could be opened. Copy the address and open it on this machine."_s;
        QTest::newRow("renewed")
            << SignInState {.phase = Phase::SignedIn, .expires = far, .renews = true}
            << u"Signed in for ann. The token lasts until %1 and is renewed by itself."_s.arg(when);
        QTest::newRow("not renewed")
            << SignInState {.phase = Phase::SignedIn, .expires = far}
            << u"Signed in for ann until %1. The provider gave nothing to renew it with."_s.arg(
                   when);
        QTest::newRow("without an end")
            << SignInState {.phase = Phase::SignedIn} << u"Signed in for ann."_s;
    }
    void everyStateHasItsSentence()
    {
        QFETCH(const SignInState, state);
        QFETCH(const QString, sentence);
        const Theme::Theme theme;
        Relays::SignInRow row(theme);
        row.setUser(u"ann"_s);
        row.setState(state);
        QCOMPARE(row.findChild<QLabel *>(u"signInState"_s)->text(), sentence);
    }

    void everyControlHasAName()
    {
        Bench b;
        QVERIFY(b.begin());
        QCOMPARE(Test::namelessControls(&b.panel), QStringList());
    }

    void pictures()
    {
        const QString folder = Test::pictureFolder();
        if (folder.isEmpty())
            QSKIP("MAILGAUGE_PICTURES is not set");
        std::optional<Test::DarkPalette> dark;
        for (const char *scheme : {"light", "dark"}) {
            if (scheme == QByteArrayView("dark"))
                dark.emplace();
            for (const QSize size : {QSize(1384, 1100), QSize(968, 700)}) {
                Bench b;
                b.panel.resize(size);
                const auto grab = [&](const char *state) {
                    QCoreApplication::processEvents();
                    b.panel.findChild<QScrollArea *>()->ensureWidgetVisible(
                        b.field<QLabel>("signInState")->parentWidget());
                    QCoreApplication::processEvents();
                    return b.panel.grab().save(
                        u"%1/signin-%2-%3-%4.png"_s.arg(folder, QLatin1StringView(scheme),
                            QString::number(size.width()), QLatin1StringView(state)));
                };
                QTRY_COMPARE(b.state(), u"Not signed in."_s);
                QVERIFY(grab("out"));
                QVERIFY(b.begin());
                QVERIFY(grab("waiting"));
                QVERIFY(!Test::browse(FakeProvider::deny(b.browser.pages.last())).isEmpty());
                QTRY_VERIFY(!b.problem().isEmpty());
                QVERIFY(grab("failed"));
                QVERIFY(b.signIn());
                QVERIFY(grab("in"));
                b.type("clientId", QString());
                QVERIFY(grab("typed"));
            }
        }
    }
};

QTEST_MAIN(TestRelaySignIn)
#include "tst_relaysignin.moc"
