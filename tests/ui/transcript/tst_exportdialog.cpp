// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/exportdialog.h"

#include "accessiblewalk.h"
#include "base/literals.h"
#include "bundle/sessionimport.h"
#include "fakerepositories.h"
#include "models/transcriptmodel.h"
#include "pictures.h"
#include "samplesession.h"
#include "theme/theme.h"

#include <QComboBox>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

using namespace Mailgauge;
using namespace Mailgauge::Transcript;

namespace {

const QByteArray message = "From: news@example.org\r\nTo: anna@example.net\r\n\r\nDear anna\r\n"_ba;

struct Dialog {
    explicit Dialog(const std::optional<ExportFormat> &format = std::nullopt, bool kept = false)
    {
        auto sample = Test::sampleSession();
        if (!kept) {
            for (Entry &entry : sample.entries) {
                for (Redaction &redaction : entry.redactions)
                    redaction.kept = {};
            }
        }
        model.setRecord(sample.record);
        model.appendEntries(sample.record.id, sample.entries);
        SessionRecord other = sample.record;
        other.id = QUuid::createUuid();
        other.message = {};
        other.host = u"other.example.net"_s;
        model.setRecord(other);
        model.appendEntries(other.id, sample.entries.first(5));
        model.flush();
        sessions.messages.insert(sample.record.message, message);
        ExportInput input;
        input.model = &model;
        input.session = sample.record.id;
        input.selectedRows = {2, 3};
        input.surroundings.sessions = &sessions;
        dialog = std::make_unique<ExportDialog>(input, format, theme);
        dialog->open();
    }
    template <typename T>
    T *child(const QString &name) const
    {
        return dialog->findChild<T *>(name);
    }
    [[nodiscard]] bool isReady() const { return child<QPushButton>(u"exportSave"_s)->isEnabled(); }
    void choose(const QString &combo, const QString &text) const
    {
        auto *box = child<QComboBox>(combo);
        box->setFocus();
        // The first that begins so: "Secrets" is one level, and how all of them begin.
        QTest::keyClick(box, Qt::Key_Home);
        for (int i = 0; i < box->count() && !box->currentText().startsWith(text); ++i)
            QTest::keyClick(box, Qt::Key_Down);
        QVERIFY(box->currentText().startsWith(text));
    }
    [[nodiscard]] QStringList files() const
    {
        QStringList names;
        auto *list = child<QListWidget>(u"exportFiles"_s);
        for (int row = 0; row < list->count(); ++row)
            names << list->item(row)->text();
        return names;
    }
    [[nodiscard]] QString text() const
    {
        return child<QPlainTextEdit>(u"exportText"_s)->toPlainText();
    }
    void show(const QString &file) const
    {
        auto *list = child<QListWidget>(u"exportFiles"_s);
        list->setCurrentRow(static_cast<int>(files().indexOf(file)));
    }

    Theme::Theme theme;
    Models::TranscriptModel model;
    Test::FakeSessions sessions;
    std::unique_ptr<ExportDialog> dialog;
};

} // namespace

