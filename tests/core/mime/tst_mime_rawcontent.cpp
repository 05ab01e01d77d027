// SPDX-License-Identifier: GPL-3.0-or-later
#include "mime/builder.h"

#include "base/literals.h"
#include "mime/contentfacts.h"

#include <QBuffer>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

using namespace Mailgauge;
using namespace Qt::StringLiterals;

class TestRawContent final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void converts_data();
    void converts();
    void refuses_data();
    void refuses();
    void everyChunkBorder();
    void largeFileWithCrlfIsUsedItself();
    void largeFileWithLfBecomesTemporary();
    void refusesWhatIsNoFile_data();
    void refusesWhatIsNoFile();
    void facts();

private:
    QByteArray bytesOf(const Base::Content &content)
    {
        if (content.file.isEmpty())
            return content.bytes;
        QFile file(content.file);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("unreadable");
    }
};

void TestRawContent::converts_data()
{
    QTest::addColumn<QByteArray>("in");
    QTest::addColumn<QByteArray>("out");
    QTest::newRow("CRLF stays") << "a\r\n\r\nb\r\n"_ba << "a\r\n\r\nb\r\n"_ba;
    QTest::newRow("LF becomes CRLF") << "a\n\nb\n"_ba << "a\r\n\r\nb\r\n"_ba;
    QTest::newRow("mixed") << "a\r\n\nb\n"_ba << "a\r\n\r\nb\r\n"_ba;
    QTest::newRow("D7 no final line end is not added") << "a\nb"_ba << "a\r\nb"_ba;
    QTest::newRow("dots are not stuffed here") << ".\n..\n"_ba << ".\r\n..\r\n"_ba;
    QTest::newRow("eight bit") << "a\xFF\xC3\n"_ba << "a\xFF\xC3\r\n"_ba;
    QTest::newRow("empty") << ""_ba << ""_ba;
}

