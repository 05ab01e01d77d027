// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

namespace Mailgauge::Models {

/// What an attribute of a SCRAM message is (RFC 5802 5.1), by its letter; "g" is the GS2 header.
[[nodiscard]] QString scramNote(const QByteArray &letter);
/// What a field of an OAuth error is (RFC 7628 3.2.2); empty for others.
[[nodiscard]] QString oauthNote(const QByteArray &key);
/// A foreign name for a label: one line, short.
[[nodiscard]] QString visibleName(const QByteArray &name);

} // namespace Mailgauge::Models
