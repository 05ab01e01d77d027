// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/detailspanel.h"

#include "accessiblewalk.h"
#include "base/literals.h"
#include "models/transcriptmodel.h"
#include "pictures.h"
#include "samplesession.h"
#include "theme/theme.h"
#include "transcript/hexrows.h"

#include <KColorSchemeManager>
#include <KIconTheme>

#include <QApplication>
#include <QClipboard>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPromise>
#include <QScopeGuard>
#include <QSignalSpy>
#include <QTabBar>
#include <QTabWidget>
#include <QTest>
#include <QToolButton>

using namespace Mailgauge;
using namespace Mailgauge::Transcript;

namespace {

struct Details {
    Details()
    {
        model.setRecord(sample.record);
        model.appendEntries(sample.record.id, sample.entries);
        model.flush();
        panel.resize(360, 620);
        panel.show();
    }
    [[nodiscard]] QString label(const QString &name)
    {
        return panel.findChild<QLabel *>(name)->text();
    }
    [[nodiscard]] QString editor(const QString &name)
    {
        return panel.findChild<QPlainTextEdit *>(name)->toPlainText();
    }
    [[nodiscard]] QStringList texts()
    {
        QStringList list;
        for (const QLabel *one : panel.findChildren<QLabel *>()) {
            if (one->isVisible())
                list += one->text();
        }
        return list;
    }

    /// Where a line stands for a part of the message.
    [[nodiscard]] qsizetype contentRow() const
    {
        for (qsizetype row = 0; row < model.transcript().size(); ++row) {
            if (model.transcript().entry(row).content)
                return row;
        }
        return -1;
    }

    Test::SampleSession sample = Test::sampleSession();
    Theme::Theme theme;
    Models::TranscriptModel model;
    DetailsPanel panel {model, theme};
};

} // namespace

