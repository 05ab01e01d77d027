// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "mime/addresslist.h"

#include <QByteArray>
#include <QString>

/// Header fields as octets. Written here and not by GMime, because order, folding and encoded words
/// are what a deliverability workbench must have in its own hands.
namespace Mailgauge::Mime {

/// A field name as RFC 5322 3.6.8 wants it: printable ASCII without colon, not too long.
[[nodiscard]] bool isFieldName(QByteArrayView name);

/// True where the value must not go into a header (faults D3): CR, LF or NUL.
[[nodiscard]] bool hasForbiddenControl(QStringView value);

/// `Name: value` CRLF. ASCII text is folded at its spaces; what is not plain becomes encoded words
/// of at most 75 octets that never split a character (RFC 2047 2, 5). The value must not hold CR,
/// LF or NUL.
[[nodiscard]] QByteArray textField(const QByteArray &name, const QString &value);

/// An address list; display names become atoms, quoted strings or encoded words. A domain that is
/// not ASCII is written as A-label where the local part is ASCII (else RFC 6532 applies).
[[nodiscard]] QByteArray addressField(const QByteArray &name, const QList<AddressEntry> &entries);

} // namespace Mailgauge::Mime
