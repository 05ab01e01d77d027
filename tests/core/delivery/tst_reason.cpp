// SPDX-License-Identifier: GPL-3.0-or-later
#include "delivery/reason.h"

#include "base/literals.h"

#include <QTest>

using namespace Mailgauge;
using Smtp::Outcome;
using Smtp::Stage;

namespace {

Smtp::RecipientOutcome recipient(Outcome outcome, std::optional<Smtp::Reply> reply = {},
    std::optional<Smtp::Failure> failure = {})
{
    return {*Smtp::Mailbox::parse("bob@example.net"), outcome, Stage::Rcpt, std::move(reply),
        std::move(failure)};
}

const Smtp::Reply noSuchUser {550, {"5.1.1 no such user"}};
const Smtp::Reply tryLater {451, {"4.7.1 try later"}};
const Smtp::Failure lost {{Base::Error::Kind::ConnectionClosed, u"closed"_s, {}}, Stage::Dot};

} // namespace

class TestReason final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void picksWhatDecided_data();
    void picksWhatDecided();
    void aRefusedLoginByItsReply();
    void theProviderCounts();
    void oneLineSaysWhatToDo();
};

void TestReason::picksWhatDecided_data()
{
    QTest::addColumn<Transcript::SessionRecord>("record");
    QTest::addColumn<QByteArray>("id");
    const auto row = [](const char *name, const QList<Smtp::RecipientOutcome> &recipients,
                         const std::optional<Smtp::Failure> &failure, const QByteArray &id) {
        Transcript::SessionRecord record;
        record.recipients = recipients;
        record.failure = failure;
        QTest::newRow(name) << record << id;
    };
    row("all accepted", {recipient(Outcome::Accepted)}, {}, {});
    row("the first that was not accepted",
        {recipient(Outcome::Accepted, Smtp::Reply {250, {"2.1.5 ok"}}),
            recipient(Outcome::Deferred, tryLater), recipient(Outcome::Rejected, noSuchUser)},
        {}, Explain::explain(tryLater, Stage::Rcpt).id);
    row("what broke the session goes first", {recipient(Outcome::Rejected, noSuchUser)}, lost,
        Explain::explain(lost).id);
    row("a recipient's own failure", {recipient(Outcome::Uncertain, {}, lost)}, {},
        Explain::explain(lost).id);
}

void TestReason::picksWhatDecided()
{
    QFETCH(Transcript::SessionRecord, record);
    QFETCH(QByteArray, id);
    QCOMPARE(Delivery::reasonOf(record).id, id);
}

void TestReason::aRefusedLoginByItsReply()
{
    const Smtp::Reply reply {535, {"5.7.8 no"}};
    const Smtp::Failure refused {
        {Base::Error::Kind::Denied, u"AUTH PLAIN refused"_s, {}}, Stage::Auth};
    Transcript::SessionRecord record;
    record.failure = refused;
    record.recipients = {recipient(Outcome::Failed, reply)};
    // Replied to something else: the failure says what ended the session.
    QCOMPARE(Delivery::reasonOf(record), Explain::explain(refused));
    record.recipients.first().stage = Stage::Auth;
    QCOMPARE(Delivery::reasonOf(record), Explain::explain(reply, Stage::Auth));
    record.host = u"smtp.sendgrid.net"_s;
    QCOMPARE(Delivery::reasonOf(record).id, "reply.sendgrid.apiKey"_ba);
}

void TestReason::theProviderCounts()
{
    Transcript::SessionRecord record;
    record.recipients = {recipient(Outcome::Rejected, Smtp::Reply {550, {"5.7.25 no"}})};
    QCOMPARE(Delivery::reasonOf(record).id, "reply.reverseDns"_ba);
    record.host = u"aspmx.l.google.com"_s;
    QCOMPARE(Delivery::reasonOf(record).id, "reply.google.ptr"_ba);
    record.host = u"192.0.2.1"_s;
    record.greeting = "mx.google.com ESMTP x - gsmtp"_ba;
    QCOMPARE(Delivery::reasonOf(record).id, "reply.google.ptr"_ba);
}

void TestReason::oneLineSaysWhatToDo()
{
    Explain::Explanation explanation;
    explanation.text = u"What happened."_s;
    QCOMPARE(explanation.withNextStep(), u"What happened."_s);
    explanation.nextStep = u"What to do."_s;
    QCOMPARE(explanation.withNextStep(), u"What happened. What to do."_s);
}

QTEST_GUILESS_MAIN(TestReason)
#include "tst_reason.moc"
