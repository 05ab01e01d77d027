// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/sql.h"

#include <QFuture>
#include <QMutex>
#include <QPromise>
#include <QThreadPool>

#include <deque>
#include <functional>
#include <memory>
#include <vector>

namespace Mailgauge::Store {

/// Something to change in the store, and the promise to keep once it is on the disk.
class Mutation {
public:
    virtual ~Mutation() = default;
    /// Called inside a transaction; again in a transaction of its own, where the group's failed.
    [[nodiscard]] virtual Base::Result<void> apply(Connection &connection) = 0;
    /// After the commit, or with why there was none.
    virtual void finish(std::optional<Base::Error> error) = 0;
    /// Long ones are applied step by step, each step in a transaction of its own, others in
    /// between.
    [[nodiscard]] virtual bool wantsMore() const { return false; }
    [[nodiscard]] virtual bool isLong() const { return false; }
};

/// The one thread that writes. Mutations that wait are committed together in one transaction, so
/// that many small ones cost one sync of the disk; each future completes after that commit, on this
/// thread. One that breaks a constraint fails alone; where the disk fails each is tried alone, so
/// that a large one does not take a small one with it.
///
/// May be called from any thread. The destructor writes what waits.
class Writer final {
public:
    enum class Step : quint8 {
        More,
        Done,
    };

    /// `refusal` set: nothing is written, every mutation fails with it (read-only use).
    Writer(QString path, std::optional<Base::Error> refusal);
    ~Writer();
    Q_DISABLE_COPY_MOVE(Writer)

    /// `work` may be called twice; it must hold values only.
    template <typename T>
    [[nodiscard]] QFuture<Base::Result<T>> run(std::function<Base::Result<T>(Connection &)> work);
    /// `step` is called until it says Done or fails, never again after an error.
    [[nodiscard]] QFuture<Base::Result<void>> runLong(
        std::function<Base::Result<Step>(Connection &)> step);

private:
    using Group = std::vector<std::unique_ptr<Mutation>>;

    void submit(std::unique_ptr<Mutation> mutation);
    void drain();
    [[nodiscard]] Group takeGroup();
    void commit(Group group);
    void commitLong(std::unique_ptr<Mutation> mutation);
    [[nodiscard]] Base::Result<void> commitTogether(Group &group);
    [[nodiscard]] Base::Result<Connection *> connection();
    void finish(Mutation &mutation, std::optional<Base::Error> error) const;

    QString m_path;
    std::optional<Base::Error> m_refusal;
    QMutex m_mutex; ///< Guards the queue and whether somebody drains it.
    std::deque<std::unique_ptr<Mutation>> m_queue;
    bool m_draining = false;
    std::unique_ptr<Connection> m_connection; ///< The writing thread's.
    QThreadPool m_pool; ///< Last: it ends first, and waits.
};

template <typename T>
class SmallMutation final : public Mutation {
public:
    explicit SmallMutation(std::function<Base::Result<T>(Connection &)> work)
        : m_work(std::move(work))
    {
        m_promise.start();
    }
    [[nodiscard]] QFuture<Base::Result<T>> future() { return m_promise.future(); }
    Base::Result<void> apply(Connection &connection) override
    {
        m_result = m_work(connection);
        return m_result ? Base::Result<void>() : std::unexpected(m_result.error());
    }
    void finish(std::optional<Base::Error> error) override
    {
        if (error)
            m_result = std::unexpected(*std::move(error));
        m_promise.addResult(std::move(m_result));
        m_promise.finish();
    }

private:
    std::function<Base::Result<T>(Connection &)> m_work;
    Base::Result<T> m_result {std::unexpected(Base::Error {})};
    QPromise<Base::Result<T>> m_promise;
};

template <typename T>
QFuture<Base::Result<T>> Writer::run(std::function<Base::Result<T>(Connection &)> work)
{
    auto mutation = std::make_unique<SmallMutation<T>>(std::move(work));
    auto future = mutation->future();
    submit(std::move(mutation));
    return future;
}

} // namespace Mailgauge::Store
