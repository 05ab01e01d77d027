// SPDX-License-Identifier: GPL-3.0-or-later
#include "mime/reader.h"

#include "base/literals.h"
#include "mime/builder.h"
#include "mime/limits.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Mailgauge;
using namespace Qt::StringLiterals;

class TestReader final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void reads_data();
    void reads();
    void decodesCharsets_data();
    void decodesCharsets();
    void malformed_data();
    void malformed();
    void nulStays();
    void embeddedMessageIsALeaf();
    void rawHeadersStayRaw();
    void bombs_data();
    void bombs();
    void mutations();
    void draftAgain();
    void draftFileNames_data();
    void draftFileNames();
};

void TestReader::reads_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("subject");
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("parts");
    QTest::newRow("LF") << "Subject: a\n\nbody\n"_ba << u"a"_s << u"body\n"_s << 1;
    QTest::newRow("CRLF") << "Subject: a\r\n\r\nbody\r\n"_ba << u"a"_s << u"body\n"_s << 1;
    QTest::newRow("folded") << "Subject: a\r\n\tb\r\n  c\r\n\r\nx"_ba << u"a\tb  c"_s << u"x"_s
                            << 1;
    QTest::newRow("encoded words")
        << "Subject: =?utf-8?q?Gr=C3=BC?=\r\n =?utf-8?b?w59l?=\r\n\r\nx"_ba << u"Grüße"_s << u"x"_s
        << 1;
    QTest::newRow("rfc2047 8 mixed")
        << "Subject: =?ISO-8859-1?Q?a?= b\r\n\r\nx"_ba << u"a b"_s << u"x"_s << 1;
    QTest::newRow("raw 8-bit latin1 subject") << "Subject: Gr\xFC\xDF"
                                                 "e\r\n\r\nx"_ba
                                              << u"Grüße"_s << u"x"_s << 1;
    QTest::newRow("mbox line first")
        << "From a@b Sat Jan  3 01:05:34 1996\nSubject: a\n\nx\n"_ba << u"a"_s << u"x\n"_s << 1;
    QTest::newRow("lower-case name") << "subject: a\n\nx"_ba << u"a"_s << u"x"_s << 1;
    QTest::newRow("space before the colon") << "Subject : a\n\nx"_ba << u"a"_s << u"x"_s << 1;
    QTest::newRow("quoted-printable")
        << "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: "
           "quoted-printable\n\nGr=C3=BC=\n=C3=9Fe\n"_ba
        << u""_s << u"Grüße\n"_s << 1;
    QTest::newRow("alternative")
        << "Subject: m\nContent-Type: multipart/alternative; boundary=b\n\n"
           "--b\nContent-Type: text/plain\n\nt\n--b\nContent-Type: text/html\n\n"
           "<p>h\n--b--\n"_ba
        << u"m"_s << u"t"_s << 2;
}

void TestReader::reads()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, subject);
    QFETCH(QString, text);
    QFETCH(int, parts);
    const Mime::ParsedMessage message = Mime::parse(bytes);
    QCOMPARE(message.header("SUBJECT"), subject);
    QCOMPARE(message.text, text);
    QCOMPARE(message.parts.size(), parts);
    QVERIFY2(message.malformed.isEmpty(), qPrintable(message.malformed));
}

