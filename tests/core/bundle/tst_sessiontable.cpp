// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "bundle/sessiontable.h"
#include "samplesession.h"
#include "storedsessions.h"
#include "transcript/decidingreply.h"

#include <QTest>

using namespace Mailgauge;
using Bundle::sessionTable;
using Bundle::TableShape;
using Transcript::SessionRecord;

namespace {

/// Cells of one line; none of them holds a comma or a quote.
QByteArrayList cells(const QByteArray &table, qsizetype line)
{
    return table.split('\n').at(line).trimmed().split(',');
}

QByteArray cell(const QByteArray &table, qsizetype line, const QByteArray &column)
{
    return cells(table, line).value(cells(table, 0).indexOf(column));
}

SessionRecord lost()
{
    SessionRecord record;
    record.id = QUuid::fromString(u"0c7a4a8e-51f5-4a35-9b0e-2f6e36f0a333"_s);
    record.host = u"/run/lmtp"_s;
    record.failure = Smtp::Failure {
        {Base::Error::Kind::Timeout, u"no reply"_s, {}}, Smtp::Stage::Greeting};
    record.outcome = Transcript::WholeOutcome::Failed;
    record.stage = Smtp::Stage::Greeting;
    return record;
}

} // namespace

class TestSessionTable final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void sessions()
    {
        SessionRecord record = Test::sampleSession().record;
        record.tags = {u"billing"_s, u"slow"_s};
        record.note = u"ask them"_s;
        const QByteArray table = sessionTable({record, lost()}, TableShape::Sessions);
        QVERIFY(table.endsWith("\r\n"));
        QCOMPARE(table.count("\r\n"), 3);
        const QByteArrayList header = cells(table, 0);
        QCOMPARE(header,
            QByteArray("session,start,host,port,address,profile,from,outcome,stage,code,enhanced,"
                       "reply,error,recipients,accepted,deferred,rejected,uncertain,failed,stopped,"
                       "queueId,tlsVersion,tlsCipher,auth,messageId,subject,milliseconds,exit,tags,"
                       "note")
                .split(','));
        QCOMPARE(cells(table, 1).join('|'),
            "0c7a4a8e-51f5-4a35-9b0e-2f6e36f0a111|2026-01-02T03:04:05.678Z|mx.example.net|587|"
            "192.0.2.25||news@example.org|partial|quit|550|5.1.1|5.1.1 no such user here||3|1|1|1|"
            "0|0|0|4XyZ01|TLSv1.3|TLS_AES_256_GCM_SHA384|PLAIN|1@example.org|Grüße|402.345|79|"
            "billing slow|ask them"_ba);
        // What is not known is empty.
        QCOMPARE(cells(table, 2).join('|'),
            "0c7a4a8e-51f5-4a35-9b0e-2f6e36f0a333||/run/lmtp|||||failed|greeting||||"
            "timeout: no reply|0|0|0|0|0|0|0|||||||0.000|70||"_ba);
    }

    void recipients()
    {
        const SessionRecord record = Test::sampleSession().record;
        const QByteArray table = sessionTable({lost(), record}, TableShape::Recipients);
        QCOMPARE(table.count("\r\n"), 4);
        QCOMPARE(cells(table, 0),
            QByteArray("session,start,host,port,address,profile,from,recipient,outcome,stage,code,"
                       "enhanced,reply,error,queueId,tlsVersion,tlsCipher,auth,messageId,subject,"
                       "milliseconds")
                .split(','));
        QCOMPARE(cells(table, 3).join('|'),
            "0c7a4a8e-51f5-4a35-9b0e-2f6e36f0a111|2026-01-02T03:04:05.678Z|mx.example.net|587|"
            "192.0.2.25||news@example.org|grey@example.net|deferred|rcpt|451|4.7.1|4.7.1 greylisted"
            "||4XyZ01|TLSv1.3|TLS_AES_256_GCM_SHA384|PLAIN|1@example.org|Grüße|402.345"_ba);
        QCOMPARE(cell(table, 1, "outcome"), "accepted"_ba);
        QCOMPARE(cell(table, 2, "code"), "550"_ba);
    }

    // B6, G4: what a server says stays text, in a terminal and in a spreadsheet.
    void hostileTextStaysText()
    {
        SessionRecord record = Test::submission().record;
        QVERIFY(record.recipients.size() > 1);
        record.recipients[1].reply = Smtp::Reply {
            599, {"=HYPERLINK(\"http://x\")"_ba, "\x1b[31m\xe2\x80\xae, \xff"_ba}};
        record.subject = u"@SUM(A1)"_s;
        record.note = u"line\nend"_s;
        for (const TableShape shape : Bundle::allTableShapes) {
            const QByteArray table = sessionTable({record}, shape);
            QVERIFY(table.contains("\"'=HYPERLINK(\"\"http://x\"\") \\x1b[31m\\u202e, \\xff\""));
            QVERIFY(table.contains(",'@SUM(A1),"));
            QVERIFY(!table.contains('\x1b') && !table.contains("\xe2\x80\xae"));
            QCOMPARE(table.count('\n'),
                shape == TableShape::Sessions ? 2 : 1 + record.recipients.size());
        }
    }

    void nothingIsAHeader()
    {
        for (const TableShape shape : Bundle::allTableShapes)
            QCOMPARE(sessionTable({}, shape).count('\n'), 1);
    }

    void theReplyThatStandsForTheSession()
    {
        SessionRecord record = lost();
        QVERIFY(!Transcript::decidingReply(record));
        record.finalReply = Smtp::Reply {250, {"queued"_ba}};
        QCOMPARE(Transcript::decidingReply(record)->code, 250);
        record.recipients = Test::sampleSession().record.recipients;
        QCOMPARE(Transcript::decidingReply(record)->code, 550);
    }
};

QTEST_GUILESS_MAIN(TestSessionTable)
#include "tst_sessiontable.moc"
