// SPDX-License-Identifier: GPL-3.0-or-later
#include "relays/relayspanel.h"

#include "accessiblewalk.h"
#include "base/literals.h"
#include "fakerelay.h"
#include "fakerepositories.h"
#include "models/profilesmodel.h"
#include "pictures.h"
#include "relay/profilejson.h"
#include "widgets/messagebar.h"

#include <QAbstractItemModelTester>
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QFile>
#include <QFileDialog>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPromise>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTabBar>
#include <QTemporaryDir>
#include <QTest>
#include <QToolBar>
#include <QToolButton>
#include <QTreeWidget>

#include <sys/stat.h>

using namespace Mailgauge;
using Relay::RelayProfile;

namespace {

using SecretResult = Base::Result<std::optional<Base::Secret>>;

/// A keyring that answers a reading when the test says so.
class SlowCredentials final : public Relay::CredentialStore {
public:
    [[nodiscard]] Backend backend() const override { return place; }
    QFuture<SecretResult> read(QUuid) override
    {
        ++asked;
        m_answer = QPromise<SecretResult>();
        m_answer.start();
        return m_answer.future();
    }
    Test::Done write(QUuid, Base::Secret secret) override
    {
        if (refuses)
            return QtFuture::makeReadyValueFuture(Base::Result<void>(std::unexpected(*refuses)));
        written.append(secret.reveal());
        return Test::done();
    }
    Test::Done remove(QUuid) override { return Test::done(); }
    void answer(const SecretResult &result)
    {
        m_answer.addResult(result);
        m_answer.finish();
    }

    Backend place = Backend::SessionOnly;
    int asked = 0;
    QList<QByteArray> written;
    std::optional<Base::Error> refuses;

private:
    QPromise<SecretResult> m_answer;
};

RelayProfile named(const QString &name)
{
    RelayProfile profile;
    profile.id = QUuid::createUuid();
    profile.name = name;
    profile.host = u"127.0.0.1"_s;
    profile.tls = Smtp::TlsPolicy::None;
    profile.auth = Smtp::AuthOptions::Need::IfOffered;
    return profile;
}

} // namespace

class TestRelaysPanel final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void model();
    void newProfileIsKeptOnlyWhenItCanBeUsed();
    void refusedInput_data();
    void refusedInput();
    void pastedLineBreakIsTakenAway();
    void sectionsTellWhatIsSetThere();
    void everyFieldIsSaved();
    void unreadableTextSurvivesAnotherRow();
    void limitsOfStages();
    void everySecretHasItsPlace();
    void takenNameIsRefused();
    void typedTextSurvivesAnotherRow();
    void whatIsSetMeanwhileIsKept();
    void typedTextSurvivesNewAndImport();
    void discardedProfileComesBack();
    void whatCannotBeStoredIsTypedStill();
    void onlyWhatWasStoredIsAStep();
    void deletedProfileComesBackWithItsPassword();
    void passwordThatCannotBeKeptIsTypedStill();
    void importIsAllOrNone();
    void importRefusesAFifo();
    void exports();
    void testIsAskedForOnce();
    void lockedKeyringIsTold();
    void testNamesItsRelay();
    void findingsFollowTheColourScheme();
    void placeOfThePasswordFollows();
    void certificatesThatAreMissingAreTold();
    void builtinOffersANewProfile();
    void littleRoomHasTabs();
    void tabGoesAsTheEyeDoes();
    void everyControlHasAName();
    void pictures();

private:
    template <typename T = QLineEdit>
    [[nodiscard]] T *field(const char *name) const
    {
        return m_panel->findChild<T *>(QLatin1StringView(name));
    }
    void type(const char *name, const QString &text)
    {
        auto *edit = field(name);
        edit->setFocus();
        edit->selectAll();
        QTest::keyClick(edit, Qt::Key_Delete);
        QTest::keyClicks(edit, text);
    }
    [[nodiscard]] QPushButton *button(const QString &text) const
    {
        for (QPushButton *one : m_panel->findChildren<QPushButton *>()) {
            if (one->text() == text && !one->isHidden())
                return one;
        }
        return nullptr;
    }
    void press(const QString &text)
    {
        QPushButton *one = button(text);
        QVERIFY2(one, qPrintable(text));
        QTest::mouseClick(one, Qt::LeftButton);
    }
    void pressTool(const QString &text)
    {
        auto *tools = m_panel->findChild<QToolBar *>();
        for (QAction *action : tools->actions()) {
            if (action->text() == text)
                QTest::mouseClick(tools->widgetForAction(action), Qt::LeftButton);
        }
    }
    [[nodiscard]] QStringList names() const
    {
        QStringList all;
        const QAbstractItemModel *list = m_panel->findChild<QListView *>()->model();
        for (int row = 0; row < list->rowCount(); ++row)
            all.append(list->index(row, 0).data().toString());
        return all;
    }
    void choose(const QString &name)
    {
        auto *list = m_panel->findChild<QListView *>();
        const QModelIndex index = list->model()->index(int(names().indexOf(name)), 0);
        QVERIFY2(index.isValid(), qPrintable(name));
        QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, list->visualRect(index).center());
    }
    void chooseFile(const QString &path)
    {
        QTRY_VERIFY(m_panel->findChild<QFileDialog *>());
        auto *dialog = m_panel->findChild<QFileDialog *>();
        Q_EMIT dialog->fileSelected(path);
        dialog->reject();
    }
    void openSections(bool open = true)
    {
        for (const char *name :
            {"routeSection", "connectionSection", "tlsSection", "authSection", "protocolSection"})
            field<QToolButton>(name)->setChecked(open);
    }
    [[nodiscard]] QString problem() const { return field<QLabel>("profileProblem")->text(); }
    [[nodiscard]] Widgets::MessageBar *bar() const
    {
        return m_panel->findChild<Widgets::MessageBar *>();
    }
    void make();

    Base::SystemClock m_clock;
    Theme::Theme m_theme;
    Test::FakeProfiles m_kept;
    Test::FakeCredentials m_passwords;
    SlowCredentials m_slow;
    Relay::CredentialStore *m_credentials = nullptr;
    std::unique_ptr<Delivery::SendService> m_sending;
    std::unique_ptr<Delivery::RelayTestService> m_tests;
    std::unique_ptr<Delivery::OAuthService> m_signIns;
    std::unique_ptr<Relay::ProfileService> m_profiles;
    std::unique_ptr<Relays::RelaysPanel> m_panel;
};

