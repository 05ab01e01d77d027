// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "samplesession.h"
#include "transcript/filterexpression.h"
#include "transcript/recipientrows.h"

#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Transcript;

namespace {

using Rows = QList<quint32>;

QUuid session(int number)
{
    return QUuid::createUuidV5(QUuid(), QString::number(number));
}

void say(Transcript::Transcript &transcript, int who, Direction direction, Smtp::Stage stage,
    const QByteArray &text)
{
    Entry entry;
    entry.direction = direction;
    entry.stage = stage;
    entry.text = text;
    transcript.append(session(who), entry);
}

/// "C m …" client at MAIL, "S r …" server at RCPT, "E" event; a figure in front: the session.
Transcript::Transcript script(const QList<QByteArray> &lines)
{
    Transcript::Transcript transcript;
    for (const QByteArray &line : lines) {
        const auto direction = line.at(1) == 'C' ? Direction::Client : Direction::Server;
        const auto stage = line.at(2) == 'm' ? Smtp::Stage::Mail
            : line.at(2) == 'r'              ? Smtp::Stage::Rcpt
                                             : Smtp::Stage::Content;
        say(transcript, line.at(0) - '0', direction, stage, line.sliced(4));
    }
    return transcript;
}

Rows found(const Transcript::Transcript &transcript, const QString &expression)
{
    const auto conditions = parseExpression(expression);
    if (!conditions)
        qFatal("%s", qPrintable(expression));
    LineFilter filter;
    filter.conditions = *conditions;
    return LineMatcher(filter).rows(transcript.snapshot(), 0, transcript.size());
}

} // namespace

