// SPDX-License-Identifier: GPL-3.0-or-later
// The certificates of a session, from the details beside the transcript to a file and a profile.
#include "testworkbench.h"

#include "relay/profileservice.h"
#include "shell/actions.h"
#include "tls/certificatefacts.h"
#include "transcript/detailspanel.h"

#include <QCheckBox>
#include <QFile>
#include <QFileDialog>
#include <QPlainTextEdit>
#include <QScrollArea>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QToolButton>

using namespace Mailgauge;
using Test::Workbench;

namespace {

/// One session behind STARTTLS, its TLS in the details.
struct Sent {
    explicit Sent(Workbench &bench, const QUuid &profile)
        : w(bench)
    {
        w.services.profiles().setCurrent(profile);
        QSignalSpy ended(&w.bench.sending(), &Gui::SendFlow::ended);
        w.composer().send();
        QVERIFY(Test::waitFor([&] { return ended.size() == 1; }));
        record = ended.first().first().value<Transcript::SessionRecord>();
        const Models::TranscriptModel &model = w.bench.transcript().model();
        // The last line is of this session.
        QVERIFY(Test::waitFor([&] {
            return model.transcript().size() > 0
                && model.transcript().sessions().at(
                       model.transcript().line(model.transcript().size() - 1).session)
                == record.id
                && model.record(record.id).tls.has_value();
        }));
        details().showLine(model.transcript().size() - 1);
        details().findChild<QTabWidget *>()->setCurrentIndex(2);
    }
    [[nodiscard]] Transcript::DetailsPanel &details()
    {
        return *w.window().findChild<Transcript::DetailsPanel *>();
    }
    void press(const char *name)
    {
        details().findChild<QToolButton *>(QLatin1StringView(name))->click();
    }

    Workbench &w;
    Transcript::SessionRecord record;
};

} // namespace

class TestCertificates final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void chainIsSaved()
    {
        QTemporaryDir dir;
        Workbench w(dir.path());
        QVERIFY(w.waitForRelay());
        Sent sent(w, Gui::Services::sandboxProfile);
        QVERIFY(sent.record.tls);
        const auto save = [&](const QString &path) {
            sent.press("tlsSave");
            auto *dialog = w.window().findChild<QFileDialog *>();
            QVERIFY(dialog);
            Q_EMIT dialog->fileSelected(path);
            delete dialog;
        };
        const QString path = dir.filePath(u"chain.pem"_s);
        save(path);
        QTRY_VERIFY(w.message(u"certificates"_s).contains(path));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(*Tls::certificatesFromPem(file.readAll()), sent.record.tls->chain);
        save(dir.filePath(u"no/such/folder.pem"_s));
        QTRY_VERIFY(w.message(u"certificates"_s).contains(u"folder.pem"_s));
        QVERIFY(!w.message(u"certificates"_s).startsWith(u"Certificates saved"_s));
    }

    void keyIsPinnedAndTakenBack()
    {
        QTemporaryDir dir;
        Workbench w(dir.path());
        QVERIFY(w.waitForRelay());
        Relay::ProfileService &profiles = w.services.profiles();
        Relay::RelayProfile own = *profiles.profile(Gui::Services::sandboxProfile);
        own.id = QUuid::createUuid();
        own.name = u"Own"_s;
        own.builtin = false;
        own.auth = Smtp::AuthOptions::Need::Never;
        own.user.clear();
        QCOMPARE(profiles.save(own), own.id);
        Sent sent(w, own.id);
        QVERIFY(sent.record.tls);
        const QByteArray key = sent.record.tls->chain.first().keySha256;
        sent.press("tlsPinKey");
        QCOMPARE(profiles.profile(own.id)->pin, key);
        sent.press("tlsPinKey");
        QVERIFY2(w.message(u"pin"_s).contains(u"already"_s), qPrintable(w.message(u"pin"_s)));
        // It lets in whom it names, and nobody else: the same relay under another pin.
        Sent again(w, own.id);
        QVERIFY(again.record.tls->accepted);
        own = *profiles.profile(own.id);
        own.pin = "ab"_ba.repeated(32);
        profiles.save(own);
        Sent other(w, own.id);
        QVERIFY(!other.record.tls->accepted);
        QCOMPARE(other.record.outcome, Transcript::WholeOutcome::Failed);
        other.press("tlsPinKey");
        QCOMPARE(profiles.profile(own.id)->pin, key);
        w.click(u"pin"_s, u"Take It Back"_s);
        QCOMPARE(profiles.profile(own.id)->pin, own.pin);
        QVERIFY(w.message(u"pin"_s).isEmpty());
    }

    void builtinRelayIsNotPinned()
    {
        QTemporaryDir dir;
        Workbench w(dir.path());
        QVERIFY(w.waitForRelay());
        Sent sent(w, Gui::Services::sandboxProfile);
        sent.press("tlsPinKey");
        QVERIFY2(w.message(u"pin"_s).startsWith(u"Not pinned"_s), qPrintable(w.message(u"pin"_s)));
        QVERIFY(w.services.profiles().profile(Gui::Services::sandboxProfile)->pin.isEmpty());
    }

    /// To be looked at; MAILGAUGE_PICTURES names the folder.
    void pictures_data()
    {
        QTest::addColumn<QSize>("size");
        QTest::addColumn<QString>("scheme");
        for (const QString &scheme : {u"Light"_s, u"Dark"_s}) {
            for (const QSize &size : {QSize(1440, 900), QSize(1024, 700)})
                QTest::addRow("%s-%d", qPrintable(scheme.toLower()), size.width())
                    << size << scheme;
        }
    }
    void pictures()
    {
        QFETCH(QSize, size);
        QFETCH(QString, scheme);
        const QString folder = qEnvironmentVariable("MAILGAUGE_PICTURES");
        if (folder.isEmpty())
            QSKIP("MAILGAUGE_PICTURES names no folder");
        QTemporaryDir dir;
        Workbench w(dir.path());
        QVERIFY(w.waitForRelay());
        w.window().resize(size);
        w.window().actions().action(u"view.scheme"_s + scheme)->trigger();
        Sent sent(w, Gui::Services::sandboxProfile);
        w.composer().findChild<QTabWidget *>(u"composeTabs"_s)->setCurrentIndex(4);
        auto *values = w.composer().findChild<QPlainTextEdit *>(u"templateValues"_s);
        w.composer().findChild<QCheckBox *>(u"templateFill"_s)->click();
        values->setPlainText(u"{\"name\": \"Ann\","_s);
        w.composer().findChild<QScrollArea *>(u"deliveryScroll"_s)->ensureWidgetVisible(values);
        sent.press("tlsPinKey");
        w.bench.transcript().showCommandBar();
        QCoreApplication::processEvents();
        QVERIFY(w.window().grab().save(
            folder + u"/certificates-"_s + QLatin1StringView(QTest::currentDataTag()) + u".png"_s));
    }
};

QTEST_MAIN(TestCertificates)
#include "tst_certificates.moc"
