// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "smtp/replyparser.h"

#include <QTest>

using namespace Mailgauge;
using Base::Error;
using Smtp::Quirk;
using Smtp::Reply;
using Smtp::ReplyParser;

namespace {

/// Everything that a parser told, as text; the same for every way of splitting the bytes.
QByteArrayList told(ReplyParser &parser)
{
    QByteArrayList result;
    while (true) {
        const auto item = parser.next();
        if (!item) {
            result.append("error " + Base::kindName(item.error().kind).toByteArray());
            return result;
        }
        if (std::holds_alternative<ReplyParser::NeedMore>(*item))
            return result;
        if (const auto *reply = std::get_if<Reply>(&*item))
            result.append(
                "reply " + QByteArray::number(reply->code) + ' ' + reply->lines.join('|'));
        else if (const auto *oddity = std::get_if<ReplyParser::Oddity>(&*item))
            result.append("quirk " + Smtp::quirkName(oddity->quirk).toByteArray());
        else if (const auto *line = std::get_if<ReplyParser::Line>(&*item))
            result.append("line " + line->bytes);
    }
}

QByteArrayList withoutLines(QByteArrayList items)
{
    items.removeIf([](const QByteArray &item) { return item.startsWith("line "); });
    return items;
}

} // namespace

class TestReplyParser : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void wire_data();
    void wire();
    void invalidLines_data();
    void invalidLines();
    void limits();
    void limitsHoldAtEveryChunkSize();
    void endlessReply();
    void byteByByteIsLinear();
    void unread();
    void errorIsFinal();
};

void TestReplyParser::wire_data()
{
    QTest::addColumn<QByteArray>("wire");
    QTest::addColumn<QByteArrayList>("items");
    const auto row = [](const char *name, const QByteArray &wire, const QByteArrayList &items) {
        QTest::newRow(name) << wire << items;
    };
    row("rfc5321 4.2 single line", "250 2.0.0 Ok\r\n"_ba, {"reply 250 2.0.0 Ok"});
    row("rfc5321 4.2.1 multiline", "250-mx.example\r\n250-SIZE 10\r\n250 HELP\r\n"_ba,
        {"reply 250 mx.example|SIZE 10|HELP"});
    row("text with code and hyphen", "250-250 x\r\n250 250-y\r\n"_ba, {"reply 250 250 x|250-y"});
    row("no text in a line before the last", "250-\r\n250 x\r\n"_ba, {"reply 250 |x"});
    row("space, no text", "250 \r\n"_ba, {"reply 250 "});
    row("code only", "250\r\n"_ba, {"quirk codeWithoutText", "reply 250 "});
    row("two replies", "220 a\r\n250 b\r\n"_ba, {"reply 220 a", "reply 250 b"});
    row("B9 bare LF", "220 a\n"_ba, {"quirk bareLfInReply", "reply 220 a"});
    row("B9 bare LF, each quirk once per reply", "250-a\n250-b\n250 c\n250 d\n"_ba,
        {"quirk bareLfInReply", "reply 250 a|b|c", "quirk bareLfInReply", "reply 250 d"});
    row("B9 CR ends no line", "250 a\r250 b\r\n"_ba, {"reply 250 a\r250 b"});
    row("B9 two CR", "250 a\r\r\n"_ba, {"reply 250 a\r"});
    row("B5 NUL in the text", QByteArray("250 a\0b\r\n", 9), {QByteArray("reply 250 a\0b", 13)});
    row("B6 escape sequence is kept", "250 \x1b[31m\r\n"_ba, {"reply 250 \x1b[31m"});
    row("B6 not UTF-8", "250 caf\xe9\r\n"_ba, {"quirk notUtf8", "reply 250 caf\xe9"});
    row("UTF-8", "250 caf\xc3\xa9\r\n"_ba, {"reply 250 caf\xc3\xa9"});
    row("B14 250 5.1.1", "250 5.1.1 hm\r\n"_ba,
        {"quirk enhancedCodeContradicts", "reply 250 5.1.1 hm"});
    row("B14 550 2.0.0", "550 2.0.0 hm\r\n"_ba,
        {"quirk enhancedCodeContradicts", "reply 550 2.0.0 hm"});
    row("B14 contradiction in an early line", "550-4.1.1 a\r\n550 5.1.1 b\r\n"_ba,
        {"quirk enhancedCodeContradicts", "reply 550 4.1.1 a|5.1.1 b"});
    row("354 has no enhanced class", "354 2.0.0 go\r\n"_ba, {"reply 354 2.0.0 go"});
    row("lowest and highest code", "100 a\r\n599 b\r\n"_ba, {"reply 100 a", "reply 599 b"});
    row("513 octets", "250 " + QByteArray(507, 'x') + "\r\n250 " + QByteArray(506, 'x') + "\r\n",
        {"quirk longReplyLine", "reply 250 " + QByteArray(507, 'x'),
            "reply 250 " + QByteArray(506, 'x')});
    row("B28 half a reply", "250-ok\r\n25"_ba, {});
}

