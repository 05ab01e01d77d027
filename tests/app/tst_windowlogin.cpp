// SPDX-License-Identifier: GPL-3.0-or-later
// E9: from the form through the browser to the wire, in the whole window.
#include "testworkbench.h"

#include "fakeprovider.h"
#include "fakerelay.h"
#include "relays/relayspanel.h"
#include "secretforms.h"
#include "shell/actions.h"
#include "shell/pages.h"

#include <QDesktopServices>
#include <QDirIterator>
#include <QFile>
#include <QScrollArea>
#include <QTemporaryDir>
#include <QToolButton>

using namespace Mailgauge;
using Test::FakeProvider;
using Test::FakeRelay;
using Test::Script;
using Test::Workbench;

namespace {

constexpr auto Patience = 30'000;

/// Whose user says yes to whatever is asked.
class Browser final : public QObject {
    Q_OBJECT

public:
    explicit Browser(FakeProvider &provider)
        : m_provider(provider)
    {
        QDesktopServices::setUrlHandler(u"http"_s, this, "open");
    }
    ~Browser() override { QDesktopServices::unsetUrlHandler(u"http"_s); }

public Q_SLOTS:
    void open(const QUrl &page)
    {
        QMetaObject::invokeMethod(
            this,
            [this, page] {
                QVERIFY(Test::browse(m_provider.allow(page)).startsWith("HTTP/1.1 200 "));
            },
            Qt::QueuedConnection);
    }

private:
    FakeProvider &m_provider;
};

Relay::RelayProfile profileOf(const FakeProvider &provider, quint16 port)
{
    Relay::RelayProfile profile;
    profile.id = QUuid::createUuid();
    profile.name = u"Office"_s;
    profile.host = u"127.0.0.1"_s;
    profile.port = port;
    profile.tls = Smtp::TlsPolicy::None;
    profile.auth = Smtp::AuthOptions::Need::Required;
    profile.authWithoutTls = true;
    profile.user = u"ann"_s;
    profile.tokenSource = Relay::TokenSource::Browser;
    profile.oauth = Relay::OAuthClient {.clientId = u"client-1"_s,
        .authorizationEndpoint = provider.authorizationEndpoint(),
        .tokenEndpoint = provider.tokenEndpoint(),
        .scopes = {u"mail.send"_s}};
    profile.deadlines.quit = std::chrono::milliseconds(200);
    return profile;
}

Script login(const QByteArray &token)
{
    return Script::hello({"AUTH PLAIN XOAUTH2"_ba})
        .answer("AUTH XOAUTH2 "
                + ("user=ann\x01"
                   "auth=Bearer "
                    + token + "\x01\x01")
                    .toBase64(),
            "235 2.7.0 ok\r\n"_ba);
}

void send(Workbench &w)
{
    Compose::Draft draft;
    draft.message.from = u"ann@example.org"_s;
    draft.message.to = u"bob@example.net"_s;
    draft.message.text = u"hello\n"_s;
    w.composer().setDraft(draft);
    w.window().actions().action(u"message.send"_s)->trigger();
}

} // namespace

class TestWindowLogin final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void signInSendAndTest()
    {
        FakeProvider provider;
        provider.lifetime = 60; // less than what is left at least: refreshed before each session
        FakeRelay relay(
            {login("access-canary-2"_ba).transaction().quit(), login("access-canary-3"_ba).quit()});
        const Browser browser(provider);
        QTemporaryDir dir;
        {
            Workbench w(dir.path());
            QVERIFY(w.waitForRelay());
            const Relay::RelayProfile profile = profileOf(provider, relay.port());
            Relay::ProfileService &profiles = w.services.profiles();
            QCOMPARE(profiles.save(profile), profile.id);
            profiles.setCurrent(profile.id);

            // Nobody has signed in: nothing goes out, and the window says what to do.
            send(w);
            QTRY_VERIFY_WITH_TIMEOUT(
                w.messages().join(u'\n').contains(u"Nobody is signed in"_s), Patience);
            QCOMPARE(relay.connections(), 0);

            w.window().pages().show(u"relays"_s);
            auto *panel = w.window().pages().widget(u"relays"_s);
            QVERIFY(panel);
            static_cast<Relays::RelaysPanel *>(panel)->select(profile.id);
            panel->findChild<QToolButton *>(u"signInSection"_s)->setChecked(true);
            auto *signIn = panel->findChild<QPushButton *>(u"signIn"_s);
            panel->findChild<QScrollArea *>()->ensureWidgetVisible(signIn);
            QTest::mouseClick(signIn, Qt::LeftButton);
            auto *state = panel->findChild<QLabel *>(u"signInState"_s);
            QTRY_VERIFY_WITH_TIMEOUT(state->text().startsWith(u"Signed in for ann"_s), Patience);

            send(w);
            QTRY_VERIFY_WITH_TIMEOUT(relay.hasEnded(0), Patience);
            QVERIFY(provider.forms.last().startsWith("grant_type=refresh_token&"));
            w.window().pages().show(u"relays"_s);
            static_cast<Relays::RelaysPanel *>(panel)->test();
            QTRY_VERIFY_WITH_TIMEOUT(relay.connections() == 2 && relay.hasEnded(1), Patience);
            QCOMPARE(relay.problems(), QStringList());
            QTRY_VERIFY(w.lines().join(u'\n').contains(u"<redacted: AUTH XOAUTH2>"_s));
            QVERIFY(!w.lines().join(u'\n').contains(u"canary"_s));
        }
        // E1, E4: nothing of it is left behind; there is no keyring and no vault here.
        QDirIterator files(dir.path(), QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
        int seen = 0;
        while (files.hasNext()) {
            QFile file(files.next());
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QByteArray bytes = file.readAll();
            for (const char *secret : {"access-canary-1", "access-canary-2", "access-canary-3",
                     "refresh-canary-1", "code-canary-1"})
                QCOMPARE(Test::leakIn(bytes, secret), QByteArray());
            ++seen;
        }
        QVERIFY(seen > 1);
    }
};

QTEST_MAIN(TestWindowLogin)
#include "tst_windowlogin.moc"
