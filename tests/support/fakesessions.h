// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/literals.h"
#include "transcript/sessionlibrary.h"

#include <QHash>
#include <QMutex>
#include <QPromise>

#include <algorithm>
#include <deque>
#include <functional>
#include <optional>
#include <utility>

namespace Mailgauge::Test {

using Done = QFuture<Base::Result<void>>;

/// A SessionLibrary in memory that notes what it is told, and fails or hesitates when asked to;
/// otherwise its futures are ready at once. Any thread, as its interface says; the public members
/// only while nobody else is at it.
///
/// Of a search it knows plain words (in the subject), tags, ids, before, and where a page begins:
/// what the store makes of the others is tested there.
class FakeSessions : public Transcript::SessionLibrary {
public:
    QList<Transcript::SessionRecord> records; ///< The newest first.
    QList<Transcript::SessionRecord> bin;
    QHash<QUuid, QList<Transcript::Entry>> transcripts;
    QHash<QUuid, QByteArray> messages;
    QList<Transcript::SessionQuery> queries; ///< As they came.
    Transcript::SweepReport nextSweep;
    QList<Transcript::KeepRules> sweeps;

    std::optional<Base::Error> beginError;
    std::optional<Base::Error> claimError;
    std::optional<Base::Error> commitError;
    std::optional<Base::Error> appendError;
    bool holdBegin = false; ///< Answers begin() only by releaseBegin().
    bool holdCommit = false; ///< Any number of them.
    bool holdFinish = false;

    /// "begin", "commit a@x b@y", "finish accepted" …; appends are not noted.
    [[nodiscard]] QByteArrayList calls() const
    {
        const QMutexLocker lock(&m_mutex);
        return m_calls;
    }
    /// Of all sessions, as they came.
    [[nodiscard]] QList<Transcript::Entry> storedEntries() const
    {
        const QMutexLocker lock(&m_mutex);
        return m_entries;
    }
    void releaseBegin() { release(m_begin, beginError); }
    /// Answers the commit that was asked for so many behind the oldest one without an answer.
    void releaseCommit(std::size_t behind = 0, const std::optional<Base::Error> &error = {})
    {
        const QMutexLocker lock(&m_mutex);
        QPromise<Base::Result<void>> promise = std::move(m_commits.at(behind));
        m_commits.erase(m_commits.begin() + static_cast<std::ptrdiff_t>(behind));
        promise.addResult(resultOf(error ? error : commitError));
        promise.finish();
    }
    void releaseFinish() { release(m_finish, {}); }

    Done begin(Transcript::SessionRecord record, Base::Content content) override
    {
        note("begin"_ba);
        {
            const QMutexLocker lock(&m_mutex);
            records.prepend(record);
            messages.insert(record.message, content.bytes);
        }
        return holdBegin ? held(m_begin) : ready(beginError);
    }
    Done claim(QUuid, QList<Smtp::Mailbox> recipients) override
    {
        QByteArrayList addresses;
        for (const Smtp::Mailbox &one : std::as_const(recipients))
            addresses << one.address();
        note("claim " + addresses.join(' '));
        return ready(claimError);
    }
    Done commit(QUuid, QList<QByteArray> recipients) override
    {
        note("commit " + recipients.join(' '));
        if (!holdCommit)
            return ready(commitError);
        const QMutexLocker lock(&m_mutex);
        m_commits.emplace_back().start();
        return m_commits.back().future();
    }
    Done append(QUuid session, QList<Transcript::Entry> entries) override
    {
        const QMutexLocker lock(&m_mutex);
        m_entries += entries;
        transcripts[session] += entries;
        return ready(appendError);
    }
    Done finish(Transcript::SessionRecord record) override
    {
        note("finish " + Transcript::wholeOutcomeName(record.outcome).toByteArray());
        {
            const QMutexLocker lock(&m_mutex);
            forget(record.id);
            records.prepend(record);
        }
        return holdFinish ? held(m_finish) : ready({});
    }
    Done setMarks(QUuid session, QMap<qint64, Transcript::LineMark> marks) override
    {
        change(session, [&marks](Transcript::SessionRecord &one) { one.marks = marks; });
        return ready({});
    }
    QFuture<Base::Result<QList<Transcript::SessionRecord>>> list(
        Transcript::SessionQuery query) override
    {
        const QMutexLocker lock(&m_mutex);
        queries.append(query);
        QList<Transcript::SessionRecord> found;
        bool reached = !query.behind;
        const auto &all = query.from == Transcript::SessionQuery::From::Kept ? records : bin;
        for (const Transcript::SessionRecord &record : all) {
            if (reached && matches(record, query.terms) && found.size() < query.limit)
                found.append(record);
            reached = reached || (query.behind && query.behind->session == record.id);
        }
        return value(found);
    }
    QFuture<Base::Result<Transcript::SessionRecord>> record(QUuid session) override
    {
        const QMutexLocker lock(&m_mutex);
        for (const Transcript::SessionRecord &record : std::as_const(records)) {
            if (record.id == session)
                return value(record);
        }
        return QtFuture::makeReadyValueFuture(Base::Result<Transcript::SessionRecord>(
            Base::fail(Base::Error::Kind::InvalidInput, u"no such session"_s)));
    }
    QFuture<Base::Result<QList<Transcript::Entry>>> entries(QUuid session) override
    {
        const QMutexLocker lock(&m_mutex);
        return value(transcripts.value(session));
    }
    QFuture<Base::Result<QByteArray>> message(QUuid message) override
    {
        const QMutexLocker lock(&m_mutex);
        return value(messages.value(message));
    }
    Done add(Transcript::SessionRecord record, QList<Transcript::Entry> entries,
        std::optional<QByteArray> message) override
    {
        const QMutexLocker lock(&m_mutex);
        records.prepend(record);
        transcripts.insert(record.id, entries);
        if (message)
            messages.insert(record.message, *message);
        return ready({});
    }
    QFuture<Base::Result<Transcript::EntryPage>> entryPage(
        QUuid session, qint64 from, int count) override
    {
        const QMutexLocker lock(&m_mutex);
        const QList<Transcript::Entry> all = transcripts.value(session);
        const QList<Transcript::Entry> some = all.mid(from, count);
        return value(Transcript::EntryPage {some, from + some.size(), all.size()});
    }
    Done setTags(QUuid session, QStringList tags) override
    {
        change(session, [&tags](Transcript::SessionRecord &one) { one.tags = tags; });
        return ready({});
    }
    Done setNote(QUuid session, QString note) override
    {
        change(session, [&note](Transcript::SessionRecord &one) { one.note = note; });
        return ready({});
    }
    QFuture<Base::Result<QStringList>> tags() override
    {
        const QMutexLocker lock(&m_mutex);
        QStringList all;
        for (const Transcript::SessionRecord &record : std::as_const(records))
            all += record.tags;
        all.removeDuplicates();
        return value(all);
    }
    QFuture<Base::Result<QList<QUuid>>> trash(QList<QUuid> sessions, QDateTime) override
    {
        const QMutexLocker lock(&m_mutex);
        return value(move(records, bin, sessions));
    }
    QFuture<Base::Result<QList<QUuid>>> restore(QList<QUuid> sessions) override
    {
        const QMutexLocker lock(&m_mutex);
        return value(move(bin, records, sessions));
    }
    QFuture<Base::Result<Transcript::SweepReport>> sweep(
        Transcript::KeepRules rules, QDateTime) override
    {
        const QMutexLocker lock(&m_mutex);
        sweeps.append(rules);
        Transcript::SweepReport report = nextSweep;
        if (rules.binDays == 0) {
            report.fromBin = static_cast<int>(bin.size());
            bin.clear();
        }
        return value(report);
    }

private:
    using Records = QList<Transcript::SessionRecord>;

