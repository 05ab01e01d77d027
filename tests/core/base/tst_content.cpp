// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/content.h"
#include "base/literals.h"

#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

using namespace Mailgauge;
using Base::Content;
using Base::Error;

class TestContent : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void sameBytesAtEveryChunkSize_data();
    void sameBytesAtEveryChunkSize();
    void rewindsInTheMiddle();
    void fileThatChanged_data();
    void fileThatChanged();
    void notARegularFile();
    void missingFile();

private:
    QString write(const QByteArray &bytes, const QString &name = u"message"_s);
    QTemporaryDir m_dir;
};

QString TestContent::write(const QByteArray &bytes, const QString &name)
{
    QFile file(m_dir.filePath(name));
    const bool opened = file.open(QIODevice::WriteOnly | QIODevice::Truncate);
    return opened && file.write(bytes) == bytes.size() ? file.fileName() : QString();
}

void TestContent::sameBytesAtEveryChunkSize_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<bool>("file");
    for (const bool file : {false, true}) {
        const QByteArray where = file ? " in a file" : " in memory";
        QTest::newRow(("empty" + where).constData()) << QByteArray() << file;
        QTest::newRow(("one line" + where).constData()) << "Subject: x\r\n"_ba << file;
        QTest::newRow(("NUL and 8 bit" + where).constData()) << "a\0b\xff\r\n."_ba << file;
    }
}

void TestContent::sameBytesAtEveryChunkSize()
{
    QFETCH(QByteArray, bytes);
    QFETCH(bool, file);
    Content content;
    if (file) {
        content.file = write(bytes);
        content.fileSize = bytes.size();
        content.fileModified = QFileInfo(content.file).lastModified();
    } else {
        content.bytes = bytes;
    }
    for (qint64 size = 1; size <= bytes.size() + 1; ++size) {
        const auto source = content.open();
        QCOMPARE(source->size(), bytes.size());
        QByteArray all;
        while (true) {
            const auto chunk = source->read(size);
            QVERIFY(chunk);
            if (chunk->isEmpty())
                break;
            QCOMPARE_LE(chunk->size(), size);
            all += *chunk;
        }
        QCOMPARE(all, bytes);
    }
}

void TestContent::rewindsInTheMiddle()
{
    for (const bool file : {false, true}) {
        Content content;
        content.bytes = "0123456789"_ba;
        if (file) {
            content.file = write(content.bytes);
            content.fileSize = content.bytes.size();
        }
        const auto source = content.open();
        QVERIFY(source->rewind());
        QCOMPARE(source->read(4).value_or("error"_ba), "0123"_ba);
        QVERIFY(source->rewind());
        QCOMPARE(source->read(20).value_or("error"_ba), "0123456789"_ba);
        QCOMPARE(source->read(20).value_or("error"_ba), ""_ba);
    }
}

void TestContent::fileThatChanged_data()
{
    QTest::addColumn<QByteArray>("later");
    QTest::addColumn<bool>("whileReading");
    QTest::newRow("D13 shrank before") << "012"_ba << false;
    QTest::newRow("D13 grew before") << "0123456789abc"_ba << false;
    QTest::newRow("D13 same size, other time") << "9876543210"_ba << false;
    QTest::newRow("D13 shrank while reading") << "012"_ba << true;
    QTest::newRow("D13 grew while reading") << "0123456789abc"_ba << true;
    QTest::newRow("D13 rewritten while reading") << "9876543210"_ba << true;
}

void TestContent::fileThatChanged()
{
    QFETCH(QByteArray, later);
    QFETCH(bool, whileReading);
    Content content;
    content.file = write("0123456789"_ba);
    content.fileSize = 10;
    // A second that has passed long ago, so that the rewrite cannot have the same one.
    const QDateTime before = QDateTime::fromMSecsSinceEpoch(1'000'000'000'123, QTimeZone::utc());
    {
        QFile file(content.file);
        QVERIFY(file.open(QIODevice::ReadWrite));
        QVERIFY(file.setFileTime(before, QFileDevice::FileModificationTime));
    }
    content.fileModified = before;
    const auto source = content.open();
    if (whileReading)
        QCOMPARE(source->read(4).value_or("error"_ba), "0123"_ba);
    write(later);
    std::optional<Error> error;
    for (int i = 0; i < 20 && !error; ++i) {
        const auto chunk = source->read(3);
        if (!chunk)
            error = chunk.error();
        else if (chunk->isEmpty())
            break;
    }
    QVERIFY(error);
    QCOMPARE(error->kind, Error::Kind::InvalidInput);
}

void TestContent::notARegularFile()
{
    const QString fifo = m_dir.filePath(u"fifo"_s);
    QCOMPARE(::mkfifo(QFile::encodeName(fifo).constData(), 0600), 0);
    for (const QString &path : {fifo, u"/dev/zero"_s, m_dir.path()}) {
        Content content;
        content.file = path;
        content.fileSize = 10;
        const auto chunk = content.open()->read(4);
        QVERIFY2(!chunk, qPrintable(path));
    }
}

void TestContent::missingFile()
{
    Content content;
    content.file = m_dir.filePath(u"nowhere"_s);
    content.fileSize = 1;
    const auto chunk = content.open()->read(4);
    QVERIFY(!chunk);
    QCOMPARE(chunk.error().kind, Error::Kind::Io);
}

QTEST_GUILESS_MAIN(TestContent)
#include "tst_content.moc"
