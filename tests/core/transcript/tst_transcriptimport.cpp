// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/jsonlinesreader.h"
#include "transcript/jsonlineswriter.h"
#include "transcript/sessionexporter.h"

#include "base/literals.h"
#include "samplesession.h"

#include <QBuffer>
#include <QJsonDocument>
#include <QTest>

#include <algorithm>

using namespace Mailgauge;
using namespace Mailgauge::Transcript;
using Kind = Base::Error::Kind;

namespace {

const QByteArray header
    = "{\"format\":\"mailgauge-transcript\",\"version\":1,\"id\":\"0c7a4a8e-51f5-4a35-9b0e-"
      "2f6e36f0a111\","
      "\"start\":\"2026-01-02T03:04:05.678Z\",\"server\":{\"host\":\"h\",\"port\":25},\"tls\":null}\n"_ba;

QByteArray entryLine(const QByteArray &members)
{
    return "{\"n\":0,\"us\":5,\"dir\":\"client\",\"stage\":\"mail\",\"tls\":true," + members
        + "}\n";
}

Base::Result<ImportedTranscript> read(const QByteArray &bytes, const ReadLimits &limits = {})
{
    QBuffer buffer;
    buffer.setData(bytes);
    buffer.open(QIODevice::ReadOnly);
    auto sessions = readJsonLines(buffer, limits);
    if (!sessions)
        return std::unexpected(sessions.error());
    return sessions->constFirst();
}

QByteArray written(const ImportedTranscript &transcript, bool announced = false)
{
    JsonLinesWriter writer({});
    if (announced)
        writer.announce(transcript.entries.size());
    QByteArray out = writer.begin(transcript.record);
    for (const Entry &entry : transcript.entries)
        out += writer.line(entry);
    return out + writer.end(transcript.record);
}

QList<Entry> withoutKept(QList<Entry> entries)
{
    for (Entry &entry : entries) {
        for (Redaction &redaction : entry.redactions)
            redaction.kept = {};
    }
    return entries;
}

class CountingDevice final : public QIODevice {
public:
    explicit CountingDevice(QByteArray bytes)
        : m_bytes(std::move(bytes))
    {
    }
    [[nodiscard]] qint64 size() const override { return m_bytes.size(); }

    int reads = 0;

protected:
    qint64 readData(char *data, qint64 most) override
    {
        ++reads;
        const QByteArrayView some = QByteArrayView(m_bytes).sliced(pos()).first(
            std::min<qint64>(most, m_bytes.size() - pos()));
        std::ranges::copy(some, data);
        return some.size();
    }
    qint64 writeData(const char *, qint64) override { return -1; }

private:
    QByteArray m_bytes;
};

} // namespace

