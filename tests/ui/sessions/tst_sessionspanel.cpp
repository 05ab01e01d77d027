// SPDX-License-Identifier: GPL-3.0-or-later
#include "sessions/sessionspanel.h"

#include "base/literals.h"
#include "fakerepositories.h"
#include "models/recipientsmodel.h"
#include "models/sessionsmodel.h"

#include <QAbstractButton>
#include <QAbstractItemModelTester>
#include <QAction>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <QTimeZone>
#include <QToolButton>

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
        m_sessions.records = {makeRecord(u"Newsletter"_s, Transcript::WholeOutcome::Accepted, 250),
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
        const auto taken = model.take(0);
        QCOMPARE(model.rowCount(), 1);
        model.insert(0, taken);
        QCOMPARE(model.rowOf(taken.id), 0);
        Models::RecipientsModel recipients;
        const QAbstractItemModelTester recipientsTester(&recipients);
        recipients.setRecipients(m_sessions.records.at(1).recipients);
        QCOMPARE(
            recipients.index(0, Models::RecipientsModel::Code).data().toString(), u"550 5.1.1"_s);
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
        auto *search = panel.findChild<QLineEdit *>();
        QTest::keyClicks(search, u"nothing"_s);
        QTRY_COMPARE(offered()->text(), u"Show all sessions"_s);
        QTest::mouseClick(offered(), Qt::LeftButton);
        QVERIFY(search->text().isEmpty());
    }

    void searchOpenAndSendAgain()
    {
        Sessions::SessionsPanel panel(&m_sessions, m_theme);
        panel.resize(1000, 600);
        panel.show();
        auto *table = panel.findChild<QTableView *>();
        QTRY_COMPARE(table->model()->rowCount(), 2);
        auto *search = panel.findChild<QLineEdit *>();
        QTest::keyClicks(search, u"invoi"_s);
        QTRY_COMPARE(table->model()->rowCount(), 1);
        QCOMPARE(table->currentIndex().row(), 0);

        QSignalSpy open(&panel, &Sessions::SessionsPanel::openRequested);
        table->setFocus();
        QTest::keyClick(table, Qt::Key_Return);
        QCOMPARE(open.count(), 1);
        QCOMPARE(open.first().first().toUuid(), m_sessions.records.at(1).id);
        QSignalSpy again(&panel, &Sessions::SessionsPanel::sendAgainRequested);
        for (auto *button : panel.findChildren<QToolButton *>()) {
            if (button->text() == u"Send again"_s)
                QTest::mouseClick(button, Qt::LeftButton);
        }
        QCOMPARE(again.count(), 1);
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

    void deletedSessionCanBeBroughtBack()
    {
        Sessions::SessionsPanel panel(&m_sessions, m_theme);
        panel.resize(1000, 600);
        panel.show();
        auto *table = panel.findChild<QTableView *>();
        QTRY_COMPARE(table->model()->rowCount(), 2);
        QVERIFY(QTest::qWaitForWindowActive(&panel));
        table->setFocus();
        QTest::keyClick(table, Qt::Key_Delete);
        QCOMPARE(table->model()->rowCount(), 1);
        QCOMPARE(m_sessions.records.size(), 2); // still kept until the bar goes
        QAbstractButton *undo = nullptr;
        for (auto *button : panel.findChildren<QAbstractButton *>()) {
            if (button->text() == u"Undo"_s)
                undo = button;
        }
        QVERIFY(undo);
        QTest::mouseClick(undo, Qt::LeftButton);
        QCOMPARE(table->model()->rowCount(), 2);
        QCOMPARE(m_sessions.records.size(), 2);
    }

    void deletedSessionGoesWhenThePanelCloses()
    {
        {
            Sessions::SessionsPanel panel(&m_sessions, m_theme);
            panel.show();
            auto *table = panel.findChild<QTableView *>();
            QTRY_COMPARE(table->model()->rowCount(), 2);
            QVERIFY(QTest::qWaitForWindowActive(&panel));
            table->setFocus();
            QTest::keyClick(table, Qt::Key_Delete);
        }
        QCOMPARE(m_sessions.records.size(), 1);
    }

private:
    Test::FakeSessions m_sessions;
    Theme::Theme m_theme;
};

QTEST_MAIN(TestSessionsPanel)
#include "tst_sessionspanel.moc"
