// SPDX-License-Identifier: GPL-3.0-or-later
#include "relays/providerdialog.h"

#include "accessiblewalk.h"
#include "base/clock.h"
#include "base/literals.h"
#include "fakerepositories.h"
#include "models/providersmodel.h"
#include "relays/profileform.h"
#include "relays/relayspanel.h"

#include <QAbstractItemModelTester>
#include <QAction>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

using namespace Mailgauge;
using Relays::ProviderDialog;

namespace {

QString shown(const QWidget &window, const QString &name)
{
    const auto *label = window.findChild<QLabel *>(name);
    return label && label->isVisibleTo(&window) ? label->text() : QString();
}

/// The panel with a store and credentials of the test's.
struct Panel {
    Panel()
        : profiles(&repository, credentials)
        , sending(nullptr, clock)
        , tests(sending)
        , signIns(credentials, clock, {})
        , panel(profiles, tests, signIns, theme)
    {
        panel.resize(1200, 700);
        panel.show();
    }
    [[nodiscard]] ProviderDialog *openDialog()
    {
        panel.findChild<QAction *>(u"addFromProvider"_s)->trigger();
        return panel.findChild<ProviderDialog *>();
    }
    [[nodiscard]] QPushButton *save() const
    {
        for (QPushButton *one : panel.findChildren<QPushButton *>()) {
            if (one->text() == u"Save"_s)
                return one;
        }
        return nullptr;
    }

    Test::FakeProfiles repository;
    Test::FakeCredentials credentials;
    Base::SystemClock clock;
    Theme::Theme theme;
    Relay::ProfileService profiles;
    Delivery::SendService sending;
    Delivery::RelayTestService tests;
    Delivery::OAuthService signIns;
    Relays::RelaysPanel panel;
};

} // namespace

class TestProviderDialog final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void model();
    void searchFindsByNameHostAndNote_data();
    void searchFindsByNameHostAndNote();
    void showsWhatIsKnown();
    void fillsThePlaceInTheHost();
    void walksTheListFromTheSearch();
    void makesAProfileButForUserAndPassword();
    void twoOfOneProvider();
    void escapeMakesNothing();
};

void TestProviderDialog::model()
{
    Models::ProvidersModel model(Relay::providerPresets());
    const QAbstractItemModelTester tester(&model);
    QCOMPARE(model.rowCount(), Relay::providerPresets().size());
    for (int row = 1; row < model.rowCount(); ++row)
        QVERIFY(
            model.preset(row - 1).name.compare(model.preset(row).name, Qt::CaseInsensitive) < 0);
}

void TestProviderDialog::searchFindsByNameHostAndNote_data()
{
    QTest::addColumn<QString>("typed");
    QTest::addColumn<QString>("name");
    QTest::newRow("name") << u"sendgr"_s << u"SendGrid"_s;
    QTest::newRow("host") << u"amazonaws"_s << u"Amazon SES"_s;
    QTest::newRow("note") << u"verified identity"_s << u"SendGrid"_s;
    QTest::newRow("none") << u"no such provider"_s
                          << u"No provider has that in its name or notes."_s;
}

void TestProviderDialog::searchFindsByNameHostAndNote()
{
    QFETCH(QString, typed);
    QFETCH(QString, name);
    ProviderDialog dialog;
    dialog.open();
    QVERIFY2(Test::namelessControls(&dialog).isEmpty(),
        qPrintable(Test::namelessControls(&dialog).join(u'\n')));
    QTest::keyClicks(dialog.findChild<QLineEdit *>(u"providerSearch"_s), typed);
    QCOMPARE(shown(dialog, u"providerName"_s), name);
    QCOMPARE(dialog.findChild<QPushButton *>(u"providerUse"_s)->isEnabled(),
        !name.startsWith(u"No provider"_s));
}

void TestProviderDialog::showsWhatIsKnown()
{
    ProviderDialog dialog;
    dialog.open();
    QTest::keyClicks(dialog.findChild<QLineEdit *>(u"providerSearch"_s), u"sendgrid"_s);
    QCOMPARE(shown(dialog, u"providerHost"_s), u"smtp.sendgrid.net"_s);
    QCOMPARE(shown(dialog, u"providerUser"_s), u"apikey"_s);
    QVERIFY(shown(dialog, u"providerPassword"_s).contains(u"SG."_s));
    QVERIFY(shown(dialog, u"providerNote"_s).contains(u"2525"_s));
    QVERIFY(shown(dialog, u"providerAsOf"_s).contains(u"21"_s));
    QVERIFY(!dialog.findChild<QComboBox *>(u"providerChoice"_s)->isVisible());
    QCOMPARE(dialog.findChild<QComboBox *>(u"providerPort"_s)->count(), 4);
}

