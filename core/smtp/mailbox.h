// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QByteArray>
#include <QList>

#include <optional>

namespace Mailgauge::Smtp {

/// One address as MAIL and RCPT carry it (RFC 5321 4.1.2, RFC 6531 for UTF-8).
///
/// Refuses control characters, unquoted spaces and angle brackets, so that a path can never end a
/// command. Accepts dot-atoms, quoted local parts, domains (A-label or U-label), address literals,
/// and `postmaster` alone.
class Mailbox {
public:
    /// Error kind InvalidInput, with the reason and its position in `detail`.
    [[nodiscard]] static Base::Result<Mailbox> parse(QByteArrayView text);

    [[nodiscard]] const QByteArray &address() const { return m_address; }
    [[nodiscard]] QByteArrayView localPart() const;
    /// Lower-cased; empty for `postmaster` alone.
    [[nodiscard]] QByteArray domain() const;
    [[nodiscard]] bool needsSmtpUtf8() const;
    /// `<local@domain>`
    [[nodiscard]] QByteArray toPath() const { return '<' + m_address + '>'; }

    /// The same with its domain as A-labels (RFC 5890 2.3.2.1): what a server without SMTPUTF8
    /// takes. None where the local part needs SMTPUTF8, or the domain has no such form.
    [[nodiscard]] std::optional<Mailbox> withAsciiDomain() const;

    bool operator==(const Mailbox &) const = default;

private:
    explicit Mailbox(QByteArray address, qsizetype at);

    QByteArray m_address;
    qsizetype m_at = -1; ///< Where the separating @ is.
};

/// Who is told to the relay: what MAIL and RCPT carry, not the header fields.
struct Envelope {
    std::optional<Mailbox> reversePath; ///< Empty means the null reverse-path, `MAIL FROM:<>`.
    QList<Mailbox> forwardPaths;

    /// One of the paths does.
    [[nodiscard]] bool needsSmtpUtf8() const;
    /// Each of the paths has a form that a server without SMTPUTF8 takes: see withAsciiDomain().
    [[nodiscard]] bool hasAsciiForm() const;

    bool operator==(const Envelope &) const = default;
};

} // namespace Mailgauge::Smtp
