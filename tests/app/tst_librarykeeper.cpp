// SPDX-License-Identifier: GPL-3.0-or-later
#include "accessiblewalk.h"
#include "fakerepositories.h"
#include "librarykeeper.h"

#include "base/literals.h"
#include "sessions/keepdialog.h"
#include "shell/settings.h"
#include "widgets/messagebar.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTemporaryDir>
#include <QTest>

using namespace Mailgauge;
using Transcript::KeepRules;

class TestLibraryKeeper final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_sessions.sweeps.clear();
        m_sessions.nextSweep = {};
    }

    void rulesAreSettings()
    {
        QTemporaryDir dir;
        const QString file = dir.filePath(u"settings.ini"_s);
        {
            Shell::Settings settings(file);
            Gui::LibraryKeeper keeper(m_sessions, settings);
            Transcript::SessionRecord old;
            old.startedAt = QDateTime::currentDateTimeUtc().addDays(-20);
            m_sessions.records = {old, old};
            m_sessions.records.last().tags = {u"kept"_s};
            // Nothing is removed for its age or the store's size unless somebody says so.
            QCOMPARE(keeper.rules(), KeepRules());
            QWidget window;
            window.show();
            keeper.editRules(&window);
            auto *dialog = window.findChild<Sessions::KeepDialog *>();
            QVERIFY(dialog);
            QTRY_VERIFY(dialog->isVisible());
            QCOMPARE(Test::namelessControls(dialog), QStringList());
            const QList<QCheckBox *> boxes = dialog->findChildren<QCheckBox *>();
            const QList<QSpinBox *> numbers = dialog->findChildren<QSpinBox *>();
            QVERIFY(!numbers.at(0)->isEnabled());
            QTest::mouseClick(boxes.at(0), Qt::LeftButton, {}, {8, boxes.at(0)->height() / 2});
            QVERIFY(numbers.at(0)->isEnabled());
            numbers.at(0)->setValue(14);
            QTest::mouseClick(boxes.at(1), Qt::LeftButton, {}, {8, boxes.at(1)->height() / 2});
            numbers.at(1)->setValue(200);
            QSignalSpy changed(&keeper, &Gui::LibraryKeeper::rulesChanged);
            auto *save = dialog->findChild<QDialogButtonBox *>()->button(QDialogButtonBox::Save);
            // Asked once, in place, with the number that is known beforehand.
            QTest::mouseClick(save, Qt::LeftButton);
            auto *question = dialog->findChild<Widgets::MessageBar *>();
            QTRY_VERIFY2(question->text().contains(u"1 session(s) are old enough"_s),
                qPrintable(question->text()));
            QVERIFY(question->text().contains(u"cannot be brought back"_s));
            QVERIFY(!save->isEnabled());
            QCOMPARE(Test::namelessControls(dialog), QStringList());
            // Other rules, another question.
            numbers.at(0)->setValue(15);
            QVERIFY(question->isHidden());
            QVERIFY(save->isEnabled());
            numbers.at(0)->setValue(14);
            QTest::mouseClick(save, Qt::LeftButton);
            QPushButton *sure = button(*question, u"Save and Remove"_s);
            QVERIFY(sure);
            QTest::mouseDClick(sure, Qt::LeftButton);
            QTest::mouseRelease(sure, Qt::LeftButton);
            QCOMPARE(changed.count(), 0);
            QVERIFY(m_sessions.sweeps.isEmpty());
            QTRY_VERIFY((sure = button(*question, u"Save and Remove"_s))->isEnabled());
            QTest::mouseClick(sure, Qt::LeftButton);
            QCOMPARE(changed.count(), 1);
            // At once, not tomorrow.
            QCOMPARE(m_sessions.sweeps.size(), 1);
            QCOMPARE(m_sessions.sweeps.last().days, 14);
            settings.sync();
        }
        Shell::Settings settings(file);
        Gui::LibraryKeeper keeper(m_sessions, settings);
        QCOMPARE(keeper.rules(), (KeepRules {.days = 14, .bytes = Q_INT64_C(200) << 20}));
    }

    void milderRulesAreSavedUnasked()
    {
        Shell::Settings settings({});
        settings.setValue(u"sessions/keepDays"_s, 30);
        Gui::LibraryKeeper keeper(m_sessions, settings);
        QWidget window;
        window.show();
        keeper.editRules(&window);
        auto *dialog = window.findChild<Sessions::KeepDialog *>();
        dialog->findChildren<QSpinBox *>().at(0)->setValue(60);
        QTest::mouseClick(dialog->findChild<QDialogButtonBox *>()->button(QDialogButtonBox::Save),
            Qt::LeftButton);
        QCOMPARE(keeper.rules().days, 60);
    }

    void settingsThatAreNoneRemoveNothing_data()
    {
        QTest::addColumn<QVariant>("value");
        QTest::newRow("text") << QVariant(u"soon"_s);
        QTest::newRow("negative") << QVariant(-1);
        QTest::newRow("beyond all bounds") << QVariant(999'999'999);
        QTest::newRow("nothing") << QVariant(QString());
    }
    void settingsThatAreNoneRemoveNothing()
    {
        QFETCH(QVariant, value);
        Shell::Settings settings({});
        for (const QString &key : {u"keepDays"_s, u"keepMegabytes"_s, u"binDays"_s})
            settings.setValue(u"sessions/"_s + key, value);
        Gui::LibraryKeeper keeper(m_sessions, settings);
        QCOMPARE(keeper.rules(), KeepRules());
    }

    void whatWasRemovedIsTold()
    {
        Shell::Settings settings({});
        settings.setValue(u"sessions/keepDays"_s, 30);
        settings.setValue(u"sessions/keepMegabytes"_s, 100);
        Gui::LibraryKeeper keeper(m_sessions, settings);
        QSignalSpy removed(&keeper, &Gui::LibraryKeeper::removed);
        keeper.start();
        QTRY_COMPARE(m_sessions.sweeps.size(), 1);
        QCoreApplication::processEvents();
        QCOMPARE(removed.count(), 0);
        m_sessions.nextSweep = {.tooOld = 3,
            .tooMuch = 2,
            .fromBin = 1,
            .binTooMuch = 4,
            .bytesBefore = Q_INT64_C(160) << 20,
            .bytesAfter = Q_INT64_C(120) << 20};
        keeper.start();
        QTRY_COMPARE(removed.count(), 1);
        const QString sentence = removed.first().first().toString();
        for (const QString &part : {u"3 session"_s, u"older than 30 day"_s, u"2 of the oldest"_s,
                 u"1 deleted"_s, u"4 deleted session(s) before their time"_s,
                 u"40.00 MiB are free again"_s, u"still uses 120.00 MiB"_s, u"uncertain outcome"_s})
            QVERIFY2(sentence.contains(part), qPrintable(sentence));
    }

private:
    static QPushButton *button(const QWidget &bar, const QString &text)
    {
        for (auto *one : bar.findChildren<QPushButton *>()) {
            if (one->text() == text && one->isVisible())
                return one;
        }
        return nullptr;
    }

    Test::FakeSessions m_sessions;
};

QTEST_MAIN(TestLibraryKeeper)
#include "tst_librarykeeper.moc"
