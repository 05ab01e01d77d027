// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// Asking the DNS without waiting.
///
/// A Resolver takes a Question and gives a future of an Answer: a value with the records, the
/// names behind an alias, and whether DNSSEC vouches for them. What failed is an Answer too, told
/// apart: no such domain, no such records, a failing server, no answer in time, bogus. Cancel the
/// future to give a question up. UnboundResolver asks a server; tests put their own in its place.
#include "dns/answer.h"

#include <QFuture>
#include <QString>

#include <chrono>

namespace Mailgauge::Dns {

/// Whom to ask, and what to believe.
struct ResolverOptions {
    /// An address with port, the only server asked: "192.0.2.53:53". Empty: the system's.
    QString server {};
    /// A file of DS or DNSKEY records, or of both; empty: the root's from dns-root-data.
    QString anchorFile {};
    /// DS or DNSKEY records as a zone file has them; where there are any, the file is not read.
    QByteArrayList anchors {};
    /// A server that strips DNSSEC makes everything bogus instead of merely not authenticated.
    bool requireDnssec = false;
    std::chrono::milliseconds timeout {5'000}; ///< Of one question with all its retries.

    bool operator==(const ResolverOptions &) const = default;
};

/// Lives in one thread with an event loop; answers come there.
class Resolver {
public:
    virtual ~Resolver() = default;
    /// The future is never completed before control is back in the event loop, and is cancelled
    /// where the resolver goes away first.
    [[nodiscard]] virtual QFuture<Answer> ask(const Question &question) = 0;
};

} // namespace Mailgauge::Dns
