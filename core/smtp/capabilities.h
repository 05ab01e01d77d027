// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "smtp/quirk.h"
#include "smtp/reply.h"

#include <QByteArray>
#include <QList>

#include <optional>

namespace Mailgauge::Smtp {

/// One line of an EHLO reply: the keyword in upper case, its parameters as sent.
struct Capability {
    QByteArray keyword;
    QList<QByteArray> parameters;

    bool operator==(const Capability &) const = default;
};

/// What a server announced in its EHLO reply (RFC 5321 4.1.1.1), in its order. Empty after HELO.
/// Bounded: at most MaxCapabilities lines are kept; unknown keywords stay for display.
class Capabilities {
public:
    static constexpr qsizetype MaxCapabilities = 256;

    Capabilities() = default;
    [[nodiscard]] static Capabilities fromEhlo(const Reply &reply, QList<Quirk> *quirks = nullptr);

    [[nodiscard]] bool has(QByteArrayView keyword) const;
    [[nodiscard]] const Capability *find(QByteArrayView keyword) const;
    /// Upper case, in the order announced, without duplicates; `AUTH=LOGIN` (old form) counts too.
    [[nodiscard]] QList<QByteArray> authMechanisms() const;
    /// The SIZE limit in octets; 0 means announced without limit; none: not announced, or not a
    /// number that fits.
    [[nodiscard]] std::optional<qint64> sizeLimit() const;
    [[nodiscard]] const QList<Capability> &all() const { return m_list; }
    [[nodiscard]] const QByteArray &domain() const { return m_domain; }

    bool operator==(const Capabilities &) const = default;

private:
    QByteArray m_domain;
    QList<Capability> m_list;
};

} // namespace Mailgauge::Smtp
