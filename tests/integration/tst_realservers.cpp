// SPDX-License-Identifier: GPL-3.0-or-later
#include "clirun.h"
#include "mailservers.h"
#include "opensmtpdserver.h"

#include "base/literals.h"
#include "delivery/prepare.h"
#include "delivery/sendservice.h"
#include "mime/reader.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace Mailgauge;
using Smtp::Outcome;
using Test::CliRun;
using Transcript::SessionRecord;
using Transcript::WholeOutcome;

namespace {

const QByteArray password = "s3cret-canary";

/// A one-pixel PNG.
const QByteArray pixel = QByteArray::fromBase64("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADU"
                                                "lEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==");

bool write(const QString &path, const QByteArray &bytes)
{
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size();
}

CliRun cli(const QStringList &arguments)
{
    return Test::runCli(arguments, 40'000);
}

} // namespace

/// The engine against servers that other people wrote.
class TestRealServers final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (const QString why = Test::whyNoRealServers(); !why.isEmpty())
            MAILGAUGE_MISSING(qPrintable(why));
        QVERIFY(write(m_dir.filePath(u"pixel.png"_s), pixel));
        QVERIFY(write(m_dir.filePath(u"Angebot für März.pdf"_s),
            QByteArray("%PDF-1.4\n\0\xff\n", 12).repeated(2000)));
        QVERIFY(write(m_dir.filePath(u"message.html"_s),
            u"<p>Grüße <img src=\"cid:pixel@test\"></p>"_s.toUtf8()));
        QVERIFY(write(m_dir.filePath(u"password"_s), password + '\n'));
        const QString error = m_postfix.start();
        QVERIFY2(error.isEmpty(), qPrintable(error + m_postfix.log()));
    }

    /// By the same path as the Compose panel: a composition, prepared, sent.
    void postfixGetsWhatTheComposerSends()
    {
        Delivery::Composition composition;
        composition.profile = profile(Test::PostfixServer::Port);
        composition.profile.caFile = m_postfix.caFile();
        composition.profile.auth = Smtp::AuthOptions::Need::Required;
        composition.profile.user = u"ann"_s;
        composition.secrets.password = Base::Secret(password);
        composition.draft = draft();
        const auto request = Delivery::prepare(composition);
        QVERIFY2(request, request ? "" : qPrintable(request.error().detail));
        const QByteArray sent = bytesOf(*request);

        QList<Transcript::Entry> entries;
        const SessionRecord record = send(*request, &entries);
        QVERIFY2(record.outcome == WholeOutcome::Accepted,
            qPrintable(
                (record.failure ? record.failure->error.detail : QString()) + m_postfix.log()));
        QCOMPARE(record.exitCode, 0);
        QVERIFY(record.tls && record.tls->accepted);
        QCOMPARE(record.authMechanism, "SCRAM-SHA-256"_ba);
        QVERIFY(!record.queueId.isEmpty());

        const QList<QByteArray> delivered = m_postfix.deliveries(++m_expected);
        QCOMPARE(delivered.size(), m_expected);
        QCOMPARE(Test::withoutTrace(delivered.last()), sent);
        const Mime::ParsedMessage parsed = Mime::parse(delivered.last());
        QCOMPARE(parsed.header("Subject"), draft().subject);
        QCOMPARE(parsed.text.trimmed(), draft().text.trimmed());
        // E1: the password is in no entry, in no form.
        for (const Transcript::Entry &entry : std::as_const(entries)) {
            QVERIFY(!entry.text.contains(password));
            QVERIFY(!entry.text.contains(password.toBase64(QByteArray::OmitTrailingEquals)));
        }
    }

    void postfixGetsWhatTheCommandLineSends()
    {
        const CliRun run = cli({u"send"_s, u"--no-store"_s, u"--json"_s, u"--server"_s,
            u"localhost:%1"_s.arg(Test::PostfixServer::Port), u"--resolve"_s,
            u"localhost:%1:127.0.0.1"_s.arg(Test::PostfixServer::Port), u"--tls-ca"_s,
            m_postfix.caFile(), u"--auth"_s, u"PLAIN"_s, u"--user"_s, u"ann"_s,
            u"--password-file"_s, m_dir.filePath(u"password"_s), u"--from"_s, u"ann@example.org"_s,
            u"--to"_s, u"bob@example.net"_s, u"--subject"_s, draft().subject, u"--text"_s,
            draft().text, u"--html"_s, m_dir.filePath(u"message.html"_s), u"--inline"_s,
            m_dir.filePath(u"pixel.png"_s), u"--attach"_s,
            m_dir.filePath(u"Angebot für März.pdf"_s)});
        QVERIFY2(run.exit == 0, run.err.constData());
        const QJsonObject json = run.json();
        QCOMPARE(json[u"outcome"].toString(), u"accepted"_s);
        QCOMPARE(json[u"auth"][u"mechanism"].toString(), u"PLAIN"_s);
        QCOMPARE(json[u"tls"][u"verified"].toBool(), true);
        QVERIFY(!run.out.contains(password) && !run.err.contains(password));
        QVERIFY(!run.out.contains(("\0ann\0" + password).toBase64()));
        const QList<QByteArray> delivered = m_postfix.deliveries(++m_expected);
        QCOMPARE(delivered.size(), m_expected);
        const Mime::ParsedMessage parsed = Mime::parse(delivered.last());
        QCOMPARE(parsed.header("Subject"), draft().subject);
        QCOMPARE(parsed.text.trimmed(), draft().text.trimmed());
        QVERIFY(std::ranges::any_of(
            parsed.parts, [](const Mime::Part &part) { return part.body == pixel; }));
        QVERIFY(std::ranges::any_of(parsed.parts,
            [](const Mime::Part &part) { return part.fileName == u"Angebot für März.pdf"_s; }));
    }

    void wrongPasswordIsTold()
    {
        const QString wrong = m_dir.filePath(u"wrong"_s);
        QVERIFY(write(wrong, "no-such-word"));
        const CliRun run = cli({u"send"_s, u"--no-store"_s, u"--json"_s, u"--server"_s,
            u"127.0.0.1:%1"_s.arg(Test::PostfixServer::Port), u"--tls-ca"_s, m_postfix.caFile(),
            u"--user"_s, u"ann"_s, u"--auth"_s, u"PLAIN"_s, u"--password-file"_s, wrong,
            u"--from"_s, u"ann@example.org"_s, u"--to"_s, u"bob@example.net"_s, u"--text"_s,
            u"x"_s});
        QCOMPARE(run.exit, 77);
        QCOMPARE(run.json()[u"outcome"].toString(), u"failed"_s);
        QCOMPARE(run.json()[u"stage"].toString(), u"auth"_s);
        QVERIFY(!run.out.contains("no-such-word") && !run.err.contains("no-such-word"));
    }

    void rootThatIsNotTrustedIsTold()
    {
        const CliRun run = cli({u"send"_s, u"--no-store"_s, u"--json"_s, u"--server"_s,
            u"127.0.0.1:%1"_s.arg(Test::PostfixServer::Port), u"--from"_s, u"ann@example.org"_s,
            u"--to"_s, u"bob@example.net"_s, u"--text"_s, u"x"_s});
        QVERIFY2(run.exit == 78, (QByteArray::number(run.exit) + run.out + run.err).constData());
        QCOMPARE(run.json()[u"error"][u"kind"].toString(), u"tls"_s);
        QVERIFY(!run.json()[u"tls"][u"reasons"].toArray().isEmpty());
    }

    void eximGetsWhatTheComposerSends()
    {
        if (!Test::EximServer::isAvailable())
            MAILGAUGE_MISSING("Exim is not unpacked: run ./dev test");
        Test::EximServer exim;
        const QString error = exim.start();
        QVERIFY2(error.isEmpty(), qPrintable(error));
        Delivery::Composition composition;
        composition.profile = profile(Test::EximServer::Port);
        composition.profile.tls = Smtp::TlsPolicy::None;
        composition.draft = draft();
        const auto request = Delivery::prepare(composition);
        QVERIFY(request);
        const SessionRecord record = send(*request, nullptr);
        QVERIFY2(record.outcome == WholeOutcome::Accepted, qPrintable(exim.log()));
        QVERIFY(!record.queueId.isEmpty());
        const QList<QByteArray> delivered = exim.deliveries(1);
        QVERIFY2(delivered.size() == 1, qPrintable(exim.log()));
        QCOMPARE(Test::withoutTrace(delivered.first()), bytesOf(*request));
    }

    void opensmtpdGetsWhatTheComposerSends()
    {
        Test::OpenSmtpdServer smtpd;
        if (const QString why = Test::OpenSmtpdServer::whyNot(); !why.isEmpty())
            MAILGAUGE_MISSING(qPrintable(why));
        const QString error = smtpd.start();
        QVERIFY2(error.isEmpty(), qPrintable(error));
        Delivery::Composition composition;
        composition.profile = profile(Test::OpenSmtpdServer::Port);
        composition.profile.caFile = smtpd.caFile();
        composition.profile.auth = Smtp::AuthOptions::Need::Required;
        composition.profile.user = u"ann"_s;
        composition.secrets.password = Base::Secret(password);
        composition.draft = draft();
        const auto request = Delivery::prepare(composition);
        QVERIFY(request);
        const SessionRecord record = send(*request, nullptr);
        QVERIFY2(record.outcome == WholeOutcome::Accepted, qPrintable(smtpd.log()));
        QVERIFY(record.tls && record.tls->accepted);
        QCOMPARE(record.authMechanism, "PLAIN"_ba);
        QVERIFY2(smtpd.log().contains(QString::fromLatin1(record.queueId)),
            record.finalReply->lines.join('\n').constData());
        const QList<QByteArray> delivered = smtpd.deliveries(1);
        QVERIFY2(delivered.size() == 1, qPrintable(smtpd.log()));
        QCOMPARE(Test::withoutTrace(delivered.first()), bytesOf(*request));

        const auto answer = [&](const QStringList &more) {
            return cli(QStringList {u"send"_s, u"--no-store"_s, u"--json"_s, u"--server"_s,
                           u"127.0.0.1:%1"_s.arg(Test::OpenSmtpdServer::Port), u"--tls-ca"_s,
                           smtpd.caFile(), u"--from"_s, u"ann@example.org"_s, u"--text"_s, u"x"_s}
                + more);
        };
        const QString wrong = m_dir.filePath(u"wrong"_s);
        QVERIFY(write(wrong, "no-such-word"));
        CliRun run = answer({u"--to"_s, u"bob@example.net"_s, u"--user"_s, u"ann"_s, u"--auth"_s,
            u"LOGIN"_s, u"--password-file"_s, wrong});
        QVERIFY2(run.exit == 77, (run.out + run.err).constData());
        QCOMPARE(run.json()[u"stage"].toString(), u"auth"_s);
        run = answer({u"--to"_s, u"bob@example.net"_s, u"--to"_s, u"eve@elsewhere.example"_s,
            u"--dsn-notify"_s, u"success,failure"_s, u"--dsn-ret"_s, u"hdrs"_s, u"--dsn-envid"_s,
            u"E1"_s});
        QVERIFY2(run.exit == 79, (run.out + run.err).constData());
        const QJsonArray recipients = run.json()[u"recipients"].toArray();
        QCOMPARE(recipients[0][u"outcome"].toString(), u"accepted"_s);
        QCOMPARE(recipients[1][u"outcome"].toString(), u"rejected"_s);
        QCOMPARE(recipients[1][u"reply"][u"code"].toInt(), 550);
        // It offers no SCRAM: what was asked for is not replaced by something weaker.
        run = answer({u"--to"_s, u"bob@example.net"_s, u"--user"_s, u"ann"_s, u"--auth"_s,
            u"SCRAM-SHA-256"_s, u"--password-file"_s, m_dir.filePath(u"password"_s)});
        QVERIFY2(run.exit != 0, (run.out + run.err).constData());
        QCOMPARE(run.json()[u"error"][u"kind"].toString(), u"authUnsupported"_s);
    }

    void sinkRefuses_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<int>("exit");
        QTest::addColumn<QString>("outcome");
        QTest::addColumn<QString>("stage");
        const auto row = [](const char *name, const QStringList &options, int exit,
                             const QString &outcome, const QString &stage) {
            QTest::newRow(name) << options << exit << outcome << stage;
        };
        row("hard at connect", {u"-f"_s, u"connect"_s}, 69, u"rejected"_s, u"greeting"_s);
        row("soft at connect", {u"-r"_s, u"connect"_s}, 75, u"deferred"_s, u"greeting"_s);
        row("hard at mail", {u"-f"_s, u"mail"_s}, 69, u"rejected"_s, u"mail"_s);
        row("soft at mail", {u"-r"_s, u"mail"_s}, 75, u"deferred"_s, u"mail"_s);
        row("hard at rcpt", {u"-f"_s, u"rcpt"_s}, 69, u"rejected"_s, u"rcpt"_s);
        row("soft at rcpt", {u"-r"_s, u"rcpt"_s}, 75, u"deferred"_s, u"rcpt"_s);
        row("hard at data", {u"-f"_s, u"data"_s}, 69, u"rejected"_s, u"data"_s);
        row("soft at data", {u"-r"_s, u"data"_s}, 75, u"deferred"_s, u"data"_s);
        row("B21 hard behind the dot", {u"-f"_s, u"."_s}, 69, u"rejected"_s, u"dot"_s);
        row("B21 soft behind the dot", {u"-r"_s, u"."_s}, 75, u"deferred"_s, u"dot"_s);
        row("B26 cut behind the dot", {u"-q"_s, u"."_s}, 80, u"uncertain"_s, u"dot"_s);
        row("cut at rcpt", {u"-q"_s, u"rcpt"_s}, 75, u"deferred"_s, u"rcpt"_s);
        row("accepted", {}, 0, u"accepted"_s, QString());
    }

    void sinkRefuses()
    {
        QFETCH(QStringList, options);
        QFETCH(int, exit);
        QFETCH(QString, outcome);
        QFETCH(QString, stage);
        Test::SmtpSink sink;
        const QString error = sink.start(options);
        QVERIFY2(error.isEmpty(), qPrintable(error));
        const CliRun run = cli({u"send"_s, u"--no-store"_s, u"--json"_s, u"--tls"_s, u"none"_s,
            u"--auth"_s, u"none"_s, u"--server"_s, u"127.0.0.1:%1"_s.arg(Test::SmtpSink::Port),
            u"--from"_s, u"ann@example.org"_s, u"--to"_s, u"bob@example.net"_s, u"--to"_s,
            u"eve@example.net"_s, u"--text"_s, u"x"_s});
        const QJsonObject json = run.json();
        QVERIFY2(run.exit == exit, (run.out + run.err).constData());
        QCOMPARE(json[u"exit"].toInt(), exit);
        QCOMPARE(json[u"outcome"].toString(), outcome);
        const QJsonArray recipients = json[u"recipients"].toArray();
        QCOMPARE(recipients.size(), 2);
        for (const QJsonValue &recipient : recipients)
            QCOMPARE(recipient[u"outcome"].toString(), outcome);
        if (!stage.isEmpty() && exit != 0)
            QVERIFY2(json[u"stage"].toString() == stage, run.out.constData());
    }

