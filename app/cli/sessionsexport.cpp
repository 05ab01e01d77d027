// SPDX-License-Identifier: GPL-3.0-or-later
#include "sessionsexport.h"

#include "optionvalues.h"
#include "outputfiles.h"

#include "base/paths.h"
#include "explain/explain.h"

#include <algorithm>

namespace Mailgauge::Cli {

namespace {

using Transcript::ExportFormat;
using Theme = Transcript::ExportOptions::Theme;

constexpr QLatin1StringView BundleEnding(".zip");

} // namespace

QList<OptionSpec> sessionsExportOptions()
{
    using Values = OptionSpec::Values;
    return {
        {"output", "FILE", Values::One, "write to FILE instead of standard output", 'o'},
        {"format", "FORMAT", Values::One,
            "txt, jsonl, html, ansi or bundle (default: by FILE's name, .zip is a bundle; else "
            "jsonl)"},
        {"redact", "LEVEL", Values::One,
            "secrets, addresses or bodies (default: addresses for a bundle, else secrets)"},
        {"theme", "THEME", Values::One, "of html: auto, light or dark (default: auto)"},
    };
}

Checked<std::optional<ExportFormat>> SessionsExportCommand::format() const
{
    using Format = std::optional<ExportFormat>;
    if (options().has("format")) {
        const auto word = parseWord(
            options(), "format", {"txt", "jsonl", "html", "ansi", "bundle"});
        if (!word)
            return std::unexpected(word.error());
        return *word == "bundle" ? Format()
            : *word == "txt"     ? ExportFormat::Text
            : *word == "html"    ? ExportFormat::Html
            : *word == "ansi"    ? ExportFormat::Ansi
                                 : ExportFormat::JsonLines;
    }
    if (!options().has("output") || options().value("output") == "-")
        return ExportFormat::JsonLines;
    const QString name = QFile::decodeName(options().value("output"));
    const auto format = Transcript::exportFormatFromFileName(name);
    if (!format && !name.endsWith(BundleEnding, Qt::CaseInsensitive)) {
        return usage(
            u"--output %1: give --format, or a name that ends in .txt, .jsonl, .html or .zip"_s.arg(
                options().text("output")));
    }
    return format;
}

Checked<Bundle::ExportRequest> SessionsExportCommand::request() const
{
    const auto wanted = format();
    if (!wanted)
        return std::unexpected(wanted.error());
    Bundle::ExportRequest request {.format = *wanted};
    if (!request.format && !options().has("output"))
        return usage(u"a bundle needs --output FILE"_s);
    // Scripts rely on transcripts being lossless; a bundle is made to be passed on (E8).
    if (request.format)
        request.level = Transcript::RedactionLevel::Secrets;
    if (options().has("redact")) {
        const auto word = parseWord(options(), "redact", {"secrets", "addresses", "bodies"});
        if (!word)
            return std::unexpected(word.error());
        request.level = *Transcript::redactionLevelFromName(*word);
    }
    if (options().has("theme")) {
        const auto word = parseWord(options(), "theme", {"auto", "light", "dark"});
        if (!word)
            return std::unexpected(word.error());
        request.options.theme = *word == "light" ? Theme::Light
            : *word == "dark"                    ? Theme::Dark
                                                 : Theme::Auto;
    }
    return request;
}

void SessionsExportCommand::read(Transcript::SessionLibrary &sessions)
{
    auto wanted = request();
    if (!wanted) {
        fail(wanted.error());
        return;
    }
    m_request = *std::move(wanted);
    m_sessions = &sessions;
    auto output = openOutput(options(), "output");
    if (!output) {
        fail(output.error());
        return;
    }
    m_output = *std::move(output);
    find(sessions);
}

void SessionsExportCommand::show(
    const Transcript::SessionRecord &record, const QList<Transcript::Entry> &entries)
{
    m_request.source.sessions = {{{record, entries}, {}}};
    if (!m_request.format)
        addMessage();
    else if (m_request.level == Transcript::RedactionLevel::Secrets)
        write();
    else
        addProfile(); // its login may stand in replies
}

void SessionsExportCommand::addMessage()
{
    const QUuid message = m_request.source.sessions.constFirst().session.record.message;
    if (message.isNull()) {
        addProfile();
        return;
    }
    m_sessions->message(message).then(this, [this](const Base::Result<QByteArray> &bytes) {
        // One that was imported without its message is still worth a bundle.
        if (bytes)
            m_request.source.sessions[0].message = *bytes;
        else if (bytes.error().kind != Base::Error::Kind::InvalidInput)
            return failStore(bytes.error());
        addProfile();
    });
}

void SessionsExportCommand::addProfile()
{
    const QString settings = Base::Paths::standard(context().dataDir).settingsFile();
    m_request.source.settings = Bundle::settingsFacts(settings);
    m_request.source.versions = Bundle::programVersions();
    const QUuid wanted = m_request.source.sessions.constFirst().session.record.profile;
    workspace().database()->profiles().profiles().then(
        this, [this, wanted](const Base::Result<Relay::StoredProfiles> &stored) {
            if (!stored)
                return failStore(stored.error());
            const QList<Relay::RelayProfile> &profiles = stored->profiles;
            const auto found = std::ranges::find(profiles, wanted, &Relay::RelayProfile::id);
            if (found != profiles.end())
                m_request.source.profile = *found;
            write();
        });
}

void SessionsExportCommand::write()
{
    const auto bytes = Bundle::makeExport(m_request).and_then(
        [this](const QList<Bundle::BundleFile> &files) {
            return Bundle::packExport(m_request, files);
        });
    if (!bytes) {
        fail(noOutput(Explain::explain(bytes.error()).text).error());
        return;
    }
    if (!m_output) {
        console().print(*bytes);
        Q_EMIT finished(Exit::Ok);
        return;
    }
    const auto written = m_output->write(*bytes).and_then([this] { return m_output->commit(); });
    if (written)
        Q_EMIT finished(Exit::Ok);
    else
        fail(noOutput(written.error().detail).error());
}

} // namespace Mailgauge::Cli
