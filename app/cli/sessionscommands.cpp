// SPDX-License-Identifier: GPL-3.0-or-later
#include "sessionscommands.h"

#include "outputfiles.h"
#include "sessionjson.h"
#include "summary.h"

namespace Mailgauge::Cli {

namespace {

constexpr qsizetype ShortestPrefix = 4;

/// As ids are stored.
QByteArray normalized(const QByteArray &name)
{
    const QByteArray wanted = name.toLower();
    return wanted.startsWith('{') && wanted.endsWith('}') ? wanted.sliced(1, wanted.size() - 2)
                                                          : wanted;
}

/// The session that `name` means among those that begin so.
Checked<Transcript::SessionRecord> choose(
    const QList<Transcript::SessionRecord> &records, const QByteArray &name)
{
    if (records.isEmpty())
        return noInput(u"there is no session %1"_s.arg(QString::fromUtf8(name)));
    if (records.size() > 1)
        return usage(u"more than one session begins with %1"_s.arg(QString::fromUtf8(name)));
    return records.first();
}

} // namespace

QByteArray sessionId(const Transcript::SessionRecord &record)
{
    return record.id.toByteArray(QUuid::WithoutBraces);
}

SessionsCommand::SessionsCommand(
    Context &context, Options options, Transcript::SessionQuery::From from)
    : Command(context, std::move(options))
    , m_workspace(context)
    , m_from(from)
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

void SessionsCommand::find(Transcript::SessionLibrary &sessions)
{
    if (options().positional().size() != 1) {
        fail(usage(u"which session? Give one ID, the beginning of one, or 'last'"_s).error());
        return;
    }
    find(sessions, options().positional().first());
}

void SessionsCommand::find(Transcript::SessionLibrary &sessions, const QByteArray &name)
{
    seek(sessions, name,
        [this, &sessions](const Transcript::SessionRecord &record) { found(sessions, record); });
}

void SessionsCommand::seek(
    Transcript::SessionLibrary &sessions, const QByteArray &name, const Sought &use)
{
    const QByteArray wanted = normalized(name);
    Transcript::SessionQuery query {.from = m_from, .limit = 1};
    if (wanted != "last") {
        if (wanted.size() < ShortestPrefix)
            return fail(noInput(u"there is no session %1"_s.arg(QString::fromUtf8(name))).error());
        query.limit = 2;
        query.terms = {
            {.field = Transcript::SessionTerm::Field::Id, .text = QString::fromUtf8(wanted)}};
    }
    sessions.list(query).then(
        this, [this, name, use](const Base::Result<QList<Transcript::SessionRecord>> &records) {
            if (!records)
                return failStore(records.error());
            const auto record = choose(*records, name);
            if (!record)
                return fail(record.error());
            use(*record);
        });
}

void SessionsCommand::found(
    Transcript::SessionLibrary &sessions, const Transcript::SessionRecord &record)
{
    sessions.entries(record.id).then(
        this, [this, record](const Base::Result<QList<Transcript::Entry>> &entries) {
            if (entries)
                show(record, *entries);
            else
                failStore(entries.error());
        });
}

void SessionsCommand::load(
    Transcript::SessionLibrary &sessions, const QList<QByteArray> &names, const Loaded &use)
{
    loadNext(sessions, names, {}, use);
}

void SessionsCommand::loadNext(Transcript::SessionLibrary &sessions, QList<QByteArray> names,
    const QList<Transcript::StoredSession> &loaded, const Loaded &use)
{
    if (names.isEmpty())
        return use(loaded);
    const QByteArray name = names.takeFirst();
    seek(sessions, name,
        [this, &sessions, names, loaded, use](const Transcript::SessionRecord &record) {
            sessions.entries(record.id).then(this,
                [this, &sessions, record, names, loaded, use](
                    const Base::Result<QList<Transcript::Entry>> &entries) {
                    if (!entries)
                        return failStore(entries.error());
                    loadNext(sessions, names,
                        loaded + QList {Transcript::StoredSession {record, *entries}}, use);
                });
        });
}

// --- show -------------------------------------------------------------------------------------

void SessionsShowCommand::read(Transcript::SessionLibrary &sessions)
{
    find(sessions);
}

void SessionsShowCommand::show(
    const Transcript::SessionRecord &record, const QList<Transcript::Entry> &entries)
{
    if (context().json) {
        console().printLine(sessionJson(record, true).toLine());
    } else {
        printTranscript(record, entries, {}, console());
        console().print("\n");
        printSummary(record, true, console());
    }
    Q_EMIT finished(Exit::Ok);
}

} // namespace Mailgauge::Cli
