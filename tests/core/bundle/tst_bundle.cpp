// SPDX-License-Identifier: GPL-3.0-or-later
#include "bundle/bundlearchive.h"
#include "bundle/export.h"
#include "bundle/sessionimport.h"
#include "explain/explain.h"

#include "base/literals.h"
#include "samplesession.h"
#include "testsupport.h"

#include <KZip>

#include <QBuffer>
#include <QCryptographicHash>
#include <QDir>
#include <QJsonObject>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Bundle;
using Kind = Base::Error::Kind;
using Transcript::ExportFormat;
using Transcript::RedactionLevel;

namespace {

const QByteArray message = "From: News <news@example.org>\r\nTo: anna@example.net\r\n"
                           "Subject: Offer\r\n\r\nDear Anna,\r\nanna@example.net.\r\n"_ba;

Transcript::ExportedSession sample()
{
    auto session = Test::sampleSession();
    for (Transcript::Entry &entry : session.entries) {
        for (Transcript::Redaction &redaction : entry.redactions)
            redaction.kept = {};
        if (entry.content)
            entry.content->to = message.size();
    }
    Tls::CertificateFacts certificate;
    certificate.subject = u"CN=mx.example.net"_s;
    certificate.issuer = u"CN=Example CA"_s;
    certificate.names = {u"mx.example.net"_s};
    certificate.notBefore = QDateTime::fromString(u"2025-01-01T00:00:00Z"_s, Qt::ISODate);
    certificate.notAfter = QDateTime::fromString(u"2027-01-01T00:00:00Z"_s, Qt::ISODate);
    certificate.keyType = u"EC P-256"_s;
    certificate.sha256 = "ab12"_ba;
    certificate.keySha256 = "cd34"_ba;
    certificate.der = "\x30\x03\x02\x01\x05"_ba;
    session.record.tls->chain = {certificate};
    session.record.tls->reasons = {{Tls::VerifyReason::Kind::SelfSigned, 0, u"self-signed"_s}};
    session.record.findings = {
        {"quirk.bareLfInReply"_ba, Smtp::Stage::Rcpt, "550 anna@example.net"_ba}};
    session.record.timings = {{Smtp::Stage::Connect, 12'345}, {Smtp::Stage::Dot, 180'000}};
    return {session.record, session.entries};
}

BundleSource source()
{
    Relay::RelayProfile profile;
    profile.id = QUuid::createUuid();
    profile.name = u"Office"_s;
    profile.host = u"mx.example.net"_s;
    profile.user = u"scott"_s;
    profile.defaultFrom = u"News <news@example.org>"_s;
    return {{{sample(), message}}, profile, {{u"window/theme"_s, u"dark"_s}},
        {{u"Mailgauge"_s, u"1"_s}}};
}

QByteArray fileOf(const QList<BundleFile> &files, const QString &name)
{
    const auto found = std::ranges::find(files, name, &BundleFile::name);
    return found == files.end() ? "missing"_ba : found->bytes;
}

Base::Result<QList<BundledSession>> readBack(
    const QByteArray &bytes, const ImportLimits &limits = {})
{
    QBuffer buffer;
    buffer.setData(bytes);
    buffer.open(QIODevice::ReadOnly);
    return readSessions(buffer, limits);
}

QByteArray zipOf(const QList<BundleFile> &files)
{
    return *packArchive(files, QDateTime::fromSecsSinceEpoch(1'700'000'000));
}

QByteArray manifestFor(const QList<BundleFile> &files)
{
    QByteArray list;
    for (const BundleFile &file : files) {
        list += (list.isEmpty() ? "" : ",") + "{\"name\":\""_ba + file.name.toUtf8()
            + "\",\"sha256\":\""
            + QCryptographicHash::hash(file.bytes, QCryptographicHash::Sha256).toHex() + "\"}";
    }
    return "{\"format\":\"mailgauge-bundle\",\"version\":1,\"files\":[" + list + "]}";
}

} // namespace

class TestBundle final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void golden_data()
    {
        QTest::addColumn<int>("level");
        for (const auto level :
            {RedactionLevel::Secrets, RedactionLevel::Addresses, RedactionLevel::Bodies})
            QTest::newRow(Transcript::redactionLevelName(level).data()) << static_cast<int>(level);
    }

    void golden()
    {
        QFETCH(int, level);
        const auto files = bundleFiles(source(), static_cast<RedactionLevel>(level));
        QVERIFY(files);
        QStringList names;
        for (const BundleFile &file : *files) {
            names << file.name;
            // Its digests follow from the others; unpacking checks them.
            if (file.name == manifestName)
                continue;
            const QString difference = Test::compareGolden(
                u"bundle/%1/%2"_s.arg(QLatin1StringView(QTest::currentDataTag()),
                    QString(file.name).replace(u'/', u'-')),
                file.bytes);
            QVERIFY2(difference.isEmpty(), qPrintable(file.name + u": "_s + difference));
        }
        QCOMPARE(names,
            (QStringList {u"manifest.json"_s, u"transcript.txt"_s, u"transcript.html"_s,
                u"transcript.jsonl"_s, u"outcome.txt"_s, u"tls.txt"_s, u"chain.pem"_s,
                u"versions.txt"_s, u"settings.txt"_s, u"profile.json"_s,
                u"messages/6f1c2b9e-0d6a-4a70-9f5b-0b6c8e7d9a10.eml"_s}));
    }

    void noNameIsLeft()
    {
        for (const auto level : {RedactionLevel::Addresses, RedactionLevel::Bodies}) {
            const auto files = bundleFiles(source(), level);
            QVERIFY(files);
            for (const BundleFile &file : *files) {
                for (const QByteArray &name :
                    {"anna@"_ba, "nobody@"_ba, "grey@"_ba, "news@"_ba, "scott"_ba})
                    QVERIFY2(!file.bytes.contains(name), qPrintable(file.name));
            }
            QCOMPARE(fileOf(*files, u"messages/6f1c2b9e-0d6a-4a70-9f5b-0b6c8e7d9a10.eml"_s)
                         .contains("Dear"),
                level == RedactionLevel::Addresses);
        }
    }

    // Every format, and logins of every session's profile.
    void noLoginIsLeft_data()
    {
        QTest::addColumn<std::optional<ExportFormat>>("format");
        QTest::newRow("bundle") << std::optional<ExportFormat>();
        QTest::newRow("text") << std::optional(ExportFormat::Text);
        QTest::newRow("ansi") << std::optional(ExportFormat::Ansi);
        QTest::newRow("html") << std::optional(ExportFormat::Html);
        QTest::newRow("json lines") << std::optional(ExportFormat::JsonLines);
    }

    void noLoginIsLeft()
    {
        QFETCH(std::optional<ExportFormat>, format);
        ExportRequest request {.format = format, .source = source()};
        request.source.sessions.append(request.source.sessions.constFirst());
        for (BundledSession &one : request.source.sessions) {
            Transcript::Entry entry = one.session.entries.constLast();
            entry.n += 1;
            entry.direction = Transcript::Direction::Server;
            entry.text = "535 5.7.8 failed for scott and tiger";
            entry.redactions.clear();
            entry.content.reset();
            one.session.entries.append(entry);
        }
        request.source.logins = {"tiger"_ba};
        const auto files = makeExport(request);
        QVERIFY(files);
        for (const BundleFile &file : *files)
            QVERIFY2(!file.bytes.contains("scott") && !file.bytes.contains("tiger"),
                qPrintable(file.name));
    }

    // A login that is a sender's local part has one pseudonym in all files.
    void oneLoginOnePseudonym()
    {
        BundleSource leaving = source();
        leaving.profile->user = u"anna"_s;
        const auto files = bundleFiles(leaving, RedactionLevel::Addresses);
        QVERIFY(files);
        QVERIFY(fileOf(*files, u"transcript.txt"_s).contains("<anon2@example.net>"));
        QVERIFY2(fileOf(*files, u"profile.json"_s).contains("\"anon2\""),
            fileOf(*files, u"profile.json"_s).constData());
    }

    void noHomeIsLeft()
    {
        BundleSource leaving = source();
        const QString socket = QDir::homePath() + u"/run/relay.sock"_s;
        leaving.profile->caFile = QDir::homePath() + u"/ca.pem"_s;
        leaving.profile->unixSocket = true;
        leaving.profile->host = socket;
        Transcript::SessionRecord &record = leaving.sessions[0].session.record;
        record.host = socket;
        record.port = 0;
        record.address = socket;
        record.failure = Smtp::Failure {
            {Base::Error::Kind::Connect, socket + u": refused"_s, {}}, Smtp::Stage::Connect};
        leaving.sessions[0].session.entries[0].direction = Transcript::Direction::Event;
        leaving.sessions[0].session.entries[0].text = "connecting to " + socket.toUtf8();
        for (const auto level : {RedactionLevel::Addresses, RedactionLevel::Bodies}) {
            const auto files = bundleFiles(leaving, level);
            QVERIFY(files);
            for (const BundleFile &file : *files)
                QVERIFY2(!file.bytes.contains(QDir::homePath().toUtf8()), qPrintable(file.name));
            QVERIFY(fileOf(*files, u"profile.json"_s).contains("\"~/ca.pem\""));
            QVERIFY(fileOf(*files, u"profile.json"_s).contains("\"~/run/relay.sock\""));
            QVERIFY(fileOf(*files, u"transcript.jsonl"_s).contains("\"~/run/relay.sock\""));
        }
        QCOMPARE(
            proposedFileName({.source = leaving}), u"smtp-__run_relay.sock-20260102-030405.zip"_s);
    }

    // Of the profile, not of the session: nothing else knows its local part.
    void bounceAddressIsHidden()
    {
        BundleSource leaving = source();
        leaving.profile->bounceAddress = u"bouncer@example.org"_s;
        const auto files = bundleFiles(leaving, RedactionLevel::Addresses);
        QVERIFY(files);
        for (const BundleFile &file : *files)
            QVERIFY2(!file.bytes.contains("bouncer"), qPrintable(file.name));
        QVERIFY(fileOf(*files, u"profile.json"_s).contains("@example.org\""));
    }

    void comesBackTheSame_data()
    {
        QTest::addColumn<bool>("bundle");
        QTest::newRow("json lines") << false;
        QTest::newRow("bundle") << true;
    }

    void comesBackTheSame()
    {
        QFETCH(bool, bundle);
        ExportRequest request {.level = RedactionLevel::Secrets, .source = source()};
        request.source.sessions[0].session.record.unknown.header = {{u"remark"_s, u"ask Bob"_s}};
        request.source.sessions[0].session.record.unknown.entries = {{2, {{u"mark"_s, true}}}};
        if (!bundle)
            request.format = ExportFormat::JsonLines;
        const auto files = makeExport(request);
        QVERIFY(files);
        const auto bytes = packExport(request, *files);
        QVERIFY(bytes);
        const auto back = readBack(*bytes);
        QVERIFY2(back, back ? "" : qPrintable(back.error().detail));
        QCOMPARE(back->size(), 1);
        QVERIFY(back->constFirst().session == request.source.sessions.constFirst().session);
        if (bundle)
            QCOMPARE(back->constFirst().message, message);
        // And once more: nothing is lost on the way.
        request.source.sessions = *back;
        const auto again = makeExport(request);
        QVERIFY(again);
        QCOMPARE(*again, *files);
    }

    void redactedComesBackToo()
    {
        for (const auto level : {RedactionLevel::Addresses, RedactionLevel::Bodies}) {
            ExportRequest request {.level = level, .source = source()};
            const auto files = makeExport(request);
            const auto back = readBack(*packExport(request, *files));
            QVERIFY2(back, back ? "" : qPrintable(back.error().detail));
            const BundledSession &one = back->constFirst();
            QCOMPARE(one.session.record.id, sample().record.id);
            QCOMPARE(
                one.session.record.recipients.at(0).recipient.address(), "anon2@example.net"_ba);
            QCOMPARE(one.session.record.unknown.header.value("redaction"_L1).toString(),
                QString::fromLatin1(Transcript::redactionLevelName(level)));
            for (const Transcript::Entry &entry : one.session.entries) {
                if (entry.content)
                    QCOMPARE(entry.content->to, one.message->size());
            }
        }
    }

    void secretsKeptForTheRunAreNotBundled()
    {
        BundleSource kept = source();
        kept.sessions[0].session.entries = Test::sampleSession().entries;
        ExportRequest request {
            .level = RedactionLevel::Secrets, .options = {.showSecrets = true}, .source = kept};
        const auto files = makeExport(request);
        QVERIFY(files);
        for (const BundleFile &file : *files)
            QVERIFY2(!file.bytes.contains("AGFubmEAczNjcjN0"), qPrintable(file.name));
        request.format = ExportFormat::Text;
        QVERIFY(makeExport(request)->constFirst().bytes.contains("AGFubmEAczNjcjN0"));
        request.level = RedactionLevel::Addresses;
        QVERIFY(!makeExport(request)->constFirst().bytes.contains("AGFubmEAczNjcjN0"));
    }

    void canBeCancelled()
    {
        for (const auto &format :
            {std::optional<ExportFormat>(), std::optional(ExportFormat::Html)}) {
            ExportRequest request {.format = format, .source = source()};
            const auto files = makeExport(request, [](double) { return false; });
            QVERIFY(!files);
            QCOMPARE(files.error().kind, Kind::Cancelled);
        }
    }

    void progressGrows()
    {
        BundleSource large = source();
        QList<Transcript::Entry> &entries = large.sessions[0].session.entries;
        while (entries.size() < 5000) {
            entries.append(entries.at(3));
            entries.last().n = entries.size() - 1;
        }
        QList<double> parts;
        ExportRequest request {.source = large};
        QVERIFY(makeExport(request, [&parts](double part) {
            parts.append(part);
            return true;
        }));
        QVERIFY(parts.size() > 10);
        QVERIFY(std::ranges::is_sorted(parts));
        QVERIFY(parts.constFirst() >= 0 && parts.constLast() <= 1);
    }

    void fileNames()
    {
        ExportRequest request {.source = source()};
        QCOMPARE(proposedFileName(request), u"smtp-mx.example.net-20260102-030405.zip"_s);
        request.source.sessions[0].session.record.host = u"/run/x y\n"_s;
        request.format = ExportFormat::Html;
        QCOMPARE(proposedFileName(request), u"smtp-_run_x_y_-20260102-030405.html"_s);
        QCOMPARE(proposedFileName({}), u"smtp-sessions.zip"_s);
    }

    void hostileArchives_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("kind");
        const auto row = [](const char *name, const QByteArray &bytes, Kind kind) {
            QTest::newRow(name) << bytes << static_cast<int>(kind);
        };
        const auto files = *bundleFiles(source(), RedactionLevel::Secrets);
        const QByteArray good = zipOf(files);
        row("only the mark", "PK\x03\x04"_ba, Kind::Corrupt);
        row("cut in the middle", good.first(good.size() / 2), Kind::Corrupt);
        row("cut at the end", good.chopped(30), Kind::Corrupt);
        row("another zip", zipOf({{u"a.txt"_s, "x"_ba}}), Kind::InvalidInput);
        row("manifest is no json", zipOf({{manifestName, "x"_ba}}), Kind::InvalidInput);
        row("newer version",
            zipOf({{manifestName,
                "{\"format\":\"mailgauge-bundle\",\"version\":2,\"files\":[]}"_ba}}),
            Kind::Unsupported);
        row("no transcript",
            zipOf({{manifestName,
                "{\"format\":\"mailgauge-bundle\",\"version\":1,\"files\":[]}"_ba}}),
            Kind::Corrupt);
        row("deep json", zipOf({{manifestName, QByteArray(5'000'000, '[')}}), Kind::InvalidInput);
        QList<BundleFile> changed = files;
        changed[1].bytes += "x";
        row("not what the manifest says", zipOf(changed), Kind::Corrupt);
        changed = files;
        changed.remove(3);
        row("a file is missing", zipOf(changed), Kind::Corrupt);
        changed = files;
        changed.append({u"../../evil"_s, "x"_ba});
        row("a name that leads outside", zipOf(changed), Kind::Corrupt);
        changed.last().name = u"C:\\evil"_s;
        row("a drive", zipOf(changed), Kind::Corrupt);
        changed.last().name = u"a/b/c/d/e/f/g"_s;
        row("deep folders", zipOf(changed), Kind::Full);
        const QList<BundleFile> bomb {{u"transcript.jsonl"_s, QByteArray(30'000'000, ' ')}};
        row("a bomb", zipOf(QList<BundleFile> {{manifestName, manifestFor(bomb)}} + bomb),
            Kind::Full);
        const QList<BundleFile> notOurs {{u"transcript.jsonl"_s, "{\"format\":\"x\"}"_ba}};
        row("transcript is none",
            zipOf(QList<BundleFile> {{manifestName, manifestFor(notOurs)}} + notOurs),
            Kind::InvalidInput);
    }