void TestRelaysPanel::init()
{
    m_kept.kept = {named(u"Home"_s), named(u"Office"_s)};
    m_kept.refuses.reset();
    m_passwords.kept.clear();
    m_slow = SlowCredentials();
    m_credentials = &m_passwords;
    make();
}

void TestRelaysPanel::make()
{
    m_panel.reset();
    m_tests.reset();
    m_sending = std::make_unique<Delivery::SendService>(nullptr, m_clock);
    m_tests = std::make_unique<Delivery::RelayTestService>(*m_sending);
    m_signIns = std::make_unique<Delivery::OAuthService>(
        *m_credentials, m_clock, Delivery::OAuthPageTexts());
    m_profiles = std::make_unique<Relay::ProfileService>(&m_kept, *m_credentials);
    m_panel = std::make_unique<Relays::RelaysPanel>(*m_profiles, *m_tests, *m_signIns, m_theme);
    m_panel->resize(1100, 900);
    m_panel->show();
    m_panel->activateWindow();
    QVERIFY(Test::waitForActive(m_panel.get()));
    m_profiles->load();
    QTRY_COMPARE(names(), QStringList({u"Home"_s, u"Office"_s}));
}

void TestRelaysPanel::model()
{
    Models::ProfilesModel model;
    const QAbstractItemModelTester tester(&model);
    const RelayProfile one = named(u"One"_s);
    model.setProfiles({one});
    model.setProfiles({one}, {one.id});
    QVERIFY(model.index(0).data(Models::ProfilesModel::UnsavedRole).toBool());
    QCOMPARE(model.index(0).data(Qt::AccessibleTextRole).toString(), u"One, not saved"_s);
    QCOMPARE(model.rowOf(one.id), 0);
}

void TestRelaysPanel::newProfileIsKeptOnlyWhenItCanBeUsed()
{
    pressTool(u"New profile"_s);
    QCOMPARE(names().last(), u"• New relay"_s);
    QVERIFY(problem().contains(u"host"_s));
    QVERIFY(!button(u"Save"_s)->isEnabled());
    QCOMPARE(m_kept.kept.size(), 2);
    QCOMPARE(m_panel->unsaved(), 1);
    type("profileName", u"New one"_s);
    type("profileHost", u"relay.example"_s);
    QVERIFY2(problem().isEmpty(), qPrintable(problem()));
    press(u"Save"_s);
    QTRY_COMPARE(m_kept.kept.size(), 3);
    QCOMPARE(m_kept.kept.last().name, u"New one"_s);
    QCOMPARE(m_panel->unsaved(), 0);
    QVERIFY(names().contains(u"New one"_s));
    QTRY_VERIFY(m_panel->findChild<QToolBar *>()->actions().last()->isEnabled());
    pressTool(m_panel->findChild<QToolBar *>()->actions().last()->text()); // undo
    QTRY_COMPARE(m_kept.kept.size(), 2);
}

