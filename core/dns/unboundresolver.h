// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dns/resolver.h"

#include <QObject>
#include <QSocketNotifier>

#include <memory>
#include <vector>

struct ub_ctx;

namespace Mailgauge::Dns {

/// Asks one server by libunbound, which validates the answers itself (RFC 4035): the AD bit of a
/// foreign resolver is not believed. No search list, no hosts file, no local zones; nothing is kept
/// between two resolvers.
class UnboundResolver final : public QObject, public Resolver {
    Q_OBJECT

public:
    /// InvalidInput where the server or the anchors are none; Io where the anchor file or the
    /// system's configuration cannot be read.
    [[nodiscard]] static Base::Result<std::unique_ptr<UnboundResolver>> create(
        const ResolverOptions &options);
    ~UnboundResolver() override;

    [[nodiscard]] QFuture<Answer> ask(const Question &question) override;
    /// Questions without an answer so far.
    [[nodiscard]] int pending() const { return static_cast<int>(m_pending.size()); }

private:
    struct ContextFree {
        void operator()(ub_ctx *context) const;
    };
    using Context = std::unique_ptr<ub_ctx, ContextFree>;
    struct Pending;
    struct DeleteLater { // one of its signals may be running
        void operator()(Pending *pending) const;
    };
    using PendingPtr = std::unique_ptr<Pending, DeleteLater>;

    UnboundResolver(Context context, std::chrono::milliseconds timeout);
    void process();
    /// Gives the question up with libunbound and takes it from the list.
    [[nodiscard]] PendingPtr take(Pending *pending);
    void finish(Pending *pending, const Answer &answer);

    Context m_context;
    std::chrono::milliseconds m_timeout;
    QSocketNotifier m_notifier;
    std::vector<std::unique_ptr<Pending>> m_pending;
};

} // namespace Mailgauge::Dns