class TestExportDialog final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QStandardPaths::setTestModeEnabled(true); }

    void showsWhatLeavesAndHidesNamesFirst()
    {
        Dialog d;
        QTRY_VERIFY(d.isReady());
        QVERIFY(d.files().contains(u"manifest.json"_s));
        QVERIFY(d.files().contains(u"messages/6f1c2b9e-0d6a-4a70-9f5b-0b6c8e7d9a10.eml"_s));
        // faults E8
        for (const QString &file : d.files()) {
            d.show(file);
            QVERIFY2(!d.text().isEmpty(), qPrintable(file));
            QVERIFY2(!d.text().contains("anna@"_L1), qPrintable(file));
        }
        d.show(u"transcript.txt"_s);
        QVERIFY(d.text().contains("RCPT TO:<anon2@example.net>"_L1));
        QVERIFY(d.child<QLabel>(u"exportSummary"_s)->text().contains("nothing else leave"_L1));
    }

    void levels()
    {
        Dialog d(ExportFormat::Text);
        QTRY_VERIFY(d.isReady());
        QCOMPARE(d.files().size(), 1);
        QVERIFY(d.text().contains("anon2@example.net"_L1));
        d.choose(u"exportLevel"_s, u"Secrets"_s);
        QTRY_VERIFY(d.isReady());
        QVERIFY(d.text().contains("anna@example.net"_L1));
        QVERIFY(d.text().contains("<redacted: AUTH PLAIN>"_L1));
        d.choose(u"exportFormat"_s, u"Support"_s);
        QTRY_VERIFY(d.isReady());
        d.choose(u"exportLevel"_s, u"Secrets, names in addresses and"_s);
        QTRY_VERIFY(d.isReady());
        d.show(u"messages/6f1c2b9e-0d6a-4a70-9f5b-0b6c8e7d9a10.eml"_s);
        QVERIFY(d.text().contains("[left out: "_L1));
        QVERIFY(!d.text().contains("Dear"_L1));
    }

    void scopes_data()
    {
        QTest::addColumn<QString>("scope");
        QTest::addColumn<int>("lines");
        const int all = static_cast<int>(Test::sampleSession().entries.size());
        QTest::newRow("session") << u"This session"_s << all;
        QTest::newRow("all") << u"All"_s << all + 5;
        QTest::newRow("displayed") << u"The lines shown"_s << 3;
        QTest::newRow("selected") << u"The selected"_s << 2;
    }

    void scopes()
    {
        QFETCH(QString, scope);
        QFETCH(int, lines);
        Dialog d(ExportFormat::JsonLines);
        LineFilter filter;
        filter.text = "EHLO";
        d.model.setFilter(filter);
        QTRY_COMPARE(d.model.rowCount(), 3);
        d.choose(u"exportScope"_s, scope);
        QTRY_VERIFY(d.isReady());
        QCOMPARE(d.text().count("\"dir\":"_L1), lines);
        QVERIFY(d.child<QComboBox>(u"exportScope"_s)->findText(u"The marked lines"_s) < 0);
    }

    void keptSecretsNeverLeave()
    {
        Dialog d(std::nullopt, true);
        for (const QString &format : {u"Support"_s, u"Text"_s, u"Web"_s, u"JSON"_s}) {
            d.choose(u"exportFormat"_s, format);
            for (const QString &level : {u"Secrets"_s, u"Secrets and"_s}) {
                d.choose(u"exportLevel"_s, level);
                QTRY_VERIFY(d.isReady());
                for (const QString &file : d.files()) {
                    d.show(file);
                    QVERIFY2(!d.text().contains("AGFubmEAczNjcjN0"_L1), qPrintable(file));
                }
            }
        }
    }

    void savesWhatItShows()
    {
        Dialog d;
        const QTemporaryDir dir;
        QTRY_VERIFY(d.isReady());
        d.show(u"transcript.txt"_s);
        const QString shown = d.text();
        QSignalSpy saved(d.dialog.get(), &ExportDialog::saved);
        QTest::mouseClick(d.child<QPushButton>(u"exportSave"_s), Qt::LeftButton);
        auto *chooser = d.child<QFileDialog>(u"transcriptExportDialog"_s);
        QVERIFY(chooser != nullptr);
        QVERIFY(chooser->selectedFiles().constFirst().endsWith(
            u"smtp-mx.example.net-20260102-030405.zip"_s));
        auto *edit = chooser->findChild<QLineEdit *>(u"fileNameEdit"_s);
        edit->setText(dir.filePath(u"b.zip"_s));
        QTest::keyClick(edit, Qt::Key_Return);
        QVERIFY(saved.wait(Test::Patience));
        QCOMPARE(d.dialog->result(), int(QDialog::Accepted));
        const auto back = Bundle::readSessions(dir.filePath(u"b.zip"_s));
        QVERIFY2(back, back ? "" : qPrintable(back.error().detail));
        QFile file(dir.filePath(u"b.zip"_s));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const auto files = Bundle::unpackArchive(file);
        QVERIFY(files);
        for (const Bundle::BundleFile &one : *files) {
            if (one.name == "transcript.txt"_L1)
                QCOMPARE(QString::fromUtf8(one.bytes), shown);
        }
    }

    void tellsWhatCouldNotBeSaved()
    {
        Dialog d(ExportFormat::Text);
        QTRY_VERIFY(d.isReady());
        d.dialog->save(u"/nonexistent/a.txt"_s);
        auto *summary = d.child<QLabel>(u"exportSummary"_s);
        QTRY_VERIFY(summary->text().startsWith("Nothing was saved"_L1));
        QVERIFY(d.dialog->isVisible());
        QVERIFY(d.isReady());
    }

    void largeOnesShowProgressAndStop()
    {
        Dialog d(ExportFormat::Html);
        QList<Entry> many;
        Entry entry;
        entry.direction = Direction::Server;
        entry.text = "250 2.1.5 <anna@example.net> ok";
        for (int i = 0; i < 60'000; ++i) {
            entry.n = 5 + i;
            many.append(entry);
        }
        const QUuid other = d.model.transcript().sessions().at(1);
        d.model.appendEntries(other, many);
        d.model.flush();
        d.choose(u"exportScope"_s, u"All"_s);
        auto *stop = d.child<QPushButton>(u"exportStop"_s);
        auto *progress = d.child<QProgressBar>(u"exportProgress"_s);
        QVERIFY(stop->isVisible());
        QTRY_VERIFY(progress->value() > 0);
        QTest::mouseClick(stop, Qt::LeftButton);
        QVERIFY(!progress->isVisible());
        QVERIFY(!d.isReady());
        QVERIFY(d.files().isEmpty());
        // Another level begins anew, and never takes what was collected by then for all.
        d.choose(u"exportLevel"_s, u"Secrets"_s);
        QVERIFY(progress->isVisible());
        QVERIFY(!d.isReady());
        QTest::mouseClick(stop, Qt::LeftButton);
        // The same again, to its end, and page by page.
        QTest::mouseClick(stop, Qt::LeftButton);
        QVERIFY(progress->isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(d.isReady(), 30'000);
        QVERIFY(!stop->isVisible());
        d.choose(u"exportScope"_s, u"This session"_s);
        QTRY_VERIFY(d.isReady());
        d.choose(u"exportFormat"_s, u"Text"_s);
        d.choose(u"exportScope"_s, u"All"_s);
        QTRY_VERIFY_WITH_TIMEOUT(d.isReady(), 30'000);
        auto *forward = d.child<QToolButton>(u"exportPageForward"_s);
        QVERIFY(forward->isVisible());
        qsizetype length = d.text().size();
        while (forward->isEnabled()) {
            QTest::mouseClick(forward, Qt::LeftButton);
            length += d.text().size();
        }
        QVERIFY(length > 60'000 * 40);
        QVERIFY(d.text().contains("# Outcome: partial"_L1));
    }

    void levelChosenWhileCollectingMeansAllLines()
    {
        Dialog d(ExportFormat::Text);
        QList<Entry> many;
        Entry entry;
        entry.direction = Direction::Server;
        entry.text = "250 2.1.5 ok";
        for (int i = 0; i < 20'000; ++i) {
            entry.n = 5 + i;
            many.append(entry);
        }
        d.model.appendEntries(d.model.transcript().sessions().at(1), many);
        d.model.flush();
        d.choose(u"exportScope"_s, u"All"_s);
        QVERIFY(!d.isReady());
        d.choose(u"exportLevel"_s, u"Secrets"_s);
        QTRY_VERIFY_WITH_TIMEOUT(d.isReady(), 30'000);
        QTemporaryDir dir;
        const QString path = dir.filePath(u"all.txt"_s);
        QSignalSpy saved(d.dialog.get(), &ExportDialog::saved);
        d.dialog->save(path);
        // It cannot be closed or changed before it is written.
        QTest::keyClick(d.dialog.get(), Qt::Key_Escape);
        QVERIFY(d.dialog->isVisible());
        QVERIFY(!d.child<QComboBox>(u"exportScope"_s)->isEnabled());
        QTRY_COMPARE(saved.size(), 1);
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.readAll().count("250 2.1.5 ok") >= 20'000);
    }

    void previewKeepsItsFile()
    {
        Dialog d;
        QTRY_VERIFY(d.isReady());
        auto *files = d.child<QListWidget>(u"exportFiles"_s);
        QCOMPARE(files->currentItem()->text(), u"transcript.txt"_s);
        const QString last = files->item(files->count() - 1)->text();
        QVERIFY(last != files->currentItem()->text());
        files->setCurrentRow(files->count() - 1);
        d.choose(u"exportLevel"_s, u"Secrets"_s);
        QTRY_VERIFY(d.isReady());
        QCOMPARE(files->currentItem()->text(), last);
    }

    void closingWhileItWorksIsSafe()
    {
        Dialog d;
        QTest::keyClick(d.dialog.get(), Qt::Key_Escape);
        QVERIFY(!d.dialog->isVisible());
        d.dialog.reset();
    }

    void storedSession()
    {
        const auto sample = Test::sampleSession();
        Theme::Theme theme;
        ExportInput input;
        input.stored = ExportedSession {sample.record, sample.entries};
        ExportDialog dialog(input, ExportFormat::Text, theme);
        dialog.open();
        QTRY_VERIFY(dialog.findChild<QPushButton *>(u"exportSave"_s)->isEnabled());
        QCOMPARE(dialog.findChild<QComboBox *>(u"exportScope"_s)->count(), 1);
        QVERIFY(dialog.findChild<QPlainTextEdit *>(u"exportText"_s)
                ->toPlainText()
                .contains("550 5.1.1 <anon3@example.net>"_L1));
    }

    void everyControlHasAName()
    {
        Dialog d;
        QTRY_VERIFY(d.isReady());
        QCOMPARE(Test::namelessControls(d.dialog.get()), QStringList());
    }

    void pictures_data()
    {
        QTest::addColumn<QSize>("size");
        QTest::newRow("large") << QSize(1100, 760);
        QTest::newRow("small") << QSize(900, 640);
    }

    void pictures()
    {
        QFETCH(QSize, size);
        const QString folder = Test::pictureFolder();
        if (folder.isEmpty())
            QSKIP("MAILGAUGE_PICTURES names no folder");
        Dialog d;
        d.dialog->resize(size);
        QTRY_VERIFY(d.isReady());
        QVERIFY(d.dialog->grab().save(
            folder + u"/export-%1.png"_s.arg(QLatin1StringView(QTest::currentDataTag()))));
    }
};

QTEST_MAIN(TestExportDialog)
#include "tst_exportdialog.moc"
