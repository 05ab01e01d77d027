// SPDX-License-Identifier: GPL-3.0-or-later
#include "accessiblewalk.h"

#include "base/literals.h"
#include "pictures.h"
#include "theme/theme.h"
#include "transcript/commandbar.h"
#include "transcript/transcriptpanel.h"

#include <QAbstractItemView>
#include <QAction>
#include <QCompleter>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

using namespace Mailgauge;
using namespace Mailgauge::Transcript;

namespace {

struct Bar {
    Bar() { bar.show(); }

    template <typename T>
    T *child(const QString &name)
    {
        return bar.findChild<T *>(name);
    }

    Theme::Theme theme;
    CommandBar bar {theme};
    QLineEdit *line = child<QLineEdit>(u"transcriptCommandLine"_s);
    QPushButton *enter = child<QPushButton>(u"transcriptCommandEnter"_s);
    QPushButton *leave = child<QPushButton>(u"transcriptCommandLeave"_s);
    [[nodiscard]] QStringList offered(const QString &typed)
    {
        line->clear();
        QTest::keyClicks(line, typed);
        QStringList words;
        const QAbstractItemModel *found = line->completer()->completionModel();
        for (int row = 0; row < found->rowCount(); ++row)
            words.append(found->index(row, 0).data().toString());
        return words;
    }

    QSignalSpy opened {&bar, &CommandBar::openRequested};
    QSignalSpy entered {&bar, &CommandBar::commandEntered};
    QSignalSpy resumed {&bar, &CommandBar::resumed};
    QSignalSpy closed {&bar, &CommandBar::closeRequested};
};

} // namespace

class CommandBarTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void opensAndCloses()
    {
        Bar b;
        QVERIFY(!b.line->isEnabled());
        QVERIFY(!b.leave->isEnabled());
        QTest::mouseClick(b.enter, Qt::LeftButton);
        QCOMPARE(b.opened.size(), 1);
        b.bar.setState(CommandBar::State::Opening);
        QVERIFY(!b.enter->isEnabled());
        QVERIFY(b.leave->isEnabled()); // an opening that takes too long
        b.bar.setState(CommandBar::State::Idle);
        QTest::mouseClick(b.leave, Qt::LeftButton);
        QCOMPARE(b.closed.size(), 1);
    }

    void commandsAndHistory()
    {
        Bar b;
        b.bar.setState(CommandBar::State::Idle);
        for (const QByteArray &command : {"NOOP"_ba, "VRFY bob"_ba}) {
            QTest::keyClicks(b.line, QString::fromUtf8(command));
            QTest::keyClick(b.line, Qt::Key_Return);
            QCOMPARE(b.entered.last().first().toByteArray(), command);
            QCOMPARE(b.bar.state(), CommandBar::State::Busy);
            QVERIFY(!b.line->isEnabled()); // one at a time
            b.bar.answered(command, {250, {"ok"_ba}});
        }
        QTest::keyClicks(b.line, u"X"_s);
        QTest::keyClick(b.line, Qt::Key_Up);
        QCOMPARE(b.line->text(), u"VRFY bob"_s);
        QTest::keyClick(b.line, Qt::Key_Up);
        QTest::keyClick(b.line, Qt::Key_Up);
        QCOMPARE(b.line->text(), u"NOOP"_s);
        QTest::keyClick(b.line, Qt::Key_Down);
        QTest::keyClick(b.line, Qt::Key_Down);
        QCOMPARE(b.line->text(), u"X"_s); // what was being typed
    }

    void whatTheServerAnnouncedIsOffered()
    {
        Bar b;
        b.bar.setState(CommandBar::State::Idle);
        QCOMPARE(b.offered(u"e"_s), (QStringList {u"EHLO "_s, u"EXPN "_s, u"ETRN "_s}));
        QCOMPARE(b.offered(u"AUTH"_s), QStringList {u"AUTH "_s});
        b.bar.setCapabilities(Smtp::Capabilities::fromEhlo(
            {250, {"mx"_ba, "ETRN"_ba, "AUTH PLAIN CRAM-MD5"_ba, "SIZE 5"_ba}}));
        QCOMPARE(b.offered(u"e"_s), (QStringList {u"EHLO "_s, u"ETRN "_s}));
        QCOMPARE(b.offered(u"h"_s), QStringList {u"HELO "_s});
        QCOMPARE(b.offered(u"AUTH"_s), (QStringList {u"AUTH PLAIN"_s, u"AUTH CRAM-MD5"_s}));
        QCOMPARE(b.offered(u"V"_s), QStringList {u"VRFY "_s}); // RFC 5321 4.5.1
        // What was said before comes first, the last of all.
        b.bar.answered("VRFY ann"_ba, {252, {"ok"_ba}});
        b.bar.answered("VRFY bob"_ba, {252, {"ok"_ba}});
        QCOMPARE(b.offered(u"V"_s), (QStringList {u"VRFY bob"_s, u"VRFY ann"_s, u"VRFY "_s}));
        // Only what was typed goes out, whatever is offered.
        QTest::keyClick(b.line, Qt::Key_Return);
        QCOMPARE(b.entered.last().first().toByteArray(), "V"_ba);
    }

    void placesToPause()
    {
        Bar b;
        auto *pause = b.child<QToolButton>(u"transcriptPauses"_s);
        const auto stage = [&b](const char *name) {
            return b.child<QAction>(u"pause."_s + QLatin1StringView(name));
        };
        QVERIFY(!b.bar.pauses());
        pause->click();
        QCOMPARE(b.bar.pauses(), Smtp::BreakRule::everywhere());
        for (const Smtp::Stage one : Smtp::BreakRule::Possible) {
            if (one != Smtp::Stage::Rcpt)
                stage(Smtp::stageName(one).data())->trigger();
        }
        QCOMPARE(b.bar.pauses(), Smtp::BreakRule {{Smtp::Stage::Rcpt}});
        QVERIFY2(pause->toolTip().contains(u"rcpt"_s), qPrintable(pause->toolTip()));
        stage("rcpt")->trigger(); // the last one
        QVERIFY(!pause->isChecked());
        QVERIFY(!b.bar.pauses());
        stage("dot")->trigger(); // who says where wants it
        QCOMPARE(b.bar.pauses(), Smtp::BreakRule {{Smtp::Stage::Dot}});
        stage("dot")->trigger();
        pause->click();
        QCOMPARE(b.bar.pauses(), Smtp::BreakRule::everywhere());
    }

    void secretsAreNotKept()
    {
        Bar b;
        b.bar.setState(CommandBar::State::Idle);
        b.bar.answered("AUTH PLAIN <redacted: AUTH PLAIN>"_ba, {535, {"no"_ba}});
        b.bar.answered("AUTH LOGIN"_ba, {334, {"VXNlcm5hbWU6"_ba}});
        QCOMPARE(b.line->echoMode(), QLineEdit::Password);
        QTest::keyClick(b.line, Qt::Key_Up);
        QCOMPARE(b.line->text(), QString());
        b.bar.answered("<redacted: AUTH LOGIN>"_ba, {235, {"ok"_ba}});
        QCOMPARE(b.line->echoMode(), QLineEdit::Normal);
        QTest::keyClick(b.line, Qt::Key_Up);
        QCOMPARE(b.line->text(), QString());
    }

    void pausedLines()
    {
        Bar b;
        b.bar.pause("MAIL FROM:<a@x>"_ba, Smtp::Stage::Mail);
        QCOMPARE(b.line->text(), u"MAIL FROM:<a@x>"_s);
        QTest::mouseClick(b.enter, Qt::LeftButton); // as it was
        QCOMPARE(b.resumed.last().first().value<std::optional<QByteArray>>(),
            std::optional<QByteArray>());
        b.line->setText(u"MAIL FROM:<>"_s);
        QTest::keyClick(b.line, Qt::Key_Return);
        QCOMPARE(b.resumed.last().first().value<std::optional<QByteArray>>(),
            std::optional("MAIL FROM:<>"_ba));
        b.bar.showProblem(u"no"_s);
        QCOMPARE(b.line->text(), u"MAIL FROM:<>"_s); // still there to be mended
        QTest::mouseClick(b.leave, Qt::LeftButton);
        QCOMPARE(b.closed.size(), 1);
        b.bar.setState(CommandBar::State::Closed);
        QCOMPARE(b.line->text(), QString());
    }

    void inThePanel()
    {
        Theme::Theme theme;
        TranscriptPanel panel(theme);
        panel.resize(900, 300);
        panel.show();
        QVERIFY(!panel.commandBar().isVisible());
        panel.showCommandBar();
        QVERIFY(panel.commandBar().isVisible());
        QCOMPARE(Test::namelessControls(&panel).join(u'\n'), QString());
        panel.commandBar().pause("RCPT TO:<bob@example.net>"_ba, Smtp::Stage::Rcpt);
        QCoreApplication::sendPostedEvents(); // lays the longer text out
        QCOMPARE(Test::namelessControls(&panel).join(u'\n'), QString());
        if (const QString folder = Test::pictureFolder(); !folder.isEmpty())
            QVERIFY(panel.grab().save(folder + u"/commandbar.png"_s));
    }
};

QTEST_MAIN(CommandBarTest)
#include "tst_commandbar.moc"
