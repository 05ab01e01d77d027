// SPDX-License-Identifier: GPL-3.0-or-later
#include "vaultdialog.h"

#include "accessiblewalk.h"
#include "base/literals.h"

#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace Mailgauge;
using State = Relay::VaultCredentialStore::State;

namespace {

struct Shown {
    explicit Shown(Relay::VaultCredentialStore &vault)
        : dialog(vault)
    {
        dialog.open();
    }
    [[nodiscard]] QLineEdit *edit(const QString &name)
    {
        return dialog.findChild<QLineEdit *>(name);
    }
    [[nodiscard]] QPushButton *act() { return dialog.findChild<QPushButton *>(u"vaultAct"_s); }
    [[nodiscard]] QProgressBar *progress() { return dialog.findChild<QProgressBar *>(); }
    void type(const QString &passphrase)
    {
        QTest::keyClicks(edit(u"vaultPassphrase"_s), passphrase);
        if (edit(u"vaultRepeat"_s)->isVisible())
            QTest::keyClicks(edit(u"vaultRepeat"_s), passphrase);
    }
    void press() { QTest::mouseClick(act(), Qt::LeftButton); }

    Gui::VaultDialog dialog;
};

} // namespace

class TestVaultDialog final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_dir = std::make_unique<QTemporaryDir>(); }

    void makesAVaultWithoutHoldingTheWindow()
    {
        Relay::VaultCredentialStore vault(path(), m_cost);
        Shown shown(vault);
        QVERIFY(!shown.progress()->isVisible());
        QVERIFY(!shown.act()->isEnabled());
        shown.type(u"open sesame"_s);
        shown.press();
        // Only the event loop brings the result: until then it is shown as under way.
        QCOMPARE(vault.state(), State::None);
        QVERIFY(shown.progress()->isVisible());
        QVERIFY(!shown.act()->isEnabled());
        QVERIFY(!shown.edit(u"vaultPassphrase"_s)->isEnabled());
        QCOMPARE(Test::namelessControls(&shown.dialog), QStringList());
        QTRY_VERIFY(!shown.dialog.isVisible());
        QCOMPARE(vault.state(), State::Unlocked);
    }

    void wrongPassphraseCanBeTypedAgain()
    {
        Relay::VaultCredentialStore vault(path(), m_cost);
        make(vault);
        Shown shown(vault);
        shown.type(u"wrong"_s);
        shown.press();
        auto *problem = shown.dialog.findChild<QLabel *>(u"vaultProblem"_s);
        QTRY_VERIFY(problem->text().contains(u"does not open the vault"_s));
        QVERIFY(shown.edit(u"vaultPassphrase"_s)->text().isEmpty());
        QVERIFY(!shown.progress()->isVisible());
        shown.type(u"open sesame"_s);
        shown.press();
        QTRY_COMPARE(vault.state(), State::Unlocked);
    }

    void closingGivesUp()
    {
        Relay::VaultCredentialStore vault(path(), m_cost);
        make(vault);
        {
            Shown shown(vault);
            shown.type(u"open sesame"_s);
            shown.press();
            QTest::keyClick(&shown.dialog, Qt::Key_Escape);
            QVERIFY(!shown.dialog.isVisible());
        }
        // Behind it in the same queue: when this is done, so is the other.
        auto wrong = vault.unlock(Base::Secret("wrong"_ba));
        QTRY_VERIFY(wrong.isFinished());
        QCOMPARE(vault.state(), State::Locked);
    }

private:
    [[nodiscard]] QString path() const { return m_dir->filePath(u"passwords.vault"_s); }
    static void make(Relay::VaultCredentialStore &vault)
    {
        auto made = vault.create(Base::Secret("open sesame"_ba));
        QTRY_VERIFY(made.isFinished());
        vault.lock();
        QCOMPARE(vault.state(), State::Locked);
    }

    const Relay::KdfCost m_cost {12, 8, 1};
    std::unique_ptr<QTemporaryDir> m_dir;
};

QTEST_MAIN(TestVaultDialog)
#include "tst_vaultdialog.moc"