class TestDetailsPanel final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void startsWithAWord()
    {
        Details d;
        QVERIFY(!d.panel.findChild<QTabWidget *>()->isVisible());
        QVERIFY(d.texts().join(u' ').contains("Select a line"_L1));
    }

    void refusalIsExplained()
    {
        Details d;
        d.panel.showLine(24);
        QCOMPARE(d.label(u"detailsTitle"_s), u"Reply 550 · 5.1.1"_s);
        QCOMPARE(
            d.label(u"detailsWhere"_s), u"rcpt · 00:00:00.130 · inside TLS · unexpected reply"_s);
        const auto expected = Explain::explain(
            *d.model.transcript().replyAt(24), Smtp::Stage::Rcpt);
        QVERIFY(!expected.text.isEmpty());
        QCOMPARE(d.label(u"detailsSentence"_s), expected.text);
        for (const QString &part : {expected.cause, expected.nextStep, expected.rfc})
            QTRY_VERIFY2(part.isEmpty() || d.texts().contains(part), qPrintable(part));
        QCOMPARE(
            d.editor(u"detailsText"_s), u"S! 550 5.1.1 <nobody@example.net> no such user here"_s);
        QVERIFY(d.editor(u"detailsBytes"_s).startsWith("0000  35 35 30 20 35 2e 31 2e"_L1));
    }

    void titleFollowsTheColourScheme()
    {
        Details d;
        d.panel.showLine(24);
        const auto *title = d.panel.findChild<QLabel *>(u"detailsTitle"_s);
        const QColor light = title->palette().color(QPalette::WindowText);
        const QPalette old = QApplication::palette();
        const auto back = qScopeGuard([&old] { QApplication::setPalette(old); });
        QPalette dark(QColor(0x14, 0x16, 0x18));
        QApplication::setPalette(dark);
        QTRY_COMPARE(
            title->palette().color(QPalette::WindowText), d.theme.color(Theme::Role::Rejected));
        QVERIFY(title->palette().color(QPalette::WindowText) != light);
    }

    void messageDataIsFetched()
    {
        Details d;
        QByteArray message("Subject: x\r\n\r\nHello \x1b[31m\r\n");
        message += QByteArray(24'576 - message.size(), 'a');
        QList<QUuid> asked;
        d.panel.setContentSource([&](const QUuid &id) {
            asked.append(id);
            return QtFuture::makeReadyValueFuture(Base::Result<QByteArray>(message));
        });
        const qsizetype row = d.contentRow();
        QVERIFY(row >= 0);
        d.panel.showLine(row);
        QTRY_VERIFY(d.editor(u"detailsText"_s).startsWith(u"C: Subject: x\nC: \nC: Hello "_s));
        QVERIFY(!d.editor(u"detailsText"_s).contains(u'\x1b'));
        QVERIFY(d.editor(u"detailsBytes"_s).startsWith("0000  53 75 62 6a"_L1));
        QCOMPARE(asked, QList<QUuid> {d.model.transcript().entry(row).content->message});
        // Another line in between: a late answer changes nothing.
        QPromise<Base::Result<QByteArray>> late;
        late.start();
        d.panel.setContentSource([&](const QUuid &) { return late.future(); });
        d.panel.showLine(row);
        d.panel.showLine(24);
        const QString shown = d.editor(u"detailsText"_s);
        late.addResult(message);
        late.finish();
        QCoreApplication::processEvents();
        QCOMPARE(d.editor(u"detailsText"_s), shown);
    }

    void missingMessageDataIsTold()
    {
        Details d;
        d.panel.setContentSource([](const QUuid &) {
            return QtFuture::makeReadyValueFuture(Base::Result<QByteArray>(
                Base::fail(Base::Error::Kind::Corrupt, u"store: the message is not there"_s)));
        });
        d.panel.showLine(d.contentRow());
        QTRY_VERIFY(d.editor(u"detailsText"_s).contains(u"* "_s));
    }

    void wholeReplyIsShown()
    {
        Details d;
        d.panel.showLine(12);
        QCOMPARE(d.editor(u"detailsText"_s).count(u'\n'), 6);
        QVERIFY(d.editor(u"detailsText"_s).endsWith("S: 250 SMTPUTF8"_L1));
        // The line itself stays the subject: a capability and its number.
        QTRY_VERIFY(d.texts().contains(u"AUTH"_s));
        QTRY_VERIFY(d.texts().contains(u"PLAIN LOGIN SCRAM-SHA-256"_s));
    }

    void commandAndItsParameters()
    {
        Details d;
        d.panel.showLine(18);
        QCOMPARE(d.label(u"detailsSentence"_s),
            Explain::explainCommand("MAIL FROM:<>", Smtp::Stage::Mail).text);
        QTRY_VERIFY(d.texts().contains(u"SIZE"_s));
        QTRY_VERIFY(d.texts().join(u' ').contains("KiB"_L1));
        QTRY_VERIFY(d.texts().join(u' ').contains("RFC 1870"_L1));
    }

    /// The canary: the sample's password lives in memory only; it is shown on request, for its own
    /// line only, cannot be copied, and stands in no other place.
    void keptSecretIsRevealedOnRequest()
    {
        Details d;
        const QString canary = u"s3cr3t"_s;
        auto *reveal = d.panel.findChild<QToolButton *>(u"detailsReveal"_s);
        d.panel.showLine(18);
        QVERIFY(!reveal->isVisible());
        d.panel.showLine(16);
        QTRY_VERIFY(reveal->isVisible());
        QVERIFY(!d.texts().contains(canary));
        QTest::mouseClick(reveal, Qt::LeftButton);
        QTRY_VERIFY(d.texts().contains(canary));
        for (const QLabel *label : d.panel.findChildren<QLabel *>()) {
            if (label->text().contains(canary))
                QCOMPARE(label->textInteractionFlags(), Qt::NoTextInteraction);
        }
        QVERIFY(!d.editor(u"detailsText"_s).contains(canary));
        QVERIFY(!d.editor(u"detailsBytes"_s).contains(canary));
        d.panel.showLine(18);
        QVERIFY(!d.texts().contains(canary));
        d.panel.showLine(16);
        QVERIFY(!reveal->isChecked());
        QVERIFY(!d.texts().contains(canary));
        QVERIFY(!d.model.index(16, Models::TranscriptModel::Text)
                .data(Qt::ToolTipRole)
                .toString()
                .contains(canary));
    }

    void notKeptSecretHasNothingToReveal()
    {
        Details d;
        QList<Entry> entries = d.sample.entries;
        for (Entry &entry : entries) {
            for (Redaction &redaction : entry.redactions)
                redaction.kept = {};
        }
        d.model.clear();
        d.model.appendEntries(d.sample.record.id, entries);
        d.model.flush();
        d.panel.showLine(16);
        QVERIFY(!d.panel.findChild<QToolButton *>(u"detailsReveal"_s)->isVisible());
        QTRY_VERIFY(d.texts().join(u' ').contains("not kept anywhere"_L1));
    }

    void tlsOfTheSessionBehindStartTls()
    {
        Details d;
        auto *tabs = d.panel.findChild<QTabWidget *>();
        d.panel.showLine(4);
        QVERIFY(!tabs->isTabVisible(2));
        d.panel.showLine(24);
        QVERIFY(tabs->isTabVisible(2));
        auto *bar = tabs->tabBar();
        QTest::mouseClick(bar, Qt::LeftButton, {}, bar->tabRect(2).center());
        QTRY_VERIFY(d.texts().contains(u"TLS_AES_256_GCM_SHA384"_s));
        QVERIFY(d.texts().contains(u"certificate accepted"_s));
    }

    void certificatesAreSavedAndPinned()
    {
        Details d;
        SessionRecord record = d.sample.record;
        Tls::CertificateFacts leaf;
        leaf.subject = u"CN=mx.example.net"_s;
        leaf.keySha256 = "a5"_ba.repeated(32);
        leaf.der = "der"_ba;
        record.tls->chain = {leaf};
        record.profile = QUuid::createUuid();
        d.model.setRecord(record);
        d.model.flush();
        QSignalSpy saved(&d.panel, &DetailsPanel::saveCertificatesRequested);
        QSignalSpy pinned(&d.panel, &DetailsPanel::pinRequested);
        const auto button = [&d](const char *name) {
            return d.panel.findChild<QToolButton *>(QLatin1StringView(name));
        };
        d.panel.showLine(24);
        d.panel.findChild<QTabWidget *>()->setCurrentIndex(2);
        QTest::mouseClick(button("tlsSave"), Qt::LeftButton);
        QCOMPARE(saved.last().first().value<Tls::TlsFacts>(), *record.tls);
        QTest::mouseClick(button("tlsCopyKey"), Qt::LeftButton);
        QCOMPARE(QGuiApplication::clipboard()->text(), u"sha256:"_s + u"a5"_s.repeated(32));
        QTest::mouseClick(button("tlsPinKey"), Qt::LeftButton);
        QCOMPARE(pinned.last(), (QVariantList {record.profile, leaf.keySha256}));
        QCOMPARE(Test::namelessControls(&d.panel).join(u'\n'), QString());
        // Without a profile nothing is pinned, without the certificates nothing saved.
        record.profile = {};
        record.tls->chain.first().der.clear();
        d.model.setRecord(record);
        d.model.flush();
        d.panel.showLine(24);
        QVERIFY(!button("tlsPinKey")->isEnabled());
        QVERIFY(!button("tlsSave")->isEnabled());
        QVERIFY(button("tlsCopyKey")->isEnabled());
    }

    void hoverGivesTheShortForm()
    {
        Details d;
        const QString tip
            = d.model.index(24, Models::TranscriptModel::Text).data(Qt::ToolTipRole).toString();
        QVERIFY(tip.startsWith("<qt>"_L1));
        QVERIFY(!tip.contains("<nobody@"_L1)); // escaped
        const QString hostile
            = d.model.index(30, Models::TranscriptModel::Text).data(Qt::ToolTipRole).toString();
        QVERIFY(!hostile.contains("<b>"_L1));
    }

    void hex()
    {
        QCOMPARE(hexRows("250 caf\xe9\r", 8, {}, "·"),
            "0000  32 35 30 20 63 61 66 e9  250 caf·\n0008  0d                       ·\n"_ba);
        QCOMPARE(hexRows("", 16, {}, "·"), QByteArray());
    }

    void nothingOfTheWireIsMarkup()
    {
        Details d;
        d.panel.showLine(30);
        for (const QLabel *label : d.panel.findChildren<QLabel *>(Qt::FindChildrenRecursively)) {
            if (!label->text().isEmpty())
                QCOMPARE(label->textFormat(), Qt::PlainText);
        }
        QVERIFY(!d.editor(u"detailsText"_s).contains(u'\x1b'));
    }

    void bytesByTab()
    {
        Details d;
        d.panel.showLine(30);
        auto *bar = d.panel.findChild<QTabWidget *>()->tabBar();
        QTest::mouseClick(bar, Qt::LeftButton, {}, bar->tabRect(1).center());
        auto *hex = d.panel.findChild<QPlainTextEdit *>(u"detailsBytes"_s);
        QVERIFY(hex->isVisible());
        QVERIFY(hex->toPlainText().isEmpty() || hex->toPlainText().startsWith("0000"_L1));
        d.panel.resize(900, 500);
        QTRY_VERIFY(hex->toPlainText().section(u'\n', 0, 0).size() >= 6 + 16 * 3);
    }

    void clearingEmpties()
    {
        Details d;
        d.panel.showLine(3);
        QVERIFY(d.panel.findChild<QTabWidget *>()->isVisible());
        d.model.clear();
        QVERIFY(!d.panel.findChild<QTabWidget *>()->isVisible());
        d.panel.showLine(99);
        QVERIFY(!d.panel.findChild<QTabWidget *>()->isVisible());
    }

    void everyControlHasAName()
    {
        Details d;
        QCOMPARE(Test::namelessControls(&d.panel).join(u'\n'), QString());
        d.panel.showLine(24);
        QCOMPARE(Test::namelessControls(&d.panel).join(u'\n'), QString());
    }

    void protocolStaysLeftToRight()
    {
        Details d;
        d.panel.setLayoutDirection(Qt::RightToLeft);
        d.panel.showLine(24);
        for (const auto *editor : d.panel.findChildren<QPlainTextEdit *>()) {
            QCOMPARE(editor->layoutDirection(), Qt::LeftToRight);
            QCOMPARE(editor->document()->defaultTextOption().textDirection(), Qt::LeftToRight);
        }
    }

    void pictures()
    {
        const QString folder = Test::pictureFolder();
        if (folder.isEmpty())
            QSKIP("MAILGAUGE_PICTURES is not set");
        KColorSchemeManager *schemes = KColorSchemeManager::instance();
        for (const QString &scheme : {u"Breeze Light"_s, u"Breeze Dark"_s}) {
            schemes->activateScheme(schemes->indexForScheme(scheme));
            Details d;
            const QString suffix = scheme.endsWith("Dark"_L1) ? u"dark"_s : u"light"_s;
            for (const int row : {-1, 11, 24, 25}) {
                d.panel.showLine(row);
                d.panel.findChild<QTabWidget *>()->setCurrentIndex(row % 2);
                QCoreApplication::processEvents();
                QVERIFY(d.panel.grab().save(
                    u"%1/details-%2-%3.png"_s.arg(folder, QString::number(row), suffix)));
            }
        }
    }
};

int main(int argc, char *argv[])
{
    KIconTheme::initTheme();
    QApplication app(argc, argv);
    TestDetailsPanel test;
    QTEST_SET_MAIN_SOURCE_PATH
    return QTest::qExec(&test, argc, argv);
}
#include "tst_detailspanel.moc"