void TestRelaysPanel::refusedInput_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("says");
    QTest::newRow("no host") << "profileHost"_ba << QString() << u"host"_s;
    QTest::newRow("no name") << "profileName"_ba << QString() << u"name"_s;
    QTest::newRow("tab in the user") << "profileUser"_ba << u"al\tice"_s << u"User"_s;
    QTest::newRow("longer than can be read")
        << "profileHost"_ba << QString(4097, u'x') << u"4096"_s;
    QTest::newRow("rfc4422 3.1 mechanism") << "mechanisms"_ba << u"FOO!"_s << u"mechanism"_s;
    QTest::newRow("proxy without a scheme") << "proxy"_ba << u"p.example:1080"_s << u"proxy"_s;
    QTest::newRow("E4 password of a proxy")
        << "proxy"_ba << u"http://ann:pw@p.example"_s << u"password"_s;
    QTest::newRow("fixed address without one") << "pins"_ba << u"h:25"_s << u"h:25"_s;
    QTest::newRow("alias of nothing")
        << "mechanismAliases"_ba << u"X-A=NONE"_s << u"no mechanism"_s;
    QTest::newRow("own address by name") << "localAddress"_ba << u"here"_s << u"IP address"_s;
    QTest::newRow("resolver by name") << "resolver"_ba << u"dns.example"_s << u"name server"_s;
    QTest::newRow("XCLIENT") << "xclient"_ba << u"A="_s << u"XCLIENT"_s;
    QTest::newRow("limit of no stage") << "limits"_ba << u"rcp=30"_s << u"limits"_s;
    QTest::newRow("pin") << "pin"_ba << u"abcd"_s << u"64 hex"_s;
    QTest::newRow("key alone") << "keyFile"_ba << u"/k"_s << u"certificate"_s;
    QTest::newRow("tab in the token command") << "tokenCommand"_ba << u"a\tb"_s << u"Token"_s;
    QTest::newRow("EHLO name with a space") << "ehloName"_ba << u"my machine"_s << u"EHLO"_s;
    QTest::newRow("sender without domain") << "defaultSender"_ba << u"ann <"_s << u"sender"_s;
    QTest::newRow("bounces to no address") << "bounceAddress"_ba << u"bounces@"_s << u"Bounces"_s;
}

void TestRelaysPanel::refusedInput()
{
    QFETCH(QByteArray, name);
    QFETCH(QString, text);
    QFETCH(QString, says);
    RelayProfile profile = m_kept.kept.first();
    profile.user = u"ann"_s;
    m_kept.kept.first() = profile;
    make();
    openSections();
    // As from the clipboard: what is typed cannot hold a tab.
    QGuiApplication::clipboard()->setText(text);
    auto *edit = field(name.constData());
    edit->setFocus();
    edit->selectAll();
    if (text.isEmpty())
        QTest::keyClick(edit, Qt::Key_Delete);
    else
        edit->paste();
    QVERIFY2(problem().contains(says, Qt::CaseInsensitive), qPrintable(problem()));
    QVERIFY(!button(u"Save"_s)->isEnabled());
    QVERIFY(!button(u"Test this relay"_s)->isEnabled());
    QCOMPARE(m_kept.kept.first(), profile);
}

void TestRelaysPanel::pastedLineBreakIsTakenAway()
{
    QGuiApplication::clipboard()->setText(u" relay.example\n"_s);
    auto *edit = field("profileHost");
    edit->setFocus();
    edit->selectAll();
    edit->paste();
    press(u"Save"_s);
    QTRY_COMPARE(m_kept.kept.last().host, u"relay.example"_s);
}

void TestRelaysPanel::sectionsTellWhatIsSetThere()
{
    m_kept.kept.first().route.by = Relay::RouteBy::Mx;
    m_kept.kept.first().route.family = Relay::Family::IPv6;
    m_kept.kept.first().protocol = Smtp::Protocol::Lmtp;
    make();
    auto *route = field<QToolButton>("routeSection");
    QCOMPARE(route->text(), u"Route: MX, IPv6"_s);
    QCOMPARE(field<QToolButton>("protocolSection")->text(), u"Protocol: LMTP"_s);
    QCOMPARE(field<QToolButton>("connectionSection")->text(), u"Connection"_s);
    QVERIFY(!field("pins")->isVisible());
    route->setFocus();
    QTest::keyClick(route, Qt::Key_Space);
    QVERIFY(field("pins")->isVisible());
    QCOMPARE(route->text(), u"Route"_s);
    // Another relay begins simple.
    choose(u"Office"_s);
    QVERIFY(!field("pins")->isVisible());
    QCOMPARE(route->text(), u"Route"_s);
}

