// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/writer.h"

#include "base/literals.h"
#include "base/logging.h"
#include "store/opening.h"

#include <utility>

namespace Mailgauge::Store {

namespace {

using Kind = Base::Error::Kind;

// Keeps a transaction, and the wait of the first in it, short.
constexpr std::size_t LargestGroup = 512;

class LongMutation final : public Mutation {
public:
    explicit LongMutation(std::function<Base::Result<Writer::Step>(Connection &)> step)
        : m_step(std::move(step))
    {
        m_promise.start();
    }
    [[nodiscard]] QFuture<Base::Result<void>> future() { return m_promise.future(); }
    Base::Result<void> apply(Connection &connection) override
    {
        const auto step = m_step(connection);
        m_more = step && *step == Writer::Step::More;
        return step ? Base::Result<void>() : std::unexpected(step.error());
    }
    void finish(std::optional<Base::Error> error) override
    {
        m_promise.addResult(
            error ? Base::Result<void>(std::unexpected(*error)) : Base::Result<void>());
        m_promise.finish();
    }
    [[nodiscard]] bool wantsMore() const override { return m_more; }
    [[nodiscard]] bool isLong() const override { return true; }

private:
    std::function<Base::Result<Writer::Step>(Connection &)> m_step;
    QPromise<Base::Result<void>> m_promise;
    bool m_more = true;
};

// What is wrong with one mutation, as opposed to wrong with the disk.
bool isOwnFault(const Base::Error &error)
{
    return error.kind == Kind::InvalidInput || error.kind == Kind::Unsupported
        || error.kind == Kind::Cancelled;
}

// Savepoint by savepoint, so that one may fail alone. An error here ends the whole transaction.
Base::Result<void> applyAlone(
    Connection &connection, Mutation &mutation, std::optional<Base::Error> &own)
{
    if (auto saved = connection.run(u"SAVEPOINT one"_s); !saved)
        return std::unexpected(saved.error());
    if (auto applied = mutation.apply(connection); !applied) {
        if (!isOwnFault(applied.error()))
            return applied;
        own = applied.error();
        if (auto undone = connection.run(u"ROLLBACK TO one"_s); !undone)
            return std::unexpected(undone.error());
    }
    return connection.run(u"RELEASE one"_s).transform([](int) { });
}

} // namespace

Writer::Writer(QString path, std::optional<Base::Error> refusal)
    : m_path(std::move(path))
    , m_refusal(std::move(refusal))
{
    m_pool.setMaxThreadCount(1);
    m_pool.setExpiryTimeout(-1);
}

Writer::~Writer()
{
    // A connection is closed by the thread that opened it, after everything that waits.
    m_pool.start([this] { m_connection.reset(); });
}

QFuture<Base::Result<void>> Writer::runLong(std::function<Base::Result<Step>(Connection &)> step)
{
    auto mutation = std::make_unique<LongMutation>(std::move(step));
    auto future = mutation->future();
    submit(std::move(mutation));
    return future;
}

void Writer::submit(std::unique_ptr<Mutation> mutation)
{
    if (m_refusal) {
        mutation->finish(m_refusal);
        return;
    }
    const QMutexLocker locker(&m_mutex);
    m_queue.push_back(std::move(mutation));
    if (!std::exchange(m_draining, true))
        m_pool.start([this] { drain(); });
}

void Writer::drain()
{
    for (Group group = takeGroup(); !group.empty(); group = takeGroup()) {
        if (group.front()->isLong())
            commitLong(std::move(group.front()));
        else
            commit(std::move(group));
    }
}

Writer::Group Writer::takeGroup()
{
    const QMutexLocker locker(&m_mutex);
    Group group;
    while (!m_queue.empty() && group.size() < LargestGroup) {
        const bool isLong = m_queue.front()->isLong();
        if (isLong && !group.empty())
            break;
        group.push_back(std::move(m_queue.front()));
        m_queue.pop_front();
        if (isLong)
            break;
    }
    m_draining = !group.empty();
    return group;
}

Base::Result<Connection *> Writer::connection()
{
    if (!m_connection) {
        auto opened = Connection::open(m_path, Connection::Access::ReadWrite);
        if (!opened)
            return std::unexpected(opened.error());
        m_connection = std::move(*opened);
    }
    return m_connection.get();
}

void Writer::finish(Mutation &mutation, std::optional<Base::Error> error) const
{
    if (error)
        qCInfo(Base::logStore).noquote() << "not written:" << Base::kindName(error->kind);
    if (error && error->kind == Kind::Corrupt)
        markSuspect(m_path);
    mutation.finish(std::move(error));
}

Base::Result<void> Writer::commitTogether(Group &group)
{
    const auto open = connection();
    if (!open)
        return std::unexpected(open.error());
    Connection &database = **open;
    if (auto begun = database.run(u"BEGIN IMMEDIATE"_s); !begun)
        return std::unexpected(begun.error());
    std::vector<std::optional<Base::Error>> errors(group.size());
    for (std::size_t i = 0; i < group.size(); ++i) {
        if (auto applied = applyAlone(database, *group[i], errors[i]); !applied) {
            database.run(u"ROLLBACK"_s);
            return applied;
        }
    }
    if (auto committed = database.run(u"COMMIT"_s); !committed) {
        // After a failed sync nothing may be believed: undone, and told as not done (faults H5).
        database.run(u"ROLLBACK"_s);
        return std::unexpected(committed.error());
    }
    for (std::size_t i = 0; i < group.size(); ++i)
        finish(*group[i], std::move(errors[i]));
    group.clear();
    return {};
}

void Writer::commit(Group group)
{
    auto done = commitTogether(group);
    if (done)
        return;
    if (group.size() == 1) {
        finish(*group.front(), done.error());
        return;
    }
    for (auto &mutation : group) {
        Group alone;
        alone.push_back(std::move(mutation));
        commit(std::move(alone));
    }
}

void Writer::commitLong(std::unique_ptr<Mutation> mutation)
{
    const auto open = connection();
    Base::Result<void> done;
    if (!open) {
        done = std::unexpected(open.error());
    } else {
        Connection &database = **open;
        done = database.run(u"BEGIN IMMEDIATE"_s)
                   .and_then([&](int) { return mutation->apply(database); })
                   .and_then([&] { return database.run(u"COMMIT"_s); })
                   .transform([](int) {});
        if (!done)
            database.run(u"ROLLBACK"_s);
    }
    if (!done) {
        finish(*mutation, done.error());
    } else if (mutation->wantsMore()) {
        const QMutexLocker locker(&m_mutex);
        m_queue.push_back(std::move(mutation));
    } else {
        finish(*mutation, std::nullopt);
    }
}

} // namespace Mailgauge::Store
