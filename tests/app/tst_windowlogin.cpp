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
#include <QScrollArea>
#include <QTemporaryDir>
#include <QToolButton>

using namespace Mailgauge;
using Test::FakeProvider;
using Test::FakeRelay;
using Test::Workbench;
using Test::xoauth2Login;

namespace {

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
    profile.oauth = provider.client(u"client-1"_s, {u"mail.send"_s});
    profile.deadlines.quit = std::chrono::milliseconds(200);
    return profile;
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
        FakeRelay relay({xoauth2Login("access-canary-2"_ba).transaction().quit(),
            xoauth2Login("access-canary-3"_ba).quit()});
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
            QTRY_VERIFY(w.messages().join(u'\n').contains(u"Nobody is signed in"_s));
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
            QTRY_VERIFY(state->text().startsWith(u"Signed in for ann"_s));

            send(w);
            QTRY_VERIFY(relay.hasEnded(0));
            QVERIFY(provider.forms.last().startsWith("grant_type=refresh_token&"));
            w.window().pages().show(u"relays"_s);
            static_cast<Relays::RelaysPanel *>(panel)->test();
            QTRY_VERIFY(relay.connections() == 2 && relay.hasEnded(1));
            QCOMPARE(relay.problems(), QStringList());
            QTRY_VERIFY(w.lines().join(u'\n').contains(u"<redacted: AUTH XOAUTH2>"_s));
            QVERIFY(!w.lines().join(u'\n').contains(u"canary"_s));
        }
        // E1, E4: nothing of it is left behind; there is no keyring and no vault here.
        const QHash<QString, QByteArray> files = Test::filesBelow(dir.path());
        QVERIFY(files.size() > 1);
        for (const QByteArray &bytes : files) {
            for (const char *secret : {"access-canary-1", "access-canary-2", "access-canary-3",
                     "refresh-canary-1", "code-canary-1"})
                QCOMPARE(Test::leakIn(bytes, secret), QByteArray());
        }
    }
};

QTEST_MAIN(TestWindowLogin)
#include "tst_windowlogin.moc"