void TestRawContent::converts()
{
    QFETCH(QByteArray, in);
    QFETCH(QByteArray, out);
    const auto fromBytes = Mime::rawFromBytes(in);
    QVERIFY(fromBytes);
    QCOMPARE(fromBytes->bytes, out);
    QTemporaryDir dir;
    QFile file(dir.filePath(u"m.eml"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(in);
    file.close();
    const auto fromFile = Mime::rawFromFile(file.fileName());
    QVERIFY(fromFile);
    QCOMPARE(bytesOf(*fromFile), out);
    QCOMPARE(fromFile->size(), out.size());
}

void TestRawContent::refuses_data()
{
    QTest::addColumn<QByteArray>("in");
    QTest::addColumn<QString>("detail");
    QTest::newRow("D6 bare CR") << "ab\rc\r\n"_ba << u"bare CR at offset 2"_s;
    QTest::newRow("D6 CR CR LF") << "ab\r\r\n"_ba << u"bare CR at offset 2"_s;
    QTest::newRow("D6 CR at the end") << "ab\r\nx\r"_ba << u"bare CR at offset 5"_s;
    QTest::newRow("D6 NUL") << QByteArray("ab\0c\n", 5) << u"NUL at offset 2"_s;
    QTest::newRow("D6 LF dot CR") << "a\r\n\n.\r\r\nQUIT\r\n"_ba << u"bare CR at offset 5"_s;
    QTest::newRow("D6 CR dot CR") << "a\r.\r\n"_ba << u"bare CR at offset 1"_s;
}

void TestRawContent::refuses()
{
    QFETCH(QByteArray, in);
    QFETCH(QString, detail);
    const auto content = Mime::rawFromBytes(in);
    QVERIFY(!content);
    QCOMPARE(content.error().kind, Base::Error::Kind::InvalidInput);
    QCOMPARE(content.error().detail, detail);
    QBuffer buffer(&in);
    QVERIFY(buffer.open(QIODevice::ReadOnly));
    const auto streamed = Mime::rawFromDevice(&buffer);
    QVERIFY(!streamed);
    QCOMPARE(streamed.error().detail, detail);
}

void TestRawContent::everyChunkBorder()
{
    const QByteArray in = "a\r\nb\n\r\n\n.\r\n\xC3\xA4\n";
    const auto whole = Mime::rawFromBytes(in);
    QVERIFY(whole);
    for (qsizetype split = 0; split <= in.size(); ++split) {
        Mime::LineEndConverter converter;
        Mime::ContentFacts facts;
        QByteArray out;
        for (const QByteArray &chunk : {in.first(split), in.sliced(split)}) {
            facts.feed(chunk);
            out += converter.convert(chunk);
        }
        facts.finish();
        QCOMPARE(out, whole->bytes);
        QVERIFY(!facts.refused());
        QCOMPARE(facts.longestLine(), whole->longestLine);
    }
}

void TestRawContent::largeFileWithCrlfIsUsedItself()
{
    QTemporaryDir dir;
    QFile file(dir.filePath(u"large.eml"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    const QByteArray line = QByteArray(998, 'x') + "\r\n";
    for (int i = 0; i < 3000; ++i)
        QCOMPARE(file.write(line), line.size());
    file.close();
    const auto content = Mime::rawFromFile(file.fileName());
    QVERIFY(content);
    QCOMPARE(content->file, file.fileName());
    QVERIFY(!content->keepAlive);
    QCOMPARE(content->fileSize, file.size());
    QCOMPARE(content->longestLine, 998);
    QVERIFY(!content->eightBit);
    QVERIFY(content->open()->read(100));

    // D13: judged free of bare CR, then exchanged for another of the same size.
    QVERIFY(file.open(QIODevice::ReadWrite));
    file.write("a\rb");
    QVERIFY(file.setFileTime(
        QDateTime::currentDateTimeUtc().addSecs(60), QFileDevice::FileModificationTime));
    file.close();
    const auto changed = content->open()->read(100);
    QVERIFY(!changed);
    QCOMPARE(changed.error().kind, Base::Error::Kind::InvalidInput);
    QVERIFY(file.open(QIODevice::ReadWrite));
    file.write("xxx");
    file.close();

    QVERIFY(file.open(QIODevice::Append));
    file.write("a\rb");
    file.close();
    const auto refused = Mime::rawFromFile(file.fileName());
    QVERIFY(!refused);
    QCOMPARE(refused.error().detail, u"bare CR at offset 3000001"_s);
}

void TestRawContent::largeFileWithLfBecomesTemporary()
{
    QTemporaryDir dir;
    QFile file(dir.filePath(u"large.eml"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    QByteArray expected;
    for (int i = 0; i < 200'000; ++i) {
        const QByteArray line = "line " + QByteArray::number(i);
        file.write(line + '\n');
        expected += line + "\r\n";
    }
    file.close();
    QString temporary;
    {
        const auto content = Mime::rawFromFile(file.fileName());
        QVERIFY(content);
        QVERIFY(content->keepAlive);
        temporary = content->file;
        QVERIFY(temporary != file.fileName());
        QVERIFY(bytesOf(*content) == expected);
        QCOMPARE(content->fileSize, expected.size());
    }
    QVERIFY(!QFile::exists(temporary));
}

void TestRawContent::refusesWhatIsNoFile_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<Base::Error::Kind>("kind");
    QTest::newRow("missing") << u"/nonexistent/m.eml"_s << Base::Error::Kind::Io;
    QTest::newRow("D13 device") << u"/dev/zero"_s << Base::Error::Kind::InvalidInput;
    QTest::newRow("D13 directory") << u"/"_s << Base::Error::Kind::InvalidInput;
}

void TestRawContent::refusesWhatIsNoFile()
{
    QFETCH(QString, path);
    QFETCH(Base::Error::Kind, kind);
    const auto content = Mime::rawFromFile(path);
    QVERIFY(!content);
    QCOMPARE(content.error().kind, kind);
}

void TestRawContent::facts()
{
    const auto content = Mime::rawFromBytes("short\n" + QByteArray(1200, 'x') + "\n\xC3\xA4\n");
    QVERIFY(content);
    QCOMPARE(content->longestLine, 1200);
    QVERIFY(content->eightBit);
}

QTEST_GUILESS_MAIN(TestRawContent)
#include "tst_mime_rawcontent.moc"
