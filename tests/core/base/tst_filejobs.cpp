// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/filejobs.h"

#include "base/literals.h"

#include <QTemporaryDir>
#include <QTest>
#include <QThread>

#include <sys/stat.h>

using namespace Mailgauge;
using Base::Error;

class TestFileJobs final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void writtenAndReadBack()
    {
        const QString path = m_dir.filePath(u"a"_s);
        auto written = Base::writeFileLater(path, "\x00octets\xff"_ba);
        QVERIFY(Test::waitFor([&] { return written.isFinished(); }));
        QVERIFY(written.takeResult());
        auto read = Base::readFileLater(path, 100);
        QVERIFY(Test::waitFor([&] { return read.isFinished(); }));
        QCOMPARE(*read.takeResult(), "\x00octets\xff"_ba);
    }

    void continuesWhereItWasAskedFor()
    {
        QThread *thread = nullptr;
        Base::writeFileLater(m_dir.filePath(u"b"_s), {})
            .then(this, [&](const Base::Result<void> &written) {
                QVERIFY(written);
                thread = QThread::currentThread();
            });
        QTRY_COMPARE(thread, QThread::currentThread());
    }

    void refused_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<Error::Kind>("kind");
        QTest::addColumn<QString>("says");
        const QString fifo = m_dir.filePath(u"fifo"_s);
        QCOMPARE(::mkfifo(QFile::encodeName(fifo).constData(), 0600), 0);
        const QString large = m_dir.filePath(u"large"_s);
        QVERIFY(Base::writeFile(large, QByteArray(101, 'x')));
        // D13: opening a FIFO that nobody writes to would hang for ever.
        QTest::newRow("D13 FIFO") << fifo << Error::Kind::InvalidInput << u"is a FIFO"_s;
        QTest::newRow("D13 device") << u"/dev/zero"_s << Error::Kind::InvalidInput << u"device"_s;
        QTest::newRow("directory")
            << m_dir.path() << Error::Kind::InvalidInput << u"is a directory"_s;
        QTest::newRow("missing") << m_dir.filePath(u"no"_s) << Error::Kind::Io << u"no"_s;
        QTest::newRow("larger than may be")
            << large << Error::Kind::InvalidInput << u"larger than 100 bytes"_s;
    }
    void refused()
    {
        QFETCH(QString, path);
        QFETCH(Error::Kind, kind);
        QFETCH(QString, says);
        auto read = Base::readFileLater(path, 100);
        QVERIFY(Test::waitFor([&] { return read.isFinished(); }));
        const auto bytes = read.takeResult();
        QVERIFY(!bytes);
        QCOMPARE(bytes.error().kind, kind);
        QVERIFY2(bytes.error().detail.contains(says), qPrintable(bytes.error().detail));
        QVERIFY(bytes.error().detail.contains(path));
    }

    void notWritten()
    {
        auto written = Base::writeFileLater(m_dir.filePath(u"no/such/folder"_s), "x"_ba);
        QVERIFY(Test::waitFor([&] { return written.isFinished(); }));
        QVERIFY(!written.takeResult());
    }

private:
    QTemporaryDir m_dir;
};

QTEST_GUILESS_MAIN(TestFileJobs)
#include "tst_filejobs.moc"
