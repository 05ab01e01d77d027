// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QByteArray>
#include <QList>
#include <QString>

namespace Mailgauge::Mime {

/// A display name and an addr-spec.
struct Address {
    QString name; ///< Decoded and unquoted; may be empty.
    QByteArray address; ///< UTF-8, without angle brackets.

    bool operator==(const Address &) const = default;
};

/// One entry of an address list: an address, or a group of them (RFC 5322 3.4).
struct AddressEntry {
    QList<Address> addresses; ///< Exactly one where `isGroup` is false.
    bool isGroup = false;
    QString group;

    bool operator==(const AddressEntry &) const = default;
};

/// An address field as people type it. Unlike a mail reader's parser it never drops what it does
/// not understand: InvalidInput names the entry, its position (from 1) and why. Semicolons separate
/// too; comments are dropped, except one that names an address without display name. Linear time
/// (faults G11).
[[nodiscard]] Base::Result<QList<AddressEntry>> parseAddressList(const QString &field);

/// `"Ann, Sales" <ann@example.org>`: Unicode, quoted where needed; parseAddressList() reads it
/// back.
[[nodiscard]] QString toDisplay(const Address &address);

} // namespace Mailgauge::Mime