class TestLineFilter final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void findsLines_data()
    {
        QTest::addColumn<QString>("expression");
        QTest::addColumn<Rows>("rows");
        QTest::newRow("word, either case") << u"NOBODY"_s << Rows {20, 24};
        QTest::newRow("two words must both hold") << u"nobody 550"_s << Rows {24};
        QTest::newRow("quoted with blanks") << u"\"no such user\""_s << Rows {24};
        QTest::newRow("quotes inside quotes") << u"\"no \\\"such\""_s << Rows {};
        QTest::newRow("without") << u"nobody -550"_s << Rows {20};
        QTest::newRow("pattern") << u"/^[45]\\d\\d [45]\\.\\d/"_s << Rows {24, 25};
        QTest::newRow("pattern, either case") << u"/RCPT to:<N/"_s << Rows {20};
        QTest::newRow("pattern, case counts") << u"/RCPT to:<N/c"_s << Rows {};
        QTest::newRow("pattern with a slash") << u"/try\\/again/"_s << Rows {};
        QTest::newRow("pattern excluded") << u"nobody -/^550/"_s << Rows {20};
        QTest::newRow("pattern sees what is shown") << u"/\\\\x1b\\[31m/"_s << Rows {30};
        QTest::newRow("field names are lower case") << u"TO:<nobody"_s << Rows {20};
        QTest::newRow("class") << u"class:5"_s << Rows {24};
        QTest::newRow("class as people write it") << u"class:5yz,4xx"_s << Rows {24, 25};
        QTest::newRow("class none at a stage") << u"class:none stage:data"_s << Rows {26};
        QTest::newRow("stage") << u"stage:auth"_s << Rows {16, 17};
        QTest::newRow("alternatives") << u"stage:auth,data"_s << Rows {16, 17, 26, 27};
        QTest::newRow("direction at a stage") << u"dir:server stage:rcpt"_s << Rows {23, 24, 25};
        QTest::newRow("stage excluded")
            << u"dir:server class:2 -stage:helo,auth tls:yes"_s << Rows {22, 23, 30, 32};
        QTest::newRow("unexpected") << u"unexpected:yes"_s << Rows {24, 25};
        QTest::newRow("not unexpected") << u"unexpected:no stage:rcpt dir:server"_s << Rows {23};
        QTest::newRow("unexpected excluded")
            << u"-unexpected:yes stage:rcpt dir:server"_s << Rows {23};
        QTest::newRow("in clear") << u"tls:no dir:client"_s << Rows {2, 5};
        QTest::newRow("nothing") << u""_s
                                 << Rows {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
                                        17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
                                        32, 33};
        // RFC 2920: three RCPT commands in a row, three replies behind that of MAIL.
        QTest::newRow("one recipient, pipelined")
            << u"to:nobody@example.net"_s << Rows {18, 20, 22, 24};
        QTest::newRow("recipient in brackets")
            << u"to:<GREY@example.net>"_s << Rows {18, 21, 22, 25};
        QTest::newRow("recipient's replies") << u"to:nobody class:5"_s << Rows {24};
        QTest::newRow("no such recipient") << u"to:news@example.org"_s << Rows {};
    }

    void findsLines()
    {
        QFETCH(QString, expression);
        QFETCH(Rows, rows);
        Transcript::Transcript transcript;
        const auto sample = Test::sampleSession();
        for (const Entry &entry : sample.entries)
            transcript.append(sample.record.id, entry);
        QCOMPARE(found(transcript, expression), rows);
    }

    void recipientsOfSessionsThatInterleave()
    {
        const auto transcript = script({"1Cm MAIL FROM:<a@x>", "2Cm MAIL FROM:<b@x>",
            "1Cr RCPT TO:<one@y>", "2Cr RCPT TO:<two@y>", "2Sm 250 ok", "1Sm 250-first",
            "1Sm 250 second", "1Sr 550-no", "2Sr 250 yes", "1Sr 550 really",
            // The next transaction of the first session has nothing to do with it.
            "1Cm MAIL FROM:<a@x>", "1Sm 250 ok", "1Cr RCPT TO:<two@y>", "1Sr 250 ok"});
        QCOMPARE(found(transcript, u"to:one@y"_s), (Rows {0, 2, 5, 6, 7, 9}));
        QCOMPARE(found(transcript, u"to:two@y"_s), (Rows {1, 3, 4, 8, 10, 11, 12, 13}));
        QCOMPARE(found(transcript, u"to:two@y session:2"_s), (Rows {1, 3, 4, 8}));
    }

    void recipientsWithoutReplies()
    {
        // The session broke; a reply to nothing belongs to nobody.
        const auto transcript = script({"1Sr 250 stray", "1Cr RCPT TO:<one@y>",
            "1Cr RCPT TO:broken", "1Sr 250 ok", "1Sr 501 syntax", "1Sr 421 stray"});
        QCOMPARE(found(transcript, u"to:one"_s), (Rows {1, 3}));
    }

    void messageDataFolds()
    {
        const auto transcript = script(
            {"1Cc Subject: a", "1Cc ", "2Cc other", "1Cc text", "1Sd 250 ok", "1Cc Subject: b"});
        LineFilter filter;
        filter.foldContent = true;
        const auto rows = [&] { return LineMatcher(filter).rows(transcript.snapshot(), 0, 6); };
        QCOMPARE(rows(), (Rows {0, 2, 4, 5}));
        filter.unfolded = {1};
        QCOMPARE(rows(), (Rows {0, 1, 2, 4, 5}));
        QCOMPARE(transcript.contentStart(3), 0);
        QCOMPARE(transcript.contentStart(5), 5);
        QCOMPARE(transcript.contentStart(4), 4);
    }

    void rowOfANumber()
    {
        Transcript::Transcript transcript;
        for (const qint64 n : {0, 1, 5, 6}) {
            Entry entry;
            entry.n = n;
            transcript.append(session(1), entry);
            transcript.append(session(2), entry);
        }
        QCOMPARE(transcript.rowOf(1, 5), 5);
        QCOMPARE(transcript.rowOf(0, 2), -1);
        QCOMPARE(transcript.rowOf(0, 7), -1);
        QCOMPARE(transcript.rowOf(2, 0), -1);
    }

    void wrongExpressions_data()
    {
        QTest::addColumn<QString>("expression");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("value");
        QTest::addColumn<qsizetype>("at");
        using Kind = ExpressionError::Kind;
        const auto row = [](const char *name, const QString &expression, Kind kind,
                             const QString &value, qsizetype at) {
            QTest::newRow(name) << expression << static_cast<int>(kind) << value << at;
        };
        row("open quote", u"a \"b c"_s, Kind::OpenQuote, {}, 2);
        row("open pattern", u"/a b"_s, Kind::OpenPattern, {}, 0);
        row("bad pattern", u"x /a(/"_s, Kind::BadPattern, u"missing closing parenthesis"_s, 2);
        row("no value", u"stage:"_s, Kind::EmptyValue, u"stage"_s, 0);
        row("no address", u"to:<>"_s, Kind::EmptyValue, u"to"_s, 0);
        row("unknown stage", u"stage:auth,lunch"_s, Kind::UnknownValue, u"stage:auth,lunch"_s, 0);
        row("unknown class", u"class:6"_s, Kind::UnknownValue, u"class:6"_s, 0);
        row("session 0", u"session:0"_s, Kind::UnknownValue, u"session:0"_s, 0);
        row("session excluded", u"-session:1"_s, Kind::NotExcludable, u"-session:1"_s, 0);
        row("two recipients", u"to:a to:b"_s, Kind::Twice, u"to"_s, 5);
    }

    void wrongExpressions()
    {
        QFETCH(QString, expression);
        QFETCH(int, kind);
        QFETCH(QString, value);
        QFETCH(qsizetype, at);
        const auto parsed = parseExpression(expression);
        QVERIFY(!parsed);
        QCOMPARE(static_cast<int>(parsed.error().kind), kind);
        QCOMPARE(parsed.error().value, value);
        QCOMPARE(parsed.error().at, at);
    }

    void nestedRepetitionGivesUp()
    {
        // Catastrophic backtracking: years without the limit.
        Transcript::Transcript transcript;
        say(transcript, 1, Direction::Server, Smtp::Stage::Mail, QByteArray(5000, 'a') + '!');
        QCOMPARE(found(transcript, u"/^(a+)+$/"_s), Rows {});
    }

    void cancelledEndsEarly()
    {
        Transcript::Transcript transcript;
        for (int i = 0; i < 1000; ++i)
            say(transcript, 1, Direction::Client, Smtp::Stage::Mail, "MAIL FROM:<a@x>");
        LineFilter filter;
        filter.conditions.texts = {{TextTerm::Kind::Pattern, u"mail"_s}};
        const std::atomic_bool cancelled = true;
        QVERIFY(LineMatcher(filter).rows(transcript.snapshot(), 0, 1000, &cancelled).isEmpty());
        filter.conditions = {};
        filter.conditions.recipient = "a@x";
        QVERIFY(LineMatcher(filter).rows(transcript.snapshot(), 0, 1000, &cancelled).isEmpty());
    }

    void termsOfTexts_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("term");
        QTest::newRow("word") << u"550"_s << u"550"_s;
        QTest::newRow("blanks") << u"no such user"_s << u"\"no such user\""_s;
        QTest::newRow("quote") << u"a\"b"_s << u"a\"b"_s;
        QTest::newRow("quote in front") << u"\"b"_s << u"\"\\\"b\""_s;
        QTest::newRow("field") << u"to:x"_s << u"\"to:x\""_s;
        QTest::newRow("minus") << u"-x"_s << u"\"-x\""_s;
        QTest::newRow("pattern") << u"/x/"_s << u"\"/x/\""_s;
        QTest::newRow("backslash") << u"a \\ b"_s << u"\"a \\\\ b\""_s;
    }

    void termsOfTexts()
    {
        QFETCH(QString, text);
        QFETCH(QString, term);
        QCOMPARE(textTerm(text), term);
        const auto parsed = parseExpression(term);
        QVERIFY(parsed);
        QCOMPARE(parsed->texts.size(), 1);
        QCOMPARE(parsed->texts.constFirst().text, text);
    }

    void fieldsOfExpressions()
    {
        const QString expression = u"  \"a b\" stage:rcpt,mail -stage:quit /x y/c class:5"_s;
        QCOMPARE(splitTerms(expression),
            (QStringList {
                u"\"a b\""_s, u"stage:rcpt,mail"_s, u"-stage:quit"_s, u"/x y/c"_s, u"class:5"_s}));
        QCOMPARE(fieldValue(expression, u"stage"_s), u"rcpt,mail"_s);
        QCOMPARE(fieldValue(expression, u"dir"_s), QString());
        QCOMPARE(withField(expression, u"stage"_s, u"auth"_s),
            u"\"a b\" stage:auth -stage:quit /x y/c class:5"_s);
        QCOMPARE(withField(u"class:5"_s, u"class"_s, {}), QString());
        QCOMPARE(withField(u"x"_s, u"tls"_s, u"no"_s), u"x tls:no"_s);
        QCOMPARE(splitTerms(u"\"open -"_s), QStringList {u"\"open -"_s});
        QCOMPARE(splitTerms(u"-"_s), QStringList {u"-"_s});
        QCOMPARE(splitTerms(u"/a\\"_s), QStringList {u"/a\\"_s});
    }

    void completes()
    {
        QCOMPARE(completions(u"st"_s), QStringList {u"stage:"_s});
        QCOMPARE(completions(u"stage:st"_s), QStringList {u"stage:starttls"_s});
        QCOMPARE(completions(u"-dir:"_s),
            (QStringList {u"-dir:client"_s, u"-dir:server"_s, u"-dir:event"_s}));
        QCOMPARE(completions(u"stage:auth,da"_s), QStringList {u"stage:auth,data"_s});
        QCOMPARE(completions(u"nothing"_s), QStringList());
        QCOMPARE(completions(u""_s), QStringList());
    }
};

QTEST_GUILESS_MAIN(TestLineFilter)
#include "tst_linefilter.moc"
