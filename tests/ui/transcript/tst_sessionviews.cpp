// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/sessionviews.h"

#include "accessiblewalk.h"
#include "base/literals.h"
#include "models/sequencetext.h"
#include "pictures.h"
#include "samplesession.h"
#include "theme/theme.h"
#include "transcript/sequenceview.h"
#include "transcript/transcriptpanel.h"
#include "transcript/transcriptview.h"
#include "transcript/waterfallview.h"
#include "widgets/emptystate.h"

#include <KColorSchemeManager>
#include <KIconTheme>

#include <QAbstractItemModelTester>
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QFile>
#include <QImage>
#include <QListView>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QToolBar>
#include <QToolButton>

using namespace Mailgauge;
using namespace Mailgauge::Transcript;

namespace {

struct Panel {
    Panel()
    {
        panel.resize(1000, 420);
        panel.show();
    }
    void feed()
    {
        panel.setRecord(sample.record);
        panel.appendEntries(sample.record.id, sample.entries);
        panel.model().flush();
    }
    /// As the user does it: the button of the bar.
    void choose(const QString &text)
    {
        for (auto *button :
            panel.findChild<QToolBar *>(u"sessionViewBar"_s)->findChildren<QToolButton *>()) {
            if (button->text() == text)
                QTest::mouseClick(button, Qt::LeftButton);
        }
    }
    [[nodiscard]] SequenceView &sequence() { return *panel.findChild<SequenceView *>(); }
    [[nodiscard]] WaterfallView &waterfall() { return *panel.findChild<WaterfallView *>(); }

    Test::SampleSession sample = Test::sampleSession();
    Theme::Theme theme;
    TranscriptPanel panel {theme};
};

QStringList sentences(const Models::SequenceModel &model)
{
    QStringList list;
    for (int row = 0; row < model.rowCount(); ++row)
        list += model.index(row).data().toString();
    return list;
}

} // namespace

