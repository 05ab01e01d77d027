// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/mtastspolicy.h"

#include "base/error.h"

namespace Mailgauge::Net {

/// A policy as it was fetched.
struct KeptMtaSts {
    QByteArray id;
    QByteArray text;
    QDateTime fetched; ///< UTC.
    MtaStsPolicy policy; ///< What `text` says.

    [[nodiscard]] QDateTime until() const { return fetched.addSecs(policy.maxAge); }
};

/// Policies outlive the session that fetched them, so that nobody can take one away by keeping us
/// from the DNS or the web (RFC 8461 3.3, 10). One file for each domain in a directory of their
/// own; several processes may use it.
class MtaStsCache {
public:
    /// Empty: nothing is kept.
    explicit MtaStsCache(QString directory)
        : m_directory(std::move(directory))
    {
    }
    /// Nothing where there is none that is valid at `now`, or where the file is broken.
    [[nodiscard]] std::optional<KeptMtaSts> find(
        const QByteArray &domain, const QDateTime &now) const;
    [[nodiscard]] Base::Result<void> keep(const QByteArray &domain, const KeptMtaSts &kept) const;

private:
    [[nodiscard]] QString pathOf(const QByteArray &domain) const;

    QString m_directory;
};

} // namespace Mailgauge::Net
