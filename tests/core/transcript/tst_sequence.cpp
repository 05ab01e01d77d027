// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/sequence.h"
#include "transcript/stagespans.h"

#include "base/literals.h"
#include "samplesession.h"

#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Transcript;
using Smtp::Stage;

namespace {

constexpr auto C = Direction::Client;
constexpr auto S = Direction::Server;
constexpr auto E = Direction::Event;

struct Line {
    Direction direction;
    Stage stage;
    QByteArray text;
    qint64 us = 0;
};

QList<Entry> entriesOf(const QList<Line> &lines)
{
    QList<Entry> entries;
    for (const Line &line : lines) {
        Entry entry;
        entry.n = entries.size();
        entry.us = line.us > 0 ? line.us : entries.size() * 1'000;
        entry.direction = line.direction;
        entry.stage = line.stage;
        entry.text = line.text;
        entries.append(entry);
    }
    return entries;
}

/// "1 We Sender a@example.org" …
QStringList printed(const QList<SequenceArrow> &arrows)
{
    static const QStringList froms {u"We"_s, u"Relay"_s, u"-"_s};
    static const QStringList kinds {u"LookUp"_s, u"Call"_s, u"Proxy"_s, u"Greeting"_s, u"Hello"_s,
        u"AskTls"_s, u"Tls"_s, u"Login"_s, u"Challenge"_s, u"Proof"_s, u"Sender"_s, u"Recipients"_s,
        u"AskToSend"_s, u"Message"_s, u"Reset"_s, u"Goodbye"_s, u"Other"_s, u"Lost"_s, u"Closed"_s};
    static const QStringList tones {u""_s, u" good"_s, u" deferred"_s, u" bad"_s, u" uncertain"_s};
    QStringList list;
    for (const SequenceArrow &arrow : arrows) {
        QString text = u"%1 %2 %3%4"_s.arg(QString::number(arrow.step), froms.at(int(arrow.from)),
            kinds.at(int(arrow.kind)), tones.at(int(arrow.tone)));
        for (const QByteArray &part : QList<QByteArray> {arrow.name} + arrow.addresses) {
            if (!part.isEmpty())
                text += u' ' + QString::fromUtf8(part);
        }
        if (arrow.octets)
            text += u" %1 octets"_s.arg(arrow.octets);
        if (arrow.count > 1)
            text += u" x%1"_s.arg(arrow.count);
        list += text;
    }
    return list;
}

} // namespace

