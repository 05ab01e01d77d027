// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "smtp/dotstuffer.h"

#include <QTest>

using namespace Mailgauge;
using Smtp::DotStuffer;

namespace {
QByteArray whole(const QByteArray &content, qsizetype chunkSize)
{
    DotStuffer stuffer;
    QByteArray wire;
    for (qsizetype at = 0; at < content.size(); at += chunkSize)
        wire += stuffer.stuff(content.mid(at, chunkSize));
    return wire + stuffer.finish();
}
} // namespace

class TestDotStuffer : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void wire_data();
    void wire();
    void noSmuggling_data();
    void noSmuggling();
    void untouchedChunkIsShared();
};

void TestDotStuffer::wire_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("empty") << ""_ba << ".\r\n"_ba;
    QTest::newRow("no dot") << "abc\r\n"_ba << "abc\r\n.\r\n"_ba;
    QTest::newRow("D7 missing final CRLF") << "abc"_ba << "abc\r\n.\r\n"_ba;
    QTest::newRow("first byte") << ".abc\r\n"_ba << "..abc\r\n.\r\n"_ba;
    QTest::newRow("only a dot") << "."_ba << "..\r\n.\r\n"_ba;
    QTest::newRow("rfc5321 4.5.2 dot line") << "a\r\n.\r\nb\r\n"_ba << "a\r\n..\r\nb\r\n.\r\n"_ba;
    QTest::newRow("D5 behind an empty line") << "a\r\n\r\n.b\r\n"_ba << "a\r\n\r\n..b\r\n.\r\n"_ba;
    QTest::newRow("consecutive") << ".\r\n.\r\n..\r\n"_ba << "..\r\n..\r\n...\r\n.\r\n"_ba;
    QTest::newRow("inside a line") << "a.b\r\nc.\r\n"_ba << "a.b\r\nc.\r\n.\r\n"_ba;
    QTest::newRow("ends in CR") << "a\r"_ba << "a\r\r\n.\r\n"_ba;
    QTest::newRow("ends in bare LF") << "a\n"_ba << "a\n\r\n.\r\n"_ba;
    QTest::newRow("only CRLF") << "\r\n"_ba << "\r\n.\r\n"_ba;
}

void TestDotStuffer::wire()
{
    QFETCH(QByteArray, content);
    QFETCH(QByteArray, expected);
    for (qsizetype size = 1; size <= content.size() + 1; ++size)
        QCOMPARE(whole(content, size), expected);
    for (qsizetype split = 0; split <= content.size(); ++split) {
        DotStuffer stuffer;
        QByteArray wire = stuffer.stuff(content.first(split));
        wire += stuffer.stuff(""_ba);
        wire += stuffer.stuff(content.sliced(split));
        QCOMPARE(wire + stuffer.finish(), expected);
    }
}

void TestDotStuffer::noSmuggling_data()
{
    QTest::addColumn<QByteArray>("sequence");
    for (const QByteArray &before : {"\r\n"_ba, "\n"_ba, "\r"_ba, "\r\r\n"_ba}) {
        for (const QByteArray &after : {"\r\n"_ba, "\n"_ba, "\r"_ba}) {
            const QByteArray sequence = before + '.' + after;
            QTest::newRow(("D6 " + sequence.toPercentEncoding(".")).constData()) << sequence;
        }
    }
}

void TestDotStuffer::noSmuggling()
{
    QFETCH(QByteArray, sequence);
    for (const QByteArray &content : {sequence, "a" + sequence, sequence + "b",
             "a" + sequence + "b", "a\r\n" + sequence + "MAIL FROM:<x>\r\n", sequence + sequence}) {
        for (qsizetype size = 1; size <= content.size(); ++size) {
            const QByteArray wire = whole(content, size);
            QVERIFY(wire.endsWith("\r\n.\r\n"));
            // Before our own end there is no line that any server could take for the end.
            QByteArray lenient = wire.chopped(5);
            lenient.replace("\r\n", "\n").replace('\r', '\n');
            QVERIFY2(!lenient.startsWith(".\n") && !lenient.contains("\n.\n")
                    && !lenient.endsWith("\n."),
                wire.toPercentEncoding().constData());
        }
    }
}

void TestDotStuffer::untouchedChunkIsShared()
{
    DotStuffer stuffer;
    const QByteArray chunk(1 << 16, 'x');
    QCOMPARE(stuffer.stuff(chunk).constData(), chunk.constData());
}

QTEST_GUILESS_MAIN(TestDotStuffer)
#include "tst_dotstuffer.moc"
