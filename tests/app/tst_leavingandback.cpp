// SPDX-License-Identifier: GPL-3.0-or-later
// Export and import through the whole window.
#include "workbench.h"

#include "base/literals.h"
#include "bundle/export.h"
#include "models/transcriptmodel.h"
#include "samplesession.h"
#include "shell/actions.h"
#include "shell/mainwindow.h"
#include "storesupport.h"
#include "transcript/exportdialog.h"
#include "transcript/transcriptpanel.h"
#include "widgets/messagestack.h"

#include <QComboBox>
#include <QDropEvent>
#include <QFile>
#include <QListWidget>
#include <QMimeData>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QUrl>

using namespace Mailgauge;

namespace {

const QByteArray message = "From: news@example.org\r\nTo: anna@example.net\r\n\r\nDear anna\r\n"_ba;

struct Window {
    explicit Window(const QString &dir)
        : services(Base::Paths::standard(dir))
        , bench(services, services.paths().settingsFile())
    {
        bench.setUp(true);
        bench.show();
    }
    Shell::MainWindow &window() { return bench.window(); }
    QString told(const QString &name)
    {
        Widgets::MessageBar *bar = window().messages().bar(name);
        return bar != nullptr ? bar->text() : QString();
    }
    void drop(const QString &path)
    {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(path)});
        const QPoint place(20, 20);
        QDragEnterEvent enter(place, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QVERIFY(QCoreApplication::sendEvent(&window(), &enter));
        QVERIFY(enter.isAccepted());
        QDropEvent drop(place, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QVERIFY(QCoreApplication::sendEvent(&window(), &drop));
    }
    QList<Transcript::SessionRecord> stored()
    {
        // The store is opened behind the window.
        Store::Database *store = services.store();
        return store
            ? Test::take(store->sessions().list({})).value_or(QList<Transcript::SessionRecord>())
            : QList<Transcript::SessionRecord>();
    }

    Gui::Services services;
    Gui::Workbench bench;
};

/// A bundle of the sample session below `dir`.
QString bundleIn(const QTemporaryDir &dir, Transcript::RedactionLevel level)
{
    auto sample = Test::sampleSession();
    for (Transcript::Entry &entry : sample.entries) {
        for (Transcript::Redaction &redaction : entry.redactions)
            redaction.kept = {};
    }
    Bundle::ExportRequest request {.level = level};
    request.source.sessions = {{{sample.record, sample.entries}, message}};
    const QString path = dir.filePath(
        QString::fromLatin1(Transcript::redactionLevelName(level)) + u".zip"_s);
    QFile file(path);
    const auto files = Bundle::makeExport(request);
    const QByteArray bytes = *Bundle::packExport(request, *files);
    return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() ? path : QString();
}

} // namespace