class TestSequence final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void pipelinedSession()
    {
        const Test::SampleSession sample = Test::sampleSession();
        const QStringList expected {u"1 We Call mx.example.net"_s, u"2 Relay Greeting good"_s,
            u"3 We Hello client.example.org"_s, u"3 Relay Hello good"_s, u"4 We AskTls"_s,
            u"4 Relay AskTls good"_s, u"5 - Tls good TLSv1.3 TLS_AES_256_GCM_SHA384"_s,
            u"6 We Hello client.example.org"_s, u"6 Relay Hello good"_s, u"7 We Login PLAIN"_s,
            u"7 Relay Login good"_s, u"8 We Sender news@example.org"_s, u"8 Relay Sender good"_s,
            u"9 We Recipients anna@example.net nobody@example.net grey@example.net x3"_s,
            u"9 Relay Recipients good anna@example.net"_s,
            u"9 Relay Recipients bad nobody@example.net"_s,
            u"9 Relay Recipients deferred grey@example.net"_s, u"10 We AskToSend"_s,
            u"10 Relay AskToSend good"_s, u"11 We Message 24576 octets"_s,
            u"11 Relay Message good"_s, u"12 We Goodbye"_s, u"12 Relay Goodbye good"_s,
            u"13 - Closed"_s};
        const auto arrows = sequenceOf(sample.entries, sample.record);
        QCOMPARE(printed(arrows).join(u'\n'), expected.join(u'\n'));
        QVERIFY(!arrows.at(3).tls);
        QVERIFY(arrows.at(7).tls);
        QCOMPARE(arrows.at(15).reply->code, 550);
        // Every arrow leads to a line of its own direction.
        for (const SequenceArrow &arrow : arrows) {
            const Direction direction = sample.entries.at(arrow.first).direction;
            QVERIFY(arrow.from != SequenceArrow::From::Relay || direction == S);
            QVERIFY(arrow.from != SequenceArrow::From::We || direction != S);
        }
    }

    void sequences_data()
    {
        QTest::addColumn<QList<Entry>>("entries");
        QTest::addColumn<QStringList>("expected");
        const auto row = [](const char *name, const QList<Line> &lines,
                             const QStringList &expected) {
            QTest::newRow(name) << entriesOf(lines) << expected;
        };
        row("nothing", {}, {});
        row("nobody answers",
            {{E, Stage::Connect, "connecting to 192.0.2.1:25"},
                {E, Stage::Connect, "connect: refused"}},
            {u"1 We Call relay.example"_s, u"2 - Lost bad connect: refused"_s});
        row("turned away", {{S, Stage::Greeting, "554 no SMTP service here"}},
            {u"1 Relay Greeting bad"_s});
        row("rfc4954 rounds are one",
            {{C, Stage::Auth, "AUTH LOGIN"}, {S, Stage::Auth, "334 VXNlcm5hbWU6"},
                {C, Stage::Auth, "<redacted: AUTH LOGIN>"}, {S, Stage::Auth, "334 UGFzc3dvcmQ6"},
                {C, Stage::Auth, "<redacted: AUTH LOGIN>"}, {S, Stage::Auth, "535 5.7.8 no"}},
            {u"1 We Login LOGIN"_s, u"1 Relay Challenge x2"_s, u"2 We Proof x2"_s,
                u"2 Relay Login bad"_s});
        row("one after the other",
            {{C, Stage::Mail, "MAIL FROM:<>"}, {S, Stage::Mail, "250 ok"},
                {C, Stage::Rcpt, "RCPT TO:<a@b.example>"}, {S, Stage::Rcpt, "250 2.1.5 ok"},
                {C, Stage::Rcpt, "RCPT TO:<c@b.example>"}, {S, Stage::Rcpt, "250 2.1.5 fine"},
                {C, Stage::Rcpt, "RCPT TO:<d@b.example>"}, {S, Stage::Rcpt, "451 later"}},
            {u"1 We Sender"_s, u"1 Relay Sender good"_s,
                u"2 We Recipients a@b.example c@b.example d@b.example x3"_s,
                u"2 Relay Recipients good a@b.example c@b.example x2"_s,
                u"2 Relay Recipients deferred d@b.example"_s});
        row("D1 lost behind the dot",
            {{C, Stage::Content, "message data, 10 bytes"}, {C, Stage::Dot, "."},
                {E, Stage::Dot, "closed by the peer"},
                {E, Stage::Dot, "connectionClosed: closed by the peer"}, {E, Stage::Dot, "closed"}},
            {u"1 We Message 24 octets"_s, u"2 Relay Closed"_s,
                u"3 - Lost uncertain connectionClosed: closed by the peer"_s, u"4 - Closed"_s});
        row("421 out of nowhere", {{S, Stage::Rset, "421 4.3.2 shutting down"}},
            {u"1 Relay Other deferred"_s});
        row("commands by hand",
            {{C, Stage::Rset, "NOOP"}, {S, Stage::Rset, "250 ok"}, {C, Stage::Rset, "noop x"},
                {S, Stage::Rset, "250 ok"}, {C, Stage::Rset, "RSET"}, {S, Stage::Rset, "250 ok"}},
            {u"1 We Other NOOP x2"_s, u"1 Relay Other good"_s, u"1 Relay Other good"_s,
                u"2 We Reset"_s, u"2 Relay Reset good"_s});
        row("multiline reply is one",
            {{C, Stage::Helo, "EHLO a"}, {S, Stage::Helo, "250-a"}, {S, Stage::Helo, "250-SIZE"},
                {S, Stage::Helo, "250 DSN"}},
            {u"1 We Hello a"_s, u"1 Relay Hello good"_s});
        row("hostile",
            {{S, Stage::Greeting, ""}, {S, Stage::Greeting, "\xff\x00\x1b"},
                {C, Stage::Rcpt, "RCPT"}, {C, Stage::Rcpt, "RCPT TO:<<>>"},
                {S, Stage::Rcpt, "999 x"}, {S, Stage::Rcpt, "25"}},
            {u"1 We Recipients < x2"_s});
    }

    void sequences()
    {
        QFETCH(QList<Entry>, entries);
        QFETCH(QStringList, expected);
        SessionRecord record;
        record.host = u"relay.example"_s;
        QCOMPARE(printed(sequenceOf(entries, record)).join(u'\n'), expected.join(u'\n'));
    }

    void badCertificate()
    {
        SessionRecord record;
        record.tls = Tls::TlsFacts {};
        const auto arrows = sequenceOf(entriesOf({{E, Stage::Tls,
                                                      "tlsHandshake: certificate "
                                                      "expired"},
                                           {E, Stage::Tls, "closed"}}),
            record);
        QCOMPARE(printed(arrows).join(u'\n'),
            u"1 - Tls bad tlsHandshake: certificate expired\n2 - Closed"_s);
    }

    /// The handshake is one arrow, however much of it is told.
    void messagesOfTheHandshake()
    {
        const auto arrows = sequenceOf(
            entriesOf({{E, Stage::Tls, "TLS sent ClientHello, 300 octets"},
                {E, Stage::Tls, "TLS received alert: fatal protocol_version (70)"},
                {E, Stage::Tls, "tlsHandshake: handshake: tlsv1 alert protocol version"}}),
            SessionRecord {});
        QCOMPARE(printed(arrows).join(u'\n'),
            u"1 - Lost bad tlsHandshake: handshake: tlsv1 alert protocol version"_s);
        QCOMPARE(
            printed(
                sequenceOf(entriesOf({{E, Stage::Tls, "TLS sent ClientHello, 300 octets"},
                               {E, Stage::Tls, "TLS established: TLSv1.3, TLS_AES_256_GCM_SHA384"},
                               {E, Stage::Helo, "TLS received NewSessionTicket, 200 octets"}}),
                    SessionRecord {}))
                .size(),
            1);
        // A certificate of ours is refused behind TLS 1.3's end of the handshake.
        QCOMPARE(
            printed(
                sequenceOf(
                    entriesOf({{E, Stage::Tls, "TLS established: TLSv1.3, TLS_AES_256_GCM_SHA384"},
                        {E, Stage::Helo, "TLS received alert: fatal certificate_required (116)"}}),
                    SessionRecord {}))
                .last(),
            u"2 Relay Tls bad TLS received alert: fatal certificate_required (116)"_s);
    }

    void addressIsNotLookedUp()
    {
        SessionRecord record;
        record.host = u"192.0.2.1"_s;
        record.address = record.host;
        const auto entries = entriesOf({{E, Stage::Resolve, "connecting to 192.0.2.1"},
            {E, Stage::Connect, "connecting to 192.0.2.1:25"}});
        QCOMPARE(printed(sequenceOf(entries, record)), QStringList {u"1 We Call 192.0.2.1"_s});
    }

    void manyTransactionsStayLinear()
    {
        QList<Line> lines;
        for (int i = 0; i < 20'000; ++i)
            lines += {{C, Stage::Mail, "MAIL FROM:<a@b.example>"}, {S, Stage::Mail, "250 ok"},
                {C, Stage::Rcpt, "RCPT TO:<c@b.example>"}, {S, Stage::Rcpt, "250 ok"}};
        QCOMPARE(sequenceOf(entriesOf(lines), {}).size(), 80'000);
        QCOMPARE(stageSpans(entriesOf(lines)).size(), 40'000);
    }

    // --- The waterfall ---------------------------------------------------------------------

    void spansOverlapWherePipelined()
    {
        const auto spans = stageSpans(
            entriesOf({{E, Stage::Resolve, "relay.example is 192.0.2.1", 2'000},
                {E, Stage::Connect, "connecting to 192.0.2.1:25", 2'100},
                {E, Stage::Connect, "connected", 5'000}, {S, Stage::Greeting, "220 hi", 9'000},
                {C, Stage::Helo, "EHLO a", 9'100}, {S, Stage::Helo, "250 a", 10'000},
                {C, Stage::StartTls, "STARTTLS", 10'100}, {S, Stage::StartTls, "220 go", 11'000},
                {E, Stage::Tls, "TLS established", 20'000}, {C, Stage::Helo, "EHLO a", 20'100},
                {S, Stage::Helo, "250 a", 21'000}, {C, Stage::Mail, "MAIL", 22'000},
                {C, Stage::Rcpt, "RCPT", 22'000}, {C, Stage::Rcpt, "RCPT", 22'000},
                {C, Stage::Data, "DATA", 22'000}, {S, Stage::Mail, "250", 23'000},
                {S, Stage::Rcpt, "250", 24'000}, {S, Stage::Rcpt, "250", 25'000},
                {S, Stage::Data, "354", 26'000}, {C, Stage::Content, "message data", 36'000},
                {C, Stage::Dot, ".", 36'500}, {S, Stage::Dot, "250", 50'000},
                {C, Stage::Quit, "QUIT", 50'100}, {S, Stage::Quit, "221", 51'000},
                {E, Stage::Quit, "closed", 51'200}}));
        const QList<StageSpan> expected {{Stage::Resolve, 0, 2'000, 0, 0},
            {Stage::Connect, 2'000, 3'000, 1, 2}, {Stage::Greeting, 5'000, 4'000, 3, 3},
            {Stage::Helo, 9'100, 900, 4, 5}, {Stage::StartTls, 10'100, 900, 6, 7},
            {Stage::Tls, 11'000, 9'000, 8, 8}, {Stage::Helo, 20'100, 900, 9, 10},
            {Stage::Mail, 22'000, 1'000, 11, 15}, {Stage::Rcpt, 22'000, 3'000, 12, 17},
            {Stage::Data, 22'000, 4'000, 14, 18}, {Stage::Content, 26'000, 10'000, 19, 19},
            {Stage::Dot, 36'500, 13'500, 20, 21}, {Stage::Quit, 50'100, 1'100, 22, 24}};
        QCOMPARE(spans.size(), expected.size());
        for (qsizetype i = 0; i < spans.size(); ++i)
            QVERIFY2(spans.at(i) == expected.at(i), QByteArray::number(i).constData());
    }

    void spansOfBackwardsTimes()
    {
        const auto spans = stageSpans(entriesOf({{S, Stage::Greeting, "220", 5'000},
            {S, Stage::Greeting, "220", 1'000}, {E, Stage::Tls, "x", 500}}));
        for (const StageSpan &span : spans)
            QVERIFY(span.us >= 0 && span.fromUs >= 0);
    }
};

QTEST_GUILESS_MAIN(TestSequence)
#include "tst_sequence.moc"
