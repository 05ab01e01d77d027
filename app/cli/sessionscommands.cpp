// SPDX-License-Identifier: GPL-3.0-or-later
#include "sessionscommands.h"

#include "optionvalues.h"
#include "outputfiles.h"
#include "sessionjson.h"
#include "summary.h"

#include "transcript/sessionexporter.h"

#include <algorithm>
#include <limits>

namespace Mailgauge::Cli {

namespace {

using Transcript::ExportFormat;

constexpr qsizetype ShortestPrefix = 4;

QByteArray idOf(const Transcript::SessionRecord &record)
{
    return record.id.toByteArray(QUuid::WithoutBraces);
}

/// The session that `name` means among those, newest first; none where it is not clear.
Checked<Transcript::SessionRecord> choose(
    const QList<Transcript::SessionRecord> &records, const QByteArray &name)
{
    QByteArray wanted = name.toLower();
    if (wanted.startsWith('{') && wanted.endsWith('}'))
        wanted = wanted.sliced(1, wanted.size() - 2);
    if (wanted == "last" && !records.isEmpty())
        return records.first();
    const auto means = [&wanted](const Transcript::SessionRecord &record) {
        return wanted.size() >= ShortestPrefix && idOf(record).startsWith(wanted);
    };
    const auto found = std::ranges::find_if(records, means);
    if (found == records.end())
        return noInput(u"there is no session %1"_s.arg(QString::fromUtf8(name)));
    if (idOf(*found) != wanted && std::ranges::count_if(records, means) > 1)
        return usage(u"more than one session begins with %1"_s.arg(QString::fromUtf8(name)));
    return *found;
}

Json listed(const Transcript::SessionRecord &record)
{
    QList<QByteArray> recipients;
    for (const Smtp::RecipientOutcome &one : record.recipients)
        recipients.append(one.recipient.address());
    return Json::object({
        {"session", Json::text(idOf(record))},
        {"start", Json::text(record.startedAt.toUTC().toString(Qt::ISODateWithMs))},
        {"host", Json::text(record.host)},
        {"port", Json::number(qint64(record.port))},
        {"profile", Json::textOrNull(record.profileName.toUtf8())},
        {"from", Json::text(record.reversePath)},
        {"recipients", Json::texts(recipients)},
        {"subject", Json::text(record.subject)},
        {"messageId", Json::textOrNull(record.messageId)},
        {"outcome", Json::text(Transcript::wholeOutcomeName(record.outcome))},
        {"stage", Json::text(Smtp::stageName(record.stage))},
        {"queueId", Json::textOrNull(record.queueId)},
        {"exit", Json::number(qint64(record.exitCode))},
    });
}

QByteArray column(const QString &text, qsizetype width)
{
    const QString shown = Transcript::visibleText(text.toUtf8());
    return (shown.size() > width ? shown.first(width - 1) + u'…' : shown.leftJustified(width))
        .toUtf8();
}

} // namespace

SessionsCommand::SessionsCommand(Context &context, Options options)
    : Command(context, std::move(options))
    , m_workspace(context)
{
}

void SessionsCommand::start()
{
    Store::Database *store = m_workspace.database();
    if (!store) {
        fail(noInput(u"the store cannot be opened"_s).error());
        return;
    }
    read(store->sessions());
}

void SessionsCommand::failStore(const Base::Error &error)
{
    fail(noInput(u"the store cannot be read: "_s + error.detail).error());
}

void SessionsCommand::show(const Transcript::SessionRecord &, const QList<Transcript::Entry> &) { }

void SessionsCommand::find(Transcript::SessionRepository &sessions)
{
    if (options().positional().size() != 1) {
        fail(usage(u"which session? Give one ID, the beginning of one, or 'last'"_s).error());
        return;
    }
    sessions.list({.text = {}, .limit = std::numeric_limits<int>::max(), .offset = 0})
        .then(
            this, [this, &sessions](const Base::Result<QList<Transcript::SessionRecord>> &records) {
                if (!records)
                    return failStore(records.error());
                const auto record = choose(*records, options().positional().first());
                if (!record)
                    return fail(record.error());
                fetch(sessions, *record);
            });
}

void SessionsCommand::fetch(
    Transcript::SessionRepository &sessions, const Transcript::SessionRecord &record)
{
    sessions.entries(record.id).then(
        this, [this, record](const Base::Result<QList<Transcript::Entry>> &entries) {
            if (entries)
                show(record, *entries);
            else
                failStore(entries.error());
        });
}

// --- list -------------------------------------------------------------------------------------

QList<OptionSpec> sessionsListOptions()
{
    using Values = OptionSpec::Values;
    return {
        {"limit", "N", Values::One, "at most N, the newest first (default: 50)", 'n'},
        {"search", "TEXT", Values::One,
            "only those with TEXT in host, subject, recipients or replies"},
    };
}

void SessionsListCommand::read(Transcript::SessionRepository &sessions)
{
    bool isNumber = true;
    const int limit = options().has("limit") ? options().value("limit").toInt(&isNumber) : 50;
    if (!isNumber || limit <= 0) {
        fail(usage(u"--limit %1: a number above 0"_s.arg(options().text("limit"))).error());
        return;
    }
    sessions.list({.text = options().text("search"), .limit = limit, .offset = 0})
        .then(this, [this](const Base::Result<QList<Transcript::SessionRecord>> &records) {
            if (records)
                list(*records);
            else
                failStore(records.error());
        });
}

void SessionsListCommand::list(const QList<Transcript::SessionRecord> &records)
{
    if (context().json) {
        QList<Json> rows;
        for (const Transcript::SessionRecord &record : records)
            rows.append(listed(record));
        console().printLine(Json::array(rows).toLine());
    } else {
        for (const Transcript::SessionRecord &record : records) {
            const QString recipients = record.recipients.isEmpty()
                ? u"-"_s
                : QString::fromUtf8(record.recipients.first().recipient.address())
                    + (record.recipients.size() > 1 ? u" +%1"_s.arg(record.recipients.size() - 1)
                                                    : QString());
            console().printLine(idOf(record).first(8) + "  "
                + record.startedAt.toLocalTime().toString(u"yyyy-MM-dd HH:mm:ss"_s).toUtf8() + "  "
                + column(QString::fromLatin1(Transcript::wholeOutcomeName(record.outcome)), 9)
                + "  " + column(record.host, 24) + "  " + column(recipients, 28) + "  "
                + Transcript::visibleText(record.subject.toUtf8()).toUtf8());
        }
    }
    Q_EMIT finished(Exit::Ok);
}

// --- show -------------------------------------------------------------------------------------

void SessionsShowCommand::read(Transcript::SessionRepository &sessions)
{
    find(sessions);
}

void SessionsShowCommand::show(
    const Transcript::SessionRecord &record, const QList<Transcript::Entry> &entries)
{
    if (context().json) {
        console().printLine(sessionJson(record, true).toLine());
    } else {
        printTranscript(record, entries, false, console());
        console().print("\n");
        printSummary(record, true, console());
    }
    Q_EMIT finished(Exit::Ok);
}

// --- export -----------------------------------------------------------------------------------

QList<OptionSpec> sessionsExportOptions()
{
    using Values = OptionSpec::Values;
    return {
        {"output", "FILE", Values::One, "write to FILE instead of standard output", 'o'},
        {"format", "FORMAT", Values::One,
            "txt, jsonl, html or ansi (default: by FILE's name, else jsonl)"},
    };
}

Checked<ExportFormat> SessionsExportCommand::format() const
{
    if (options().has("format")) {
        const auto word = parseWord(options(), "format", {"txt", "jsonl", "html", "ansi"});
        if (!word)
            return std::unexpected(word.error());
        return *word == "txt" ? ExportFormat::Text
            : *word == "html" ? ExportFormat::Html
            : *word == "ansi" ? ExportFormat::Ansi
                              : ExportFormat::JsonLines;
    }
    if (!options().has("output") || options().value("output") == "-")
        return ExportFormat::JsonLines;
    const auto format = Transcript::exportFormatFromFileName(
        QFile::decodeName(options().value("output")));
    if (!format)
        return usage(
            u"--output %1: give --format, or a name that ends in .txt, .jsonl or .html"_s.arg(
                options().text("output")));
    return *format;
}

void SessionsExportCommand::read(Transcript::SessionRepository &sessions)
{
    if (const auto wanted = format(); !wanted) {
        fail(wanted.error());
        return;
    }
    if (options().has("output") && options().value("output") != "-") {
        auto writer = Base::FileWriter::open(QFile::decodeName(options().value("output")));
        if (!writer) {
            fail(noOutput(writer.error().detail).error());
            return;
        }
        m_output = std::move(*writer);
    }
    find(sessions);
}

void SessionsExportCommand::show(
    const Transcript::SessionRecord &record, const QList<Transcript::Entry> &entries)
{
    const auto wanted = format();
    if (!wanted) {
        fail(wanted.error());
        return;
    }
    if (!m_output) {
        const auto formatter = Transcript::makeFormatter(*wanted);
        console().print(formatter->begin(record));
        for (const Transcript::Entry &entry : entries)
            console().print(formatter->line(entry));
        console().print(formatter->end(record));
        Q_EMIT finished(Exit::Ok);
        return;
    }
    const auto written = Transcript::SessionExporter::write(
        record, entries, *wanted, {}, m_output->device())
                             .and_then([this] { return m_output->commit(); });
    if (!written) {
        fail(noOutput(written.error().detail).error());
        return;
    }
    Q_EMIT finished(Exit::Ok);
}

} // namespace Mailgauge::Cli