class TestSessionViews final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }

    void conversationInPlainWords()
    {
        Panel p;
        p.feed();
        QVERIFY(!p.sequence().isVisible());
        p.choose(u"Diagram"_s);
        QTRY_VERIFY(p.sequence().isVisible());
        const QStringList words = sentences(p.sequence().model());
        for (const QString &expected : {u"We called mx.example.net"_s, u"It greeted us"_s,
                 u"We introduced ourselves as client.example.org"_s,
                 u"From here on nobody can listen"_s, u"It let us in"_s,
                 u"We said who the message is from: news@example.org"_s,
                 u"It takes mail for anna@example.net"_s,
                 u"It refused nobody@example.net: no such mailbox"_s,
                 u"It put off grey@example.net: we are new here and should come again later"_s,
                 u"We sent the message (24.00 KiB)"_s, u"It took the message and calls it 4XyZ01"_s,
                 u"The conversation is over"_s})
            QVERIFY2(
                words.contains(expected), qPrintable(expected + u" not in "_s + words.join(u'|')));
    }

    void clickSelectsTheLine()
    {
        Panel p;
        p.feed();
        p.choose(u"Diagram"_s);
        QTRY_VERIFY(p.sequence().isVisible());
        QSignalSpy selected(&p.panel, &TranscriptPanel::lineSelected);
        QListView &list = p.sequence().list();
        const int row = static_cast<int>(sentences(p.sequence().model())
                .indexOf(u"It refused nobody@example.net: no such mailbox"_s));
        list.scrollTo(p.sequence().model().index(row));
        QTest::mouseClick(list.viewport(), Qt::LeftButton, {},
            list.visualRect(p.sequence().model().index(row)).center());
        QVERIFY(!selected.isEmpty());
        QCOMPARE(selected.last().first().toLongLong(), 24);
        QCOMPARE(p.panel.view().currentRow(), 24);
        // And on with the keyboard.
        QTest::keyClick(&list, Qt::Key_Down);
        QCOMPARE(p.panel.view().currentRow(), 25);
        QVERIFY(p.sequence().isVisible());
    }

    void currentLineIsShownInTheViews()
    {
        Panel p;
        p.feed();
        p.panel.view().goTo(24);
        p.choose(u"Time"_s);
        QTRY_VERIFY(p.waterfall().isVisible());
        QTRY_VERIFY(p.waterfall().currentIndex().isValid());
        const auto &span = p.waterfall().spans().span(p.waterfall().currentIndex().row());
        QCOMPARE(span.stage, Smtp::Stage::Rcpt);
        p.choose(u"Diagram"_s);
        QTRY_VERIFY(p.sequence().isVisible());
        QCOMPARE(p.sequence().list().currentIndex().data().toString(),
            u"It refused nobody@example.net: no such mailbox"_s);
    }

    void waterfallByKeyboard()
    {
        Panel p;
        p.feed();
        p.choose(u"Time"_s);
        QTRY_VERIFY(p.waterfall().isVisible());
        QTRY_VERIFY(p.waterfall().spans().rowCount() > 8);
        p.waterfall().setFocus();
        p.waterfall().setCurrentIndex(p.waterfall().spans().index(0, 0));
        QTest::keyClick(&p.waterfall(), Qt::Key_End, Qt::ControlModifier);
        QCOMPARE(p.panel.view().currentRow(), 31); // QUIT
        const QModelIndex bar = p.waterfall().spans().index(0, Models::WaterfallModel::Bar);
        QVERIFY(bar.data(Qt::ToolTipRole).toString().startsWith("connect: begins at"_L1));
        QCOMPARE(bar.data(Qt::AccessibleTextRole), bar.data(Qt::ToolTipRole));
        QVERIFY(p.waterfall().grab().toImage().width() > 0);
    }

    void waterfallModel()
    {
        Models::WaterfallModel model;
        const QAbstractItemModelTester tester(&model);
        model.setSpans(
            {{Smtp::Stage::Helo, 0, 1'000, 0, 3}, {Smtp::Stage::Helo, 1'000, 3'000, 4, 9},
                {Smtp::Stage::Mail, 4'000, 0, 6, 7}},
            Smtp::Stage::Helo);
        QCOMPARE(model.totalUs(), 4'000);
        QCOMPARE(model.index(1, 3).data(Models::WaterfallModel::FromRole).toDouble(), 0.25);
        QCOMPARE(model.index(1, 3).data(Models::WaterfallModel::UntilRole).toDouble(), 1.0);
        QVERIFY(!model.index(0, 3).data(Models::WaterfallModel::FailedRole).toBool());
        QVERIFY(model.index(1, 3).data(Models::WaterfallModel::FailedRole).toBool());
        QCOMPARE(model.rowOf(6), 2); // the narrowest
        QCOMPARE(model.rowOf(9), 1);
        QCOMPARE(model.rowOf(99), -1);
        model.setSpans({});
        QCOMPARE(model.totalUs(), 0);
    }

    void sequenceModel()
    {
        const Test::SampleSession sample = Test::sampleSession();
        Models::SequenceModel model;
        const QAbstractItemModelTester tester(&model);
        model.setSequence(sequenceOf(sample.entries, sample.record), sample.record);
        QVERIFY(model.rowCount() > 20);
        // Hostile bytes of the final reply: nothing is markup, nothing controls.
        for (int row = 0; row < model.rowCount(); ++row) {
            const QString tip = model.index(row).data(Qt::ToolTipRole).toString();
            QVERIFY(!tip.contains(u"<b>"_s) && !tip.contains(QChar(0x1b)));
            QVERIFY(!model.index(row).data(Qt::AccessibleTextRole).toString().isEmpty());
        }
        QVERIFY(model.index(7).data(Qt::AccessibleTextRole).toString().endsWith("encrypted"_L1));
        model.setSequence({}, {});
        QCOMPARE(model.rowOf(3), -1);
    }

    /// Each arrow and tone has words of its own; none is empty.
    void everyArrowHasWords()
    {
        using Arrow = SequenceArrow;
        for (int from = 0; from <= int(Arrow::From::Nobody); ++from) {
            for (int kind = 0; kind <= int(Arrow::Kind::Closed); ++kind) {
                for (int tone = 0; tone <= int(Arrow::Tone::Uncertain); ++tone) {
                    Arrow arrow;
                    arrow.from = static_cast<Arrow::From>(from);
                    arrow.kind = static_cast<Arrow::Kind>(kind);
                    arrow.tone = static_cast<Arrow::Tone>(tone);
                    arrow.name = "x"_ba;
                    arrow.reply = Smtp::Reply {450, {"4.2.0 x"}};
                    const QString words = Models::SequenceText::of(arrow, {});
                    QVERIFY2(!words.isEmpty() && !words.contains(u'%'), qPrintable(words));
                }
            }
        }
    }

    void picturesToSave()
    {
        Panel p;
        p.feed();
        p.choose(u"Diagram"_s);
        QTRY_VERIFY(p.sequence().isVisible());
        const QTemporaryDir folder;
        QVERIFY(p.sequence().exportTo(folder.filePath(u"a.png"_s)));
        const QImage image(folder.filePath(u"a.png"_s));
        QCOMPARE(image.width(), 1720);
        QVERIFY(image.height() > 1000);
        QVERIFY(p.sequence().exportTo(folder.filePath(u"a.svg"_s)));
        QFile svg(folder.filePath(u"a.svg"_s));
        QVERIFY(svg.open(QIODevice::ReadOnly));
        const QByteArray bytes = svg.readAll();
        QVERIFY(bytes.contains("It let us in"));
        QVERIFY(!bytes.contains("s3cr3t"));
        QVERIFY(!p.sequence().exportTo(folder.filePath(u"no/such/folder/a.png"_s)));
    }

    /// The canary: what is kept for this run is not copied with its line.
    void copyHasNoSecret()
    {
        Panel p;
        p.feed();
        p.panel.view().selectAll();
        p.panel.findChild<QAction *>(u"transcript.copy"_s)->trigger();
        const QString copied = QGuiApplication::clipboard()->text();
        QVERIFY(copied.contains("<redacted: AUTH PLAIN>"_L1));
        QVERIFY(!copied.contains("s3cr3t"_L1) && !copied.contains("AGFubmEAczNjcjN0"_L1));
    }

    void longSessionIsCutForThePicture()
    {
        Panel p;
        Test::SampleSession sample = Test::sampleSession();
        QList<Entry> entries;
        for (int i = 0; i < 1'500; ++i) {
            Entry entry;
            entry.n = i;
            entry.direction = Direction::Client;
            entry.stage = Smtp::Stage::Mail;
            entry.text = "MAIL FROM:<a" + QByteArray::number(i) + "@b.example>";
            entries.append(entry);
        }
        sample.entries = entries;
        p.sample = sample;
        p.feed();
        p.choose(u"Diagram"_s);
        QTRY_COMPARE(p.sequence().model().rowCount(), 1'500);
        const QImage image = QImage::fromData(p.sequence().toPng());
        QVERIFY(image.height() > 10'000 && image.height() < 32'768);
    }

    void emptyStateAndBack()
    {
        Panel p;
        p.choose(u"Diagram"_s);
        QVERIFY(p.panel.views().findChild<Widgets::EmptyState *>(Qt::FindDirectChildrenOnly)
            || !p.sequence().isVisible());
        p.feed();
        QTRY_VERIFY(p.sequence().isVisible());
        p.panel.clear();
        QTRY_VERIFY(!p.sequence().isVisible());
        p.choose(u"Lines"_s);
        QCOMPARE(p.panel.views().view(), SessionViews::View::Lines);
    }

    void findingGoesBackToTheLines()
    {
        Panel p;
        p.feed();
        p.choose(u"Time"_s);
        p.panel.findChild<QAction *>(u"transcript.find"_s)->trigger();
        QVERIFY(p.panel.view().isVisible());
    }

    void everyControlHasAName()
    {
        Panel p;
        p.feed();
        for (const QString &view : {u"Diagram"_s, u"Time"_s}) {
            p.choose(view);
            QTRY_VERIFY(!p.panel.view().isVisible());
            QCOMPARE(Test::namelessControls(&p.panel).join(u'\n'), QString());
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
            const QString suffix = scheme.endsWith("Dark"_L1) ? u"dark"_s : u"light"_s;
            Panel p;
            p.feed();
            p.panel.resize(1000, 700);
            p.choose(u"Diagram"_s);
            QTRY_VERIFY(p.sequence().isVisible());
            p.sequence().list().setCurrentIndex(p.sequence().model().index(14));
            QCoreApplication::processEvents();
            QVERIFY(p.panel.grab().save(u"%1/sequence-%2.png"_s.arg(folder, suffix)));
            p.choose(u"Time"_s);
            QTRY_VERIFY(p.waterfall().isVisible());
            QCoreApplication::processEvents();
            QVERIFY(p.panel.grab().save(u"%1/waterfall-%2.png"_s.arg(folder, suffix)));
            QVERIFY(p.sequence().exportTo(u"%1/sequence-export-%2.svg"_s.arg(folder, suffix)));
            QVERIFY(p.sequence().exportTo(u"%1/sequence-export-%2.png"_s.arg(folder, suffix)));
        }
    }
};

int main(int argc, char *argv[])
{
    KIconTheme::initTheme();
    QApplication app(argc, argv);
    TestSessionViews test;
    QTEST_SET_MAIN_SOURCE_PATH
    return QTest::qExec(&test, argc, argv);
}
#include "tst_sessionviews.moc"
