// SPDX-License-Identifier: GPL-3.0-or-later
#include "outputfiles.h"

#include "console.h"
#include "optionvalues.h"

#include "tls/certificatefacts.h"
#include "transcript/sessionexporter.h"

#include <QFile>

namespace Mailgauge::Cli {

namespace {

std::unexpected<Problem> notWritten(const QString &path, const Base::Error &error)
{
    return noOutput(error.detail.contains(path) ? error.detail : path + u": "_s + error.detail);
}

} // namespace

QList<OptionSpec> outputOptions()
{
    using Values = OptionSpec::Values;
    return {
        {"transcript", "FILE", Values::Many,
            "write the conversation to FILE.txt, .jsonl or .html; - is standard output"},
        {"transcript-hide", "WHAT[,...]", Values::Joined,
            "leave lines of client, server or event out of it (not out of .jsonl)"},
        {"transcript-hex", "", Values::Flag, "show the octets below each line (.txt and -)"},
        {"show-secrets", "", Values::Flag, "leave the secrets in this run's transcripts"},
        {"tls-save-chain", "FILE", Values::One, "write the server's certificates (PEM)"},
        {"no-store", "", Values::Flag, "do not keep the session"},
    };
}

Checked<std::unique_ptr<Base::FileWriter>> openOutput(const Options &options, const char *option)
{
    if (!options.has(option) || options.value(option) == "-")
        return nullptr;
    auto writer = Base::FileWriter::open(QFile::decodeName(options.value(option)));
    if (!writer)
        return noOutput(writer.error().detail);
    return *std::move(writer);
}

Checked<OutputFiles> OutputFiles::open(const Options &options)
{
    OutputFiles files;
    files.m_options.showSecrets = options.has("show-secrets");
    files.m_options.hexDump = options.has("transcript-hex");
    for (const QByteArray &name : splitList(options.values("transcript-hide"))) {
        const auto direction = Transcript::directionFromName(name);
        if (!direction)
            return usage(u"--transcript-hide %1: expected client, server or event"_s.arg(
                QString::fromUtf8(name)));
        files.m_hidden.append(*direction);
    }
    for (const char *name : {"transcript-hide", "transcript-hex"}) {
        if (options.has(name) && !options.has("transcript"))
            return usage(u"--%1 needs --transcript"_s.arg(QLatin1StringView(name)));
    }
    for (const QByteArray &name : options.values("transcript")) {
        if (name == "-") {
            files.m_standardOutput = true;
            continue;
        }
        const QString path = QFile::decodeName(name);
        const auto format = Transcript::exportFormatFromFileName(path);
        if (!format)
            return usage(
                u"--transcript %1: expected a name that ends in .txt, .jsonl or .html"_s.arg(path));
        auto writer = Base::FileWriter::open(path);
        if (!writer)
            return notWritten(path, writer.error());
        files.m_transcripts.push_back({path, *format, std::move(*writer)});
    }
    if (options.has("tls-save-chain")) {
        files.m_chain.path = QFile::decodeName(options.value("tls-save-chain"));
        auto writer = Base::FileWriter::open(files.m_chain.path);
        if (!writer)
            return notWritten(files.m_chain.path, writer.error());
        files.m_chain.writer = std::move(*writer);
    }
    return files;
}

Checked<void> OutputFiles::write(const Transcript::SessionRecord &record,
    const QList<Transcript::Entry> &entries, Console &console)
{
    QList<Transcript::Entry> shown = entries;
    shown.removeIf(
        [this](const Transcript::Entry &one) { return m_hidden.contains(one.direction); });
    Checked<void> result;
    const auto keep = [&result](const QString &path, const Base::Result<void> &written) {
        if (!written && result)
            result = notWritten(path, written.error());
    };
    for (Target &target : m_transcripts) {
        const bool lossless = target.format == Transcript::ExportFormat::JsonLines;
        const Base::Result<void> written = Transcript::SessionExporter::write(
            record, lossless ? entries : shown, target.format, m_options, target.writer->device());
        keep(target.path, written ? target.writer->commit() : written);
    }
    if (m_chain.writer) {
        const QByteArray pem = record.tls ? Tls::toPem(record.tls->chain) : QByteArray();
        const Base::Result<void> written = m_chain.writer->write(pem);
        keep(m_chain.path, written ? m_chain.writer->commit() : written);
    }
    if (m_standardOutput)
        printTranscript(record, shown, m_options, console);
    return result;
}

void printTranscript(const Transcript::SessionRecord &record,
    const QList<Transcript::Entry> &entries, const Transcript::ExportOptions &options,
    Console &console)
{
    const auto formatter = Transcript::makeFormatter(
        console.isColoured() ? Transcript::ExportFormat::Ansi : Transcript::ExportFormat::Text,
        options);
    console.print(formatter->begin(record));
    for (const Transcript::Entry &entry : entries)
        console.print(formatter->line(entry));
    console.print(formatter->end(record));
}

} // namespace Mailgauge::Cli
