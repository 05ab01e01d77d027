// SPDX-License-Identifier: GPL-3.0-or-later
#include "sessions/importdialog.h"

#include "accessiblewalk.h"
#include "base/literals.h"
#include "pictures.h"
#include "testsupport.h"

#include <QApplication>
#include <QComboBox>
#include <QDropEvent>
#include <QFile>
#include <QLabel>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QUrl>

using namespace Mailgauge;
using Sessions::ImportDialog;

namespace {

QPushButton *importButton(ImportDialog &dialog)
{
    for (auto *one : dialog.findChildren<QPushButton *>()) {
        if (one->text().contains(u"Import"_s))
            return one;
    }
    return nullptr;
}

QString verdict(ImportDialog &dialog)
{
    for (auto *label : dialog.findChildren<QLabel *>()) {
        if (label->accessibleName() == u"What was recognised"_s)
            return label->text();
    }
    return {};
}

} // namespace

class TestImportDialog final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void typedTextIsRecognised()
    {
        ImportDialog dialog;
        dialog.show();
        QVERIFY(!importButton(dialog)->isEnabled());
        auto *edit = dialog.findChild<QPlainTextEdit *>();
        QTest::keyClicks(edit, u"220 mx.example ready"_s);
        QTest::keyClick(edit, Qt::Key_Return);
        QTest::keyClicks(edit, u"EHLO me"_s);
        QTRY_VERIFY(importButton(dialog)->isEnabled());
        QVERIFY2(verdict(dialog).contains(u"copied dialogue"_s), qPrintable(verdict(dialog)));
        QSignalSpy imported(&dialog, &ImportDialog::importRequested);
        QTest::mouseClick(importButton(dialog), Qt::LeftButton);
        QCOMPARE(imported.count(), 1);
        const auto text = imported[0][0].value<Delivery::ImportedText>();
        QCOMPARE(text.sessions.size(), 1);
        QCOMPARE(text.sessions[0].session.entries.size(), 2);
    }

    void formatCanBeChosen()
    {
        ImportDialog dialog;
        dialog.setText(Test::testData(u"imports/swaks-tls.txt"_s));
        QTRY_VERIFY(importButton(dialog)->isEnabled());
        QVERIFY2(verdict(dialog).contains(u"swaks"_s), qPrintable(verdict(dialog)));
        auto *format = dialog.findChild<QComboBox *>();
        format->setCurrentIndex(2); // Postfix
        QTRY_VERIFY(verdict(dialog).contains(u"cannot be imported"_s));
        QVERIFY(!importButton(dialog)->isEnabled());
        format->setCurrentIndex(0);
        QTRY_VERIFY(importButton(dialog)->isEnabled());
    }

    void filesCanBeDropped()
    {
        QTemporaryDir dir;
        QFile file(dir.filePath(u"mail.log"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(Test::testData(u"imports/postfix-both.log"_s));
        file.close();
        ImportDialog dialog;
        dialog.show();
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(file.fileName())});
        QDragEnterEvent enter({10, 10}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QVERIFY(QCoreApplication::sendEvent(&dialog, &enter));
        QVERIFY(enter.isAccepted());
        QDropEvent drop(QPointF(10, 10), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&dialog, &drop);
        QTRY_VERIFY2(verdict(dialog).contains(u"Postfix"_s), qPrintable(verdict(dialog)));
        QVERIFY(verdict(dialog).contains(u"2 session"_s));
        dialog.openFile(dir.filePath(u"missing"_s));
        QTRY_VERIFY(verdict(dialog).contains(u"missing"_s));
        // Not what was there before, under the name of this one.
        QVERIFY(!importButton(dialog)->isEnabled());
    }

    void lastFileThatWasOpenedCounts()
    {
        QTemporaryDir dir;
        QFile file(dir.filePath(u"mail.log"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(Test::testData(u"imports/postfix-both.log"_s));
        file.close();
        QFile large(dir.filePath(u"large.log"_s));
        QVERIFY(large.open(QIODevice::WriteOnly));
        large.write(QByteArray("250 Ok\n").repeated(8 * 1000 * 1000));
        large.close();
        ImportDialog dialog;
        dialog.openFile(large.fileName());
        dialog.openFile(dir.filePath(u"missing"_s));
        QTRY_VERIFY(verdict(dialog).contains(u"missing"_s));
        QTest::qWait(200); // The large one arrives, too late.
        QVERIFY(dialog.findChild<QPlainTextEdit *>()->toPlainText().isEmpty());
        QVERIFY2(verdict(dialog).contains(u"missing"_s), qPrintable(verdict(dialog)));
        dialog.openFile(dir.filePath(u"missing"_s));
        dialog.openFile(file.fileName());
        QTRY_VERIFY(importButton(dialog)->isEnabled());
        QVERIFY(verdict(dialog).contains(u"Postfix"_s));
    }

    void keyboardLeavesTheEditor()
    {
        ImportDialog dialog;
        dialog.show();
        QVERIFY(Test::waitForActive(&dialog));
        auto *edit = dialog.findChild<QPlainTextEdit *>();
        edit->setFocus();
        QTest::keyClick(edit, Qt::Key_Tab);
        QVERIFY(!edit->hasFocus());
        QVERIFY(edit->toPlainText().isEmpty());
        QTest::keyClick(&dialog, Qt::Key_F, Qt::AltModifier);
        QVERIFY(dialog.findChild<QComboBox *>()->hasFocus());
    }

    /// Else the first key would cut off what the editor does not show.
    void longTextIsNotEdited()
    {
        ImportDialog dialog;
        dialog.show();
        auto *edit = dialog.findChild<QPlainTextEdit *>();
        QByteArray text = "220 mx.example ready\nEHLO me\n250 mx.example\nMAIL FROM:<a@b.c>\n";
        text += ("250 Ok " + QByteArray(500, 'x') + "\nNOOP\n").repeated(4500);
        text += "250 last line\n";
        dialog.setText(text);
        QVERIFY(edit->isReadOnly());
        QTest::keyClicks(edit, u"x"_s);
        const auto shown = [&dialog] {
            for (auto *label : dialog.findChildren<QLabel *>()) {
                if (label->isVisible() && label->text().contains(u"cannot be edited"_s))
                    return true;
            }
            return false;
        };
        QVERIFY(shown());
        QTRY_VERIFY_WITH_TIMEOUT(importButton(dialog)->isEnabled(), 60'000);
        QSignalSpy imported(&dialog, &ImportDialog::importRequested);
        QTest::mouseClick(importButton(dialog), Qt::LeftButton);
        const auto read = imported.at(0).at(0).value<Delivery::ImportedText>();
        QCOMPARE(read.sessions.first().session.entries.last().text, "250 last line"_ba);
        dialog.setText("220 short\n");
        QVERIFY(!edit->isReadOnly());
        QVERIFY(!shown());
    }

    void everyControlHasAName()
    {
        ImportDialog dialog;
        dialog.show();
        QCOMPARE(Test::namelessControls(&dialog), QStringList());
    }

    void pictures()
    {
        const QString directory = Test::pictureFolder();
        if (directory.isEmpty())
            QSKIP("MAILGAUGE_PICTURES is not set");
        ImportDialog dialog;
        dialog.setText(Test::testData(u"imports/swaks-tls.txt"_s));
        dialog.show();
        QTRY_VERIFY(importButton(dialog)->isEnabled());
        QVERIFY(dialog.grab().save(directory + u"/import-light.png"_s));
        const Test::DarkPalette dark;
        QCoreApplication::processEvents();
        QVERIFY(dialog.grab().save(directory + u"/import-dark.png"_s));
    }
};

QTEST_MAIN(TestImportDialog)
#include "tst_importdialog.moc"
