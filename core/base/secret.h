// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>

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

/// Replaces known secret values in bytes of the other side, raw and in base64, by `<redacted:
/// LABEL>`. Values shorter than four bytes are not searched for: they would hit ordinary text.
class SecretMask {
public:
    void add(const Secret &secret, const QByteArray &label);
    /// Returns `text` itself where nothing was found.
    [[nodiscard]] QByteArray apply(const QByteArray &text) const;
    [[nodiscard]] bool isEmpty() const { return m_values.isEmpty(); }

private:
    struct Value {
        Secret needle;
        QByteArray label;
    };
    QList<Value> m_values;
};

} // namespace Mailgauge::Base
