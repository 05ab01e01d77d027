// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/sweep.h"

#include "base/literals.h"
#include "store/opening.h"

namespace Mailgauge::Store {

namespace {

using Step = Writer::Step;

constexpr int StepBudget = 64;
constexpr int RowCost = 4; ///< A session's row with its words and outcomes.
constexpr int MarkedAtOnce = 200;
constexpr int PagesAtOnce = 256;
constexpr qint64 DayMs = 24 * 60 * 60 * 1000;

Base::Result<qint64> pragma(Connection &connection, const QString &name)
{
    return connection.number(u"PRAGMA "_s + name).transform([](std::optional<qint64> value) {
        return value.value_or(0);
    });
}

Base::Result<qint64> bytesInUse(Connection &connection)
{
    const auto pages = pragma(connection, u"page_count"_s);
    const auto unused = pragma(connection, u"freelist_count"_s);
    const auto size = pragma(connection, u"page_size"_s);
    for (const auto *one : {&pages, &unused, &size}) {
        if (!*one)
            return *one;
    }
    return (*pages - *unused) * *size;
}

} // namespace

Sweep::Sweep(const Transcript::KeepRules &rules, const QDateTime &now)
    : m_rules(rules)
    , m_now(now.toMSecsSinceEpoch())
{
}

Base::Result<Step> Sweep::step(Connection &connection)
{
    m_budget = StepBudget;
    while (m_budget > 0 && m_at != At::Done) {
        const auto next = advance(connection);
        if (!next)
            return std::unexpected(next.error());
        m_at = *next;
    }
    return m_at == At::Done ? Step::Done : Step::More;
}

Base::Result<Sweep::At> Sweep::advance(Connection &connection)
{
    switch (m_at) {
    case At::Begin:
        return begin(connection);
    case At::Old:
        return markOld(connection);
    case At::Bin:
        return markBin(connection);
    case At::Remove:
        return remove(connection);
    case At::Weigh:
        return weigh(connection);
    case At::Size:
        return markForSize(connection);
    case At::GiveBack:
        return giveBack(connection);
    case At::Done:
        break;
    }
    return At::Done;
}

Base::Result<Sweep::At> Sweep::begin(Connection &connection)
{
    return bytesInUse(connection).transform([this](qint64 bytes) {
        m_report.bytesBefore = bytes;
        return m_rules.days > 0 ? At::Old : At::Bin;
    });
}

// What of the sessions that are not deleted the rules may take without being asked. An uncertain
// outcome is the user's to resolve (faults.md 1.1).
QString Sweep::mayGo() const
{
    const QString decided
        = u"finished AND outcome <> 'uncertain' AND NOT EXISTS(SELECT 1 FROM outcomes WHERE outcomes.session = sessions.row AND state IN ('queued', 'claimed', 'committing', 'uncertain'))"_s;
    return m_rules.marked ? decided
                          : decided
            + u" AND note = '' AND NOT lines_marked AND NOT EXISTS(SELECT 1 FROM tags WHERE tags.session = sessions.row)"_s;
}

QString Sweep::removable() const
{
    return u"deleted IS NULL AND "_s + mayGo();
}

// Goes on behind those that were looked at, whether they may go or not: of many that stay, none is
// looked at twice.
Base::Result<QList<qint64>> Sweep::nextOldest(Connection &connection, qint64 before)
{
    struct Candidate {
        SweepPlace place;
        bool removable = false;
    };
    const auto page = connection.rows(
        u"SELECT since, row, %1 FROM sessions WHERE deleted IS NULL AND (since, row) > (?, ?) "
        "AND since < ? ORDER BY since, row LIMIT ?"_s.arg(mayGo()),
        {m_oldest.since, m_oldest.row, before, MarkedAtOnce}, [](const QSqlQuery &query) {
            return Candidate {{query.value(0).toLongLong(), query.value(1).toLongLong()},
                query.value(2).toBool()};
        });
    if (!page)
        return std::unexpected(page.error());
    QList<qint64> rows;
    for (const Candidate &one : *page) {
        m_oldest = one.place;
        if (one.removable)
            rows.append(one.place.row);
    }
    m_oldest.end = page->size() < MarkedAtOnce;
    return rows;
}

// One, unless somebody tagged it meanwhile.
Base::Result<int> Sweep::mark(Connection &connection, qint64 row) const
{
    return connection.run(
        u"UPDATE sessions SET deleted = 0 WHERE row = ? AND %1"_s.arg(removable()), {row});
}

Base::Result<Sweep::At> Sweep::markOld(Connection &connection)
{
    m_budget -= StepBudget / 2;
    const auto rows = nextOldest(connection, m_now - m_rules.days * DayMs);
    if (!rows)
        return std::unexpected(rows.error());
    for (const qint64 row : *rows) {
        const auto marked = mark(connection, row);
        if (!marked)
            return std::unexpected(marked.error());
        m_report.tooOld += *marked;
    }
    return m_oldest.end ? At::Bin : At::Old;
}

Base::Result<Sweep::At> Sweep::markBin(Connection &connection)
{
    m_budget -= StepBudget / 2;
    return connection
        .run(u"UPDATE sessions SET deleted = 0 WHERE row IN (SELECT row FROM sessions "
             "WHERE deleted > 0 AND deleted <= ? LIMIT ?)"_s,
            {m_now - m_rules.binDays * DayMs, MarkedAtOnce})
        .transform([this](int marked) {
            m_report.fromBin += marked;
            return marked > 0 ? At::Bin : At::Remove;
        });
}

Base::Result<Sweep::At> Sweep::remove(Connection &connection)
{
    const auto row = connection.number(u"SELECT row FROM sessions WHERE deleted = 0 LIMIT 1"_s);
    if (!row)
        return std::unexpected(row.error());
    if (!*row)
        return removeOctets(connection);
    const auto removed = connection.run(
        u"DELETE FROM entries WHERE session = ? AND first IN (SELECT first FROM entries "
        "WHERE session = ? LIMIT ?)"_s,
        {**row, **row, m_budget});
    if (!removed)
        return std::unexpected(removed.error());
    m_budget -= *removed;
    if (m_budget <= 0)
        return At::Remove;
    m_budget -= RowCost;
    return connection.run(u"DELETE FROM sessions WHERE row = ?"_s, {**row}).transform([](int) {
        return At::Remove;
    });
}

// Of messages too large to go with their session.
Base::Result<Sweep::At> Sweep::removeOctets(Connection &connection)
{
    const auto row = connection.number(
        u"SELECT row FROM contents WHERE NOT complete AND owner IS NULL LIMIT 1"_s);
    if (!row)
        return std::unexpected(row.error());
    if (!*row)
        return At::Size;
    const auto removed = connection.run(
        u"DELETE FROM content_chunks WHERE content = ? AND n IN (SELECT n FROM content_chunks "
        "WHERE content = ? LIMIT ?)"_s,
        {**row, **row, StepBudget / 4});
    if (!removed)
        return std::unexpected(removed.error());
    m_budget -= *removed * 4;
    if (*removed > 0)
        return At::Remove;
    return connection.run(u"DELETE FROM contents WHERE row = ?"_s, {**row}).transform([](int) {
        return At::Remove;
    });
}

Base::Result<Sweep::At> Sweep::weigh(Connection &connection)
{
    m_budget -= StepBudget / 2;
    if (!m_kept)
        m_kept.emplace(u"deleted IS NULL AND NOT (%1)"_s.arg(mayGo()));
    return m_kept->step(connection).transform([this](bool more) {
        if (more)
            return At::Weigh;
        m_oldest = {};
        return At::Size;
    });
}

Base::Result<Sweep::At> Sweep::markForSize(Connection &connection)
{
    const auto bytes = bytesInUse(connection);
    if (!bytes)
        return std::unexpected(bytes.error());
    m_report.bytesAfter = *bytes;
    if (m_rules.bytes <= 0 || *bytes <= m_rules.bytes)
        return At::GiveBack;
    // Nothing goes for what would stay all the same.
    if (!m_kept)
        return At::Weigh;
    if (*bytes - m_kept->bytes() <= m_rules.bytes)
        return At::GiveBack;
    m_budget -= 1;
    // What is in the bin is wanted least.
    const auto fromBin = connection.run(
        u"UPDATE sessions SET deleted = 0 WHERE row = (SELECT row FROM sessions "
        "WHERE deleted > 0 ORDER BY deleted LIMIT 1)"_s);
    if (!fromBin)
        return std::unexpected(fromBin.error());
    m_report.binTooMuch += *fromBin;
    if (*fromBin > 0)
        return At::Remove;
    return markOldest(connection).transform([this](bool marked) {
        if (marked)
            return At::Remove;
        return m_oldest.end && m_candidates.isEmpty() ? At::GiveBack : At::Size;
    });
}

// False where none of those that were looked at may go.
Base::Result<bool> Sweep::markOldest(Connection &connection)
{
    if (m_candidates.isEmpty() && !m_oldest.end) {
        m_budget -= StepBudget / 2;
        auto rows = nextOldest(connection, std::numeric_limits<qint64>::max());
        if (!rows)
            return std::unexpected(rows.error());
        m_candidates = *std::move(rows);
    }
    while (!m_candidates.isEmpty()) {
        const auto marked = mark(connection, m_candidates.takeFirst());
        if (!marked)
            return std::unexpected(marked.error());
        m_report.tooMuch += *marked;
        if (*marked > 0)
            return true;
    }
    return false;
}

Base::Result<Sweep::At> Sweep::giveBack(Connection &connection)
{
    const auto mode = pragma(connection, u"auto_vacuum"_s);
    const auto unused = pragma(connection, u"freelist_count"_s);
    if (!mode || !unused)
        return std::unexpected(mode ? unused.error() : mode.error());
    if (*mode != IncrementalVacuum || *unused == 0)
        return At::Done;
    m_budget = 0;
    // It works while rows are asked for, one page each.
    const auto moved = connection.rows(u"PRAGMA incremental_vacuum(%1)"_s.arg(PagesAtOnce), {},
        [](const QSqlQuery &) { return 0; });
    if (!moved)
        return std::unexpected(moved.error());
    return pragma(connection, u"freelist_count"_s).transform([&](qint64 left) {
        return left < *unused ? At::GiveBack : At::Done;
    });
}

} // namespace Mailgauge::Store
