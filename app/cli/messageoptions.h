// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// The options that say what is sent and to whom.

#include "options.h"
#include "rawmessage.h"
#include "templateoptions.h"

#include "mime/draft.h"
#include "smtp/session.h"

namespace Mailgauge::Cli {

[[nodiscard]] QList<OptionSpec> envelopeOptions();
/// What an extension of SMTP adds to the envelope.
[[nodiscard]] QList<OptionSpec> extensionOptions();
[[nodiscard]] QList<OptionSpec> contentOptions();

/// --from and --to; `defaultFrom` where --from is absent. Problem kind "input" names the malformed
/// address, or tells that one needs SMTPUTF8, which `session` is without. Who is missing is told by
/// the caller: a session may end before the envelope.
[[nodiscard]] Checked<Smtp::Envelope> envelopeFrom(
    const Options &options, const QByteArray &defaultFrom, const Smtp::SessionOptions &session);

/// ESMTP parameters of MAIL ("mail-param") or RCPT ("rcpt-param"), checked; those of the DSN
/// options among them.
[[nodiscard]] Checked<QList<QByteArray>> parametersFrom(const Options &options, const char *name);

/// What a message may be made of beside the options.
struct MessageInput {
    std::optional<QByteArray> raw {}; ///< The bytes of `dataBase64`.
    /// Read before, because they are needed more than once, by the path that an option gives ("-":
    /// standard input); another one is read where an option asks for it.
    QHash<QByteArray, QByteArray> files {};
    std::optional<QList<Mime::Attachment>> attachments {}; ///< The same.
};

/// All that the options name, for a message that is made again and again: a pipe can be read once
/// only, and a file may change.
[[nodiscard]] Checked<MessageInput> readForRepeats(const Options &options, MessageInput input);

/// The message of --data (a template where `filler` is active), of the raw bytes, or built from the
/// fields.
[[nodiscard]] Checked<Delivery::ReadyMessage> messageFrom(const Options &options,
    const Smtp::Envelope &envelope, const QByteArray &heloName, const MessageInput &input,
    MessageFiller filler);

} // namespace Mailgauge::Cli