void TestRelaysPanel::everyFieldIsSaved()
{
    m_kept.kept.first().tls = Smtp::TlsPolicy::RequireStartTls;
    make();
    openSections();
    type("profileUser", u"ann"_s);
    type("pins", u"mx.example:25:192.0.2.1, mx.example:25:[::1]"_s);
    type("localAddress", u"127.0.0.1"_s);
    type("resolver", u"192.0.2.53"_s);
    type("trustAnchor", u"/anchor"_s);
    type("proxy", u"https://bob@[::1]:3128"_s);
    type("proxyCa", u"/proxy-ca"_s);
    type("xclient", u"NAME=a.example"_s);
    type("serverName", u"sni.example"_s);
    type("verifyName", u"checked.example"_s);
    type("ciphers", u"HIGH"_s);
    type("cipherSuites", u"TLS_AES_128_GCM_SHA256"_s);
    type("tlsGroups", u"P-384"_s);
    type("certificateFile", u"/cert"_s);
    type("keyFile", u"/key"_s);
    type("mechanisms", u"plain login"_s);
    type("authorizationId", u"boss"_s);
    type("ehloName", u"me.example"_s);
    const auto pick = [this](const char *name, int index) {
        field<QComboBox>(name)->setCurrentIndex(index);
    };
    pick("routeBy", 2);
    pick("srvServices", 1);
    pick("family", 1);
    pick("proxyHeader", 2);
    pick("minTls", 1);
    pick("maxTls", 1);
    pick("tokenSource", 1);
    pick("passwordSource", 1);
    type("passwordCommand", u"pass show relay"_s);
    pick("passwordSource", 2);
    type("netrcFile", u"/netrc"_s);
    pick("protocol", 2);
    for (const char *name :
        {"inTurn", "authWithoutTls", "pipelining", "chunking", "smtpUtf8", "eightBitAnyway"})
        field<QAbstractButton>(name)->toggle();
    field<QSpinBox>("chunkSize")->setValue(4096);
    field<QSpinBox>("dnsTimeout")->setValue(7);
    field<QSpinBox>("localPort")->setValue(2000);
    type("proxySource", u"192.0.2.1:4000"_s);
    type("proxyDestination", u"unknown"_s);
    pick("authInitial", 2);
    field<QAbstractButton>("xclientAnyway")->toggle();
    type("mechanismAliases", u"x-plain=plain, X-L=LOGIN"_s);
    QVERIFY2(problem().isEmpty(), qPrintable(problem()));
    RelayProfile expected = m_kept.kept.first();
    press(u"Save"_s);
    expected.user = u"ann"_s;
    expected.route = {.by = Relay::RouteBy::Srv,
        .srv = Relay::SrvServices::Submissions,
        .family = Relay::Family::IPv4,
        .localAddress = QHostAddress(u"127.0.0.1"_s),
        .localPort = 2000,
        .pins = {{u"mx.example"_s, 25, QHostAddress(u"192.0.2.1"_s)},
            {u"mx.example"_s, 25, QHostAddress(u"::1"_s)}},
        .resolver = u"192.0.2.53:53"_s,
        .dnsTimeout = std::chrono::seconds(7),
        .anchorFile = u"/anchor"_s,
        .proxy = Relay::ProxyServer {.kind = Relay::ProxyServer::Kind::HttpsConnect,
            .host = u"::1"_s,
            .port = 3128,
            .user = "bob",
            .remoteNames = true,
            .caFile = u"/proxy-ca"_s},
        .proxyHeader = Relay::ProxyHeader::V2,
        .proxySource = Relay::SocketName {QHostAddress(u"192.0.2.1"_s), 4000},
        .proxyDestination = Relay::SocketName {},
        .xclient = u"NAME=a.example"_s};
    expected.serverName = u"sni.example"_s;
    expected.verifyName = u"checked.example"_s;
    expected.minTls = "1.3";
    expected.maxTls = "1.3";
    expected.ciphers = "HIGH";
    expected.cipherSuites = "TLS_AES_128_GCM_SHA256";
    expected.tlsGroups = "P-384";
    expected.certificateFile = u"/cert"_s;
    expected.keyFile = u"/key"_s;
    expected.mechanisms = {"PLAIN", "LOGIN"};
    expected.authInitial = Smtp::AuthOptions::Initial::Never;
    expected.xclientAnyway = true;
    expected.mechanismAliases = {{"X-PLAIN", "PLAIN"}, {"X-L", "LOGIN"}};
    expected.authInTurn = true;
    expected.authorizationId = u"boss"_s;
    expected.tokenSource = Relay::TokenSource::Kept;
    expected.passwordSource = Relay::PasswordSource::Netrc;
    expected.passwordCommand = u"pass show relay"_s;
    expected.netrcFile = u"/netrc"_s;
    expected.authWithoutTls = true;
    expected.protocol = Smtp::Protocol::Lmtp;
    expected.ehloName = "me.example";
    expected.pipelining = false;
    expected.chunking = Smtp::Chunking::WhereOffered;
    expected.chunkSize = 4096;
    expected.smtpUtf8 = false;
    expected.eightBitAnyway = true;
    QTRY_COMPARE(m_panel->unsaved(), 0);
    QCOMPARE(
        Relay::profileToJson(*m_profiles->profile(expected.id)), Relay::profileToJson(expected));
    // Shown again as the same.
    choose(u"Office"_s);
    choose(u"Home"_s);
    QCOMPARE(m_panel->unsaved(), 0);
    QCOMPARE(field("pins")->text(), u"mx.example:25:192.0.2.1, mx.example:25:[::1]"_s);
    QVERIFY(!button(u"Save"_s)->isEnabled());
}

void TestRelaysPanel::unreadableTextSurvivesAnotherRow()
{
    openSections();
    type("proxy", u"socks9://x"_s);
    QVERIFY(field("proxy")->accessibleDescription().contains(u"proxy"_s));
    choose(u"Office"_s);
    QVERIFY(field("proxy")->text().isEmpty());
    QVERIFY2(problem().isEmpty(), qPrintable(problem()));
    choose(u"• Home"_s);
    QCOMPARE(field("proxy")->text(), u"socks9://x"_s);
    QVERIFY(!problem().isEmpty());
    press(u"Revert"_s);
    QVERIFY(field("proxy")->text().isEmpty());
    QCOMPARE(m_panel->unsaved(), 0);
}

