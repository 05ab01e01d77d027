// SPDX-License-Identifier: GPL-3.0-or-later
#include "sessionsmarks.h"

#include "json.h"

#include <algorithm>

namespace Mailgauge::Cli {

namespace {

using Transcript::SessionQuery;

struct TagChange {
    bool add = true;
    QString tag;
};

Checked<QList<TagChange>> tagChanges(const QList<QByteArray> &arguments)
{
    QList<TagChange> changes;
    for (const QByteArray &argument : arguments) {
        const QString typed = QString::fromUtf8(argument);
        const auto tag = Transcript::tagFrom(typed.mid(1));
        if ((!typed.startsWith(u'+') && !typed.startsWith(u'-')) || !tag)
            return usage(
                u"%1: +TAG adds a tag, -TAG takes it away; a tag is one word of at most 40 "
                "characters, without comma and quote"_s.arg(typed));
        changes.append({typed.startsWith(u'+'), *tag});
    }
    return changes;
}

QStringList changed(QStringList tags, const QList<TagChange> &changes)
{
    for (const TagChange &change : changes) {
        tags.removeIf([&change](const QString &tag) {
            return tag.compare(change.tag, Qt::CaseInsensitive) == 0;
        });
        if (change.add)
            tags.append(change.tag);
    }
    std::ranges::sort(tags,
        [](const QString &a, const QString &b) { return a.compare(b, Qt::CaseInsensitive) < 0; });
    return tags;
}

} // namespace

// --- tag --------------------------------------------------------------------------------------

void SessionsTagCommand::read(Transcript::SessionLibrary &sessions)
{
    if (options().positional().isEmpty())
        return fail(usage(u"which session? Give an ID, the beginning of one, or 'last', then +TAG "
                          "or -TAG"_s)
                .error());
    if (const auto changes = tagChanges(options().positional().sliced(1)); !changes)
        return fail(changes.error());
    find(sessions, options().positional().first());
}

void SessionsTagCommand::found(
    Transcript::SessionLibrary &sessions, const Transcript::SessionRecord &record)
{
    const auto changes = tagChanges(options().positional().sliced(1));
    if (!changes || changes->isEmpty())
        return answer(record.tags);
    const QStringList tags = changed(record.tags, *changes);
    sessions.setTags(record.id, tags).then(this, [this, tags](const Base::Result<void> &done) {
        if (done)
            answer(tags);
        else
            failStore(done.error());
    });
}

void SessionsTagCommand::answer(const QStringList &tags)
{
    if (context().json) {
        QList<QByteArray> texts;
        for (const QString &tag : tags)
            texts.append(tag.toUtf8());
        console().printLine(Json::object({{"tags", Json::texts(texts)}}).toLine());
    } else {
        console().printLine(tags.join(u' ').toUtf8());
    }
    Q_EMIT finished(Exit::Ok);
}

// --- note -------------------------------------------------------------------------------------

void SessionsNoteCommand::read(Transcript::SessionLibrary &sessions)
{
    const qsizetype count = options().positional().size();
    if (count < 1 || count > 2)
        return fail(usage(u"give an ID, the beginning of one, or 'last', and the note as one "
                          "argument"_s)
                .error());
    find(sessions, options().positional().first());
}

void SessionsNoteCommand::found(
    Transcript::SessionLibrary &sessions, const Transcript::SessionRecord &record)
{
    if (options().positional().size() == 1)
        return answer(record.note);
    const QString note = Transcript::noteFrom(QString::fromUtf8(options().positional().last()));
    sessions.setNote(record.id, note).then(this, [this, note](const Base::Result<void> &done) {
        if (done)
            answer(note);
        else
            failStore(done.error());
    });
}

void SessionsNoteCommand::answer(const QString &note)
{
    if (context().json)
        console().printLine(Json::object({{"note", Json::text(note)}}).toLine());
    else
        console().printLine(Transcript::visibleText(note).toUtf8());
    Q_EMIT finished(Exit::Ok);
}

// --- delete, restore --------------------------------------------------------------------------

SessionsBinCommand::SessionsBinCommand(Context &context, Options options, SessionQuery::From from)
    : SessionsCommand(context, std::move(options), from)
{
}

void SessionsBinCommand::read(Transcript::SessionLibrary &sessions)
{
    m_waiting = options().positional();
    if (m_waiting.isEmpty())
        return fail(usage(u"which sessions? Give their IDs, or the beginnings of them"_s).error());
    find(sessions, m_waiting.takeFirst());
}

void SessionsBinCommand::found(
    Transcript::SessionLibrary &sessions, const Transcript::SessionRecord &record)
{
    // All of them are found before one is moved: a wrong name changes nothing.
    if (!m_found.contains(record.id))
        m_found.append(record.id);
    if (!m_waiting.isEmpty())
        return find(sessions, m_waiting.takeFirst());
    auto moved = from() == SessionQuery::From::Kept
        ? sessions.trash(m_found, QDateTime::currentDateTimeUtc())
        : sessions.restore(m_found);
    moved.then(this, [this](const Base::Result<QList<QUuid>> &done) {
        if (done)
            answer(*done);
        else
            failStore(done.error());
    });
}

void SessionsBinCommand::answer(const QList<QUuid> &moved)
{
    QList<QByteArray> ids;
    for (const QUuid &id : moved)
        ids.append(id.toByteArray(QUuid::WithoutBraces));
    if (context().json) {
        console().printLine(Json::object({{"sessions", Json::texts(ids)}}).toLine());
    } else {
        for (const QByteArray &id : std::as_const(ids))
            console().printLine(id);
    }
    const qsizetype running = m_found.size() - moved.size();
    if (running > 0 && from() == SessionQuery::From::Kept)
        console().complain(u"%1 still running, not deleted"_s.arg(running));
    Q_EMIT finished(Exit::Ok);
}

SessionsDeleteCommand::SessionsDeleteCommand(Context &context, Options options)
    : SessionsBinCommand(context, std::move(options), SessionQuery::From::Kept)
{
}

SessionsRestoreCommand::SessionsRestoreCommand(Context &context, Options options)
    : SessionsBinCommand(context, std::move(options), SessionQuery::From::Bin)
{
}

} // namespace Mailgauge::Cli
