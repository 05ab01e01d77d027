// SPDX-License-Identifier: GPL-3.0-or-later
#include "sessions/sessionspanel.h"

#include "accessiblewalk.h"
#include "base/literals.h"
#include "fakerepositories.h"
#include "models/recipientsmodel.h"
#include "models/sessionsmodel.h"
#include "sessions/keepdialog.h"
#include "sessions/searchfield.h"
#include "widgets/messagebar.h"

#include <QAbstractButton>
#include <QAbstractItemModelTester>
#include <QAction>
#include <QCheckBox>
#include <QCompleter>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPointer>
#include <QPromise>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <QTimeZone>
#include <QToolButton>
#include <QUndoStack>

#include <utility>

using namespace Mailgauge;

namespace {

Transcript::SessionRecord makeRecord(
    const QString &subject, Transcript::WholeOutcome outcome, int code)
{
    Transcript::SessionRecord record;
    record.id = QUuid::createUuid();
    record.message = QUuid::createUuid();
    record.startedAt = QDateTime::fromSecsSinceEpoch(1700000000, QTimeZone::utc());
    record.subject = subject;
    record.host = u"relay.example"_s;
    record.port = 587;
    record.outcome = outcome;
    record.totalUs = 12'345;
    record.timings = {{Smtp::Stage::Connect, 345}, {Smtp::Stage::Rcpt, 12'000}};
    const auto mailbox = Smtp::Mailbox::parse("bob@example.net");
    record.recipients = {{*mailbox, code >= 500 ? Smtp::Outcome::Rejected : Smtp::Outcome::Accepted,
        Smtp::Stage::Rcpt, Smtp::Reply {code, {"5.1.1 <b>no such user</b>"}}, {}}};
    return record;
}

} // namespace

class TestSessionsPanel final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_sessions.bin.clear();
        m_sessions.records = QList {
            makeRecord(u"Newsletter"_s, Transcript::WholeOutcome::Accepted, 250),
            makeRecord(u"Invoice"_s, Transcript::WholeOutcome::Rejected, 550)};
    }