void TestProviderDialog::fillsThePlaceInTheHost()
{
    ProviderDialog dialog;
    dialog.open();
    auto *search = dialog.findChild<QLineEdit *>(u"providerSearch"_s);
    auto *choice = dialog.findChild<QComboBox *>(u"providerChoice"_s);
    auto *use = dialog.findChild<QPushButton *>(u"providerUse"_s);
    QTest::keyClicks(search, u"amazon"_s);
    QVERIFY(choice->isVisible());
    choice->setCurrentText(u"eu-north-1"_s);
    QCOMPARE(shown(dialog, u"providerHost"_s), u"email-smtp.eu-north-1.amazonaws.com"_s);
    // One whose place only the user knows.
    search->clear();
    QTest::keyClicks(search, u"smtp.com"_s);
    QCOMPARE(shown(dialog, u"providerName"_s), u"SMTP.com"_s);
    QVERIFY(!use->isEnabled());
    QTest::keyClicks(choice->lineEdit(), u"acme"_s);
    QCOMPARE(shown(dialog, u"providerHost"_s), u"acme.smtp.com"_s);
    QVERIFY(use->isEnabled());
}

void TestProviderDialog::walksTheListFromTheSearch()
{
    ProviderDialog dialog;
    dialog.open();
    auto *search = dialog.findChild<QLineEdit *>(u"providerSearch"_s);
    auto *list = dialog.findChild<QListView *>(u"providerList"_s);
    QCOMPARE(list->currentIndex().row(), 0);
    QTest::keyClick(search, Qt::Key_Down);
    QTest::keyClick(search, Qt::Key_Down);
    QCOMPARE(list->currentIndex().row(), 2);
    QTest::keyClick(search, Qt::Key_Up);
    QCOMPARE(list->currentIndex().row(), 1);
    QSignalSpy chosen(&dialog, &ProviderDialog::chosen);
    QTest::keyClick(search, Qt::Key_Return);
    QCOMPARE(chosen.size(), 1);
    QVERIFY(!dialog.isVisible());
}

void TestProviderDialog::makesAProfileButForUserAndPassword()
{
    Panel p;
    ProviderDialog *dialog = p.openDialog();
    QVERIFY(dialog);
    QTest::keyClicks(dialog->findChild<QLineEdit *>(u"providerSearch"_s), u"mailgun (eu"_s);
    dialog->findChild<QComboBox *>(u"providerPort"_s)->setCurrentIndex(3);
    QTest::mouseClick(dialog->findChild<QPushButton *>(u"providerUse"_s), Qt::LeftButton);
    // Typed, as it were: it is kept once it can be used.
    QCOMPARE(p.panel.unsaved(), 1);
    auto *form = p.panel.findChild<Relays::ProfileForm *>();
    const Relay::RelayProfile made = form->profile();
    QCOMPARE(made.name, u"Mailgun (EU)"_s);
    QCOMPARE(made.host, u"smtp.eu.mailgun.org"_s);
    QCOMPARE(made.port, 465);
    QCOMPARE(made.tls, Smtp::TlsPolicy::ImplicitTls);
    QCOMPARE(made.auth, Smtp::AuthOptions::Need::Required);
    // The form says what it knows of the provider, and asks for the two things it cannot know.
    QVERIFY(shown(*form, u"providerFacts"_s).startsWith(u"Mailgun (EU): Domains in the US"_s));
    QVERIFY(form->problem().contains(u"enter the user"_s));
    auto *user = qobject_cast<QLineEdit *>(p.panel.focusWidget());
    QVERIFY(user);
    QVERIFY(user->placeholderText().contains(u"postmaster@"_s));
    QTest::keyClicks(user, u"postmaster@acme.example"_s);
    QCOMPARE(form->problem(), QString());
    QVERIFY(p.repository.kept.isEmpty());
    QTest::mouseClick(p.save(), Qt::LeftButton);
    QTRY_COMPARE(p.repository.kept.size(), 1);
    QCOMPARE(p.repository.kept.first().id, made.id);
    QCOMPARE(p.repository.kept.first().user, u"postmaster@acme.example"_s);
    QCOMPARE(p.panel.unsaved(), 0);
}

void TestProviderDialog::twoOfOneProvider()
{
    Panel p;
    for (int i = 0; i < 2; ++i) {
        ProviderDialog *dialog = p.openDialog();
        QTest::keyClicks(dialog->findChild<QLineEdit *>(u"providerSearch"_s), u"sendgrid"_s);
        dialog->accept();
        QTRY_VERIFY(!p.panel.findChild<ProviderDialog *>());
    }
    // Neither is saved, and yet the second has a name of its own.
    QCOMPARE(p.panel.unsaved(), 2);
    QTest::mouseClick(p.save(), Qt::LeftButton);
    QTRY_COMPARE(p.repository.kept.size(), 1);
    QCOMPARE(p.repository.kept.last().name, u"SendGrid 2"_s);
    QCOMPARE(p.repository.kept.last().user, u"apikey"_s);
}

void TestProviderDialog::escapeMakesNothing()
{
    Panel p;
    ProviderDialog *dialog = p.openDialog();
    QTest::keyClick(dialog, Qt::Key_Escape);
    QTRY_VERIFY(!p.panel.findChild<ProviderDialog *>());
    QCOMPARE(p.panel.unsaved(), 0);
    QVERIFY(p.repository.kept.isEmpty());
}

QTEST_MAIN(TestProviderDialog)
#include "tst_providerdialog.moc"
