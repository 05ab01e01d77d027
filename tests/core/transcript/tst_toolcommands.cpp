// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/htmlfragment.h"
#include "transcript/toolcommands.h"

#include "base/literals.h"
#include "samplesession.h"

#include <QProcess>
#include <QStandardPaths>
#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Transcript;

class TestToolCommands final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void starttlsSession()
    {
        const auto sample = Test::sampleSession();
        QCOMPARE(swaksCommand(sample.record, sample.entries),
            u"swaks --server mx.example.net --port 587 --tls --helo client.example.org "
            "--from news@example.org --to anna@example.net,nobody@example.net,grey@example.net "
            "--auth PLAIN --auth-hide-password"_s);
        QCOMPARE(opensslCommand(sample.record, sample.entries),
            u"openssl s_client -connect mx.example.net:587 -servername mx.example.net "
            "-starttls smtp -name client.example.org -crlf -showcerts"_s);
    }

    void implicitTlsByAddress()
    {
        SessionRecord record;
        record.host = u"2001:db8::25"_s;
        record.port = 465;
        record.tlsPolicy = "implicit"_ba;
        QCOMPARE(swaksCommand(record, {}),
            u"swaks --server 2001:db8::25 --port 465 --tls-on-connect --quit-after HELO"_s);
        QCOMPARE(opensslCommand(record, {}),
            u"openssl s_client -connect '[2001:db8::25]:465' -crlf -showcerts"_s);
    }

    void unixSocketWithoutTls()
    {
        auto sample = Test::sampleSession();
        SessionRecord &record = sample.record;
        record.host = u"/run/my relay.sock"_s;
        record.reversePath.clear();
        record.authMechanism.clear();
        record.recipients = record.recipients.first(1);
        QCOMPARE(swaksCommand(record, {}),
            u"swaks --socket '/run/my relay.sock' --from '<>' --to anna@example.net"_s);
        QCOMPARE(opensslCommand(record, {}), std::nullopt);
        QCOMPARE(swaksCommand({}, {}), std::nullopt);
    }

    void offeredTlsIsEnough()
    {
        SessionRecord record;
        record.host = u"mx.example.net"_s;
        record.port = 25;
        record.capabilities = Smtp::Capabilities::fromEhlo({250, {"mx.example.net", "STARTTLS"}});
        QVERIFY(opensslCommand(record, {})->contains("-starttls smtp"_L1));
    }

    void words_data()
    {
        QTest::addColumn<QString>("word");
        QTest::addColumn<QString>("quoted");
        QTest::newRow("plain") << u"a.b-c@d_e/f:1"_s << u"a.b-c@d_e/f:1"_s;
        QTest::newRow("empty") << u""_s << u"''"_s;
        QTest::newRow("blank") << u"a b"_s << u"'a b'"_s;
        QTest::newRow("quote") << u"o'brien@x"_s << u"'o'\\''brien@x'"_s;
        QTest::newRow("substitution") << u"$(id)`id`"_s << u"'$(id)`id`'"_s;
        QTest::newRow("umlaut") << u"ä"_s << u"'ä'"_s;
        QTest::newRow("B6 escape") << u"a\x1b[31m'\\"_s << u"$'a\\033[31m\\'\\\\'"_s;
        QTest::newRow("B6 bidi") << u"a\u202eb"_s << u"$'a\\342\\200\\256b'"_s;
        QTest::newRow("line end") << u"a\n1"_s << u"$'a\\0121'"_s;
    }

    void words()
    {
        QFETCH(QString, word);
        QFETCH(QString, quoted);
        QCOMPARE(shellWord(word), quoted);
        const QString bash = QStandardPaths::findExecutable(u"bash"_s);
        if (bash.isEmpty())
            QSKIP("no bash");
        // What a shell makes of it is the word again.
        QProcess shell;
        shell.start(bash, {u"-c"_s, u"printf %s "_s + quoted});
        QVERIFY(shell.waitForFinished());
        QCOMPARE(QString::fromUtf8(shell.readAllStandardOutput()), word);
    }

    void fragmentsAreText()
    {
        const auto sample = Test::sampleSession();
        const QString html = htmlFragment({sample.entries.at(24), sample.entries.at(30)});
        QVERIFY(html.startsWith("<pre dir=\"ltr\""_L1));
        QVERIFY(html.contains("&lt;nobody@example.net&gt;"_L1));
        QVERIFY(html.contains("&lt;b&gt;"_L1));
        QVERIFY(html.contains("&amp;amp;"_L1));
        QVERIFY(html.contains("\\x1b"_L1) && html.contains("\\u202e"_L1));
        QVERIFY(html.contains("<span style=\"color:#"_L1));
        QCOMPARE(html.count(u'\n'), 2);
        for (const QChar c : html)
            QVERIFY(c.unicode() >= 0x20 || c == u'\n');
    }
};

QTEST_GUILESS_MAIN(TestToolCommands)
#include "tst_toolcommands.moc"