void TestReader::decodesCharsets_data()
{
    QTest::addColumn<QByteArray>("charset");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("text");
    QTest::newRow("latin1") << "iso-8859-1"_ba << "\xE4"_ba << u"ä"_s;
    QTest::newRow("latin9") << "ISO-8859-15"_ba << "\xA4"_ba << u"€"_s;
    QTest::newRow("cp1252") << "windows-1252"_ba << "\x80"_ba << u"€"_s;
    QTest::newRow("koi8-r") << "koi8-r"_ba << "\xF0\xD2\xC9"_ba << u"При"_s;
    QTest::newRow("iso-2022-jp") << "iso-2022-jp"_ba << "\x1B$BF|K\\\x1B(B"_ba << u"日本"_s;
    QTest::newRow("shift_jis") << "shift_jis"_ba << "\x93\xFA\x96\x7B"_ba << u"日本"_s;
    QTest::newRow("gb18030") << "gb18030"_ba << "\xC4\xE3"_ba << u"你"_s;
    QTest::newRow("utf-8") << "UTF-8"_ba << "\xE2\x82\xAC"_ba << u"€"_s;
    QTest::newRow("unknown, is UTF-8") << ""_ba << "\xE2\x82\xAC"_ba << u"€"_s;
    QTest::newRow("says ascii, is latin1") << "us-ascii"_ba << "\xE4"_ba << u"ä"_s;
    QTest::newRow("nonsense charset") << "x-nonsense-9"_ba << "\xE4"_ba << u"ä"_s;
}

void TestReader::decodesCharsets()
{
    QFETCH(QByteArray, charset);
    QFETCH(QByteArray, body);
    QFETCH(QString, text);
    const Mime::ParsedMessage message = Mime::parse("Content-Type: text/plain"
        + (charset.isEmpty() ? ""_ba : "; charset=" + charset)
        + "\nContent-Transfer-Encoding: 8bit\n\n" + body);
    QCOMPARE(message.text, text);
}

void TestReader::malformed_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("reason");
    QTest::addColumn<QString>("text");
    QTest::newRow("G12 empty") << ""_ba << u"no header field"_s << u""_s;
    QTest::newRow("G12 no header")
        << "just words\nand more\n"_ba << u"no header field"_s << u"just words\nand more\n"_s;
    QTest::newRow("G12 stray line") << "Subject: a\nno field here\nTo: b@c.example\n\nbody\n"_ba
                                    << u"no field"_s << u"body\n"_s;
    QTest::newRow("G12 missing boundary parameter")
        << "Content-Type: multipart/mixed\n\n--x\n\nhello\n--x--\n"_ba << u"without boundary"_s
        << u"--x\n\nhello\n--x--\n"_s;
    QTest::newRow("G12 boundary never comes")
        << "Content-Type: multipart/mixed; boundary=zzz\n\nonly text\n"_ba << u"without parts"_s
        << u"only text\n"_s;
    QTest::newRow("G12 boundary does not end")
        << "Content-Type: multipart/mixed; boundary=b\n\n--b\n\npart\n"_ba << u"does not end"_s
        << u"part\n"_s;
    QTest::newRow("G12 NUL in the header")
        << QByteArray("Subject: a\0b\n\nx", 15) << u"NUL"_s << u"x"_s;
}

void TestReader::malformed()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, reason);
    QFETCH(QString, text);
    const Mime::ParsedMessage message = Mime::parse(bytes);
    QVERIFY2(message.malformed.contains(reason), qPrintable(message.malformed));
    QCOMPARE(message.text, text);
}

void TestReader::nulStays()
{
    const QByteArray bytes("Subject: a\0b\nX-After: kept\n\nbody\0tail\n", 38);
    const Mime::ParsedMessage message = Mime::parse(bytes);
    QCOMPARE(message.header("Subject"), u"a\uFFFDb"_s);
    QCOMPARE(message.header("X-After"), u"kept"_s);
    QCOMPARE(message.text, QString(u"body"_s + QChar(u'\0') + u"tail\n"_s));
    QCOMPARE(message.parts.first().body, QByteArray("body\0tail\n", 10));
}

void TestReader::embeddedMessageIsALeaf()
{
    const QByteArray inner = "Subject: inner\nTo: x@y.example\n\ninner body\n";
    const QByteArray bytes = "Content-Type: multipart/report; boundary=b\n\n--b\n\nnote\n--b\n"
                             "Content-Type: message/delivery-status\n\nReporting-MTA: dns; a\n\n"
                             "Action: failed\n--b\nContent-Type: message/rfc822\n\n"
        + inner + "\n--b--\n";
    const Mime::ParsedMessage message = Mime::parse(bytes);
    QCOMPARE(message.parts.size(), 3);
    QCOMPARE(message.parts[1].mimeType, "message/delivery-status"_ba);
    QCOMPARE(message.parts[1].body, "Reporting-MTA: dns; a\n\nAction: failed"_ba);
    QCOMPARE(message.parts[2].mimeType, "message/rfc822"_ba);
    QCOMPARE(message.parts[2].body, inner);
    QVERIFY(bytes.sliced(message.parts[2].offset).startsWith("Content-Type: message/rfc822"));
    QCOMPARE(message.text, u"note"_s);
}

