// SPDX-License-Identifier: GPL-3.0-or-later
#include "mailfiles.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

using namespace Mailgauge;
using namespace Mailgauge::Cli;

class MailFilesTest final : public QObject {
    Q_OBJECT

    static void write(const QString &path, const QByteArray &bytes)
    {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(bytes), bytes.size());
    }

private Q_SLOTS:
    void mbox_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QByteArrayList>("messages");
        const auto row = [](const char *name, const QByteArray &bytes, const QByteArrayList &all) {
            QTest::newRow(name) << bytes << all;
        };
        row("one message", "A: b\n\nx\n", {"A: b\n\nx\n"});
        row("two", "From a Mon\nA: 1\n\nx\n\nFrom b Tue\nA: 2\n\ny\n",
            {"A: 1\n\nx\n\n", "A: 2\n\ny\n"});
        row("CRLF", "From a\r\nA: 1\r\n\r\nx\r\n\r\nFrom b\r\nA: 2\r\n",
            {"A: 1\r\n\r\nx\r\n\r\n", "A: 2\r\n"});
        row("From inside a paragraph", "From a\nA: 1\n\nx\nFrom here on\n",
            {"A: 1\n\nx\nFrom here on\n"});
        row("quoted", "From a\nA: 1\n\n>From me\n>>From you\n> From it\n",
            {"A: 1\n\nFrom me\n>From you\n> From it\n"});
        row("empty one", "From a\nFrom b\nA: 2\n", {"", "A: 2\n"});
        row("separator alone", "From a", {});
        row("empty file", "", {""});
    }
    void mbox()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QByteArrayList, messages);
        QCOMPARE(splitMbox(bytes), messages);
    }

    void foldersInOrder()
    {
        QTemporaryDir directory;
        const QDir root(directory.path());
        QVERIFY(root.mkpath(u"md/cur"_s) && root.mkpath(u"md/new"_s) && root.mkpath(u"md/tmp"_s)
            && root.mkpath(u"sub/tmp"_s));
        write(root.filePath(u"b.eml"_s), "2");
        write(root.filePath(u"a.eml"_s), "1");
        write(root.filePath(u"md/cur/m"_s), "3");
        write(root.filePath(u"md/new/n"_s), "4");
        write(root.filePath(u"md/tmp/half"_s), "no");
        write(root.filePath(u"sub/tmp/x"_s), "5");
        write(root.filePath(u".hidden"_s), "no");
        // A FIFO would wait for ever; a link to the folder itself would never end.
        QCOMPARE(mkfifo(QFile::encodeName(root.filePath(u"fifo"_s)).constData(), 0600), 0);
        QVERIFY(QFile::link(directory.path(), root.filePath(u"sub/loop"_s)));
        QByteArray seen;
        QVERIFY(readMessages(QFile::encodeName(directory.path()),
            [&seen](const QByteArray &, const QByteArray &message) { seen += message; }));
        QCOMPARE(seen, "12345"_ba);
    }

    void missing()
    {
        const auto done = readMessages("/nonexistent/x",
            [](const QByteArray &, const QByteArray &) { QFAIL("nothing to read"); });
        QVERIFY(!done);
        QCOMPARE(done.error().exitCode, 66);
    }
};

QTEST_GUILESS_MAIN(MailFilesTest)
#include "tst_mailfiles.moc"
