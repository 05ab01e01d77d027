// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "delivery/ehloname.h"
#include "delivery/exitcode.h"
#include "delivery/queueid.h"

#include <QTest>

using namespace Mailgauge;
using Base::Error;
using Delivery::SessionFacts;
using Delivery::Verdict;
using Smtp::Outcome;
using Smtp::Stage;
using Smtp::TlsPolicy;
using Transcript::WholeOutcome;

namespace {

using Outcomes = QList<Outcome>;

QList<Smtp::RecipientOutcome> recipients(const Outcomes &outcomes)
{
    QList<Smtp::RecipientOutcome> list;
    const auto mailbox = Smtp::Mailbox::parse("a@example.org");
    for (const Outcome outcome : outcomes)
        list.append({*mailbox, outcome, Stage::Rcpt, {}, {}});
    return list;
}

} // namespace

class ExitCodeTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void outcomes_data()
    {
        QTest::addColumn<Outcomes>("outcomes");
        QTest::addColumn<WholeOutcome>("whole");
        QTest::addColumn<int>("code");
        using enum Outcome;
        QTest::newRow("all accepted")
            << Outcomes {Accepted, Accepted} << WholeOutcome::Accepted << 0;
        QTest::newRow("some accepted")
            << Outcomes {Accepted, Rejected} << WholeOutcome::Partial << 79;
        QTest::newRow("some accepted, some deferred")
            << Outcomes {Deferred, Accepted} << WholeOutcome::Partial << 79;
        QTest::newRow("deferred before rejected")
            << Outcomes {Rejected, Deferred} << WholeOutcome::Deferred << 75;
        QTest::newRow("all rejected")
            << Outcomes {Rejected, Rejected} << WholeOutcome::Rejected << 69;
        QTest::newRow("B26 uncertain before all")
            << Outcomes {Rejected, Uncertain, Deferred} << WholeOutcome::Uncertain << 80;
        QTest::newRow("relay test") << Outcomes {} << WholeOutcome::Accepted << 0;
    }
    void outcomes()
    {
        QFETCH(Outcomes, outcomes);
        QFETCH(WholeOutcome, whole);
        QFETCH(int, code);
        const Verdict verdict = Delivery::verdictOf({recipients(outcomes), {}, {}, false, {}});
        QCOMPARE(verdict.outcome, whole);
        QCOMPARE(verdict.exitCode, code);
    }

    void failures_data()
    {
        QTest::addColumn<Error>("error");
        QTest::addColumn<Stage>("stage");
        QTest::addColumn<int>("reply");
        QTest::addColumn<TlsPolicy>("policy");
        QTest::addColumn<int>("code");
        QTest::addColumn<QByteArray>("kind");
        using enum Error::Kind;
        const auto row = [](const char *name, Error::Kind kind, Stage stage, int code,
                             const QByteArray &word, TlsPolicy policy = TlsPolicy::RequireStartTls,
                             int reply = 0, const QString &detail = u"x"_s) {
            QTest::newRow(name) << Error {kind, detail, {}} << stage << reply << policy << code
                                << word;
        };
        const auto required = TlsPolicy::RequireStartTls;
        row("host does not exist", Resolve, Stage::Resolve, 68, "dns"_ba);
        row("A3 SERVFAIL", Resolve, Stage::Resolve, 75, "dns"_ba, required, 0, u"temporary: x"_s);
        row("A1 refused connection", Connect, Stage::Connect, 75, "connect"_ba);
        row("A2 limit", Timeout, Stage::Connect, 75, "timeout"_ba);
        row("lost connection", ConnectionClosed, Stage::Rcpt, 75, "lost"_ba);
        row("no reply", MalformedReply, Stage::Greeting, 76, "protocol"_ba);
        row("B3 endless line", ReplyTooLong, Stage::Helo, 76, "protocol"_ba);
        row("C1 STARTTLS missing", Unsupported, Stage::StartTls, 78, "tls"_ba);
        row("C2 STARTTLS 4yz", Denied, Stage::StartTls, 78, "tls"_ba, required, 454);
        row("C2 STARTTLS 5yz", Denied, Stage::StartTls, 78, "tls"_ba, required, 554);
        row("handshake", TlsHandshake, Stage::Tls, 78, "tls"_ba);
        row("implicit", TlsHandshake, Stage::Tls, 78, "tls"_ba, TlsPolicy::ImplicitTls);
        row("strict handshake", TlsHandshake, Stage::Tls, 78, "tls"_ba,
            TlsPolicy::OpportunisticStrict);
        row("opportunistic handshake", TlsHandshake, Stage::Tls, 75, "tls"_ba,
            TlsPolicy::Opportunistic);
        row("C3 injection", MalformedReply, Stage::StartTls, 76, "protocol"_ba);
        row("wrong password", Denied, Stage::Auth, 77, "auth"_ba, required, 535);
        row("B33 temporary AUTH failure", Denied, Stage::Auth, 75, "auth"_ba, required, 454);
        row("no mechanism", Unsupported, Stage::Auth, 77, "authUnsupported"_ba);
        row("554 greeting", Denied, Stage::Greeting, 69, "connect"_ba, required, 554);
        row("421 greeting", Denied, Stage::Greeting, 75, "connect"_ba, required, 421);
        row("SIZE exceeded", Unsupported, Stage::Mail, 69, "unsupported"_ba);
        row("D1 bad address", InvalidInput, Stage::Mail, 65, "input"_ba);
        row("message unreadable", Io, Stage::Content, 66, "noinput"_ba);
        row("H4 ledger", Io, Stage::Content, 74, "output"_ba, required, 0, u"store: x"_s);
        row("H4 disk full", Full, Stage::Content, 74, "output"_ba, required, 0, u"store: x"_s);
        row("store denied", Denied, Stage::Content, 74, "output"_ba, required, 0, u"store: x"_s);
    }
    void failures()
    {
        QFETCH(Error, error);
        QFETCH(Stage, stage);
        QFETCH(int, reply);
        QFETCH(TlsPolicy, policy);
        QFETCH(int, code);
        QFETCH(QByteArray, kind);
        SessionFacts facts {
            recipients({Outcome::Failed}), Smtp::Failure {error, stage}, {}, false, policy};
        if (reply)
            facts.refusal = Smtp::Reply {reply, {"no"_ba}};
        const Verdict verdict = Delivery::verdictOf(facts);
        QCOMPARE(verdict.exitCode, code);
        QCOMPARE(verdict.outcome,
            code == 75       ? WholeOutcome::Deferred
                : code == 69 ? WholeOutcome::Rejected
                             : WholeOutcome::Failed);
        QCOMPARE(Delivery::errorKindName(*facts.failure), kind);
    }

    // Several at once: uncertain, then accepted, then the error.
    void precedence()
    {
        const Smtp::Failure lost {{Error::Kind::ConnectionClosed, u"x"_s, {}}, Stage::Dot};
        using enum Outcome;
        const auto code = [&lost](const Outcomes &outcomes) {
            return Delivery::verdictOf({recipients(outcomes), lost, {}, false, {}}).exitCode;
        };
        QCOMPARE(code({Uncertain, Rejected}), 80);
        QCOMPARE(code({Accepted, Accepted}), 0); // B29: lost behind the final reply
        QCOMPARE(code({Accepted, Deferred}), 79);
        QCOMPARE(code({Rejected, Deferred}), 75);
    }

    void stopped()
    {
        using enum Outcome;
        const auto verdict = [](const Outcomes &outcomes,
                                 std::optional<Smtp::Failure> failure = {}) {
            return Delivery::verdictOf(
                {recipients(outcomes), std::move(failure), {}, !failure, {}});
        };
        QCOMPARE(verdict({Stopped}), (Verdict {WholeOutcome::Stopped, 0}));
        QCOMPARE(verdict({Accepted}), (Verdict {WholeOutcome::Stopped, 0}));
        QCOMPARE(verdict({Stopped, Rejected}), (Verdict {WholeOutcome::Rejected, 69}));
        QCOMPARE(verdict({Uncertain}), (Verdict {WholeOutcome::Uncertain, 80}));
        QCOMPARE(verdict({Stopped},
                     Smtp::Failure {{Error::Kind::Cancelled, u"cancelled"_s, {}}, Stage::Rcpt}),
            (Verdict {WholeOutcome::Stopped, 0}));
    }

    void queueIds_data()
    {
        QTest::addColumn<QByteArrayList>("lines");
        QTest::addColumn<QByteArray>("id");
        const auto row = [](const char *name, const QByteArrayList &lines, const QByteArray &id) {
            QTest::newRow(name) << lines << id;
        };
        row("Postfix", {"2.0.0 Ok: queued as 4F2A1BC"_ba}, "4F2A1BC"_ba);
        row("Postfix long ids", {"2.0.0 Ok: queued as 4bXk9c0Yz1z9rq"_ba}, "4bXk9c0Yz1z9rq"_ba);
        row("Exim", {"OK id=1sAbcD-000000002Xy-0aBc"_ba}, "1sAbcD-000000002Xy-0aBc"_ba);
        row("Sendmail", {"2.0.0 4A1B2C3D012345 Message accepted for delivery"_ba},
            "4A1B2C3D012345"_ba);
        row("OpenSMTPD", {"2.0.0 c2f3a4b5 Message accepted for delivery"_ba}, "c2f3a4b5"_ba);
        row("OpenSMTPD 6.4", {"2.0.0 Message accepted for delivery: c2f3a4b5"_ba}, "c2f3a4b5"_ba);
        row("Exchange",
            {"2.6.0 <a@b.example> [InternalId=123456789, Hostname=X.example] 1234 bytes in 0.1, "
             "1.2 KB/sec Queued mail for delivery"_ba},
            "123456789"_ba);
        row("Gmail", {"2.0.0 OK  1700000000 d9443c01a7336-1d3xyz.12 - gsmtp"_ba},
            "d9443c01a7336-1d3xyz.12"_ba);
        row("qmail", {"ok 1700000000 qp 4711"_ba}, "4711"_ba);
        row("Haraka", {"Message Queued (B3F1-4C.1)"_ba}, "B3F1-4C.1"_ba);
        row("SES", {"Ok 0100018c2f-a1b2c3-000000"_ba}, "0100018c2f-a1b2c3-000000"_ba);
        row("generic", {"2.0.0 accepted, queue-id=77ab"_ba}, "77ab"_ba);
        row("second line", {"2.0.0 thanks"_ba, "2.0.0 Ok: queued as ABC"_ba}, "ABC"_ba);
        row("none", {"2.0.0 Ok"_ba}, ""_ba);
        row("none, words", {"2.0.0 Message accepted for delivery"_ba}, ""_ba);
        row("not UTF-8", {"2.0.0 Ok: queued as \xff\xfe"_ba}, ""_ba);
    }
    void queueIds()
    {
        QFETCH(QByteArrayList, lines);
        QFETCH(QByteArray, id);
        QCOMPARE(Delivery::queueIdOf({250, lines}), id);
        QCOMPARE(Delivery::queueIdOf({451, lines}), QByteArray());
    }

    void ehloNames_data()
    {
        QTest::addColumn<QString>("machine");
        QTest::addColumn<QByteArray>("name");
        QTest::newRow("domain") << u"pc.example.org"_s << "pc.example.org"_ba;
        QTest::newRow("label") << u"laptop"_s << "laptop"_ba;
        QTest::newRow("trailing dot") << u"pc.example.org."_s << "pc.example.org"_ba;
        QTest::newRow("underscore") << u"my_laptop"_s << "my-laptop"_ba;
        QTest::newRow("IDN") << u"büro.example"_s << "xn--bro-hoa.example"_ba;
        QTest::newRow("empty") << QString() << "[127.0.0.1]"_ba;
        QTest::newRow("D2 line break") << u"a\r\nRSET"_s << "[127.0.0.1]"_ba;
        QTest::newRow("spaces") << u"my laptop"_s << "[127.0.0.1]"_ba;
        QTest::newRow("empty label") << u"a..b"_s << "[127.0.0.1]"_ba;
    }
    void ehloNames()
    {
        QFETCH(QString, machine);
        QFETCH(QByteArray, name);
        QCOMPARE(Delivery::ehloNameFor(machine), name);
    }
};

QTEST_GUILESS_MAIN(ExitCodeTest)
#include "tst_exitcode.moc"