    template <typename T>
    static QFuture<Base::Result<T>> value(const T &of)
    {
        return QtFuture::makeReadyValueFuture(Base::Result<T>(of));
    }
    void note(const QByteArray &call)
    {
        const QMutexLocker lock(&m_mutex);
        m_calls.append(call);
    }
    void forget(QUuid session)
    {
        records.removeIf(
            [session](const Transcript::SessionRecord &record) { return record.id == session; });
    }
    static bool holds(const Transcript::SessionRecord &record, const Transcript::SessionTerm &term)
    {
        using Field = Transcript::SessionTerm::Field;
        if (term.field == Field::Tag)
            return record.tags.contains(term.text);
        if (term.field == Field::Id)
            return record.id.toString(QUuid::WithoutBraces).startsWith(term.text);
        if (term.field == Field::Before)
            return record.startedAt < term.time;
        return record.subject.contains(term.text, Qt::CaseInsensitive);
    }
    static bool matches(
        const Transcript::SessionRecord &record, const QList<Transcript::SessionTerm> &terms)
    {
        return std::ranges::all_of(terms, [&record](const Transcript::SessionTerm &term) {
            return holds(record, term) != term.negated;
        });
    }
    template <typename Change>
    void change(const QUuid &session, Change change)
    {
        const QMutexLocker lock(&m_mutex);
        for (Transcript::SessionRecord &one : records) {
            if (one.id == session)
                change(one);
        }
    }
    // Keeps the order by time, as the store does.
    static QList<QUuid> move(Records &from, Records &to, const QList<QUuid> &sessions)
    {
        QList<QUuid> moved;
        for (const Transcript::SessionRecord &one : QList(from)) {
            if (!sessions.contains(one.id))
                continue;
            from.removeOne(one);
            to.append(one);
            moved.append(one.id);
        }
        std::ranges::stable_sort(to, std::greater(), &Transcript::SessionRecord::startedAt);
        return moved;
    }
    static Base::Result<void> resultOf(const std::optional<Base::Error> &error)
    {
        return error ? Base::Result<void>(std::unexpected(*error)) : Base::Result<void>();
    }
    static Done ready(const std::optional<Base::Error> &error)
    {
        return QtFuture::makeReadyValueFuture(resultOf(error));
    }
    Done held(std::optional<QPromise<Base::Result<void>>> &promise)
    {
        const QMutexLocker lock(&m_mutex);
        promise.emplace();
        promise->start();
        return promise->future();
    }
    void release(std::optional<QPromise<Base::Result<void>>> &promise,
        const std::optional<Base::Error> &error)
    {
        const QMutexLocker lock(&m_mutex);
        promise->addResult(resultOf(error));
        promise->finish();
    }

    mutable QMutex m_mutex;
    QByteArrayList m_calls;
    QList<Transcript::Entry> m_entries;
    std::optional<QPromise<Base::Result<void>>> m_begin;
    std::deque<QPromise<Base::Result<void>>> m_commits;
    std::optional<QPromise<Base::Result<void>>> m_finish;
};

} // namespace Mailgauge::Test