    void hostileArchives()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(int, kind);
        const auto back = readBack(bytes, {.archive = {.file = 20'000'000}});
        QVERIFY(!back);
        QVERIFY2(static_cast<int>(back.error().kind) == kind, qPrintable(back.error().detail));
        QVERIFY(back.error().detail.startsWith("import: "_L1));
        QVERIFY(Explain::explain(back.error()).id.startsWith("error.import."));
        QVERIFY(!back.error().detail.contains(u'\n'));
    }

    void archiveLimits()
    {
        const QByteArray good = zipOf(*bundleFiles(source(), RedactionLevel::Secrets));
        for (const ArchiveLimits &limits :
            {ArchiveLimits {.archive = 100}, ArchiveLimits {.file = 100},
                ArchiveLimits {.total = 2000}, ArchiveLimits {.files = 3}}) {
            const auto back = readBack(good, {.archive = limits});
            QVERIFY(!back);
            QCOMPARE(back.error().kind, Kind::Full);
        }
    }

    void everyTruncationAndFlipIsSafe()
    {
        const QByteArray good = zipOf(*bundleFiles(source(), RedactionLevel::Secrets));
        const auto whole = readBack(good);
        QVERIFY(whole);
        // Cut off behind the last file all of them are there, each with its digest.
        for (qsizetype size = 0; size < good.size(); size += 211) {
            if (const auto back = readBack(good.first(size)))
                QCOMPARE(*back, *whole);
        }
        QVERIFY(!readBack(good.first(good.size() / 2)));
        for (qsizetype at = 0; at < good.size(); at += 97) {
            QByteArray flipped = good;
            flipped[at] = static_cast<char>(flipped.at(at) ^ 0x55);
            // What still reads is what was written.
            if (const auto back = readBack(flipped))
                QCOMPARE(*back, *whole);
        }
    }

    void notARegularFile()
    {
        const QTemporaryDir dir;
        const auto read = readSessions(dir.path());
        QVERIFY(!read);
        QCOMPARE(read.error().kind, Kind::InvalidInput);
        QVERIFY(!readSessions(dir.filePath(u"none.zip"_s)));
        QVERIFY(looksLikeSessions(u"a.ZIP"_s));
        QVERIFY(looksLikeSessions(u"a.jsonl"_s));
        QVERIFY(!looksLikeSessions(u"a.eml"_s));
    }

    void settingsTellNoSecretsAndNoHome()
    {
        const QTemporaryDir dir;
        const QString path = dir.filePath(u"settings.ini"_s);
        {
            QSettings settings(path, QSettings::IniFormat);
            settings.setValue(u"window/geometry"_s, QByteArray("\x01\xd9"_ba));
            settings.setValue(u"theme"_s, u"dark"_s);
            settings.setValue(u"files/last"_s, QString(QDir::homePath() + u"/x.eml"_s));
            settings.setValue(u"proxy/password"_s, u"s3cret"_s);
        }
        const QByteArray text = [&path] {
            QByteArray all;
            for (const auto &[name, value] : settingsFacts(path))
                all += (name + u'=' + value + u'\n').toUtf8();
            return all;
        }();
        QCOMPARE(text, "files/last=~/x.eml\nproxy/password=<redacted>\ntheme=dark\n"_ba);
        QVERIFY(settingsFacts(dir.filePath(u"none.ini"_s)).isEmpty());
    }

    void versionsTellTheProgram()
    {
        const Facts facts = programVersions();
        for (const auto &[name, value] : facts)
            QVERIFY2(!value.isEmpty(), qPrintable(name));
        QCOMPARE(facts.constFirst().second, QString::fromLatin1(MAILGAUGE_VERSION));
    }
};

QTEST_GUILESS_MAIN(TestBundle)
#include "tst_bundle.moc"
