// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "sessionplayer.h"

#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Test;
namespace Event = Smtp::Event;

namespace {

/// What a session writes between two arrivals: its groups, as RFC 2920 3.1 calls them.
class Groups {
public:
    explicit Groups(Smtp::SessionOptions options, QList<Smtp::Transaction> transactions)
        : m_session(std::move(options))
        , m_transactions(std::move(transactions))
    {
        m_session.start(m_now);
        drain();
    }
    /// The lines that follow `bytes` at once.
    [[nodiscard]] QByteArray behind(const QByteArray &bytes)
    {
        m_session.receive(bytes, m_now);
        return drain();
    }
    [[nodiscard]] QByteArray behindTls()
    {
        m_session.tlsEstablished(m_now);
        return drain();
    }
    [[nodiscard]] QByteArray behindTimeout()
    {
        m_now = *m_session.deadline();
        m_session.timeoutExpired(m_now);
        return drain();
    }
    QByteArrayList outcomes;

private:
    QByteArray drain()
    {
        QByteArray sent;
        while (const auto event = m_session.next()) {
            if (const auto *send = std::get_if<Event::Send>(&*event)) {
                sent += send->bytes;
            } else if (std::holds_alternative<Event::Ready>(*event)
                || std::holds_alternative<Event::TransactionDone>(*event)) {
                if (m_session.isOver())
                    continue;
                if (m_transactions.isEmpty())
                    m_session.quit(m_now);
                else
                    m_session.send(m_transactions.takeFirst(), m_now);
            } else if (std::holds_alternative<Event::SendContent>(*event)) {
                sent += m_session.contentChunk("x\r\n", m_now);
                m_session.contentFinished(m_now);
            } else if (std::holds_alternative<Event::Commit>(*event)) {
                m_session.committed(m_now);
            } else if (const auto *decided = std::get_if<Event::RecipientDecided>(&*event)) {
                outcomes.append(Smtp::outcomeName(decided->outcome.outcome).toByteArray());
            }
        }
        return sent;
    }

    Base::TimePoint m_now {std::chrono::hours(1)};
    Smtp::Session m_session;
    QList<Smtp::Transaction> m_transactions;
};

const QByteArray Ehlo = "EHLO me.example\r\n"_ba;
const QByteArray Group = "MAIL FROM:<me@here>\r\nRCPT TO:<a@x>\r\nRCPT TO:<b@x>\r\nDATA\r\n"_ba;

} // namespace

