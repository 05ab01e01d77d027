// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/filewriter.h"

#include "base/literals.h"

#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <sys/resource.h>
#include <sys/stat.h>

using namespace Mailgauge;
using Base::FileWriter;

namespace {

QByteArray content(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : "unreadable"_ba;
}

/// Lets no file grow beyond `bytes`: a full disk without needing one.
class FileSizeLimit final {
public:
    explicit FileSizeLimit(rlim_t bytes)
    {
        std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &m_before);
        const rlimit limited {bytes, m_before.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limited);
    }
    ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &m_before); }
    Q_DISABLE_COPY_MOVE(FileSizeLimit)

private:
    rlimit m_before {};
};

} // namespace

class TestFileWriter final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { QVERIFY(m_dir.isValid()); }

    void writesWhole()
    {
        const QString path = m_dir.filePath(u"new"_s);
        QVERIFY(Base::writeFile(path, "one"));
        QCOMPARE(content(path), "one"_ba);
        QVERIFY(Base::writeFile(path, "two"));
        QCOMPARE(content(path), "two"_ba);
        QVERIFY(Base::writeFile(path, ""));
        QCOMPARE(content(path), ""_ba);
    }

    void nothingWithoutCommit()
    {
        const QString path = m_dir.filePath(u"uncommitted"_s);
        {
            auto writer = FileWriter::open(path);
            QVERIFY(writer);
            QVERIFY((*writer)->write("half"));
        }
        QVERIFY(!QFileInfo::exists(path));
    }

    void shortWriteKeepsTheOldFile()
    {
        // faults Q5: one write onto a nearly full disk.
        const QString path = m_dir.filePath(u"full"_s);
        QVERIFY(Base::writeFile(path, QByteArray(10'000, 'o')));
        {
            const FileSizeLimit limit(86'016);
            const auto result = Base::writeFile(path, QByteArray(200'000, 'n'));
            QVERIFY(!result);
            QCOMPARE(result.error().kind, Base::Error::Kind::Full);
        }
        QCOMPARE(content(path), QByteArray(10'000, 'o'));
        QCOMPARE(QDir(m_dir.path()).entryList({u"full*"_s}, QDir::Files).size(), 1);
    }

    void shortWriteThroughTheDeviceFailsTheCommit()
    {
        const QString path = m_dir.filePath(u"piecewise"_s);
        QVERIFY(Base::writeFile(path, "old"));
        {
            const FileSizeLimit limit(86'016);
            auto writer = FileWriter::open(path);
            QVERIFY(writer);
            QVERIFY(!Base::writeAll((*writer)->device(), QByteArray(200'000, 'n')));
            QVERIFY(!(*writer)->commit());
        }
        QCOMPARE(content(path), "old"_ba);
    }

    void ownerOnly()
    {
        const QString path = m_dir.filePath(u"secret"_s);
        QVERIFY(Base::writeFile(path, "x"));
        QVERIFY(Base::writeFile(path, "y", FileWriter::Access::OwnerOnly));
        struct stat status {};
        QCOMPARE(::stat(QFile::encodeName(path).constData(), &status), 0);
        QCOMPARE(status.st_mode & 0777U, 0600U);
    }

    void refuses()
    {
        QVERIFY(!FileWriter::open(m_dir.path()));
        QVERIFY(!FileWriter::open(m_dir.filePath(u"missing/dir/file"_s)));
    }

    void devicesAreNotReplaced()
    {
        QVERIFY(Base::writeFile(u"/dev/null"_s, "x"));
        struct stat status {};
        QCOMPARE(::stat("/dev/null", &status), 0);
        QVERIFY(S_ISCHR(status.st_mode));

        const auto result = Base::writeFile(u"/dev/full"_s, "x");
        QVERIFY(!result);
        QCOMPARE(result.error().kind, Base::Error::Kind::Full);
    }

    void symbolicLinksAreFollowed()
    {
        const QString target = m_dir.filePath(u"target"_s);
        const QString link = m_dir.filePath(u"link"_s);
        QVERIFY(Base::writeFile(target, "old"));
        QVERIFY(QFile::link(target, link));
        QVERIFY(Base::writeFile(link, "new"));
        QVERIFY(QFileInfo(link).isSymLink());
        QCOMPARE(content(target), "new"_ba);
    }

private:
    QTemporaryDir m_dir;
};

QTEST_GUILESS_MAIN(TestFileWriter)
#include "tst_filewriter.moc"