class TestTranscriptImport final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void marksAndNotesComeBack()
    {
        auto sample = Test::sampleSession();
        sample.record.marks = {
            {3, {true, {}}}, {24, {false, u"ask \"them\" \u202e"_s}}, {25, {true, u"grey"_s}}};
        const QByteArray file = written({sample.record, sample.entries});
        QCOMPARE(file.count("\"marked\":true"), 2);
        // No control character of a note reaches a file either.
        QVERIFY(!file.contains("\xe2\x80\xae"));
        const auto again = read(file);
        QVERIFY(again);
        QCOMPARE(again->record.marks, sample.record.marks);
        QCOMPARE(again->entries.size(), sample.entries.size());
    }

    void unexpectedComesBack()
    {
        auto sample = Test::sampleSession();
        // Only the session knows that nobody waited for it.
        sample.entries[32].unexpected = true;
        const QByteArray file = written({sample.record, sample.entries});
        QCOMPARE(file.count("\"unexpected\":true"), 3);
        QCOMPARE(file.count("\"unexpected\""), 3);
        const auto again = read(file);
        QVERIFY(again);
        QCOMPARE(again->entries, withoutKept(sample.entries));
        QCOMPARE(written(*again), file);
    }

    // Version 1 as it was before: what a line says is enough for refusals.
    void unexpectedInOldFiles()
    {
        const auto sample = Test::sampleSession();
        QByteArray file = written({sample.record, sample.entries});
        file.replace(",\"unexpected\":true", "");
        const auto again = read(file);
        QVERIFY(again);
        QCOMPARE(again->entries, withoutKept(sample.entries));
        QVERIFY(again->entries[24].unexpected && again->entries[25].unexpected);
        QCOMPARE(again->record.unknown, UnknownFields());
    }

    void readsWhatWasWritten()
    {
        auto sample = Test::sampleSession();
        Tls::CertificateFacts certificate;
        certificate.subject = u"CN=mx.example.net"_s;
        certificate.names = {u"mx.example.net"_s, u"192.0.2.25"_s};
        certificate.notBefore = QDateTime::fromString(u"2025-01-01T00:00:00Z"_s, Qt::ISODate);
        certificate.notAfter = QDateTime::fromString(u"2027-01-01T00:00:00Z"_s, Qt::ISODate);
        certificate.sha256 = "abcd"_ba;
        certificate.der = "\x30\x00\xff"_ba;
        sample.record.tls->chain = {certificate};
        sample.record.tls->reasons = {{Tls::VerifyReason::Kind::Expired, 1, u"x"_s}};
        using Tlsa = Tls::TlsaResult;
        sample.record.tls->tlsa = {{{3, 1, 1, "\x00\xff"_ba}, Tlsa::Kind::Matches, 0, {}},
            {{255, 2, 9, {}}, Tlsa::Kind::UsageUnknown}};
        sample.record.profile = QUuid::createUuid();
        sample.record.profileName = u"Grüße"_s;
        sample.record.greeting = "caf\xe9"_ba;
        sample.record.capabilities = Smtp::Capabilities::fromEhlo(
            {250, {"mx"_ba, "SIZE 5"_ba, "AUTH PLAIN"_ba}});
        sample.record.finalReply = Smtp::Reply {250, {"a\xff"_ba, "b"_ba}};
        sample.record.failure = Smtp::Failure {
            {Base::Error::Kind::Timeout, u"no reply"_s, "\0\xff"_ba}, Smtp::Stage::Data};
        sample.record.recipients[0].failure = sample.record.failure;
        sample.record.timings = {{Smtp::Stage::Mail, 5}, {Smtp::Stage::Dot, 70'000}};
        sample.record.findings = {{"quirk.x"_ba, Smtp::Stage::Helo, "\xfe"_ba}};
        sample.record.tags = {u"billing"_s, u"Ticket"_s};
        sample.record.note = u"call back"_s;
        QBuffer buffer;
        buffer.open(QIODevice::ReadWrite);
        QVERIFY(SessionExporter::write(
            sample.record, sample.entries, ExportFormat::JsonLines, {}, buffer));
        const auto result = read(buffer.data());
        QVERIFY2(result, result ? "" : qPrintable(result.error().detail));
        QCOMPARE(result->entries, withoutKept(sample.entries));
        QVERIFY(result->record == sample.record);
        QCOMPARE(written(*result, true), buffer.data());
    }

    void everyByteSurvives()
    {
        QByteArray all;
        for (int value = 0; value < 256; ++value)
            all += static_cast<char>(value);
        QList<QByteArray> texts {all, all.first(128), ""_ba, "\0"_ba,
            "\xef\xbb\xbf"
            "bom"_ba,
            "\xe2\x80\xae"_ba, "\xf3\xa0\x81\x81"_ba, "\"\\/"_ba,
            "\xef\xbf\xbe\xf4\x8f\xbf\xbf"_ba};
        for (const QByteArray &text : std::as_const(texts)) {
            Entry entry;
            entry.text = text;
            JsonLinesWriter writer({});
            const auto result = read(header + writer.line(entry));
            QVERIFY(result);
            QCOMPARE(result->entries.constFirst().text, text);
        }
    }

    void unknownFieldsAreKept()
    {
        QByteArray bytes = header;
        bytes.replace("\"port\":25", "\"port\":25,\"x\":{\"y\":[1,2.5,\"\\u202e\",null,true]}");
        bytes.replace(
            "\"tls\":null", "\"tls\":{\"chain\":[{\"subject\":\"a\",\"cn\":[3]}]},\"note\":\"hi\"");
        bytes += entryLine("\"text\":\"<redacted: x>\",\"redactions\":[{\"at\":0,\"label\":\"x\","
                           "\"why\":7}],\"content\":{\"message\":\"0c7a4a8e-51f5-4a35-9b0e-"
                           "2f6e36f0a111\",\"from\":0,\"to\":3,\"sha\":\"q\"}");
        bytes += entryLine(
            "\"text\":\"RSET\",\"redactions\":[],\"mark\":true,\"big\":9007199254740995")
                     .replace("\"n\":0", "\"n\":1");
        const auto first = read(bytes);
        QVERIFY(first);
        const QByteArray again = written(*first);
        for (const QByteArray &part : {"\"x\":{\"y\":[1,2.5,\"\\u202e\",null,true]}"_ba,
                 "\"note\":\"hi\""_ba, "\"mark\":true"_ba, "\"big\":9007199254740995"_ba,
                 "\"why\":7"_ba, "\"sha\":\"q\""_ba, "\"cn\":[3]"_ba})
            QVERIFY2(again.contains(part), again.constData());
        const auto second = read(again);
        QVERIFY(second);
        QVERIFY(second->record.unknown == first->record.unknown);
        QCOMPARE(written(*second), again);
    }

    void refused_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("kind");
        const auto row = [](const char *name, const QByteArray &bytes, Kind kind) {
            QTest::newRow(name) << bytes << static_cast<int>(kind);
        };
        const auto entry = [](const QByteArray &json) { return header + json + '\n'; };
        row("empty", ""_ba, Kind::InvalidInput);
        row("not json", "220 hello\n"_ba, Kind::InvalidInput);
        row("another format", "{\"format\":\"har\",\"version\":1}\n"_ba, Kind::InvalidInput);
        row("an array", "[]\n"_ba, Kind::InvalidInput);
        row("newer version", QByteArray(header).replace("\"version\":1", "\"version\":2"),
            Kind::Unsupported);
        row("version as text", QByteArray(header).replace("\"version\":1", "\"version\":\"1\""),
            Kind::Corrupt);
        row("no id", QByteArray(header).replace("0c7a4a8e", "zzz"), Kind::Corrupt);
        row("no start", QByteArray(header).replace("2026-", "x-"), Kind::Corrupt);
        row("cut off", header + "{\"n\":0,\"us\":5,\"di", Kind::Corrupt);
        row("entry not an object", entry("7"), Kind::Corrupt);
        row("unknown direction",
            entry(
                "{\"n\":0,\"us\":5,\"dir\":\"up\",\"stage\":\"mail\",\"tls\":true,\"text\":\"\"}"),
            Kind::Corrupt);
        row("unknown stage",
            entry(
                "{\"n\":0,\"us\":5,\"dir\":\"client\",\"stage\":\"x\",\"tls\":true,\"text\":\"\"}"),
            Kind::Corrupt);
        row("tls no bool",
            entry(
                "{\"n\":0,\"us\":5,\"dir\":\"client\",\"stage\":\"mail\",\"tls\":1,\"text\":\"\"}"),
            Kind::Corrupt);
        row("no text", header + entryLine("\"redactions\":[]"), Kind::Corrupt);
        row("bad base64", header + entryLine("\"base64\":\"!!!\""), Kind::Corrupt);
        row("negative n",
            entry("{\"n\":-1,\"us\":5,\"dir\":\"client\",\"stage\":\"mail\",\"tls\":true,\"text\":"
                  "\"\"}"),
            Kind::Corrupt);
        row("huge n",
            entry("{\"n\":1e300,\"us\":5,\"dir\":\"client\",\"stage\":\"mail\",\"tls\":true,"
                  "\"text\":\"\"}"),
            Kind::Corrupt);
        row("n twice", header + entryLine("\"text\":\"a\"") + entryLine("\"text\":\"b\""),
            Kind::Corrupt);
        row("redaction outside",
            header + entryLine("\"text\":\"a\",\"redactions\":[{\"at\":2,\"label\":\"x\"}]"),
            Kind::Corrupt);
        row("redaction without label",
            header + entryLine("\"text\":\"a\",\"redactions\":[{\"at\":0}]"), Kind::Corrupt);
        row("content backwards",
            header
                + entryLine("\"text\":\"\",\"content\":{\"message\":\"0c7a4a8e-51f5-4a35-9b0e-"
                            "2f6e36f0a111\",\"from\":9,\"to\":3}"),
            Kind::Corrupt);
        row("session damaged",
            QByteArray(header).replace(
                "\"tls\":null", "\"tls\":null,\"session\":{\"failure\":{\"kind\":\"x\"}}"),
            Kind::Corrupt);
        row("second session cut off",
            QByteArray(header).replace("\"tls\"", "\"entries\":1,\"tls\"") + header, Kind::Corrupt);
        row("a line of 9 MiB", header + QByteArray(9 * 1024 * 1024, 'x'), Kind::Full);
        row("deeply nested", header + entryLine("\"text\":\"\",\"x\":" + QByteArray(100'000, '[')),
            Kind::Corrupt);
    }

    void refused()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(int, kind);
        const auto result = read(bytes);
        QVERIFY(!result);
        QCOMPARE(static_cast<int>(result.error().kind), kind);
    }

    void limits()
    {
        QByteArray bytes = header;
        for (int i = 0; i < 10; ++i)
            bytes
                += entryLine("\"text\":\"a\"").replace("\"n\":0", "\"n\":" + QByteArray::number(i));
        QVERIFY(read(bytes));
        for (const ReadLimits &limits : {ReadLimits {.entries = 9}, ReadLimits {.lineSize = 50},
                 ReadLimits {.total = bytes.size() - 1}}) {
            const auto result = read(bytes, limits);
            QVERIFY(!result);
            QCOMPARE(result.error().kind, Kind::Full);
        }
        QVERIFY(read(bytes, {.lineSize = header.size(), .entries = 10, .total = bytes.size()}));
    }

    void blankLinesAndNoLastLineEnd()
    {
        const auto result = read(header + "\n\r\n" + entryLine("\"text\":\"a\"").trimmed());
        QVERIFY(result);
        QCOMPARE(result->entries.size(), 1);
    }

    void everyTruncationIsSafe()
    {
        QBuffer buffer;
        buffer.open(QIODevice::WriteOnly);
        const auto sample = Test::sampleSession();
        QVERIFY(SessionExporter::write(
            sample.record, sample.entries, ExportFormat::JsonLines, {}, buffer));
        qsizetype whole = 0;
        for (qsizetype size = 0; size < buffer.data().size(); size += 101)
            whole += read(buffer.data().first(size)) ? 1 : 0;
        QCOMPARE(whole, 0);
        // Between two lines too.
        qsizetype lineEnd = buffer.data().indexOf('\n');
        while (lineEnd + 1 < buffer.data().size()) {
            const auto cut = read(buffer.data().first(lineEnd + 1));
            QVERIFY(!cut);
            QCOMPARE(cut.error().kind, Kind::Corrupt);
            QVERIFY(cut.error().detail.contains("cut off"_L1));
            lineEnd = buffer.data().indexOf('\n', lineEnd + 1);
        }
    }

    void severalSessionsInOneFile()
    {
        const auto sample = Test::sampleSession();
        ExportedSession first {sample.record, withoutKept(sample.entries)};
        ExportedSession second = first;
        second.record.id = QUuid::createUuid();
        second.entries.remove(3, 5);
        QBuffer buffer;
        buffer.open(QIODevice::ReadWrite);
        QVERIFY(SessionExporter::write({first, second}, ExportFormat::JsonLines, {}, buffer));
        buffer.seek(0);
        const auto read = readJsonLines(buffer);
        QVERIFY2(read, read ? "" : qPrintable(read.error().detail));
        QCOMPARE(read->size(), 2);
        QVERIFY(read->at(0).record == first.record);
        QCOMPARE(read->at(0).entries, first.entries);
        QVERIFY(read->at(1).record == second.record);
        QCOMPARE(read->at(1).entries, second.entries);
        buffer.seek(0);
        QCOMPARE(readJsonLines(buffer, {.sessions = 1}).error().kind, Kind::Full);
    }

    /// Files are opened unbuffered, where every read asks the system.
    void readsInBlocks()
    {
        const auto sample = Test::sampleSession();
        QByteArray bytes;
        for (int i = 0; i < 200; ++i) {
            auto session = sample;
            session.record.id = QUuid::createUuid();
            bytes += written({session.record, session.entries});
        }
        QVERIFY(bytes.size() > 1'000'000);
        CountingDevice device(bytes);
        QVERIFY(device.open(QIODevice::ReadOnly | QIODevice::Unbuffered));
        const auto read = readJsonLines(device);
        QVERIFY2(read, read ? "" : qPrintable(read.error().detail));
        QCOMPARE(read->size(), 200);
        QVERIFY2(device.reads < 100, QByteArray::number(device.reads).constData());
    }
};

QTEST_GUILESS_MAIN(TestTranscriptImport)
#include "tst_transcriptimport.moc"