// The three numbers leave no limit of a stage behind that the profile has of its own.
void TestRelaysPanel::limitsOfStages()
{
    using namespace std::chrono_literals;
    Smtp::Deadlines limits;
    limits.rcpt = 30s;
    limits.dot = 900'500ms;
    m_kept.kept.first().deadlines = limits;
    const QUuid home = m_kept.kept.first().id;
    make();
    openSections();
    const auto saved = [this, home] {
        press(u"Save"_s);
        [this] { QTRY_COMPARE(m_panel->unsaved(), 0); }();
        return m_profiles->profile(home)->deadlines;
    };
    QCOMPARE(field("limits")->text(), u"rcpt=30, dot=900.5"_s);
    QCOMPARE(m_panel->unsaved(), 0);
    field<QSpinBox>("replyLimit")->setValue(60);
    for (const Smtp::Stage stage : {Smtp::Stage::Greeting, Smtp::Stage::Helo, Smtp::Stage::StartTls,
             Smtp::Stage::Tls, Smtp::Stage::Auth, Smtp::Stage::Mail, Smtp::Stage::Data})
        limits.set(stage, 60s);
    QCOMPARE(saved(), limits);
    // What was typed last of one limit counts.
    field<QSpinBox>("dotLimit")->setValue(700);
    QCOMPARE(field("limits")->text(), u"rcpt=30"_s);
    type("limits", u"rcpt=31, quit=2.5, connect=0.25"_s);
    limits.rcpt = 31s;
    limits.quit = 2500ms;
    limits.connect = 250ms;
    limits.dot = 700s;
    QCOMPARE(saved(), limits);
    choose(u"Office"_s);
    QCOMPARE(field("limits")->text(), QString());
    choose(u"Home"_s);
    QCOMPARE(field("limits")->text(), u"connect=0.25, rcpt=31, quit=2.5"_s);
    QCOMPARE(m_panel->unsaved(), 0);
}

void TestRelaysPanel::everySecretHasItsPlace()
{
    const QUuid home = m_kept.kept.first().id;
    openSections();
    type("profileUser", u"ann"_s);
    type("profilePassword", u"pw"_s);
    field<QComboBox>("tokenSource")->setCurrentIndex(1);
    type("token", u"tk"_s);
    type("proxy", u"socks5://bob@p.example"_s);
    type("proxyPassword", u"px"_s);
    press(u"Save"_s);
    QTRY_COMPARE(m_passwords.kept.size(), 3);
    for (const auto &[kind, secret] :
        {std::pair {Relay::SecretKind::Password, "pw"}, std::pair {Relay::SecretKind::Token, "tk"},
            std::pair {Relay::SecretKind::ProxyPassword, "px"}})
        QCOMPARE(m_passwords.kept.value(Relay::secretId(home, kind)).reveal(), QByteArray(secret));
    QTRY_VERIFY(field("token")->text().isEmpty());
    QVERIFY(!Relay::exportProfiles(m_kept.kept).contains("px"));
}

void TestRelaysPanel::takenNameIsRefused()
{
    type("profileName", u"office"_s);
    QVERIFY2(problem().contains(u"office"_s), qPrintable(problem()));
    QVERIFY(!button(u"Save"_s)->isEnabled());
}

void TestRelaysPanel::typedTextSurvivesAnotherRow()
{
    type("profileHost", u"typed.example"_s);
    type("profilePassword", u"secret"_s);
    QCOMPARE(names(), QStringList({u"• Home"_s, u"Office"_s}));
    choose(u"Office"_s);
    QCOMPARE(field("profileName")->text(), u"Office"_s);
    QCOMPARE(field("profileHost")->text(), u"127.0.0.1"_s);
    QVERIFY(field("profilePassword")->text().isEmpty());
    choose(u"• Home"_s);
    QCOMPARE(field("profileHost")->text(), u"typed.example"_s);
    QCOMPARE(field("profilePassword")->text(), u"secret"_s);
    press(u"Revert"_s);
    QCOMPARE(field("profileHost")->text(), u"127.0.0.1"_s);
    QVERIFY(field("profilePassword")->text().isEmpty());
    press(u"Undo"_s);
    QCOMPARE(field("profileHost")->text(), u"typed.example"_s);
    press(u"Save"_s);
    QTRY_COMPARE(m_passwords.kept.size(), 1);
    QCOMPARE(m_kept.kept.last().host, u"typed.example"_s);
}

// As the dialog of a certificate pins a key.
void TestRelaysPanel::whatIsSetMeanwhileIsKept()
{
    m_kept.kept.first().tls = Smtp::TlsPolicy::RequireStartTls; // Without, no key can be typed.
    make();
    const QUuid home = m_profiles->profiles().first().id;
    const auto pin = [this, home](const QByteArray &key) {
        RelayProfile profile = *m_profiles->profile(home);
        profile.pin = key;
        m_profiles->save(profile);
        [&] { QTRY_COMPARE(m_kept.kept.last().pin, key); }();
    };
    const QByteArray first(64, 'a');
    const QByteArray second(64, 'b');
    openSections();
    type("profileUser", u"ann"_s);
    pin(first);
    QCOMPARE(field("profileUser")->text(), u"ann"_s);
    QCOMPARE(field("pin")->text(), QString::fromLatin1(first));
    // Also while another is looked at.
    choose(u"Office"_s);
    pin(second);
    choose(u"• Home"_s);
    QCOMPARE(field("profileUser")->text(), u"ann"_s);
    press(u"Save"_s);
    QTRY_COMPARE(m_panel->unsaved(), 0);
    QCOMPARE(m_profiles->profile(home)->user, u"ann"_s);
    QCOMPARE(m_profiles->profile(home)->pin, second);
    // Who typed a key means it.
    openSections();
    type("pin", QString::fromLatin1(first));
    pin({});
    QCOMPARE(field("pin")->text(), QString::fromLatin1(first));
    // And what was discarded before comes back as the same change only.
    type("pin", {});
    type("profileUser", u"bob"_s);
    press(u"Revert"_s);
    pin(second);
    press(u"Undo"_s);
    QCOMPARE(field("profileUser")->text(), u"bob"_s);
    QCOMPARE(field("pin")->text(), QString::fromLatin1(second));
    pin(first);
    // Nothing is left to save where both did the same.
    press(u"Revert"_s);
    type("pin", QString::fromLatin1(second));
    QCOMPARE(m_panel->unsaved(), 1);
    pin(second);
    QCOMPARE(m_panel->unsaved(), 0);
}