/// PIPELINING (RFC 2920): which commands may travel together, and what must wait.
class TestSessionGroups : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // EHLO, STARTTLS, AUTH, DATA and QUIT are each the last of their group.
    void wholeSession()
    {
        Smtp::SessionOptions options = plainOptions();
        options.tls = Smtp::TlsPolicy::RequireStartTls;
        options.auth = {.need = Smtp::AuthOptions::Need::Required,
            .mechanisms = {"LOGIN"},
            .user = "user",
            .authorizationId = {},
            .password = Base::Secret("secret")};
        options.commands = {"NOOP", "HELP"};
        Groups groups(options, {transactionFor({"a@x", "b@x"}), transactionFor({"a@x", "b@x"})});
        const QByteArray offer = "250-mx\r\n250-STARTTLS\r\n250-AUTH LOGIN\r\n250 PIPELINING\r\n";
        QCOMPARE(groups.behind("220 mx\r\n"), Ehlo);
        QCOMPARE(groups.behind(offer), "STARTTLS\r\n"_ba);
        QCOMPARE(groups.behind("220 go\r\n"), ""_ba);
        QCOMPARE(groups.behindTls(), Ehlo);
        QCOMPARE(groups.behind(offer), "AUTH LOGIN\r\n"_ba);
        QCOMPARE(groups.behind("334 VXNlcm5hbWU6\r\n"), "dXNlcg==\r\n"_ba);
        QCOMPARE(groups.behind("334 UGFzc3dvcmQ6\r\n"), "c2VjcmV0\r\n"_ba);
        QCOMPARE(groups.behind("235 ok\r\n"), "NOOP\r\n"_ba); // by hand: one by one
        QCOMPARE(groups.behind("250 ok\r\n"), "HELP\r\n"_ba);
        QCOMPARE(groups.behind("214 -\r\n"), Group);
        QCOMPARE(groups.behind("250 ok\r\n250 ok\r\n250 ok\r\n"), ""_ba);
        QCOMPARE(groups.behind("354 go\r\n"), "x\r\n.\r\n"_ba);
        QCOMPARE(groups.behind("250 ok\r\n"), Group);
        // RFC 2920 3.1: a 354 after all recipients were refused gets an empty content; RSET waits
        // alone because nobody knows what a refused one leaves (B31).
        QCOMPARE(groups.behind("250 ok\r\n550 no\r\n550 no\r\n"), ""_ba);
        QCOMPARE(groups.behind("354 go\r\n"), ".\r\n"_ba);
        QCOMPARE(groups.behind("554 no\r\n"), "QUIT\r\n"_ba);
        QCOMPARE(
            groups.outcomes, (QByteArrayList {"accepted", "accepted", "rejected", "rejected"}));
    }

    void resetWaitsAlone()
    {
        Groups groups(
            plainOptions(), {transactionFor({"a@x", "b@x"}), transactionFor({"a@x", "b@x"})});
        QCOMPARE(groups.behind("220 mx\r\n"), Ehlo);
        QCOMPARE(groups.behind("250-mx\r\n250 PIPELINING\r\n"), Group);
        QCOMPARE(groups.behind("250 ok\r\n550 no\r\n550 no\r\n503 no\r\n"), "RSET\r\n"_ba);
        QCOMPARE(groups.behind("250 ok\r\n"), Group);
    }

    void withoutTheExtension()
    {
        Groups groups(plainOptions(), {transactionFor({"a@x", "b@x"})});
        QCOMPARE(groups.behind("220 mx\r\n"), Ehlo);
        QCOMPARE(groups.behind("250 mx\r\n"), "MAIL FROM:<me@here>\r\n"_ba);
        QCOMPARE(groups.behind("250 ok\r\n"), "RCPT TO:<a@x>\r\n"_ba);
        QCOMPARE(groups.behind("250 ok\r\n"), "RCPT TO:<b@x>\r\n"_ba);
        QCOMPARE(groups.behind("250 ok\r\n"), "DATA\r\n"_ba);
    }

    // RFC 3030 4.2: no DATA in the group; the octets wait for the recipients.
    void chunks()
    {
        Smtp::SessionOptions options = plainOptions();
        options.chunking = Smtp::Chunking::WhereOffered;
        Smtp::Transaction transaction = transactionFor({"a@x"});
        transaction.size = 3;
        Groups groups(options, {transaction});
        QCOMPARE(groups.behind("220 mx\r\n"), Ehlo);
        QCOMPARE(groups.behind("250-mx\r\n250-PIPELINING\r\n250 CHUNKING\r\n"),
            "MAIL FROM:<me@here>\r\nRCPT TO:<a@x>\r\n"_ba);
        QCOMPARE(groups.behind("250 ok\r\n"), ""_ba);
        QCOMPARE(groups.behind("250 ok\r\n"), "BDAT 3 LAST\r\nx\r\n"_ba);
    }

    void brokenReplies_data()
    {
        QTest::addColumn<QByteArray>("replies");
        QTest::addColumn<QByteArrayList>("outcomes");
        const QByteArrayList failed {"failed", "failed"};
        QTest::newRow("B11 fewer replies, then silence")
            << "250 ok\r\n250 ok\r\n"_ba << QByteArrayList {"deferred", "deferred"};
        QTest::newRow("B12 garbage, then success")
            << "250 ok\r\nhello\r\n250 ok\r\n354 go\r\n"_ba << failed;
        QTest::newRow("B12 250 for DATA")
            << "250 ok\r\n250 ok\r\n250 ok\r\n250 ok\r\n"_ba << failed;
        QTest::newRow("B10 a reply too many")
            << "250 ok\r\n250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n"_ba << failed;
    }
    // Whatever comes instead of the replies owed, no content follows and nobody is accepted.
    void brokenReplies()
    {
        QFETCH(QByteArray, replies);
        QFETCH(QByteArrayList, outcomes);
        Groups groups(plainOptions(), {transactionFor({"a@x", "b@x"})});
        QCOMPARE(groups.behind("220 mx\r\n"), Ehlo);
        QCOMPARE(groups.behind("250-mx\r\n250 PIPELINING\r\n"), Group);
        QCOMPARE(groups.behind(replies), ""_ba);
        if (groups.outcomes.isEmpty())
            QCOMPARE(groups.behindTimeout(), ""_ba);
        QCOMPARE(groups.outcomes, outcomes);
    }
};

QTEST_GUILESS_MAIN(TestSessionGroups)
#include "tst_sessiongroups.moc"
