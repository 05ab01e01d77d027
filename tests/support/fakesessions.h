// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/literals.h"
#include "transcript/sessionrecord.h"

#include <QHash>
#include <QMutex>
#include <QPromise>

namespace Mailgauge::Test {

using Done = QFuture<Base::Result<void>>;

/// A SessionRepository in memory that notes what it is told, and fails or hesitates when asked to;
/// otherwise its futures are ready at once. Any thread, as its interface says; the public members
/// only while nobody else is at it.
class FakeSessions final : public Transcript::SessionRepository {
public:
    QList<Transcript::SessionRecord> records; ///< The newest first.
    QHash<QUuid, QList<Transcript::Entry>> transcripts;
    QHash<QUuid, QByteArray> messages;

    std::optional<Base::Error> beginError;
    std::optional<Base::Error> commitError;
    std::optional<Base::Error> appendError;
    bool holdBegin = false; ///< Answers begin() only by releaseBegin().
    bool holdCommit = false;
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
    void releaseCommit() { release(m_commit, commitError); }
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
    Done commit(QUuid, QList<QByteArray> recipients) override
    {
        note("commit " + recipients.join(' '));
        return holdCommit ? held(m_commit) : ready(commitError);
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
        const QMutexLocker lock(&m_mutex);
        for (Transcript::SessionRecord &record : records) {
            if (record.id == session)
                record.marks = marks;
        }
        return ready({});
    }
    QFuture<Base::Result<QList<Transcript::SessionRecord>>> list(
        Transcript::SessionQuery query) override
    {
        const QMutexLocker lock(&m_mutex);
        QList<Transcript::SessionRecord> found = records;
        found.removeIf([&query](const Transcript::SessionRecord &record) {
            return !record.subject.contains(query.text, Qt::CaseInsensitive);
        });
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
    Done remove(QUuid session) override
    {
        const QMutexLocker lock(&m_mutex);
        forget(session);
        return ready({});
    }

private:
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
    std::optional<QPromise<Base::Result<void>>> m_commit;
    std::optional<QPromise<Base::Result<void>>> m_finish;
};

} // namespace Mailgauge::Test
