// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/content.h"
#include "smtp/mailbox.h"

#include <functional>

namespace Mailgauge::Delivery {

/// A message ready to send, and the fields that lists and bounces need.
struct ReadyMessage {
    Base::Content content;
    QByteArray messageId; ///< Without brackets.
    QString subject;
    /// The Message-ID is ours and told nowhere else: each copy may have its own.
    bool madeId = false;
};

/// Makes a message once more, its template filled in anew: {{uuid}}, {{date}} and {{messageId}} are
/// its own. From any thread.
using MakeAnew = std::function<Base::Result<ReadyMessage>()>;

/// Whether line ends of a message that is sent as it is are looked after.
enum class RawForm : quint8 {
    Text, ///< LF becomes CRLF; InvalidInput for a bare CR or NUL.
    Binary, ///< For BINARYMIME: nothing is touched or refused.
};

/// Reads Message-ID and Subject of a message that is sent as it is; a body of gigabytes stays
/// unread. Io where its file cannot be read.
[[nodiscard]] Base::Result<ReadyMessage> readyMessage(Base::Result<Base::Content> content);
[[nodiscard]] Base::Result<ReadyMessage> rawMessage(const QByteArray &bytes, RawForm form);
/// Of a regular file; InvalidInput or Io where it is none or cannot be read.
[[nodiscard]] Base::Result<Base::Content> rawContent(const QString &path, RawForm form);

/// Where a Message-ID of ours claims to come from: the sender's domain, which alone may promise
/// uniqueness there, else what EHLO says.
[[nodiscard]] QByteArray idDomainOf(
    const std::optional<Smtp::Mailbox> &reversePath, const QByteArray &ehloName);
/// A new one, without brackets.
[[nodiscard]] QByteArray makeMessageId(const QByteArray &domain);

} // namespace Mailgauge::Delivery
