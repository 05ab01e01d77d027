// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QHash>
#include <QJsonObject>
#include <QString>

namespace Mailgauge::Mime {

/// What `{{name}}` in a template stands for.
///
/// Values come from one JSON object: texts, numbers, true and false; what lies in an object within
/// it is reached by `person.name`. Beside them stand values of the program (date, sender …), which
/// give way to the user's.
class TemplateValues {
public:
    /// InvalidInput where it is not an object.
    [[nodiscard]] static Base::Result<TemplateValues> fromJson(const QByteArray &json);

    void setDefault(const QString &name, const QString &value) { m_defaults.insert(name, value); }
    /// InvalidInput, naming it, where there is none or it is no text (a list, null).
    [[nodiscard]] Base::Result<QString> value(const QString &name) const;

private:
    QJsonObject m_object;
    QHash<QString, QString> m_defaults;
};

/// Where a value lands, and how it is made harmless there (faults F8, D1, D2).
enum class TemplateContext : quint8 {
    Plain, ///< As it is.
    Header, ///< One line: control characters become spaces.
    Html, ///< Escaped; `{{{name}}}` alone puts it in as it is.
    Address, ///< One address, or part of one: what could add another is InvalidInput.
};

/// `text` with its tokens filled in; a value is not read as a template again. `\{{` is `{{` itself.
/// InvalidInput: a token without end or with another name than letters, digits, `_`, `-` and `.`, a
/// value that is missing, a result of more than 64 MiB.
[[nodiscard]] Base::Result<QString> expandTemplate(
    const QString &text, const TemplateValues &values, TemplateContext context);

/// A whole message in UTF-8: its header section as Header, its body as Plain. InvalidInput also
/// where it is not UTF-8.
[[nodiscard]] Base::Result<QByteArray> expandMessage(
    const QByteArray &message, const TemplateValues &values);

} // namespace Mailgauge::Mime
