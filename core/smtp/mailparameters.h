// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "smtp/session.h"

namespace Mailgauge::Smtp {

/// What MAIL says beside the reverse-path at a server that announces this: SIZE (RFC 1870), BODY
/// (RFC 6152, RFC 3030), SMTPUTF8 (RFC 6531), PRDR, the extensions, and what was given by hand,
/// which goes before. Unsupported, with the reason, where the message cannot go there (faults B35,
/// D17).
[[nodiscard]] Base::Result<QList<QByteArray>> mailParameters(const Transaction &transaction,
    const Capabilities &capabilities, const SessionOptions &options, TlsTrust trust);

/// `keyword` in upper case.
[[nodiscard]] bool hasParameter(const QList<QByteArray> &parameters, const QByteArray &keyword);
[[nodiscard]] bool isBinary(const Transaction &transaction);
[[nodiscard]] bool usesSmtpUtf8(const Capabilities &capabilities, const SessionOptions &options);

} // namespace Mailgauge::Smtp