void TestRelaysPanel::typedTextSurvivesNewAndImport()
{
    type("profileHost", u"typed.example"_s);
    pressTool(u"New profile"_s);
    pressTool(u"Duplicate"_s);
    QCOMPARE(names(),
        QStringList({u"• Home"_s, u"Office"_s, u"• New relay"_s, u"• New relay (copy)"_s}));
    choose(u"• Home"_s);
    QCOMPARE(field("profileHost")->text(), u"typed.example"_s);
}

void TestRelaysPanel::discardedProfileComesBack()
{
    pressTool(u"New profile"_s);
    type("profileHost", u"typed.example"_s);
    press(u"Discard"_s);
    QCOMPARE(names(), QStringList({u"Home"_s, u"Office"_s}));
    press(u"Undo"_s);
    QCOMPARE(names().last(), u"• New relay"_s);
    QCOMPARE(field("profileHost")->text(), u"typed.example"_s);
}

void TestRelaysPanel::whatCannotBeStoredIsTypedStill()
{
    QSignalSpy failed(m_profiles.get(), &Relay::ProfileService::failed);
    type("profileHost", u"typed.example"_s);
    m_kept.refuses = Base::Error {Base::Error::Kind::Full, u"write store: no space"_s, {}};
    press(u"Save"_s);
    QTRY_COMPARE(failed.size(), 1);
    QCOMPARE(m_profiles->profiles().first().host, u"127.0.0.1"_s);
    QCOMPARE(field("profileHost")->text(), u"typed.example"_s);
    QVERIFY(button(u"Save"_s)->isEnabled());
    QVERIFY(!m_panel->findChild<QToolBar *>()->actions().last()->isEnabled());
}

void TestRelaysPanel::onlyWhatWasStoredIsAStep()
{
    type("profileHost", u"typed.example"_s);
    press(u"Save"_s);
    QAction *undo = m_panel->findChild<QToolBar *>()->actions().last();
    QTRY_VERIFY(undo->isEnabled());
    undo->trigger();
    QTRY_COMPARE(m_profiles->profiles().first().host, u"127.0.0.1"_s);
    QCOMPARE(field("profileHost")->text(), u"127.0.0.1"_s);
    QVERIFY(!undo->isEnabled());
}

void TestRelaysPanel::deletedProfileComesBackWithItsPassword()
{
    const QUuid home = m_kept.kept.first().id;
    m_passwords.kept.insert(home, Base::Secret("pw"_ba));
    pressTool(u"Delete"_s);
    QTRY_VERIFY(m_passwords.kept.isEmpty());
    QCOMPARE(m_kept.kept.size(), 1);
    press(u"Undo"_s);
    QTRY_COMPARE(m_passwords.kept.value(home).reveal(), "pw"_ba);
    QCOMPARE(names(), QStringList({u"Home"_s, u"Office"_s}));
    QVERIFY(!bar()->isVisible());
}

void TestRelaysPanel::passwordThatCannotBeKeptIsTypedStill()
{
    m_credentials = &m_slow;
    m_slow.refuses = Base::Error {Base::Error::Kind::Denied, u"keyring: locked"_s, {}};
    make();
    type("profilePassword", u"secret"_s);
    press(u"Save"_s);
    QTRY_VERIFY(bar()->isVisible());
    QCOMPARE(bar()->kind(), Widgets::MessageBar::Kind::Error);
    QCOMPARE(field("profilePassword")->text(), u"secret"_s);
    m_slow.refuses.reset();
    press(u"Save"_s);
    QTRY_COMPARE(m_slow.written, QList<QByteArray> {"secret"});
    QTRY_VERIFY(field("profilePassword")->text().isEmpty());
}

