// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "smtp/command.h"
#include "smtp/session.h"

namespace Mailgauge::Smtp {

/// What MAIL says beside the reverse-path at a server that announces this: SIZE (RFC 1870), BODY
/// (RFC 6152, RFC 3030), SMTPUTF8 (RFC 6531), PRDR, the extensions, and what was given by hand,
/// which goes before. Unsupported, with the reason, where the message cannot go there (faults B35,
/// D17).
[[nodiscard]] Base::Result<QList<QByteArray>> mailParameters(const Transaction &transaction,
    const Capabilities &capabilities, const SessionOptions &options, TlsTrust trust);

/// How domains beyond ASCII go out.
enum class Domains : quint8 {
    AsGiven,
    Ascii, ///< As A-labels: SMTPUTF8 is not to be had. Not where a path has no such form.
};
/// MAIL with `parameters`, as mailParameters() gives them.
[[nodiscard]] Base::Result<Command> mailCommand(
    const Transaction &transaction, const QList<QByteArray> &parameters, Domains domains);
/// RCPT for the forward-path of that index, with ORCPT (RFC 3461 4.2) where it is asked for.
[[nodiscard]] Base::Result<Command> rcptCommand(
    const Transaction &transaction, qsizetype recipient, Domains domains);

/// Whether it can go anywhere at all, but for what its commands say: that is judged where they are
/// made. InvalidInput.
[[nodiscard]] Base::Result<void> checkValues(const Transaction &transaction);

/// In any case.
[[nodiscard]] bool hasParameter(const QList<QByteArray> &parameters, QByteArrayView keyword);
[[nodiscard]] bool isBinary(const Transaction &transaction);
[[nodiscard]] bool usesSmtpUtf8(const Capabilities &capabilities, const SessionOptions &options);

} // namespace Mailgauge::Smtp