private:
    [[nodiscard]] Relay::RelayProfile profile(quint16 port) const
    {
        Relay::RelayProfile result;
        result.id = QUuid::createUuid();
        result.name = u"test"_s;
        result.host = u"127.0.0.1"_s;
        result.port = port;
        result.ehloName = "client.example.org";
        return result;
    }

    [[nodiscard]] Mime::MessageDraft draft() const
    {
        Mime::MessageDraft result;
        result.from = u"Änne Müller <ann@example.org>"_s;
        result.to = u"Bob <bob@example.net>"_s;
        result.subject
            = u"Grüße aus Köln: Angebot für März, 日本語 und 🎉 in einer langen Betreffzeile, die gefaltet wird"_s;
        result.text = u"Grüße!\n.\n..zwei Punkte\nEin Text mit Umlauten: äöü.\n"_s;
        result.html = u"<p>Grüße <img src=\"cid:pixel@test\"></p>"_s;
        auto image = Mime::attachmentFromFile(m_dir.filePath(u"pixel.png"_s));
        auto file = Mime::attachmentFromFile(m_dir.filePath(u"Angebot für März.pdf"_s));
        if (image && file) {
            image->contentId = "pixel@test";
            result.attachments = {*image, *file};
        }
        return result;
    }

    [[nodiscard]] static QByteArray bytesOf(const Delivery::SendRequest &request)
    {
        const auto source = request.content->open();
        QByteArray all;
        while (source) {
            const auto chunk = source->read(65536);
            if (!chunk || chunk->isEmpty())
                break;
            all += *chunk;
        }
        return all;
    }

    static SessionRecord send(
        const Delivery::SendRequest &request, QList<Transcript::Entry> *entries)
    {
        const Base::SystemClock clock;
        Delivery::SendService service(nullptr, clock);
        QSignalSpy finished(&service, &Delivery::SendService::finished);
        if (entries) {
            connect(&service, &Delivery::SendService::entriesRecorded, &service,
                [entries](
                    const QUuid &, const QList<Transcript::Entry> &more) { *entries += more; });
        }
        service.send(request);
        if (!Test::waitFor([&finished] { return !finished.isEmpty(); }, 30'000))
            return {};
        return finished.first().first().value<SessionRecord>();
    }

    QTemporaryDir m_dir;
    Test::PostfixServer m_postfix;
    int m_expected = 0;
};

QTEST_GUILESS_MAIN(TestRealServers)
#include "tst_realservers.moc"