void TestRelaysPanel::importIsAllOrNone()
{
    QTemporaryDir dir;
    const auto write = [&dir](const QString &name, const QList<RelayProfile> &profiles) {
        QFile file(dir.filePath(name));
        const QByteArray bytes = Relay::exportProfiles(profiles);
        return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size();
    };
    QVERIFY(write(u"bad.json"_s, {named(u"Alpha"_s), named(u"office"_s)}));
    QVERIFY(write(u"good.json"_s, {named(u"Alpha"_s), named(u"Beta"_s)}));
    pressTool(u"Import…"_s);
    chooseFile(dir.filePath(u"bad.json"_s));
    QTRY_VERIFY(bar()->isVisible());
    QVERIFY2(bar()->text().contains(u"office"_s), qPrintable(bar()->text()));
    QCOMPARE(m_kept.kept.size(), 2);
    QTRY_VERIFY(!m_panel->findChild<QFileDialog *>());
    pressTool(u"Import…"_s);
    chooseFile(dir.filePath(u"good.json"_s));
    QTRY_COMPARE(m_kept.kept.size(), 4);
    // One step.
    m_panel->findChild<QToolBar *>()->actions().last()->trigger();
    QTRY_COMPARE(m_kept.kept.size(), 2);
}

void TestRelaysPanel::importRefusesAFifo()
{
    QTemporaryDir dir;
    const QString path = dir.filePath(u"fifo.json"_s);
    QCOMPARE(::mkfifo(QFile::encodeName(path).constData(), 0600), 0);
    pressTool(u"Import…"_s);
    chooseFile(path);
    QTRY_VERIFY(bar()->isVisible());
    QVERIFY2(bar()->text().contains(path), qPrintable(bar()->text()));
}

void TestRelaysPanel::exports()
{
    QTemporaryDir dir;
    m_passwords.kept.insert(m_kept.kept.first().id, Base::Secret("pw"_ba));
    const QString path = dir.filePath(u"out.json"_s);
    pressTool(u"Export…"_s);
    chooseFile(path);
    QTRY_VERIFY(bar()->isVisible());
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const auto read = Relay::importProfiles(file.readAll());
    QVERIFY(read);
    QCOMPARE(read->size(), 2);
}

void TestRelaysPanel::testIsAskedForOnce()
{
    m_credentials = &m_slow;
    Test::FakeRelay relay({Test::Script::hello().quit()});
    m_kept.kept.first().port = relay.port();
    make();
    QSignalSpy started(m_panel.get(), &Relays::RelaysPanel::testStarted);
    press(u"Test this relay"_s);
    QVERIFY(!button(u"Test this relay"_s)->isEnabled());
    m_panel->test();
    QCOMPARE(m_slow.asked, 1);
    QCOMPARE(started.size(), 0);
    m_slow.answer(std::optional<Base::Secret>());
    QTRY_COMPARE(started.size(), 1);
    QTRY_VERIFY(button(u"Test this relay"_s)->isEnabled());
    QVERIFY(field<QLabel>("testHeadline")->text().startsWith(u"Home: ready to send"_s));
}

void TestRelaysPanel::lockedKeyringIsTold()
{
    m_credentials = &m_slow;
    make();
    QSignalSpy started(m_panel.get(), &Relays::RelaysPanel::testStarted);
    press(u"Test this relay"_s);
    m_slow.answer(Base::fail(Base::Error::Kind::Denied, u"keyring: locked"_s));
    QTRY_VERIFY(bar()->isVisible());
    QCOMPARE(bar()->kind(), Widgets::MessageBar::Kind::Error);
    QCOMPARE(started.size(), 0);
    QVERIFY(button(u"Test this relay"_s)->isEnabled());
}

void TestRelaysPanel::findingsFollowTheColourScheme()
{
    Test::FakeRelay relay({Test::Script::hello().quit()});
    m_kept.kept.first().port = relay.port();
    make();
    press(u"Test this relay"_s);
    auto *found = m_panel->findChild<QTreeWidget *>();
    QTRY_VERIFY(found->topLevelItemCount() > 0);
    const QTreeWidgetItem *reached = found->topLevelItem(0);
    const QColor light = reached->foreground(0).color();
    const Test::DarkPalette dark;
    QTRY_COMPARE(reached->foreground(0).color(), m_theme.color(Theme::Role::Accepted));
    QVERIFY(reached->foreground(0).color() != light);
}

void TestRelaysPanel::testNamesItsRelay()
{
    Test::FakeRelay relay({Test::Script::hello().quit()});
    m_kept.kept.first().port = relay.port();
    make();
    auto *headline = field<QLabel>("testHeadline");
    const QString nothing = headline->text();
    press(u"Test this relay"_s);
    QVERIFY(headline->text().contains(u"Home"_s));
    // What is found of one relay is not shown for another.
    choose(u"Office"_s);
    QCOMPARE(headline->text(), nothing);
    QTRY_VERIFY(button(u"Test this relay"_s)->isEnabled());
    QCOMPARE(headline->text(), nothing);
    choose(u"Home"_s);
    QVERIFY2(headline->text().startsWith(u"Home: ready"_s), qPrintable(headline->text()));
}

void TestRelaysPanel::placeOfThePasswordFollows()
{
    m_credentials = &m_slow;
    make();
    auto *place = field<QLabel>("passwordPlace");
    const QString before = place->text();
    m_slow.place = Relay::CredentialStore::Backend::Vault;
    Q_EMIT m_profiles->credentialBackendChanged();
    QVERIFY(place->text() != before);
    QVERIFY(place->text().contains(u"vault"_s));
}