void TestReplyParser::wire()
{
    QFETCH(QByteArray, wire);
    QFETCH(QByteArrayList, items);
    QByteArrayList lines;
    for (const QByteArray &line : wire.split('\n'))
        lines.append("line " + (line.endsWith('\r') ? line.chopped(1) : line));
    lines.removeLast();

    for (qsizetype split = 0; split <= wire.size(); ++split) {
        ReplyParser parser;
        parser.feed(QByteArrayView(wire).first(split));
        QByteArrayList all = told(parser);
        parser.feed(QByteArrayView(wire).sliced(split));
        all += told(parser);
        QCOMPARE(withoutLines(all), items);
        all.removeIf([](const QByteArray &item) { return !item.startsWith("line "); });
        QCOMPARE(all, lines);
    }
    for (qsizetype size = 1; size <= wire.size(); ++size) {
        ReplyParser parser;
        QByteArrayList all;
        for (qsizetype at = 0; at < wire.size(); at += size) {
            parser.feed(wire.mid(at, size));
            all += told(parser);
        }
        QCOMPARE(withoutLines(all), items);
    }
}

void TestReplyParser::invalidLines_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::newRow("B7 22X OK") << "22X OK"_ba;
    QTest::newRow("B7 220OK") << "220OK"_ba;
    QTest::newRow("B7 99 x") << "99 x"_ba;
    QTest::newRow("B7 699") << "699 x"_ba;
    QTest::newRow("B7 099") << "099 x"_ba;
    QTest::newRow("B7 1000 x") << "1000 x"_ba;
    QTest::newRow("B7 empty line") << ""_ba;
    QTest::newRow("B7 space first") << " 250 ok"_ba;
    QTest::newRow("B7 tab as separator") << "250\tok"_ba;
    QTest::newRow("B7 underscore") << "250_ok"_ba;
    QTest::newRow("B7 negative") << "-50 ok"_ba;
    QTest::newRow("B7 CR behind the code") << "250\rok"_ba;
    QTest::newRow("B7 two digits") << "25"_ba;
    QTest::newRow("A7 HTTP") << "HTTP/1.1 400 Bad Request"_ba;
    QTest::newRow("A7 SSH") << "SSH-2.0-OpenSSH_9.9"_ba;
    QTest::newRow("A7 TLS alert") << QByteArray("\x15\x03\x01\x00\x02\x02\x46", 7);
    QTest::newRow("B8 changing code") << "220-a\r\n250 b"_ba;
    QTest::newRow("B8 garbage inside") << "250-a\r\nfoo\r\n250 b"_ba;
}

void TestReplyParser::invalidLines()
{
    QFETCH(QByteArray, line);
    const QByteArray wire = line + "\r\n250 not reached\r\n";
    for (qsizetype size = 1; size <= wire.size(); ++size) {
        ReplyParser parser;
        QByteArrayList all;
        for (qsizetype at = 0; at < wire.size(); at += size) {
            parser.feed(wire.mid(at, size));
            all += told(parser);
            if (all.contains("error malformedReply"))
                break;
        }
        // The bad line is told as a line (the transcript shows it), never as a reply.
        QCOMPARE(withoutLines(all), QByteArrayList {"error malformedReply"});
        QVERIFY(all[all.size() - 2].startsWith("line "));
    }
}

