// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace Mailgauge::Base {

/// Bytes that must not appear in any log, transcript or export: a password, a token.
///
/// There is no stream operator and no implicit conversion; whoever needs the bytes says `reveal()`.
/// The memory is overwritten when the last copy goes.
class Secret {
public:
    Secret() = default;
    explicit Secret(QByteArray bytes);
    Secret(const Secret &) = default;
    Secret(Secret &&) noexcept = default;
    Secret &operator=(const Secret &other);
    Secret &operator=(Secret &&other) noexcept;
    ~Secret();

    [[nodiscard]] bool isEmpty() const { return m_bytes.isEmpty(); }
    [[nodiscard]] const QByteArray &reveal() const { return m_bytes; }

    bool operator==(const Secret &) const = default;

private:
    void wipe();

    QByteArray m_bytes;
};

/// A stretch of bytes that is secret, relative to the bytes it came with.
struct SecretSpan {
    qsizetype offset = 0;
    qsizetype length = 0;
    QByteArray label; ///< What was cut out, for people: "AUTH PLAIN".

    bool operator==(const SecretSpan &) const = default;
};

} // namespace Mailgauge::Base