void TestRelaysPanel::certificatesThatAreMissingAreTold()
{
    QTemporaryDir dir;
    m_kept.kept.first().tls = Smtp::TlsPolicy::RequireStartTls;
    make();
    openSections();
    type("certificatesFile", dir.filePath(u"no.pem"_s));
    auto *note = field<QLabel>("certificatesNote");
    QTRY_VERIFY(!note->isHidden());
    QVERIFY2(note->text().contains(u"no.pem"_s), qPrintable(note->text()));
    // It may be there when it is needed.
    QVERIFY(button(u"Save"_s)->isEnabled());
    QFile file(dir.filePath(u"some.pem"_s));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("hello") == 5);
    file.close();
    type("certificatesFile", file.fileName());
    QTRY_VERIFY(note->text().contains(u"no certificate"_s));
}

void TestRelaysPanel::builtinOffersANewProfile()
{
    RelayProfile sandbox = named(u"Sandbox"_s);
    m_profiles->setBuiltin(sandbox, {});
    choose(u"Sandbox"_s);
    QVERIFY(!field("profileName")->isVisible());
    QVERIFY(!button(u"Save"_s));
    QVERIFY(button(u"Test this relay"_s)->isEnabled());
    press(u"New profile"_s);
    QVERIFY(field("profileName")->isVisible());
    QVERIFY(field("profileName")->hasFocus());
}

void TestRelaysPanel::littleRoomHasTabs()
{
    auto *tabs = m_panel->findChild<QTabBar *>();
    auto *headline = field<QLabel>("testHeadline");
    QVERIFY(!tabs->isVisible());
    QVERIFY(headline->isVisible() && field("profileName")->isVisible());
    m_panel->resize(600, 500);
    QTRY_VERIFY(tabs->isVisible());
    QVERIFY(!headline->isVisible() && field("profileName")->isVisible());
    QTest::mouseClick(tabs, Qt::LeftButton, {}, tabs->tabRect(1).center());
    QVERIFY(headline->isVisible() && !field("profileName")->isVisible());
    QTest::mouseClick(tabs, Qt::LeftButton, {}, tabs->tabRect(0).center());
    // A test shows what it finds.
    press(u"Test this relay"_s);
    QVERIFY(headline->isVisible());
    QTRY_VERIFY(!headline->text().contains(u"…"_s));
    m_panel->resize(1100, 900);
    QTRY_VERIFY(!tabs->isVisible());
    QVERIFY(headline->isVisible() && field("profileName")->isVisible());
}

void TestRelaysPanel::tabGoesAsTheEyeDoes()
{
    m_kept.kept.first().tls = Smtp::TlsPolicy::RequireStartTls;
    make();
    openSections();
    type("profileHost", u"typed.example"_s);
    QWidget *form = field("profileName")->parentWidget();
    field("profileName")->setFocus();
    QList<QPoint> places;
    QStringList walked;
    for (int step = 0; step < 80; ++step) {
        QWidget *focus = QApplication::focusWidget();
        // Where it is on the form, however far that is scrolled; the buttons are below.
        places.append(form->isAncestorOf(focus) ? focus->mapTo(form, QPoint())
                                                : focus->mapTo(m_panel.get(), QPoint(0, 10'000)));
        walked.append(focus->objectName());
        if (focus == button(u"Save"_s))
            break;
        QTest::keyClick(focus, Qt::Key_Tab);
    }
    QVERIFY2(QApplication::focusWidget() == button(u"Save"_s), qPrintable(walked.join(u' ')));
    for (qsizetype i = 1; i < places.size(); ++i) {
        const bool below = places.at(i).y() > places.at(i - 1).y() + 8;
        const bool right = qAbs(places.at(i).y() - places.at(i - 1).y()) <= 8
            && places.at(i).x() > places.at(i - 1).x();
        QVERIFY2(below || right, qPrintable(u"step %1"_s.arg(i)));
    }
}

void TestRelaysPanel::everyControlHasAName()
{
    QVERIFY2(Test::namelessControls(m_panel.get()).isEmpty(),
        qPrintable(Test::namelessControls(m_panel.get()).join(u'\n')));
}

void TestRelaysPanel::pictures()
{
    const QString folder = Test::pictureFolder();
    if (folder.isEmpty())
        QSKIP("MAILGAUGE_PICTURES is not set");
    m_kept.kept.first().tls = Smtp::TlsPolicy::RequireStartTls;
    m_kept.kept.first().route.by = Relay::RouteBy::Mx;
    m_kept.kept.first().protocol = Smtp::Protocol::Lmtp;
    make();
    std::optional<Test::DarkPalette> dark;
    for (const char *scheme : {"light", "dark"}) {
        if (scheme == QByteArrayView("dark"))
            dark.emplace();
        for (const QSize size : {QSize(1384, 1800), QSize(968, 470)}) {
            for (const bool open : {false, true}) {
                m_panel->resize(size);
                openSections(open);
                if (open)
                    type("proxy", u"p.example"_s);
                QCoreApplication::processEvents();
                QVERIFY(m_panel->grab().save(
                    u"%1/profile-%2-%3-%4.png"_s.arg(folder, QLatin1StringView(scheme),
                        QString::number(size.width()), open ? u"open"_s : u"closed"_s)));
            }
        }
    }
}

QTEST_MAIN(TestRelaysPanel)
#include "tst_relayspanel.moc"