void TestReplyParser::limits()
{
    const auto kindOf = [](const QByteArray &wire) {
        ReplyParser parser;
        parser.feed(wire);
        return told(parser).last();
    };
    const QByteArray fits = "250 " + QByteArray(ReplyParser::MaxLine - 5, 'x') + "\r\n";
    QVERIFY(kindOf(fits).startsWith("reply 250"));
    QCOMPARE(kindOf("250 " + QByteArray(ReplyParser::MaxLine - 4, 'x') + "\r\n"),
        "error replyTooLong"_ba);
    QCOMPARE(kindOf("250-x\r\n"_ba.repeated(ReplyParser::MaxLines - 1) + "250 x\r\n").first(9),
        "reply 250"_ba);
    QCOMPARE(kindOf("250-x\r\n"_ba.repeated(ReplyParser::MaxLines) + "250 x\r\n"),
        "error replyTooLong"_ba);
    const QByteArray kilobyte = "250-" + QByteArray(1018, 'x') + "\r\n";
    QCOMPARE(kindOf(kilobyte.repeated(1023) + "250 x\r\n").first(9), "reply 250"_ba);
    QCOMPARE(kindOf(kilobyte.repeated(1024) + "250 x\r\n"), "error replyTooLong"_ba);
}

void TestReplyParser::limitsHoldAtEveryChunkSize()
{
    const QByteArray wire = "250 " + QByteArray(ReplyParser::MaxLine - 4, 'x') + "\r\n";
    for (const qsizetype size : {1, 1000, 65'535, 65'536, 65'537, 70'000}) {
        ReplyParser parser;
        QByteArrayList all;
        for (qsizetype at = 0; at < wire.size() && all.isEmpty(); at += size) {
            parser.feed(wire.mid(at, size));
            all += told(parser);
        }
        QCOMPARE(all, QByteArrayList {"error replyTooLong"});
    }
}

void TestReplyParser::endlessReply()
{
    // B3: 100 MB without LF; B4: `250-` for ever. Both end within their limit, whatever follows.
    for (const QByteArray &piece : {QByteArray(16 * 1024, 'x'), "250-x\r\n"_ba.repeated(2000)}) {
        ReplyParser parser;
        qsizetype fed = 0;
        QByteArrayList last;
        while (fed < 100 * 1024 * 1024 && !last.contains("error replyTooLong")) {
            parser.feed(piece);
            fed += piece.size();
            last = told(parser);
        }
        QCOMPARE(last.last(), "error replyTooLong"_ba);
        QCOMPARE_LE(fed, ReplyParser::MaxReply);
    }
}

void TestReplyParser::byteByByteIsLinear()
{
    const QByteArray wire = ("250-" + QByteArray(1000, 'x') + "\r\n").repeated(900) + "250 end\r\n";
    ReplyParser parser;
    QByteArrayList all;
    for (const char c : wire) {
        parser.feed(QByteArrayView(&c, 1));
        all += told(parser);
    }
    QVERIFY(all.last().startsWith("reply 250 "));
}

void TestReplyParser::unread()
{
    ReplyParser parser;
    QVERIFY(!parser.isInsideReply());
    parser.feed("220 go\r\n250-INJ");
    QCOMPARE(told(parser).last(), "reply 220 go"_ba);
    QCOMPARE(parser.unread().toByteArray(), "250-INJ"_ba);
    QVERIFY(parser.isInsideReply());
    parser.feed("ECTED\r\n");
    QCOMPARE(told(parser), QByteArrayList {"line 250-INJECTED"});
    QVERIFY(parser.unread().isEmpty());
    QVERIFY(parser.isInsideReply()); // the reply has not ended
    parser.feed("250 x\r\n");
    QCOMPARE(told(parser).last(), "reply 250 INJECTED|x"_ba);
    QVERIFY(!parser.isInsideReply());
}

void TestReplyParser::errorIsFinal()
{
    ReplyParser parser;
    parser.feed("garbage " + QByteArray(1000, 'g') + "\r\n");
    QCOMPARE(told(parser).last(), "error malformedReply"_ba);
    parser.feed("250 ok\r\n");
    const auto again = parser.next();
    QVERIFY(!again);
    QCOMPARE(again.error().kind, Error::Kind::MalformedReply);
    QCOMPARE(again.error().evidence.size(), Error::MaxEvidence);
    QCOMPARE(parser.offending().size(), 1008);
}

QTEST_GUILESS_MAIN(TestReplyParser)
#include "tst_replyparser.moc"
