// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/paths.h"

#include "base/literals.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Mailgauge;
using Base::Error;
using Base::Paths;

namespace {

// Sets a variable for one test.
class Environment {
public:
    Environment(const char *name, const QByteArray &value)
        : m_name(name)
        , m_old(qgetenv(name))
        , m_had(qEnvironmentVariableIsSet(name))
    {
        if (value.isNull())
            qunsetenv(name);
        else
            qputenv(name, value);
    }
    ~Environment()
    {
        if (m_had)
            qputenv(m_name, m_old);
        else
            qunsetenv(m_name);
    }
    Q_DISABLE_COPY_MOVE(Environment)

private:
    const char *m_name;
    QByteArray m_old;
    bool m_had;
};

} // namespace

class TestPaths final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void withoutHome_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        const auto row = [](const QString &text, const QString &expected) {
            QTest::newRow(qPrintable(text)) << text << expected;
        };
        row(u"/home/alice/ca.pem"_s, u"~/ca.pem"_s);
        row(u"/home/alice"_s, u"~"_s);
        row(u"connecting to /home/alice/a, file:///home/alice/b"_s,
            u"connecting to ~/a, file://~/b"_s);
        row(u"/home/alice2/x /home/alice-b"_s, u"/home/alice2/x /home/alice-b"_s);
        row(u"/srv/ca.pem"_s, u"/srv/ca.pem"_s);
        row({}, {});
    }

    void withoutHome()
    {
        QFETCH(QString, text);
        QFETCH(QString, expected);
        const Environment home("HOME", "/home/alice");
        QCOMPARE(Base::withoutHome(text), expected);
    }

    void withoutHomeOfNobody()
    {
        const Environment home("HOME", "/");
        QCOMPARE(Base::withoutHome(u"/srv/x"_s), u"/srv/x"_s);
    }

    void oneDirectoryForEverything()
    {
        const QTemporaryDir dir;
        const Paths paths = Paths::standard(dir.filePath(u"x/y"_s));
        QVERIFY(paths.prepare());
        for (const QString &path :
            {paths.storeFile(), paths.vaultFile(), paths.draftsDir(), paths.attachmentsDir(),
                paths.reportsDir(), paths.settingsFile(), paths.cacheDir()})
            QVERIFY2(path.startsWith(dir.path()), qPrintable(path));
        QCOMPARE(QFile::permissions(paths.dataDir())
                & (QFile::ReadGroup | QFile::ReadOther | QFile::ExeGroup | QFile::ExeOther),
            QFile::Permissions());
        QCOMPARE(QDir(paths.dataDir()).entryList(QDir::Files | QDir::Hidden), QStringList());
    }

    void relativeDirectoryBecomesAbsolute()
    {
        QCOMPARE(Paths::standard(u"some/where"_s).dataDir(),
            QDir::current().absoluteFilePath(u"some/where"_s));
    }

    void xdgDirectories()
    {
        const QTemporaryDir dir;
        const Environment data("XDG_DATA_HOME", QFile::encodeName(dir.filePath(u"data"_s)));
        const Environment config("XDG_CONFIG_HOME", QFile::encodeName(dir.filePath(u"conf"_s)));
        const Environment cache("XDG_CACHE_HOME", QFile::encodeName(dir.filePath(u"cache"_s)));
        const Paths paths = Paths::standard();
        QCOMPARE(paths.storeFile(), dir.filePath(u"data/mailgauge/mailgauge.sqlite"_s));
        QCOMPARE(paths.settingsFile(), dir.filePath(u"conf/mailgauge/mailgauge.ini"_s));
        QCOMPARE(paths.cacheDir(), dir.filePath(u"cache/mailgauge"_s));
        QVERIFY(paths.prepare());
    }

    void noHomeIsDenied() // H6
    {
        const Environment home("HOME", QByteArray());
        const Environment data("XDG_DATA_HOME", QByteArray());
        const auto prepared = Paths::standard().prepare();
        QVERIFY(!prepared);
        QCOMPARE(prepared.error().kind, Error::Kind::Denied);
    }

    void unwritableDirectoryIsDenied() // H6
    {
        const QTemporaryDir dir;
        QFile file(dir.filePath(u"file"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        const auto below = Paths::standard(dir.filePath(u"file/data"_s)).prepare();
        QVERIFY(!below);
        QCOMPARE(below.error().kind, Error::Kind::Denied);
        QVERIFY(below.error().detail.contains(u"file/data"));
        // Nothing can be made there, not even by root.
        const auto proc = Paths::standard(u"/proc/self"_s).prepare();
        QVERIFY(!proc);
        QCOMPARE(proc.error().kind, Error::Kind::Denied);
    }
};

QTEST_GUILESS_MAIN(TestPaths)
#include "tst_paths.moc"
