// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "smtp/reply.h"
#include "smtp/stage.h"

#include <QByteArray>
#include <QList>

#include <optional>

/// The small grammar inside delivery and feedback reports.
namespace Mailgauge::Bounce {

/// One group of fields, in their order, unfolded and trimmed.
class FieldGroup {
public:
    struct Field {
        QByteArray name;
        QByteArray value;
    };

    void append(QByteArrayView name, QByteArrayView value);
    void continueLast(QByteArrayView line);
    [[nodiscard]] bool isEmpty() const { return m_fields.isEmpty(); }
    [[nodiscard]] bool has(QByteArrayView name) const;
    /// The first one of that name, any case; empty where there is none.
    [[nodiscard]] QByteArray value(QByteArrayView name) const;
    [[nodiscard]] QList<QByteArray> values(QByteArrayView name) const;

private:
    QList<Field> m_fields;
};

/// Groups between empty lines (RFC 3464 2.1), at most `limit`. A second Final-Recipient begins a
/// new group too: some reports forget the empty line.
[[nodiscard]] QList<FieldGroup> readGroups(QByteArrayView body, qsizetype limit);

/// What stands behind `type;`; the whole where there is no type. `rfc822; <a@b>` gives `a@b`.
[[nodiscard]] QByteArray typedValue(const QByteArray &value);
[[nodiscard]] QByteArray typeOf(const QByteArray &value); ///< Lower case; empty: none.
/// An address in one of the forms seen in reports; UTF-8 (RFC 6533's \x{…} undone).
[[nodiscard]] QByteArray addressIn(const QByteArray &value);

/// The first status code anywhere in the text; not part of an IP address or a version.
[[nodiscard]] std::optional<Smtp::EnhancedStatusCode> statusIn(QByteArrayView text);
/// The status code directly behind a reply code: what the refusing server itself said.
[[nodiscard]] std::optional<Smtp::EnhancedStatusCode> quotedStatusIn(const QByteArray &text);
/// The reply code that a diagnostic quotes; one of `klass` is preferred. 0: none.
[[nodiscard]] int replyCodeIn(const QByteArray &text, int klass);
/// Without the codes that multi-line replies repeat in the middle of their text.
[[nodiscard]] QByteArray withoutRepeatedCodes(const QByteArray &text);
/// Which command was refused, where a mail system says so ("in reply to end of DATA command").
[[nodiscard]] std::optional<Smtp::Stage> stageIn(const QByteArray &text);

} // namespace Mailgauge::Bounce
