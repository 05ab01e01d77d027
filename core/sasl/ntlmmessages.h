// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// The messages of NTLM ([MS-NLMP] 2.2.1) and the arithmetic of its version 2 (3.3.2), without
/// session security: nothing is signed, sealed or exchanged.
#include "base/secret.h"

#include <QByteArray>

#include <optional>

namespace Mailgauge::Sasl {

/// 2.2.1.1, in the shortest form.
[[nodiscard]] QByteArray ntlmNegotiate();

/// What counts of 2.2.1.2.
struct NtlmChallenge {
    quint32 flags = 0;
    QByteArray serverChallenge; ///< 8 octets.
    QByteArray targetInfo; ///< AV_PAIRs with their end (2.2.2.1).
    QByteArray timestamp; ///< MsvAvTimestamp, 8 octets; empty: the server told none.

    /// Nothing where it is no such message, or one that does not fit together.
    [[nodiscard]] static std::optional<NtlmChallenge> parse(const QByteArray &message);
    [[nodiscard]] bool isUnicode() const { return (flags & 1U) != 0; }
};

struct NtlmAccount {
    QByteArray user; ///< UTF-8, as all here.
    QByteArray domain;
    Base::Secret password;

    /// Of `DOMAIN\user`, or a name alone: `user@domain` is one of those.
    [[nodiscard]] static NtlmAccount from(const QByteArray &name, const Base::Secret &password);
};

/// NTOWFv2 of 3.3.2, the key of all that follows.
[[nodiscard]] Base::Secret ntlmV2Key(const NtlmAccount &account);

struct NtlmResponses {
    QByteArray lm;
    QByteArray nt;
};
/// 3.3.2 and 3.1.5.1.2: `time` is the client's (8 octets, FILETIME); the server's goes before it,
/// and then the LM response is empty.
[[nodiscard]] NtlmResponses ntlmV2Responses(const Base::Secret &key, const NtlmChallenge &challenge,
    const QByteArray &clientChallenge, const QByteArray &time);

/// 2.2.1.3, without version and MIC.
[[nodiscard]] QByteArray ntlmAuthenticate(
    const NtlmAccount &account, const NtlmChallenge &challenge, const NtlmResponses &responses);

} // namespace Mailgauge::Sasl