    void modelsStateFacts()
    {
        Models::SessionsModel model;
        const QAbstractItemModelTester tester(&model);
        model.setSessions(m_sessions.records);
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.index(1, Models::SessionsModel::Code).data().toString(), u"550"_s);
        QCOMPARE(model.index(1, 0).data(Models::OutcomeRole).toInt(), int(Smtp::Outcome::Rejected));
        QVERIFY(!model.hasMarks());
        m_sessions.records[0].tags = {u"a"_s, u"b"_s};
        m_sessions.records[0].note = u"<i>call</i>"_s;
        model.setSessions(m_sessions.records);
        QVERIFY(model.hasMarks());
        const QModelIndex marks = model.index(0, Models::SessionsModel::Marks);
        QCOMPARE(marks.data().toString(), u"#a  #b  <i>call</i>"_s);
        QVERIFY(!marks.data(Qt::ToolTipRole).toString().contains(u"<i>"_s));
        Models::RecipientsModel recipients;
        const QAbstractItemModelTester recipientsTester(&recipients);
        recipients.setRecipients(m_sessions.records.at(1).recipients);
        QCOMPARE(
            recipients.index(0, Models::RecipientsModel::Code).data().toString(), u"550 5.1.1"_s);
        // The tip says what it means, and what it means at this provider.
        const auto tip = [&recipients] {
            return recipients.index(0, Models::RecipientsModel::Reply)
                .data(Qt::ToolTipRole)
                .toString();
        };
        const QString anybodys = tip();
        recipients.setRecipients(m_sessions.records.at(1).recipients, "google"_ba);
        QVERIFY(tip().contains(u"Google has no such mailbox"_s));
        QVERIFY(!anybodys.contains(u"Google"_s));
        // G16: text of a server is never rich text.
        QVERIFY(!recipients.index(0, Models::RecipientsModel::Reply)
                .data(Qt::ToolTipRole)
                .toString()
                .contains(u"<b>"_s));
    }

    void emptyOffersOneThingToDo()
    {
        m_sessions.records.clear();
        Sessions::SessionsPanel panel(&m_sessions, m_theme);
        panel.show();
        const auto offered = [&panel] {
            QPushButton *shown = nullptr;
            for (QPushButton *button : panel.findChildren<QPushButton *>()) {
                if (button->isVisible())
                    shown = button;
            }
            return shown;
        };
        QSignalSpy compose(&panel, &Sessions::SessionsPanel::composeRequested);
        QTRY_VERIFY(offered());
        QTest::mouseClick(offered(), Qt::LeftButton);
        QCOMPARE(compose.size(), 1);
        auto *search = panel.findChild<Sessions::SearchField *>();
        QTest::keyClicks(search, u"nothing"_s);
        QTRY_COMPARE(offered()->text(), u"Show all sessions"_s);
        QTest::mouseClick(offered(), Qt::LeftButton);
        QVERIFY(search->text().isEmpty());
    }

    void sessionWithoutAMessageSaysSo()
    {
        Models::SessionsModel model;
        Transcript::SessionRecord test = makeRecord({}, Transcript::WholeOutcome::Accepted, 250);
        test.message = {};
        test.recipients.clear();
        model.setSessions({test});
        QCOMPARE(
            model.index(0, Models::SessionsModel::Subject).data().toString(), u"(no message)"_s);
        QCOMPARE(model.index(0, Models::SessionsModel::Recipients).data().toString(), u"–"_s);
    }

    /// New ones come in front, deleted ones go, and what is selected stays selected.
    void listChangesRowByRow()
    {
        Models::SessionsModel model;
        const QAbstractItemModelTester tester(&model);
        QList<Transcript::SessionRecord> all;
        for (int i = 0; i < 6; ++i)
            all.append(makeRecord(QString::number(i), Transcript::WholeOutcome::Accepted, 250));
        QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
        model.setSessions({all[2], all[3], all[4]});
        QCOMPARE(resets.count(), 1);
        const QPersistentModelIndex four(model.index(2, 0));
        model.setSessions({all[0], all[1], all[2], all[4], all[5]}, true);
        QCOMPARE(resets.count(), 1);
        QCOMPARE(four.row(), 3);
        QCOMPARE(model.rowCount(), 5);
        QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);
        all[1].note = u"new"_s;
        model.setSessions({all[0], all[1], all[2], all[4], all[5]}, true);
        QCOMPARE(changes.count(), 1);
        // Another order is another list.
        model.setSessions({all[5], all[0]});
        QCOMPARE(resets.count(), 2);
        QCOMPARE(model.session(0).subject, u"5"_s);
    }

    void moreIsReadAtTheEnd()
    {
        m_sessions.records.clear();
        for (int i = 0; i < 450; ++i) {
            m_sessions.records.append(
                makeRecord(QString::number(i), Transcript::WholeOutcome::Accepted, 250));
            m_sessions.records.last().startedAt = m_sessions.records.last().startedAt.addSecs(-i);
        }
        Sessions::SessionsPanel panel(&m_sessions, m_theme);
        panel.resize(1000, 600);
        panel.show();
        auto *table = panel.findChild<QTableView *>();
        QTRY_COMPARE(table->model()->rowCount(), 200);
        QVERIFY(m_sessions.queries.last().limit <= 200);
        table->scrollToBottom();
        QTRY_COMPARE(table->model()->rowCount(), 400);
        table->scrollToBottom();
        QTRY_COMPARE(table->model()->rowCount(), 450);
        QVERIFY(!table->model()->canFetchMore({}));
        QStringList subjects;
        for (int row = 0; row < 450; ++row)
            subjects
                << table->model()->index(row, Models::SessionsModel::Subject).data().toString();
        subjects.removeDuplicates();
        QCOMPARE(subjects.size(), 450);
        // Reading anew keeps the place.
        table->selectRow(420);
        m_sessions.records[3].subject = u"read anew"_s;
        panel.refresh();
        QTRY_COMPARE(table->model()->index(3, Models::SessionsModel::Subject).data().toString(),
            u"read anew"_s);
        QCOMPARE(table->model()->rowCount(), 450);
        QCOMPARE(m_sessions.queries.last().limit, 450);
        QCOMPARE(panel.selection(), QList {m_sessions.records.at(420).id});
    }

    void searchOpenAndSendAgain()
    {
        Sessions::SessionsPanel panel(&m_sessions, m_theme);
        panel.resize(1000, 600);
        panel.show();
        auto *table = panel.findChild<QTableView *>();
        QTRY_COMPARE(table->model()->rowCount(), 2);
        auto *search = panel.findChild<Sessions::SearchField *>();
        QTest::keyClicks(search, u"invoi"_s);
        QTRY_COMPARE(table->model()->rowCount(), 1);
        QCOMPARE(table->currentIndex().row(), 0);

        QSignalSpy open(&panel, &Sessions::SessionsPanel::openRequested);
        table->setFocus();
        QTest::keyClick(table, Qt::Key_Return);
        QCOMPARE(open.count(), 1);
        QCOMPARE(open.first().first().toUuid(), m_sessions.records.at(1).id);
        QSignalSpy again(&panel, &Sessions::SessionsPanel::sendAgainRequested);
        click(panel, u"Send again"_s);
        QCOMPARE(again.count(), 1);
        QSignalSpy exported(&panel, &Sessions::SessionsPanel::exportRequested);
        click(panel, u"Export…"_s);
        QCOMPARE(exported.count(), 1);
        // One that the search leaves out is found all the same.
        panel.select(m_sessions.records.at(0).id);
        QTRY_COMPARE(panel.selection(), QList {m_sessions.records.at(0).id});
        QVERIFY(search->text().isEmpty());
    }

    void badSearchIsTold()
    {
        Sessions::SessionsPanel panel(&m_sessions, m_theme);
        panel.resize(1000, 600);
        panel.show();
        auto *table = panel.findChild<QTableView *>();
        QTRY_COMPARE(table->model()->rowCount(), 2);
        auto *search = panel.findChild<Sessions::SearchField *>();
        const auto shown = [&panel] {
            for (auto *bar : panel.findChildren<Widgets::MessageBar *>()) {
                if (bar->isVisible())
                    return bar->text();
            }
            return QString();
        };
        QTest::keyClicks(search, u"outcome:bounced "_s);
        QTRY_VERIFY(shown().contains(u"“bounced” is no outcome"_s));
        QCOMPARE(search->accessibleDescription(), shown());
        // What was found before stays in sight.
        QCOMPARE(table->model()->rowCount(), 2);
        search->clear();
        QTRY_VERIFY(shown().isEmpty());
        QTest::keyClicks(search, u"color:red "_s);
        QTRY_VERIFY(shown().contains(u"relay, outcome, to, reply"_s));
        search->clear();
        QTest::keyClicks(search, u"\"open"_s);
        QTRY_VERIFY(shown().contains(u"not closed"_s));
        search->clear();
        QTest::keyClicks(search, u"tag: x"_s);
        QTRY_VERIFY(shown().contains(u"“tag:”"_s));
        search->clear();
        QTest::keyClicks(search, u"before:soon "_s);
        QTRY_VERIFY(shown().contains(u"“soon” is no time"_s));
    }

    void searchCompletes()
    {
        m_sessions.records[0].tags = {u"ticket"_s};
        Sessions::SessionsPanel panel(&m_sessions, m_theme);
        panel.resize(1000, 600);
        panel.show();
        QVERIFY(Test::waitForActive(&panel));
        QTRY_COMPARE(panel.findChild<QTableView *>()->model()->rowCount(), 2);
        auto *search = panel.findChild<Sessions::SearchField *>();
        search->setFocus();
        const auto popup = [search] { return search->findChild<QCompleter *>()->popup(); };
        QTest::keyClicks(search, u"-ou"_s);
        QTRY_VERIFY(popup()->isVisible());
        QTest::keyClick(popup(), Qt::Key_Down);
        QTest::keyClick(popup(), Qt::Key_Return);
        QCOMPARE(search->text(), u"-outcome:"_s);
        // The values come at once.
        QTRY_VERIFY(popup()->isVisible());
        QCOMPARE(popup()->model()->rowCount(), 7);
        QTest::keyClicks(search, u"rej"_s);
        QTRY_COMPARE(popup()->model()->rowCount(), 1);
        QTest::keyClick(popup(), Qt::Key_Down);
        QTest::keyClick(popup(), Qt::Key_Return);
        QCOMPARE(search->text(), u"-outcome:rejected "_s);
        QTest::keyClicks(search, u"tag:t"_s);
        QTRY_VERIFY(popup()->isVisible());
        QTest::keyClick(popup(), Qt::Key_Down);
        QTest::keyClick(popup(), Qt::Key_Return);
        QCOMPARE(search->text(), u"-outcome:rejected tag:ticket "_s);
        QTRY_COMPARE(search->terms().size(), 2);
        QVERIFY(search->terms().first().negated);
    }

    void emptyStatesSayWhatToDo()
    {
        Sessions::SessionsPanel none(nullptr, m_theme);
        none.show();
        QVERIFY(labels(none).contains(u"could not be opened"_s));
        const auto records = std::exchange(m_sessions.records, {});
        Sessions::SessionsPanel panel(&m_sessions, m_theme);
        panel.resize(1000, 600);
        panel.show();
        QTRY_VERIFY(labels(panel).contains(u"Every session is kept here"_s));
        m_sessions.records = records;
        panel.refresh();
        auto *table = panel.findChild<QTableView *>();
        QTRY_COMPARE(table->model()->rowCount(), 2);
        auto *search = panel.findChild<Sessions::SearchField *>();
        QTest::keyClicks(search, u"nothing such"_s);
        QTRY_VERIFY(labels(panel).contains(u"No session matches"_s));
        click(panel, u"Show all sessions"_s);
        QTRY_COMPARE(table->model()->rowCount(), 2);
        QVERIFY(search->text().isEmpty());
        action(panel, u"Show deleted sessions"_s)->trigger();
        QTRY_VERIFY(labels(panel).contains(u"The bin is empty"_s));
        click(panel, u"Back"_s);
        QTRY_COMPARE(table->model()->rowCount(), 2);
    }

    void tagsAndNoteAreEditedInPlace()
    {
        Sessions::SessionsPanel panel(&m_sessions, m_theme);
        panel.resize(1000, 600);
        panel.show();
        QVERIFY(Test::waitForActive(&panel));
        auto *table = panel.findChild<QTableView *>();
        QTRY_COMPARE(table->model()->rowCount(), 2);
        auto *tags = panel.findChild<QLineEdit *>(u"sessionTags"_s);
        auto *note = panel.findChild<QLineEdit *>(u"sessionNote"_s);
        QVERIFY(table->isColumnHidden(Models::SessionsModel::Marks));
        tags->setFocus();
        QTest::keyClicks(tags, u"b, A  b"_s);
        QTest::keyClick(tags, Qt::Key_Return);
        QTRY_COMPARE(m_sessions.records[0].tags, (QStringList {u"A"_s, u"b"_s}));
        QCOMPARE(tags->text(), u"A b"_s);
        QTRY_VERIFY(!table->isColumnHidden(Models::SessionsModel::Marks));
        note->setFocus();
        QTest::keyClicks(note, u"call back "_s);
        // Leaving the field is enough, and another session does not get what was typed for this.
        QTest::mouseClick(table->viewport(), Qt::LeftButton, {},
            table->visualRect(table->model()->index(1, 2)).center());
        QTRY_COMPARE(m_sessions.records[0].note, u"call back"_s);
        QVERIFY(m_sessions.records[1].note.isEmpty());
        QVERIFY(note->text().isEmpty());
        QVERIFY(tags->text().isEmpty());
        // Undone one by one, and done again.
        QVERIFY(panel.undoStack());
        QCOMPARE(panel.undoStack()->count(), 2);
        panel.undoStack()->undo();
        QTRY_VERIFY(m_sessions.records[0].note.isEmpty());
        QCOMPARE(m_sessions.records[0].tags.size(), 2);
        panel.undoStack()->undo();
        QTRY_VERIFY(m_sessions.records[0].tags.isEmpty());
        panel.undoStack()->redo();
        QTRY_COMPARE(m_sessions.records[0].tags.size(), 2);
        // What is no tag is said, and nothing is lost.
        tags->setFocus();
        QTest::keyClicks(tags, QString(41, u'x'));
        QTest::keyClick(tags, Qt::Key_Return);
        auto *problem = panel.findChild<QLabel *>(u"sessionMarksProblem"_s);
        QVERIFY(problem->isVisible());
        QVERIFY(problem->text().contains(u"40 characters"_s));
        QCOMPARE(tags->text(), QString(41, u'x'));
        QVERIFY(m_sessions.records[1].tags.isEmpty());
    }

    void offeredActionsFollowTheSelection()
    {
        Sessions::SessionsPanel panel(&m_sessions, m_theme);
        panel.resize(1000, 600);
        panel.show();
        auto *table = panel.findChild<QTableView *>();
        QTRY_COMPARE(table->model()->rowCount(), 2);
        QAction always(u"Import"_s);
        QAction one(u"Replay"_s);
        QAction two(u"Compare"_s);
        QAction some(u"Bundle"_s);
        panel.offer(&always, Sessions::Needs::Nothing);
        panel.offer(&one, Sessions::Needs::One);
        panel.offer(&two, Sessions::Needs::Two);
        panel.offer(&some, Sessions::Needs::Some);
        const auto enabled = [&] {
            return QList {always.isEnabled(), one.isEnabled(), two.isEnabled(), some.isEnabled()};
        };
        QCOMPARE(panel.selection(), QList {m_sessions.records.first().id});
        QCOMPARE(enabled(), (QList {true, true, false, true}));
        table->selectAll();
        QCOMPARE(
            panel.selection(), (QList {m_sessions.records.at(0).id, m_sessions.records.at(1).id}));
        QCOMPARE(enabled(), (QList {true, false, true, true}));
        table->clearSelection();
        QCOMPARE(enabled(), (QList {true, false, false, false}));
        // In the menu of the last button, and that has a name.
        QMenu *menu = nullptr;
        for (auto *button : panel.findChildren<QToolButton *>()) {
            if (button->menu() && !button->accessibleName().isEmpty())
                menu = button->menu();
        }
        QVERIFY(menu);
        QVERIFY(menu->actions().contains(&two));
    }

    void deletedSessionsCanBeBroughtBack()
    {
        Sessions::SessionsPanel panel(&m_sessions, m_theme);
        panel.resize(1000, 600);
        panel.show();
        auto *table = panel.findChild<QTableView *>();
        QTRY_COMPARE(table->model()->rowCount(), 2);
        QVERIFY(Test::waitForActive(&panel));
        QSignalSpy changed(&panel, &Sessions::SessionsPanel::libraryChanged);
        table->setFocus();
        table->selectAll();
        // A snapshot: one that arrives behind the key press is not deleted.
        const auto before = m_sessions.records;
        QTest::keyClick(table, Qt::Key_Delete);
        m_sessions.records.prepend(makeRecord(u"New"_s, Transcript::WholeOutcome::Accepted, 250));
        QTRY_COMPARE(m_sessions.bin.size(), 2);
        panel.refresh();
        QTRY_COMPARE(table->model()->rowCount(), 1);
        QTRY_COMPARE(changed.count(), 1);
        // Whatever else is changed meanwhile, Undo beside the sentence means these two.
        auto *note = panel.findChild<QLineEdit *>(u"sessionNote"_s);
        note->setFocus();
        QTest::keyClicks(note, u"x"_s);
        QTest::keyClick(note, Qt::Key_Return);
        QTRY_COMPARE(m_sessions.records.first().note, u"x"_s);
        click(panel, u"Undo"_s);
        QTRY_COMPARE(table->model()->rowCount(), 3);
        QVERIFY(m_sessions.bin.isEmpty());
        // By the stack, too: the restoring, the note, the deletion.
        panel.undoStack()->undo();
        QTRY_COMPARE(table->model()->rowCount(), 1);
        panel.undoStack()->redo();
        QTRY_COMPARE(table->model()->rowCount(), 3);
    }

    void runningSessionsStay()
    {
        class Stubborn final : public Test::FakeSessions {
        public:
            QFuture<Base::Result<QList<QUuid>>> trash(QList<QUuid> sessions, QDateTime now) override
            {
                return FakeSessions::trash(sessions.first(1), now);
            }
        } sessions;
        sessions.records = m_sessions.records;
        Sessions::SessionsPanel panel(&sessions, m_theme);
        panel.resize(1000, 600);
        panel.show();
        auto *table = panel.findChild<QTableView *>();
        QTRY_COMPARE(table->model()->rowCount(), 2);
        table->selectAll();
        click(panel, u"Delete"_s);
        QTRY_COMPARE(table->model()->rowCount(), 1);
        QTRY_VERIFY(labels(panel).contains(u"still run"_s));
    }

    void binIsShownRestoredAndEmptied()
    {
        m_sessions.bin = m_sessions.records;
        m_sessions.records.clear();
        Sessions::SessionsPanel panel(&m_sessions, m_theme);
        panel.setBinDays(7);
        panel.resize(1000, 600);
        panel.show();
        auto *table = panel.findChild<QTableView *>();
        QTRY_VERIFY(labels(panel).contains(u"Every session is kept here"_s));
        action(panel, u"Show deleted sessions"_s)->trigger();
        QTRY_COMPARE(table->model()->rowCount(), 2);
        QVERIFY2(labels(panel).contains(u"7 day"_s), qPrintable(labels(panel)));
        QVERIFY(!action(panel, u"Delete"_s)->isEnabled());
        table->selectRow(1);
        click(panel, u"Restore"_s);
        QTRY_COMPARE(m_sessions.records.size(), 1);
        QTRY_COMPARE(table->model()->rowCount(), 1);
        // Emptying asks, and can be called off.
        click(panel, u"Empty the Bin…"_s);
        QVERIFY(labels(panel).contains(u"cannot be undone"_s));
        click(panel, u"Keep Them"_s);
        QCOMPARE(m_sessions.bin.size(), 1);
        // The second half of a double click removes nothing.
        click(panel, u"Empty the Bin…"_s);
        QAbstractButton *sure = button(panel, u"Remove for Good"_s);
        QVERIFY(sure);
        QTest::mouseDClick(sure, Qt::LeftButton);
        QTest::mouseRelease(sure, Qt::LeftButton);
        QCoreApplication::processEvents();
        QCOMPARE(m_sessions.bin.size(), 1);
        QTRY_VERIFY(sure->isEnabled());
        QTest::mouseClick(sure, Qt::LeftButton);
        QTRY_VERIFY(m_sessions.bin.isEmpty());
        QCOMPARE(m_sessions.sweeps.last(), (Transcript::KeepRules {.binDays = 0}));
        QTRY_COMPARE(panel.undoStack()->count(), 0);
        QTRY_VERIFY(labels(panel).contains(u"removed for good"_s));
        click(panel, u"Back"_s);
        QTRY_COMPARE(table->model()->rowCount(), 1);
    }

    /// Delete pressed twice, or held, means what was selected, once.
    void deletePressedTwiceDeletesOnce()
    {
        class Slow final : public Test::FakeSessions {
        public:
            QFuture<Base::Result<QList<QUuid>>> trash(QList<QUuid> sessions, QDateTime now) override
            {
                asked.append(sessions);
                const auto moved = FakeSessions::trash(sessions, now);
                return gate.future().then([moved](bool) { return moved.result(); });
            }
            QList<QList<QUuid>> asked;
            QPromise<bool> gate;
        } sessions;
        sessions.gate.start();
        sessions.records = m_sessions.records;
        Sessions::SessionsPanel panel(&sessions, m_theme);
        panel.resize(1000, 600);
        panel.show();
        auto *table = panel.findChild<QTableView *>();
        QTRY_COMPARE(table->model()->rowCount(), 2);
        QVERIFY(Test::waitForActive(&panel));
        QVERIFY(!action(panel, u"Delete"_s)->autoRepeat());
        table->setFocus();
        QTest::keyClick(table, Qt::Key_Delete);
        QTest::keyClick(table, Qt::Key_Delete);
        sessions.gate.addResult(true);
        sessions.gate.finish();
        QTRY_VERIFY(labels(panel).contains(u"deleted."_s));
        QVERIFY2(!labels(panel).contains(u"still run"_s), qPrintable(labels(panel)));
        QCOMPARE(sessions.asked.size(), 1);
        QCOMPARE(panel.undoStack()->count(), 1);
        // Off the list with the answer: nobody can delete it again meanwhile.
        QCOMPARE(table->model()->rowCount(), 1);
        click(panel, u"Undo"_s);
        QTRY_COMPARE(table->model()->rowCount(), 2);
        // It undid the last change; it is no change of its own.
        QCOMPARE(panel.undoStack()->count(), 1);
        QVERIFY(panel.undoStack()->canRedo());
    }

    /// By another program, say.
    void deletedElsewhereIsNoRunningSession()
    {
        Sessions::SessionsPanel panel(&m_sessions, m_theme);
        panel.resize(1000, 600);
        panel.show();
        auto *table = panel.findChild<QTableView *>();
        QTRY_COMPARE(table->model()->rowCount(), 2);
        m_sessions.bin.append(m_sessions.records.takeFirst());
        click(panel, u"Delete"_s);
        QTRY_VERIFY2(labels(panel).contains(u"1 session(s) had been deleted before"_s),
            qPrintable(labels(panel)));
        QVERIFY(!labels(panel).contains(u"still run"_s));
        QTRY_COMPARE(table->model()->rowCount(), 1);
    }

    void restoringWhatIsGoneIsTold()
    {
        Sessions::SessionsPanel panel(&m_sessions, m_theme);
        panel.resize(1000, 600);
        panel.show();
        auto *table = panel.findChild<QTableView *>();
        QTRY_COMPARE(table->model()->rowCount(), 2);
        table->selectAll();
        click(panel, u"Delete"_s);
        QTRY_COMPARE(m_sessions.bin.size(), 2);
        m_sessions.bin.removeFirst();
        panel.undoStack()->undo();
        QTRY_VERIFY2(labels(panel).contains(u"1 session(s) could not be brought back"_s),
            qPrintable(labels(panel)));
        // What a sweep removed cannot be undone.
        panel.forgetRemoved();
        QCOMPARE(panel.undoStack()->count(), 0);
    }

    /// Whether it is far down, in the bin or gone: somebody asked to see it.
    void selectFindsWhatTheFirstPageHasNot()
    {
        for (int i = 0; i < 300; ++i) {
            m_sessions.records.append(
                makeRecord(QString::number(i), Transcript::WholeOutcome::Accepted, 250));
            m_sessions.records.last().startedAt = m_sessions.records.last().startedAt.addSecs(-i);
        }
        Sessions::SessionsPanel panel(&m_sessions, m_theme);
        panel.resize(1000, 600);
        panel.show();
        auto *table = panel.findChild<QTableView *>();
        QTRY_COMPARE(table->model()->rowCount(), 200);
        const QUuid far = m_sessions.records.last().id;
        panel.select(far);
        QTRY_COMPARE(panel.selection(), QList {far});
        QVERIFY(labels(panel).contains(u"further down"_s));
        const Transcript::SessionRecord binned = m_sessions.records.takeFirst();
        m_sessions.bin.append(binned);
        panel.select(binned.id);
        QTRY_COMPARE(panel.selection(), QList {binned.id});
        QVERIFY(action(panel, u"Show deleted sessions"_s)->isChecked());
        QVERIFY2(labels(panel).contains(u"is in the bin"_s), qPrintable(labels(panel)));
        panel.select(QUuid::createUuid());
        QTRY_VERIFY(labels(panel).contains(u"not kept any more"_s));
        // It is not waited for: what comes later does not take the selection.
        QTRY_COMPARE(table->model()->rowCount(), 200);
        QVERIFY(!action(panel, u"Show deleted sessions"_s)->isChecked());
    }

    void pageGivesWayAndTheTableGetsTheFocus()
    {
        Sessions::SessionsPanel panel(&m_sessions, m_theme);
        panel.resize(1000, 600);
        panel.show();
        QVERIFY(Test::waitForActive(&panel));
        auto *table = panel.findChild<QTableView *>();
        QTRY_COMPARE(table->model()->rowCount(), 2);
        const QPointer<QLineEdit> page = new QLineEdit;
        panel.showPage(page);
        QVERIFY(page->hasFocus());
        QCOMPARE(panel.page(), page);
        panel.select(m_sessions.records.at(1).id);
        QVERIFY(!panel.page());
        QVERIFY(table->isVisible());
        QVERIFY(table->hasFocus());
        QCOMPARE(panel.selection(), QList {m_sessions.records.at(1).id});
        QTRY_VERIFY(!page);
    }

    void tagThatIsNoneIsToldOnLeaving()
    {
        Sessions::SessionsPanel panel(&m_sessions, m_theme);
        panel.resize(1000, 600);
        panel.show();
        QVERIFY(Test::waitForActive(&panel));
        auto *table = panel.findChild<QTableView *>();
        QTRY_COMPARE(table->model()->rowCount(), 2);
        auto *tags = panel.findChild<QLineEdit *>(u"sessionTags"_s);
        tags->setFocus();
        QTest::keyClicks(tags, QString(41, u'x'));
        QTest::mouseClick(table->viewport(), Qt::LeftButton, {},
            table->visualRect(table->model()->index(1, 2)).center());
        QVERIFY(tags->text().isEmpty());
        auto *problem = panel.findChild<QLabel *>(u"sessionMarksProblem"_s);
        QVERIFY(problem->isVisible());
        QVERIFY2(problem->text().contains(u"stay as they were"_s), qPrintable(problem->text()));
        panel.refresh();
        QTest::qWait(0);
        QVERIFY(problem->isVisible());
        QTest::keyClicks(tags, u"a"_s);
        QVERIFY(!problem->isVisible());
    }

    /// In the middle of a word, and it can be undone like typing.
    void completionTakesTheWholeWord()
    {
        Sessions::SearchField search;
        search.show();
        QVERIFY(Test::waitForActive(&search));
        search.setFocus();
        QTest::keyClicks(&search, u"outxyz news"_s);
        search.setCursorPosition(2);
        QTest::keyClicks(&search, u"t"_s);
        auto *popup = search.findChild<QCompleter *>()->popup();
        QTest::keyClick(&search, Qt::Key_Backspace);
        QTRY_VERIFY(popup->isVisible());
        QTest::keyClick(popup, Qt::Key_Down);
        QTest::keyClick(popup, Qt::Key_Return);
        QCOMPARE(search.text(), u"outcome: news"_s);
        QVERIFY(search.isUndoAvailable());
    }

    void failedReadingOfMoreCanBeTriedAgain()
    {
        class Failing final : public Test::FakeSessions {
        public:
            QFuture<Base::Result<QList<Transcript::SessionRecord>>> list(
                Transcript::SessionQuery query) override
            {
                if (query.behind && std::exchange(fails, false))
                    return QtFuture::makeReadyValueFuture(
                        Base::Result<QList<Transcript::SessionRecord>>(
                            Base::fail(Base::Error::Kind::Io, u"busy"_s)));
                return FakeSessions::list(query);
            }
            bool fails = true;
        } sessions;
        for (int i = 0; i < 250; ++i) {
            sessions.records.append(
                makeRecord(QString::number(i), Transcript::WholeOutcome::Accepted, 250));
            sessions.records.last().startedAt = sessions.records.last().startedAt.addSecs(-i);
        }
        Sessions::SessionsPanel panel(&sessions, m_theme);
        panel.resize(1000, 600);
        panel.show();
        auto *table = panel.findChild<QTableView *>();
        QSignalSpy failed(&panel, &Sessions::SessionsPanel::failed);
        QTRY_COMPARE(table->model()->rowCount(), 200);
        table->scrollToBottom();
        QTRY_COMPARE(failed.count(), 1);
        QVERIFY(table->model()->canFetchMore({}));
        table->scrollToTop();
        table->scrollToBottom();
        QTRY_COMPARE(table->model()->rowCount(), 250);
    }

    void keepDialogTellsTheRules()
    {
        Sessions::SessionsPanel panel(&m_sessions, m_theme);
        QSignalSpy asked(&panel, &Sessions::SessionsPanel::keepRulesRequested);
        action(panel, u"How long sessions are kept…"_s)->trigger();
        QCOMPARE(asked.count(), 1);
        Sessions::KeepDialog off({});
        QCOMPARE(off.rules(), Transcript::KeepRules());
        const Transcript::KeepRules rules {
            .days = 30, .bytes = Q_INT64_C(500) << 20, .marked = true, .binDays = 3};
        Sessions::KeepDialog dialog(rules);
        QCOMPARE(dialog.rules(), rules);
        dialog.show();
        QList<QCheckBox *> boxes = dialog.findChildren<QCheckBox *>();
        QCOMPARE(boxes.size(), 3);
        for (QCheckBox *box : boxes)
            box->setChecked(false);
        QCOMPARE(dialog.rules(), (Transcript::KeepRules {.binDays = 3}));
        QVERIFY(!boxes.last()->isEnabled());
        QCOMPARE(Test::namelessControls(&dialog), QStringList());
    }

    void columnsFitTheirTable()
    {
        Sessions::SessionsPanel panel(&m_sessions, m_theme);
        panel.resize(1000, 600);
        panel.show();
        auto *table = panel.findChild<QTableView *>();
        QTRY_COMPARE(table->model()->rowCount(), 2);
        for (const int width : {1000, 1300, 760}) {
            panel.resize(width, 600);
            QTRY_COMPARE(table->horizontalHeader()->length(), table->viewport()->width());
        }
    }

    void everyControlHasAName()
    {
        Sessions::SessionsPanel panel(&m_sessions, m_theme);
        panel.resize(1000, 600);
        panel.show();
        QTRY_COMPARE(panel.findChild<QTableView *>()->model()->rowCount(), 2);
        QCOMPARE(Test::namelessControls(&panel), QStringList());
    }

private:
    static QAbstractButton *button(QWidget &panel, const QString &text)
    {
        for (auto *one : panel.findChildren<QAbstractButton *>()) {
            if (one->text() == text && one->isVisible())
                return one;
        }
        return nullptr;
    }
    static void click(QWidget &panel, const QString &text)
    {
        QAbstractButton *found = button(panel, text);
        QVERIFY2(found, qPrintable(text));
        QTest::mouseClick(found, Qt::LeftButton);
    }
    static QAction *action(QWidget &panel, const QString &text)
    {
        for (auto *one : panel.findChildren<QAction *>()) {
            if (one->text() == text)
                return one;
        }
        return nullptr;
    }
    static QString labels(QWidget &panel)
    {
        QStringList texts;
        for (auto *label : panel.findChildren<QLabel *>()) {
            if (label->isVisible())
                texts << label->text();
        }
        return texts.join(u'\n');
    }

    Test::FakeSessions m_sessions;
    Theme::Theme m_theme;
};

QTEST_MAIN(TestSessionsPanel)
#include "tst_sessionspanel.moc"