void TestReader::rawHeadersStayRaw()
{
    const Mime::ParsedMessage message = Mime::parse(
        "Subject: =?utf-8?q?=C3=A4?=\r\nFrom: =?utf-8?q?A=2C_B?= <a@b.example>\r\n\r\n"_ba);
    QCOMPARE(message.rawHeaders.first().value, u"=?utf-8?q?=C3=A4?="_s);
    QCOMPARE(message.headers.first().value, u"ä"_s);
    // The decoded comma must not make two addresses.
    QCOMPARE(message.header("From"), u"\"A, B\" <a@b.example>"_s);
}

void TestReader::bombs_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("reason");

    QByteArray many = "Content-Type: multipart/mixed; boundary=b\n\n";
    for (int i = 0; i < 1'000'000; ++i)
        many += "--b\n\n";
    QTest::newRow("G10 a million parts") << many << u"too many parts"_s;

    QByteArray deep = "Subject: x\n";
    for (int i = 0; i < 10'000; ++i)
        deep += "Content-Type: multipart/mixed; boundary=b" + QByteArray::number(i) + "\n\n--b"
            + QByteArray::number(i) + '\n';
    QTest::newRow("G10 depth 10,000") << deep << u"too"_s;

    QByteArray nested = "Subject: x\n";
    for (int i = 0; i < 900; ++i)
        nested += "Content-Type: multipart/mixed; boundary=b" + QByteArray::number(i) + "\n\n--b"
            + QByteArray::number(i) + '\n';
    QTest::newRow("G10 depth 900") << nested << u"nested too deeply"_s;

    QByteArray messages;
    for (int i = 0; i < 20'000; ++i)
        messages += "Content-Type: message/rfc822\n\n";
    QTest::newRow("G10 20,000 nested messages") << messages << u""_s;

    QByteArray headers;
    for (int i = 0; i < 100'000; ++i)
        headers += "X-" + QByteArray::number(i) + ": v\n";
    QTest::newRow("G10 100,000 header fields") << headers + "\nbody" << u"header is too long"_s;

    QTest::newRow("G10 one header of 16 MB")
        << "Subject: " + QByteArray(16 * 1024 * 1024, 'x') + "\n\nbody" << u""_s;

    QByteArray flood = "Content-Type: text/plain";
    for (int i = 0; i < 9'000; ++i)
        flood += ";\n name*" + QByteArray::number(i) + "*=utf-8''a";
    QTest::newRow("G10 RFC 2231 flood") << flood + "\n\nbody" << u""_s;

    QByteArray addresses = "To: ";
    for (int i = 0; i < 50'000; ++i)
        addresses += "\"a\" <a@b.example>,\n ";
    QTest::newRow("G11 50,000 addresses") << addresses + "c@d.example\n\nbody" << u""_s;

    QByteArray words = "Subject:";
    for (int i = 0; i < 50'000; ++i)
        words += " =?utf-8?q?a?=\n";
    QTest::newRow("G11 50,000 encoded words") << words + "\nbody" << u""_s;
    QTest::newRow("G11 comments") << "To: " + QByteArray(200'000, '(') + "\n\nbody" << u""_s;
    QTest::newRow("G11 open angles") << "To: " + QByteArray(200'000, '<') + "\n\nbody" << u""_s;
    QTest::newRow("G11 quotes") << "To: " + QByteArray("\"a\"").repeated(100'000) + "\n\nbody"
                                << u""_s;
}

void TestReader::bombs()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, reason);
    const qint64 before = Test::cpuNanoseconds();
    const Mime::ParsedMessage message = Mime::parse(bytes);
    const qint64 used = (Test::cpuNanoseconds() - before) / 1'000'000;
    // R13 says one second; a build with sanitizers is several times slower.
    QVERIFY2(used < 5'000, qPrintable(QString::number(used)));
    QVERIFY2(message.malformed.contains(reason), qPrintable(message.malformed));
    QVERIFY(message.parts.size() <= Mime::Limits::MaxParts);
    qInfo() << QTest::currentDataTag() << used << "ms";
}

void TestReader::mutations()
{
    const QByteArray seed
        = "From: =?utf-8?q?A?= <a@b.example>\r\nTo: x: y@z.example;, \"q\" <r@s.example>\r\n"
          "Subject: =?utf-8?b?w6Q=?=\r\nContent-Type: multipart/mixed; "
          "boundary=\"b\"\r\n\r\n--b\r\n"
          "Content-Type: text/plain; charset=iso-2022-jp\r\nContent-Transfer-Encoding: "
          "base64\r\n\r\n"
          "GyRCRnxLXBsoQg==\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: "
          "i\r\n\r\nx\r\n--b\r\n"
          "Content-Type: image/png; name*0*=utf-8''a%20; name*1=b\r\nContent-ID: <c@d>\r\n"
          "Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 "
          "a\r\n#86)C\r\n`\r\nend\r\n--b--\r\n";
    quint32 state = 20261122;
    const auto random = [&state](qsizetype below) {
        state = state * 1664525 + 1013904223;
        return qsizetype((state >> 8) % quint32(below));
    };
    for (int round = 0; round < 3'000; ++round) {
        QByteArray bytes = seed;
        for (qsizetype n = random(6) + 1; n > 0; --n) {
            const qsizetype at = random(bytes.size());
            switch (random(5)) {
            case 0:
                bytes[at] = char(random(256));
                break;
            case 1:
                bytes.remove(at, random(20));
                break;
            case 2:
                bytes.insert(at, bytes.mid(random(bytes.size()), random(60)));
                break;
            case 3:
                bytes.insert(at, QByteArray("\0\r\n:;\"=?<(\xFF", 11).mid(random(11), 2));
                break;
            default:
                bytes.truncate(qMax<qsizetype>(1, at));
            }
            if (bytes.isEmpty())
                bytes = "x";
        }
        const Mime::ParsedMessage message = Mime::parse(bytes);
        for (const Mime::Part &part : message.parts)
            QVERIFY(part.offset >= 0 && part.offset <= bytes.size());
        QVERIFY(!message.parts.isEmpty());
    }
}

void TestReader::draftAgain()
{
    QTemporaryDir dir;
    QFile image(dir.filePath(u"i.png"_s));
    QVERIFY(image.open(QIODevice::WriteOnly));
    image.write("image bytes");
    image.close();
    Mime::MessageDraft draft;
    draft.from = u"Ann Ä <ann@example.org>"_s;
    draft.to = u"\"B, C\" <bc@example.org>, d@example.org"_s;
    draft.cc = u"e@example.org"_s;
    draft.replyTo = u"f@example.org"_s;
    draft.subject = u"Grüße 🙂"_s;
    draft.text = u"text\n"_s;
    draft.html = u"<p><img src='cid:i@x'></p>\n"_s;
    draft.headers = {{"X-Mine", u"ä"_s}, {"List-Id", u"<l.example.org>"_s}};
    draft.messageId = "m@example.org";
    draft.date = QDateTime(
        QDate(2026, 1, 2), QTime(3, 4, 5), QTimeZone::fromSecondsAheadOfUtc(3600));
    auto attachment = Mime::attachmentFromFile(image.fileName());
    QVERIFY(attachment);
    attachment->contentId = "i@x";
    draft.attachments.append(*attachment);
    attachment->contentId.clear();
    attachment->fileName = u"Übersicht 2026.png"_s;
    draft.attachments.append(*attachment);
    const auto built = Mime::build(draft, "x.example"_ba);
    QVERIFY(built);

    const QString target = dir.filePath(u"parts"_s);
    const auto again = Mime::toDraft(
        Mime::parse("Received: from a\r\nDKIM-Signature: v=1\r\n" + built->content.bytes), target);
    QVERIFY(again);
    QCOMPARE(again->from, draft.from);
    QCOMPARE(again->to, draft.to);
    QCOMPARE(again->cc, draft.cc);
    QCOMPARE(again->replyTo, draft.replyTo);
    QCOMPARE(again->subject, draft.subject);
    QCOMPARE(again->text, draft.text);
    QCOMPARE(again->html, draft.html);
    QCOMPARE(again->headers, draft.headers);
    QCOMPARE(again->messageId, draft.messageId);
    QCOMPARE(again->date, draft.date);
    QCOMPARE(again->attachments.size(), 2);
    for (qsizetype i = 0; i < 2; ++i) {
        QCOMPARE(again->attachments[i].fileName, draft.attachments[i].fileName);
        QCOMPARE(again->attachments[i].contentId, draft.attachments[i].contentId);
        QCOMPARE(again->attachments[i].mimeType, draft.attachments[i].mimeType);
        QCOMPARE(again->attachments[i].sha256, draft.attachments[i].sha256);
        QVERIFY(again->attachments[i].path.startsWith(target));
    }
    const auto third = Mime::build(*again, "x.example"_ba);
    QVERIFY(third);
    QCOMPARE(third->content.size(), built->content.size());
}

void TestReader::draftFileNames_data()
{
    QTest::addColumn<QByteArray>("parameter");
    QTest::newRow("G14 parent") << "\"../../etc/passwd\""_ba;
    QTest::newRow("G14 absolute") << "\"/tmp/evil\""_ba;
    QTest::newRow("G14 backslashes") << "\"C:\\\\Windows\\\\evil.exe\""_ba;
    QTest::newRow("G14 hidden") << "\".bashrc\""_ba;
    QTest::newRow("G14 dots") << "\"..\""_ba;
    QTest::newRow("G14 long") << '"' + QByteArray(4096, 'a') + ".txt\"";
    QTest::newRow("G14 right to left") << "\"=?utf-8?b?ZXhl4oCuZ3BqLmV4ZQ==?=\""_ba;
    QTest::newRow("G14 empty") << "\"\""_ba;
    QTest::newRow("G14 twice the same") << "\"existing.txt\""_ba;
}

void TestReader::draftFileNames()
{
    QFETCH(QByteArray, parameter);
    QTemporaryDir dir;
    const QString target = dir.filePath(u"inner/parts"_s);
    QVERIFY(QDir().mkpath(target));
    QFile existing(target + u"/existing.txt"_s);
    QVERIFY(existing.open(QIODevice::WriteOnly));
    existing.write("mine");
    existing.close();
    const Mime::ParsedMessage message = Mime::parse(
        "From: a@b.example\nContent-Type: application/x-evil; name=" + parameter
        + "\nContent-Disposition: attachment; filename=" + parameter + "\n\nbody\n");
    const auto draft = Mime::toDraft(message, target);
    QVERIFY(draft);
    QCOMPARE(draft->attachments.size(), 1);
    const QFileInfo file(draft->attachments.first().path);
    QCOMPARE(file.canonicalPath(), QFileInfo(target).canonicalFilePath());
    QVERIFY(!file.isHidden());
    QVERIFY(!file.isExecutable());
    QVERIFY(file.fileName().size() <= 130);
    QVERIFY(!file.fileName().contains(QChar(0x202E)));
    QVERIFY(existing.open(QIODevice::ReadOnly));
    QCOMPARE(existing.readAll(), "mine"_ba);
    QCOMPARE(QDir(target).entryList(QDir::Files | QDir::Hidden).size(), 2);
}

QTEST_GUILESS_MAIN(TestReader)
#include "tst_mime_reader.moc"