class TestLeavingAndBack final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void droppedBundleIsShownAndKept()
    {
        const QTemporaryDir dir;
        Window w(dir.path());
        const auto sample = Test::sampleSession();
        const QString path = bundleIn(dir, Transcript::RedactionLevel::Secrets);
        w.drop(path);
        QTRY_COMPARE(w.told(u"import"_s), u"Sessions imported: 1."_s);
        QCOMPARE(w.stored().size(), 1);
        QVERIFY(w.stored().constFirst() == sample.record);
        QTRY_COMPARE(w.bench.transcript().model().rowCount(), sample.entries.size());
        QCOMPARE(
            *Test::take(w.services.store()->sessions().message(sample.record.message)), message);
        w.drop(path);
        QTRY_VERIFY(w.told(u"import"_s).startsWith("Already kept, the same: 1."_L1));
        QCOMPARE(w.stored().size(), 1);
    }

    void anotherOneWithTheSameIdIsAskedAbout()
    {
        const QTemporaryDir dir;
        Window w(dir.path());
        w.drop(bundleIn(dir, Transcript::RedactionLevel::Secrets));
        QTRY_COMPARE(w.stored().size(), 1);
        w.drop(bundleIn(dir, Transcript::RedactionLevel::Addresses));
        QTRY_VERIFY(w.told(u"import.taken"_s).contains("not imported"_L1));
        QCOMPARE(w.stored().size(), 1);
        Widgets::MessageBar *bar = w.window().messages().bar(u"import.taken"_s);
        const QList<QAbstractButton *> buttons = bar->findChildren<QAbstractButton *>();
        const auto both = std::ranges::find_if(buttons,
            [](const QAbstractButton *button) { return button->text().contains("both"_L1); });
        QVERIFY(both != buttons.end());
        QTest::mouseClick(*both, Qt::LeftButton);
        QTRY_COMPARE(w.stored().size(), 2);
        QVERIFY(w.stored().at(0).id != w.stored().at(1).id);
    }

    void hostileFileIsRefusedInOneSentence()
    {
        const QTemporaryDir dir;
        Window w(dir.path());
        QFile file(dir.filePath(u"evil.zip"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("PK\x03\x04 and nothing more");
        file.close();
        w.drop(file.fileName());
        QTRY_VERIFY(w.told(u"import.failed"_s).startsWith("evil.zip was not imported: "_L1));
        QVERIFY(w.stored().isEmpty());
    }

    void lastSessionIsExportedWithItsMessage()
    {
        const QTemporaryDir dir;
        Window w(dir.path());
        w.window().actions().action(u"message.send"_s)->trigger();
        QAction *action = w.window().actions().action(u"file.export"_s);
        QTRY_VERIFY(action->isEnabled());
        QTRY_COMPARE(w.stored().size(), 1);
        action->trigger();
        Transcript::ExportDialog *dialog = nullptr;
        QTRY_VERIFY((dialog = w.window().findChild<Transcript::ExportDialog *>()));
        QTRY_VERIFY(dialog->findChild<QPushButton *>(u"exportSave"_s)->isEnabled());
        auto *list = dialog->findChild<QListWidget *>(u"exportFiles"_s);
        QStringList names;
        for (int row = 0; row < list->count(); ++row)
            names << list->item(row)->text();
        for (const QString &name : {u"transcript.html"_s, u"tls.txt"_s, u"chain.pem"_s,
                 u"outcome.txt"_s, u"versions.txt"_s, u"profile.json"_s})
            QVERIFY2(names.contains(name), qPrintable(name));
        QVERIFY(!names.filter(u"messages/"_s).isEmpty());
        dialog->save(dir.filePath(u"b.zip"_s));
        QTRY_VERIFY(w.told(u"export"_s).contains("b.zip"_L1));
    }

    /// To be looked at; MAILGAUGE_PICTURES names the folder.
    void pictures_data()
    {
        QTest::addColumn<QSize>("size");
        QTest::addColumn<QString>("scheme");
        for (const QString &scheme : {u"Light"_s, u"Dark"_s}) {
            for (const QSize &size : {QSize(1440, 900), QSize(1024, 700)}) {
                QTest::addRow("%s-%d", qPrintable(scheme.toLower()), size.width())
                    << size << scheme;
            }
        }
    }

    void pictures()
    {
        QFETCH(QSize, size);
        QFETCH(QString, scheme);
        const QString folder = qEnvironmentVariable("MAILGAUGE_PICTURES");
        if (folder.isEmpty())
            QSKIP("MAILGAUGE_PICTURES names no folder");
        const QTemporaryDir dir;
        Window w(dir.path());
        w.window().resize(size);
        w.window().actions().action(u"view.scheme"_s + scheme)->trigger();
        w.window().actions().action(u"message.send"_s)->trigger();
        QAction *action = w.window().actions().action(u"file.export"_s);
        QTRY_VERIFY(action->isEnabled());
        QTRY_COMPARE(w.stored().size(), 1);
        action->trigger();
        Transcript::ExportDialog *dialog = nullptr;
        QTRY_VERIFY((dialog = w.window().findChild<Transcript::ExportDialog *>()));
        dialog->resize(dialog->size().boundedTo(size - QSize(60, 60)));
        QTRY_VERIFY(dialog->findChild<QPushButton *>(u"exportSave"_s)->isEnabled());
        const QString name = folder + u"/bundle-"_s + QLatin1StringView(QTest::currentDataTag());
        QVERIFY(dialog->grab().save(name + u".png"_s));
        QVERIFY(w.window().grab().save(name + u"-window.png"_s));
        auto *formats = dialog->findChild<QComboBox *>(u"exportFormat"_s);
        formats->setCurrentIndex(2);
        QTRY_VERIFY(dialog->findChild<QPushButton *>(u"exportSave"_s)->isEnabled());
        QVERIFY(dialog->grab().save(name + u"-html.png"_s));
    }
};

QTEST_MAIN(TestLeavingAndBack)
#include "tst_leavingandback.moc"
