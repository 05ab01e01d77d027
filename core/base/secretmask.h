// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/secret.h"

#include <QByteArrayView>
#include <QList>

namespace Mailgauge::Base {

/// `<redacted: LABEL>`, what stands in a text instead of a secret.
[[nodiscard]] QByteArray redactionMark(const QByteArray &label);

/// Replaces known secret values in bytes of the other side by `<redacted: LABEL>`: as they are, in
/// UTF-16 of either byte order, and each of those in percent, quoted-printable, xtext or backslash
/// escapes (whole or in part), in hexadecimal (also `73:33` and `73 33`) and in base64, wherever in
/// it they begin. Values shorter than four bytes are not searched for: they would hit ordinary
/// text.
class SecretMask {
public:
    void add(const Secret &secret, const QByteArray &label);
    /// Returns `text` itself where nothing was found.
    [[nodiscard]] QByteArray apply(const QByteArray &text) const;
    [[nodiscard]] bool isEmpty() const { return m_values.isEmpty(); }

private:
    enum class Form : quint8 {
        Escaped, ///< Each byte as it is or as an escape.
        Hex,
        Base64, ///< What of the encoding does not depend on its neighbours.
    };
    struct Value {
        Secret needle;
        QByteArray label;
        Form form = Form::Escaped;
    };
    struct Hit {
        qsizetype from = 0;
        qsizetype to = 0;
        QByteArray label;
    };

    void addForms(const QByteArray &bytes, const QByteArray &label);
    [[nodiscard]] static qsizetype matchAt(const Value &value, QByteArrayView text, qsizetype at);
    [[nodiscard]] QList<Hit> hits(QByteArrayView text) const;

    QList<Value> m_values;
};

} // namespace Mailgauge::Base
