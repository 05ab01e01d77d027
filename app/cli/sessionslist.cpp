// SPDX-License-Identifier: GPL-3.0-or-later
#include "sessionslist.h"

#include "json.h"
#include "optionvalues.h"

#include "bundle/sessiontable.h"
#include "transcript/sessionsearch.h"

#include <algorithm>
#include <array>
#include <limits>

namespace Mailgauge::Cli {

namespace {

using Transcript::SessionQuery;
using Transcript::SessionTerm;
using Field = SessionTerm::Field;

struct TextOption {
    const char *name;
    Field field;
};
constexpr std::array textOptions {TextOption {"search", Field::Any},
    TextOption {"relay", Field::Relay}, TextOption {"recipient", Field::Recipient},
    TextOption {"reply", Field::Reply}, TextOption {"tag", Field::Tag},
    TextOption {"note", Field::Note}};

struct TimeOption {
    const char *name;
    Field field;
};
constexpr std::array timeOptions {
    TimeOption {"since", Field::After}, TimeOption {"until", Field::Before}};

Json listed(const Transcript::SessionRecord &record)
{
    QList<QByteArray> recipients;
    for (const Smtp::RecipientOutcome &one : record.recipients)
        recipients.append(one.recipient.address());
    QList<QByteArray> tags;
    for (const QString &tag : record.tags)
        tags.append(tag.toUtf8());
    return Json::object({
        {"session", Json::text(sessionId(record))},
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
        {"tags", Json::texts(tags)},
        {"note", Json::text(record.note)},
    });
}

QByteArray column(const QString &text, qsizetype width)
{
    const QString shown = Transcript::visibleText(text);
    return (shown.size() > width ? shown.first(width - 1) + u'…' : shown.leftJustified(width))
        .toUtf8();
}

QByteArray lineOf(const Transcript::SessionRecord &record)
{
    const QString recipients = record.recipients.isEmpty()
        ? u"-"_s
        : QString::fromUtf8(record.recipients.first().recipient.address())
            + (record.recipients.size() > 1 ? u" +%1"_s.arg(record.recipients.size() - 1)
                                            : QString());
    QString marks;
    for (const QString &tag : record.tags)
        marks += u" #"_s + tag;
    if (!record.note.isEmpty())
        marks += u"  "_s + record.note;
    return sessionId(record).first(8) + "  "
        + record.startedAt.toLocalTime().toString(u"yyyy-MM-dd HH:mm:ss"_s).toUtf8() + "  "
        + column(QString::fromLatin1(Transcript::wholeOutcomeName(record.outcome)), 9) + "  "
        + column(record.host, 24) + "  " + column(recipients, 28) + "  "
        + Transcript::visibleText((record.subject + marks).toUtf8()).toUtf8();
}

} // namespace

QList<OptionSpec> sessionsListOptions()
{
    using Values = OptionSpec::Values;
    return {
        {"limit", "N", Values::One, "at most N, the newest first (default: 50; with --csv all)",
            'n'},
        {"search", "TEXT", Values::Many,
            "only those with TEXT in relay, subject, recipients, replies, tags or note"},
        {"relay", "TEXT", Values::Many, "only those with TEXT in the relay's host or profile"},
        {"outcome", "NAME", Values::Joined,
            "accepted, partial, deferred, rejected, uncertain, failed or stopped"},
        {"recipient", "TEXT", Values::Many, "only those with TEXT in a recipient's address"},
        {"reply", "TEXT", Values::Many, "only those with TEXT in a reply (code and text)"},
        {"tag", "TAG", Values::Many, "only those with this tag"},
        {"note", "TEXT", Values::Many, "only those with TEXT in the note"},
        {"since", "TIME", Values::One,
            "started at TIME or later: 2026-11-22, 2026-11-22T10:30, today, yesterday, 12h, 7d"},
        {"until", "TIME", Values::One, "started before TIME"},
        {"deleted", "", Values::Flag, "those in the bin instead"},
        {"csv", "ROWS", Values::One,
            "as a table (RFC 4180) with a row for each of the sessions, or of their recipients"},
    };
}

Checked<SessionQuery> SessionsListCommand::query() const
{
    SessionQuery query;
    bool isNumber = true;
    // A table that ends somewhere by itself would be taken for all there is.
    query.limit = options().has("limit") ? options().value("limit").toInt(&isNumber)
        : options().has("csv")           ? std::numeric_limits<int>::max()
                                         : 50;
    if (!isNumber || query.limit <= 0)
        return usage(u"--limit %1: a number above 0"_s.arg(options().text("limit")));
    if (options().has("deleted"))
        query.from = SessionQuery::From::Bin;
    for (const TextOption &option : textOptions) {
        for (const QByteArray &text : options().values(option.name)) {
            // Nothing to look for is in every session.
            if (!text.trimmed().isEmpty())
                query.terms.append(
                    {.field = option.field, .text = QString::fromUtf8(text).trimmed()});
        }
    }
    if (options().has("outcome")) {
        SessionTerm term {.field = Field::Outcome};
        for (const QByteArray &name : splitList(options().values("outcome"))) {
            const auto outcome = Transcript::wholeOutcomeFromName(name.toLower());
            if (!outcome)
                return usage(u"--outcome %1: accepted, partial, deferred, rejected, uncertain, "
                             "failed or stopped"_s.arg(QString::fromUtf8(name)));
            term.outcomes.append(*outcome);
        }
        query.terms.append(term);
    }
    for (const TimeOption &option : timeOptions) {
        if (!options().has(option.name))
            continue;
        const auto time = Transcript::parseSearchTime(
            options().text(option.name), QDateTime::currentDateTime());
        if (!time)
            return usage(u"--%1 %2: a time such as 2026-11-22, 2026-11-22T10:30, today or 7d"_s.arg(
                QString::fromLatin1(option.name), options().text(option.name)));
        query.terms.append({.field = option.field, .time = *time});
    }
    return query;
}

Checked<std::optional<Bundle::TableShape>> SessionsListCommand::table() const
{
    if (!options().has("csv"))
        return std::nullopt;
    if (context().json)
        return usage(u"--csv and --json: one of them"_s);
    const auto word = parseWord(options(), "csv", {"sessions", "recipients"});
    if (!word)
        return std::unexpected(word.error());
    return *std::ranges::find(
        Bundle::allTableShapes, QByteArrayView(*word), Bundle::tableShapeName);
}

void SessionsListCommand::read(Transcript::SessionLibrary &sessions)
{
    const auto wanted = query();
    if (!wanted)
        return fail(wanted.error());
    const auto shape = table();
    if (!shape)
        return fail(shape.error());
    m_table = *shape;
    sessions.list(*wanted).then(
        this, [this](const Base::Result<QList<Transcript::SessionRecord>> &records) {
            if (records)
                list(*records);
            else
                failStore(records.error());
        });
}

void SessionsListCommand::list(const QList<Transcript::SessionRecord> &records)
{
    if (m_table) {
        console().print(Bundle::sessionTable(records, *m_table));
    } else if (context().json) {
        QList<Json> rows;
        for (const Transcript::SessionRecord &record : records)
            rows.append(listed(record));
        console().printLine(Json::array(rows).toLine());
    } else {
        for (const Transcript::SessionRecord &record : records)
            console().printLine(lineOf(record));
    }
    Q_EMIT finished(Exit::Ok);
}

} // namespace Mailgauge::Cli
