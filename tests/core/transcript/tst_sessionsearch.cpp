// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/sessionsearch.h"

#include "base/literals.h"
#include "transcript/sessionlibrary.h"

#include <QTest>
#include <QTimeZone>

using namespace Mailgauge;
using namespace Mailgauge::Transcript;
using Field = SessionTerm::Field;
using Kind = SearchProblem::Kind;
using Terms = QList<SessionTerm>;

Q_DECLARE_METATYPE(Terms)
Q_DECLARE_METATYPE(Kind)

namespace {

const QTimeZone zone(3600);

QDateTime at(int year, int month, int day, int hour = 0, int minute = 0)
{
    return {QDate(year, month, day), QTime(hour, minute), zone};
}

const QDateTime now = at(2026, 11, 22, 12, 30);

SessionTerm text(Field field, const QString &value, bool negated = false)
{
    return {.field = field, .text = value, .negated = negated};
}

} // namespace

class TestSessionSearch final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void terms_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<Terms>("terms");
        QTest::newRow("nothing") << u""_s << Terms {};
        QTest::newRow("blanks") << u" \t "_s << Terms {};
        QTest::newRow("words") << u"big  invoice"_s
                               << Terms {
                                      text(Field::Any, u"big"_s), text(Field::Any, u"invoice"_s)};
        QTest::newRow("quotes keep blanks")
            << u"\"user unknown\""_s << Terms {text(Field::Any, u"user unknown"_s)};
        QTest::newRow("quotes keep a colon and a minus")
            << u"\"-http://x\""_s << Terms {text(Field::Any, u"-http://x"_s)};
        QTest::newRow("escapes") << u"\"say \\\"no\\\" \\\\ \\n\""_s
                                 << Terms {text(Field::Any, u"say \"no\" \\ \\n"_s)};
        QTest::newRow("every text field")
            << u"relay:mx1 to:@example.org reply:550 tag:done note:ticket id:5f0c"_s
            << Terms {text(Field::Relay, u"mx1"_s), text(Field::Recipient, u"@example.org"_s),
                   text(Field::Reply, u"550"_s), text(Field::Tag, u"done"_s),
                   text(Field::Note, u"ticket"_s), text(Field::Id, u"5f0c"_s)};
        QTest::newRow("field with quotes")
            << u"reply:\"user unknown\""_s << Terms {text(Field::Reply, u"user unknown"_s)};
        QTest::newRow("fields in any case") << u"RELAY:MX"_s << Terms {text(Field::Relay, u"MX"_s)};
        QTest::newRow("not") << u"-tag:done -slow"_s
                             << Terms {text(Field::Tag, u"done"_s, true),
                                    text(Field::Any, u"slow"_s, true)};
        QTest::newRow("a minus alone is a word") << u"-"_s << Terms {text(Field::Any, u"-"_s)};
        QTest::newRow("a colon later belongs to the value")
            << u"relay:[2001:db8::1]"_s << Terms {text(Field::Relay, u"[2001:db8::1]"_s)};
        QTest::newRow("digits before a colon are no field")
            << u"10:30"_s << Terms {text(Field::Any, u"10:30"_s)};
        QTest::newRow("outcomes") << u"outcome:rejected,Deferred"_s
                                  << Terms {{.field = Field::Outcome,
                                         .outcomes = {
                                             WholeOutcome::Rejected, WholeOutcome::Deferred}}};
        QTest::newRow("times") << u"after:2026-11-01 -before:7d"_s
                               << Terms {{.field = Field::After, .time = at(2026, 11, 1)},
                                      {.field = Field::Before,
                                          .time = at(2026, 11, 15, 12, 30),
                                          .negated = true}};
    }
    void terms()
    {
        QFETCH(QString, typed);
        QFETCH(Terms, terms);
        const auto parsed = parseSearch(typed, now);
        QVERIFY(parsed);
        QCOMPARE(parsed->size(), terms.size());
        QVERIFY(*parsed == terms);
    }

    void problems_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<Kind>("kind");
        QTest::addColumn<QString>("marked");
        QTest::addColumn<QString>("word");
        QTest::newRow("field that is none")
            << u"a form:b c"_s << Kind::UnknownField << u"form:b"_s << u"form"_s;
        QTest::newRow("nothing behind the colon")
            << u"relay: x"_s << Kind::NoValue << u"relay:"_s << u"relay"_s;
        QTest::newRow("empty quotes") << u"x \"\""_s << Kind::NoValue << u"\"\""_s << u""_s;
        QTest::newRow("outcome that is none") << u"-outcome:bounced"_s << Kind::UnknownOutcome
                                              << u"-outcome:bounced"_s << u"bounced"_s;
        QTest::newRow("outcome list with a hole") << u"outcome:accepted,"_s << Kind::UnknownOutcome
                                                  << u"outcome:accepted,"_s << u"accepted,"_s;
        QTest::newRow("no date") << u"before:2026-13-01"_s << Kind::NoTime << u"before:2026-13-01"_s
                                 << u"2026-13-01"_s;
        QTest::newRow("open quote")
            << u"x reply:\"no end"_s << Kind::OpenQuote << u"reply:\"no end"_s << u""_s;
    }
    void problems()
    {
        QFETCH(QString, typed);
        QFETCH(Kind, kind);
        QFETCH(QString, marked);
        QFETCH(QString, word);
        const auto parsed = parseSearch(typed, now);
        QVERIFY(!parsed);
        QCOMPARE(parsed.error().kind, kind);
        QCOMPARE(typed.sliced(parsed.error().at, parsed.error().length), marked);
        QCOMPARE(parsed.error().word, word);
    }

    void times_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QDateTime>("time");
        QTest::newRow("year") << u"2026"_s << at(2026, 1, 1);
        QTest::newRow("month") << u"2026-11"_s << at(2026, 11, 1);
        QTest::newRow("day") << u"2026-11-22"_s << at(2026, 11, 22);
        QTest::newRow("minute") << u"2026-11-22T10:30"_s << at(2026, 11, 22, 10, 30);
        QTest::newRow("UTC") << u"2026-11-22T10:30:00Z"_s << at(2026, 11, 22, 11, 30);
        QTest::newRow("offset") << u"2026-11-22T10:30:00+02:00"_s << at(2026, 11, 22, 9, 30);
        QTest::newRow("today") << u"Today"_s << at(2026, 11, 22);
        QTest::newRow("yesterday") << u"yesterday"_s << at(2026, 11, 21);
        QTest::newRow("minutes") << u"30m"_s << at(2026, 11, 22, 12, 0);
        QTest::newRow("hours") << u"13h"_s << at(2026, 11, 21, 23, 30);
        QTest::newRow("days") << u"7d"_s << at(2026, 11, 15, 12, 30);
        QTest::newRow("weeks") << u"2w"_s << at(2026, 11, 8, 12, 30);
        for (const auto bad : {"", "x", "d", "7", "-7d", "99999999d", "2026-02-30", "26-11-22",
                 "2026-11-22T25:00", "7 d"})
            QTest::newRow(bad) << QString::fromLatin1(bad) << QDateTime();
    }
    void times()
    {
        QFETCH(QString, typed);
        QFETCH(QDateTime, time);
        const auto parsed = parseSearchTime(typed, now);
        QCOMPARE(parsed.has_value(), time.isValid());
        if (parsed)
            QCOMPARE(*parsed, time);
    }

    void valuesComeBack_data()
    {
        QTest::addColumn<QString>("value");
        for (const auto value : {"plain", "two words", "a\"b", "back\\slash", "\\\"", " "})
            QTest::newRow(value) << QString::fromLatin1(value);
    }
    void valuesComeBack()
    {
        QFETCH(QString, value);
        const auto parsed = parseSearch(u"note:"_s + searchValue(value), now);
        if (value.trimmed().isEmpty()) {
            QVERIFY(!parsed);
            return;
        }
        QVERIFY(parsed);
        QVERIFY(*parsed == Terms {text(Field::Note, value)});
    }

    void everyFieldOfferedIsOne()
    {
        QCOMPARE(searchFields().size(), 9);
        for (const QString &field : searchFields()) {
            const QString value = field == u"outcome"_s ? u"failed"_s : u"2026"_s;
            QVERIFY2(parseSearch(field + u':' + value, now), qPrintable(field));
        }
    }

    void tags_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("kept");
        QTest::newRow("plain") << u"  ticket-4711 "_s << u"ticket-4711"_s;
        QTest::newRow("letters of any kind") << u"größe"_s << u"größe"_s;
        QTest::newRow("longest") << QString(40, u'x') << QString(40, u'x');
        for (const auto bad : {"", "  ", "two words", "a,b", "a\"b", "a\nb", "a\x1b"})
            QTest::newRow(bad) << QString::fromLatin1(bad) << QString();
        QTest::newRow("too long") << QString(41, u'x') << QString();
    }
    void tags()
    {
        QFETCH(QString, typed);
        QFETCH(QString, kept);
        QCOMPARE(tagFrom(typed).value_or(QString()), kept);
        QCOMPARE(tagFrom(typed).has_value(), !kept.isEmpty());
    }

    void notesAreOneLine()
    {
        QCOMPARE(noteFrom(u" a\r\n b\t c "_s), u"a b c"_s);
        QCOMPARE(noteFrom(QString(5000, u'x')).size(), 2000);
    }
};

QTEST_GUILESS_MAIN(TestSessionSearch)
#include "tst_sessionsearch.moc"
