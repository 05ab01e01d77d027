// SPDX-License-Identifier: GPL-3.0-or-later
#include "relay/netrc.h"

#include "base/literals.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Relay;
using Base::Error;

class TestNetrc final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void found_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("user");
        QTest::addColumn<QByteArray>("login"); // "user:password"; empty: none
        const auto row = [](const char *name, const QByteArray &text, const QString &user,
                             const QByteArray &login) {
            QTest::newRow(name) << text << user << login;
        };
        const QByteArray two = "machine relay.example login ann password one\n"
                               "machine relay.example login bob password two\n"_ba;
        row("one line", two, {}, "ann:one");
        row("by user", two, u"bob"_s, "bob:two");
        row("no such user", two, u"carl"_s, {});
        row("another machine", "machine other.example login ann password one", {}, {});
        row("a machine's name goes on", "machine relay.example.org login ann password one", {}, {});
        row("other case", "machine RELAY.Example login ann password one", {}, "ann:one");
        row("many lines, another order",
            "machine\trelay.example\r\n  password one\r\n  login ann\r\n", {}, "ann:one");
        row("default", "machine x login y password z default login ann password one", {},
            "ann:one");
        row("default stands first", "default login d password d\n" + two, {}, "ann:one");
        row("default is for another", two + "default login carl password three", u"dora"_s, {});
        row("default for anybody", two + "default password three", u"dora"_s, ":three");
        row("no login", "machine relay.example password one", u"ann"_s, ":one");
        row("entry without a password", "machine relay.example login ann\n" + two, {}, "ann:one");
        row("account", "machine relay.example login ann account a password one", {}, "ann:one");
        row("user, as some write it", "machine relay.example user ann password one", {}, "ann:one");
        row("quotes", "machine \"relay.example\" login \"ann b\" password \"o\\\"n\\\\e\\t#x\"", {},
            "ann b:o\"n\\e\t#x");
        row("empty password in quotes", "machine relay.example login ann password \"\"", {},
            "ann:");
        row("comments", "# machine relay.example login no password no\n#\n#x\n" + two + "# end", {},
            "ann:one");
        row("comment behind an entry", "machine relay.example login ann password one # login no",
            {}, "ann:one");
        row("hash in a password", "machine relay.example login ann password #one", {}, "ann:#one");
        row("macro",
            "machine x login y password z\nmacdef init\ncd /\nmachine relay.example\n\n" + two, {},
            "ann:one");
        row("macro to the end", two + "macdef init\npassword", {}, "ann:one");
        row("UTF-8", "machine relay.example login j\xc3\xb6rg password p\xc3\xa4ss"_ba,
            u"j\u00f6rg"_s, "j\xc3\xb6rg:p\xc3\xa4ss"_ba);
        row("empty", "", {}, {});
    }
    void found()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, user);
        QFETCH(QByteArray, login);
        const auto found = findInNetrc(text, u"relay.example"_s, user);
        QVERIFY2(found, found ? "" : qPrintable(found.error().detail));
        QCOMPARE(found->has_value(), !login.isEmpty());
        if (*found)
            QCOMPARE((*found)->user.toUtf8() + ':' + (*found)->password.reveal(), login);
    }

    void malformed_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("says");
        QTest::newRow("unknown word")
            << "machine a login b\npassword c\nc4n4ry d"_ba << u"line 3: expected machine"_s;
        QTest::newRow("password of two words")
            << "machine a login b password one c4n4ry"_ba << u"line 1: expected machine"_s;
        QTest::newRow("nothing behind")
            << "machine a\n\nlogin b password"_ba << u"line 3: nothing behind password"_s;
        QTest::newRow("before any machine")
            << "\nlogin c4n4ry"_ba << u"line 2: login before machine"_s;
        QTest::newRow("open quote")
            << "machine a login b\npassword \"c4n4ry\n"_ba << u"line 2: a quote is not closed"_s;
        QTest::newRow("open quote, escaped")
            << "machine a password \"c4n4ry\\\""_ba << u"line 1: a quote"_s;
    }
    void malformed()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, says);
        const auto found = findInNetrc(text, u"a"_s, {});
        QVERIFY(!found);
        QCOMPARE(found.error().kind, Error::Kind::InvalidInput);
        QVERIFY2(found.error().detail.startsWith(says), qPrintable(found.error().detail));
        QVERIFY(!found.error().detail.contains(u"c4n4ry"_s) && found.error().evidence.isEmpty());
    }

    void files()
    {
        QTemporaryDir directory;
        const QString path = directory.filePath(u"netrc"_s);
        RelayProfile profile;
        profile.host = u"relay.example"_s;
        const auto missing = readNetrc(path, profile);
        QCOMPARE(missing.error().kind, Error::Kind::Io);
        QVERIFY2(missing.error().detail.startsWith(u"netrc: "_s + path),
            qPrintable(missing.error().detail));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("machine relay.example login ann password one\n"
                   "machine localhost login own password two\n");
        file.close();
        QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner));
        QCOMPARE(readNetrc(path, profile)->exposedFile, QString());
        for (const auto others : {QFile::ReadGroup, QFile::ReadOther}) {
            QVERIFY(file.setPermissions(QFile::ReadOwner | others));
            QCOMPARE(readNetrc(path, profile)->exposedFile, path);
        }
        const auto later = readNetrcLater(path, profile);
        QTRY_VERIFY(later.isFinished());
        QCOMPARE(later.result()->user, u"ann"_s);
        profile.user = u"bob"_s;
        const auto none = readNetrc(path, profile);
        QCOMPARE(none.error().kind, Error::Kind::InvalidInput);
        QVERIFY2(none.error().detail.endsWith(
                     u"no password for the machine relay.example and the login bob"_s),
            qPrintable(none.error().detail));
        profile = {};
        profile.host = u"/run/relay.sock"_s;
        profile.unixSocket = true;
        QCOMPARE(readNetrc(path, profile)->password.reveal(), "two"_ba);
        QCOMPARE(readNetrc(directory.path(), profile).error().kind, Error::Kind::InvalidInput);
    }
};

QTEST_GUILESS_MAIN(TestNetrc)
#include "tst_netrc.moc"
