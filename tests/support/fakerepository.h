// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/literals.h"
#include "transcript/sessionrecord.h"

#include <QMutex>
#include <QPromise>

namespace Mailgauge::Test {

/// A SessionRepository in memory that notes what it is told and fails or hesitates when asked to.
/// Any thread, as its interface says.
class FakeRepository final : public Transcript::SessionRepository {
public:
    using Done = Base::Result<void>;

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
    [[nodiscard]] QList<Transcript::Entry> storedEntries() const
    {
        const QMutexLocker lock(&m_mutex);
        return m_entries;
    }
    [[nodiscard]] QByteArray storedMessage() const
    {
        const QMutexLocker lock(&m_mutex);
        return m_message;
    }
    void releaseBegin() { release(m_begin, beginError); }
    void releaseCommit() { release(m_commit, commitError); }
    void releaseFinish() { release(m_finish, {}); }

    QFuture<Done> begin(Transcript::SessionRecord, Base::Content content) override
    {
        note("begin"_ba);
        {
            const QMutexLocker lock(&m_mutex);
            m_message = content.bytes;
        }
        return holdBegin ? held(m_begin) : ready(beginError);
    }
    QFuture<Done> commit(QUuid, QList<QByteArray> recipients) override
    {
        note("commit " + recipients.join(' '));
        return holdCommit ? held(m_commit) : ready(commitError);
    }
    QFuture<Done> append(QUuid, QList<Transcript::Entry> entries) override
    {
        const QMutexLocker lock(&m_mutex);
        m_entries += entries;
        return ready(appendError);
    }
    QFuture<Done> finish(Transcript::SessionRecord record) override
    {
        note("finish " + Transcript::wholeOutcomeName(record.outcome).toByteArray());
        return holdFinish ? held(m_finish) : ready({});
    }
    QFuture<Done> setMarks(QUuid, QMap<qint64, Transcript::LineMark>) override { return ready({}); }
    QFuture<Base::Result<QList<Transcript::SessionRecord>>> list(Transcript::SessionQuery) override
    {
        return none<QList<Transcript::SessionRecord>>();
    }
    QFuture<Base::Result<Transcript::SessionRecord>> record(QUuid) override
    {
        return none<Transcript::SessionRecord>();
    }
    QFuture<Base::Result<QList<Transcript::Entry>>> entries(QUuid) override
    {
        return none<QList<Transcript::Entry>>();
    }
    QFuture<Base::Result<QByteArray>> message(QUuid) override { return none<QByteArray>(); }
    QFuture<Done> remove(QUuid) override { return ready({}); }

private:
    void note(const QByteArray &call)
    {
        const QMutexLocker lock(&m_mutex);
        m_calls.append(call);
    }
    static Done resultOf(const std::optional<Base::Error> &error)
    {
        return error ? Done(std::unexpected(*error)) : Done();
    }
    static QFuture<Done> ready(const std::optional<Base::Error> &error)
    {
        return QtFuture::makeReadyValueFuture(resultOf(error));
    }
    QFuture<Done> held(std::optional<QPromise<Done>> &promise)
    {
        const QMutexLocker lock(&m_mutex);
        promise.emplace();
        promise->start();
        return promise->future();
    }
    void release(std::optional<QPromise<Done>> &promise, const std::optional<Base::Error> &error)
    {
        const QMutexLocker lock(&m_mutex);
        promise->addResult(resultOf(error));
        promise->finish();
    }
    template <typename T>
    static QFuture<Base::Result<T>> none()
    {
        return QtFuture::makeReadyValueFuture(
            Base::Result<T>(Base::fail(Base::Error::Kind::Unsupported, u"not kept"_s)));
    }

    mutable QMutex m_mutex;
    QByteArrayList m_calls;
    QList<Transcript::Entry> m_entries;
    QByteArray m_message;
    std::optional<QPromise<Done>> m_begin;
    std::optional<QPromise<Done>> m_commit;
    std::optional<QPromise<Done>> m_finish;
};

} // namespace Mailgauge::Test
