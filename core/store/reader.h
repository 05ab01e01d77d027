// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/sql.h"

#include <QFuture>
#include <QPromise>
#include <QThreadPool>

#include <functional>
#include <memory>

namespace Mailgauge::Store {

/// The one thread that reads, for views and lists; each query sees one state of the store. Futures
/// complete on this thread. May be called from any thread; the destructor waits for what runs.
class Reader final {
public:
    Reader(QString path, Connection::Access access);
    ~Reader();
    Q_DISABLE_COPY_MOVE(Reader)

    template <typename T>
    [[nodiscard]] QFuture<Base::Result<T>> run(std::function<Base::Result<T>(Connection &)> work)
    {
        QPromise<Base::Result<T>> promise;
        auto future = promise.future();
        m_pool.start([this, promise = std::move(promise), work = std::move(work)]() mutable {
            promise.start();
            auto open = begin();
            promise.addResult(open ? end(work(**open)) : std::unexpected(open.error()));
            promise.finish();
        });
        return future;
    }

private:
    [[nodiscard]] Base::Result<Connection *> begin();
    void endTransaction(const Base::Error *error);
    template <typename T>
    [[nodiscard]] Base::Result<T> end(Base::Result<T> result)
    {
        endTransaction(result ? nullptr : &result.error());
        return result;
    }

    QString m_path;
    Connection::Access m_access;
    std::unique_ptr<Connection> m_connection;
    QThreadPool m_pool; ///< Last: it ends first, and waits.
};

} // namespace Mailgauge::Store
