// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>

#include <optional>

namespace Mailgauge::Sasl {

/// The list of `name=value` and `name="quoted"` that both sides of DIGEST-MD5 send (RFC 2831 7.1).
class DigestDirectives {
public:
    static constexpr qsizetype MaxDirectives = 64;

    /// Nothing where the text does not keep to the grammar.
    [[nodiscard]] static std::optional<DigestDirectives> parse(const QByteArray &text);

    /// Names in lower case, values without quotes and escapes.
    [[nodiscard]] QList<QByteArray> values(QByteArrayView name) const;
    /// The value where the directive is there once.
    [[nodiscard]] std::optional<QByteArray> only(QByteArrayView name) const;

private:
    struct Directive {
        QByteArray name;
        QByteArray value;
    };
    QList<Directive> m_list;
};

/// In double quotes, with escapes for those and for backslashes.
[[nodiscard]] QByteArray digestQuoted(const QByteArray &value);

} // namespace Mailgauge::Sasl
