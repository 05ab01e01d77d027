// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QMetaType>

namespace Mailgauge::Smtp {

/// A breach of the protocol by the server that we tolerate and report; each becomes a finding.
enum class Quirk : quint8 {
    BareLfInReply, ///< A reply line ended in LF alone.
    CodeWithoutText, ///< `250` CRLF: allowed by RFC 5321 4.2 for receivers to accept, not to send.
    EnhancedCodeContradicts, ///< `250 5.1.1`: the basic code decides.
    NotUtf8, ///< Reply text that is neither ASCII nor UTF-8.
    LongReplyLine, ///< Longer than the 512 octets of RFC 5321 4.5.3.1.5.
    HelloDomainMissing, ///< The EHLO reply names no domain.
    DuplicateCapability,
    MalformedCapability, ///< `SIZE -1`, `SIZE 10^40`, `AUTH=` …
    UnexpectedCode, ///< A code of the right class that RFC 5321 does not list for the command.
    NoCloseNotify, ///< TLS ended without close_notify.
    StartTlsRefused, ///< Announced, then refused; an opportunistic session went on in clear.
    AuthInClearOnly, ///< AUTH mechanisms announced before TLS and not in it any more.
    AuthDowngrade, ///< The strongest mechanism seen earlier is not announced any more.
    AuthMechanismRefused, ///< One of several mechanisms; the next was tried.
    AuthGivenUp, ///< Optional, and refused: the session went on without.
    DomainToAscii, ///< SMTPUTF8 is not announced: a domain went out as A-labels.
    Utf8HeaderAnyway, ///< A header section with UTF-8 where SMTPUTF8 is not announced.
    EightBitAnyway, ///< 8-bit content without 8BITMIME, as was asked for.
    ChunkingRefused, ///< CHUNKING announced, BDAT not known.
    ContentForNobody, ///< A content was taken although every recipient, or MAIL, was refused.
};

/// "bareLfInReply" …
[[nodiscard]] QByteArrayView quirkName(Quirk quirk);

} // namespace Mailgauge::Smtp
