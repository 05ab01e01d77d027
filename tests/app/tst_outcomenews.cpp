// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "fakerepositories.h"
#include "outcomenews.h"
#include "relay/profileservice.h"
#include "widgets/messagestack.h"

#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

#include <algorithm>

using namespace Mailgauge;
using Transcript::WholeOutcome;
using Widgets::MessageBar;

namespace {

struct Window {
    Test::FakeProfiles repository;
    Test::FakeCredentials credentials;
    Relay::ProfileService profiles {&repository, credentials};
    Widgets::MessageStack messages;
    Gui::OutcomeNews news {profiles, messages};

    QUuid end(WholeOutcome outcome, const QByteArray &reply = {})
    {
        Transcript::SessionRecord record;
        record.id = QUuid::createUuid();
        record.host = u"relay.example"_s;
        record.outcome = outcome;
        const auto recipient = Smtp::Mailbox::parse("bob@example.net");
        if (!recipient)
            qFatal("the address of the test is not one");
        const Smtp::Outcome one = outcome == WholeOutcome::Accepted ? Smtp::Outcome::Accepted
            : outcome == WholeOutcome::Deferred                     ? Smtp::Outcome::Deferred
            : outcome == WholeOutcome::Uncertain                    ? Smtp::Outcome::Uncertain
                                                                    : Smtp::Outcome::Rejected;
        record.recipients.append(
            {.recipient = *recipient, .outcome = one, .reply = {}, .failure = {}});
        if (!reply.isEmpty())
            record.recipients.last().reply = Smtp::Reply {reply.left(3).toInt(), {reply.sliced(4)}};
        news.tell(record);
        return record.id;
    }
    [[nodiscard]] QString text(const QString &bar) const
    {
        return messages.bar(bar) != nullptr ? messages.bar(bar)->text() : QString();
    }
    void press(const QString &bar, const QString &label)
    {
        // The buttons of the message before go when the event loop runs.
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        const auto buttons = messages.bar(bar)->findChildren<QPushButton *>();
        const auto found = std::ranges::find(buttons, label, &QPushButton::text);
        QVERIFY2(found != buttons.end(), qPrintable(u"no button "_s + label));
        (*found)->click();
    }
};

const QString success = u"outcome"_s;
const QString trouble = u"outcome.trouble"_s;
const QString uncertain = u"outcome.uncertain"_s;

} // namespace

class TestOutcomeNews final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void oneSuccessReplacesTheOther();
    void manyTroublesShareABar();
    void theWorstIsShown();
    void anUncertainOneIsNeverHidden();
    void dismissingStartsTheCountAgain();
    void whatTheUserStoppedIsNoTrouble();
};

void TestOutcomeNews::oneSuccessReplacesTheOther()
{
    Window w;
    for (int i = 0; i < 20; ++i)
        w.end(WholeOutcome::Accepted);
    QCOMPARE(w.text(success), u"Accepted for 1 recipient(s) by relay.example."_s);
    QCOMPARE(w.messages.bar(success)->kind(), MessageBar::Kind::Success);
}

void TestOutcomeNews::manyTroublesShareABar()
{
    Window w;
    w.end(WholeOutcome::Rejected, "550 no such user here");
    QVERIFY(!w.text(trouble).contains(u"more"_s));
    w.end(WholeOutcome::Rejected, "554 content refused");
    const QUuid last = w.end(WholeOutcome::Rejected, "550 mailbox is gone");
    QVERIFY2(w.text(trouble).contains(u"And 2 more"_s), qPrintable(w.text(trouble)));
    QCOMPARE(w.messages.findChildren<MessageBar *>().size(), 1);

    QSignalSpy one(&w.news, &Gui::OutcomeNews::sessionRequested);
    QSignalSpy all(&w.news, &Gui::OutcomeNews::sessionsRequested);
    w.press(trouble, u"Show session"_s);
    QCOMPARE(one.size(), 1);
    QCOMPARE(one[0][0].toUuid(), last);
    w.press(trouble, u"Show all"_s);
    QCOMPARE(all.size(), 1);
}

void TestOutcomeNews::theWorstIsShown()
{
    Window w;
    const QUuid refused = w.end(WholeOutcome::Rejected, "550 no such user here");
    const QString sentence = w.text(trouble);
    w.end(WholeOutcome::Deferred, "451 later");
    QCOMPARE(w.messages.bar(trouble)->kind(), MessageBar::Kind::Error);
    QVERIFY(w.text(trouble).startsWith(sentence));
    QVERIFY(w.text(trouble).contains(u"And 1 more"_s));
    QSignalSpy one(&w.news, &Gui::OutcomeNews::sessionRequested);
    w.press(trouble, u"Show session"_s);
    QCOMPARE(one.value(0).value(0).toUuid(), refused);
}

void TestOutcomeNews::anUncertainOneIsNeverHidden()
{
    Window w;
    w.end(WholeOutcome::Uncertain);
    for (int i = 0; i < 5; ++i) {
        w.end(WholeOutcome::Accepted);
        w.end(WholeOutcome::Deferred, "451 later");
        w.end(WholeOutcome::Rejected, "550 no such user here");
        w.messages.post(u"n%1"_s.arg(i), MessageBar::Kind::Error, u"x"_s);
    }
    QVERIFY(w.text(uncertain).startsWith(u"The message may have been delivered"_s));
    QVERIFY(w.text(trouble).contains(u"And 9 more"_s));
}

void TestOutcomeNews::dismissingStartsTheCountAgain()
{
    Window w;
    w.end(WholeOutcome::Rejected, "550 no such user here");
    w.end(WholeOutcome::Rejected, "550 no such user here");
    w.messages.bar(trouble)->findChild<QToolButton *>()->click();
    QVERIFY(!w.messages.bar(trouble));
    w.end(WholeOutcome::Deferred, "451 later");
    QCOMPARE(w.messages.bar(trouble)->kind(), MessageBar::Kind::Warning);
    QVERIFY(!w.text(trouble).contains(u"more"_s));
}

void TestOutcomeNews::whatTheUserStoppedIsNoTrouble()
{
    Window w;
    w.end(WholeOutcome::Stopped);
    QVERIFY(!w.messages.bar(trouble));
    QCOMPARE(w.messages.bar(success)->kind(), MessageBar::Kind::Info);
}

QTEST_MAIN(TestOutcomeNews)
#include "tst_outcomenews.moc"
