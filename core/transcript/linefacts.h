// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/transcript.h"

#include <QByteArray>
#include <QList>
#include <QString>

namespace Mailgauge::Transcript {

/// Something in a line that people cannot read as it stands, decoded. A value: the window has the
/// words.
struct LineFact {
    enum class Kind : quint8 {
        Base64, ///< Of an AUTH exchange whose mechanism says nothing more.
        Prompt, ///< What AUTH LOGIN asks for.
        Challenge, ///< CRAM-MD5 (RFC 2195).
        AuthorizationId, ///< PLAIN, SCRAM, OAUTHBEARER: to act as.
        User,
        Password,
        Digest, ///< CRAM-MD5's answer.
        Token, ///< OAuth 2.0.
        OAuthField, ///< Of an OAuth error or request (RFC 7628 3); `name` is its key.
        Scram, ///< An attribute of RFC 5802 5.1; `name` is its letter, "g" for the GS2 header.
        Capability, ///< `value` is the keyword.
        CapabilityValue,
        LargestMessage, ///< SIZE of an EHLO reply; `number` has octets.
        Parameter, ///< Of MAIL or RCPT; `name` is the keyword, `number` octets for SIZE.
        EncodedWords, ///< RFC 2047
        ExtendedParameter, ///< RFC 2231; `name` is the parameter's.
        QuotedPrintable, ///< RFC 2045 6.7
        Domain, ///< IDNA
        CutOut, ///< `name` is the label; nothing was kept.
        Kept, ///< `name` is the label; the bytes live on in memory for this run.
        Message, ///< `value` is its id.
        Octets, ///< From `number` to `upTo` of the message.
    };

    Kind kind = Kind::Base64;
    QByteArray name;
    QString value; ///< One line without control characters; at most MaxValue characters.
    bool secret = false; ///< It is one; `value` is empty unless secrets are shown.
    std::optional<qint64> number;
    qint64 upTo = 0;

    static constexpr qsizetype MaxValue = 4'096;

    bool operator==(const LineFact &) const = default;
};

/// Where a line stands in its reply: the first of an EHLO reply names the server, the others its
/// capabilities (RFC 5321 4.1.1.1).
enum class LinePlace : quint8 {
    First,
    Later,
};

/// What the lines before say about one.
struct LineContext {
    LinePlace place = LinePlace::First;
    QByteArray mechanism; ///< Of the AUTH exchange it belongs to, upper case; else empty.
    QByteArray prompt; ///< The server's last challenge in that exchange, decoded.
    int answers = 0; ///< How many answers the client gave in it before this line.

    bool operator==(const LineContext &) const = default;
};

/// Looks back at most 64 lines.
[[nodiscard]] LineContext contextOf(const Transcript &transcript, qsizetype row);

enum class Secrets : quint8 {
    CutOut,
    Shown, ///< Those that the user chose to keep for this run.
};

/// Everything that can be decoded in a line: base64 of AUTH with what the mechanism makes of it,
/// parameters with xtext (RFC 3461 4), encoded words, quoted-printable, IDNA, capabilities, what
/// was cut out and which stretch of the message was sent.
///
/// Pure, any thread; bounded: lines are read up to MaxFactLine octets, at most MaxFacts come out.
/// What was cut out is never decoded, and passwords, digests, proofs and tokens have no value,
/// unless `secrets` says so.
inline constexpr qsizetype MaxFactLine = 64 * 1024;
inline constexpr qsizetype MaxFacts = 128;
[[nodiscard]] QList<LineFact> lineFacts(
    const Entry &entry, const LineContext &context, Secrets secrets = Secrets::CutOut);

/// The keyword of a line of an EHLO reply; empty for every other line.
[[nodiscard]] QByteArray capabilityKeyword(const Entry &entry, LinePlace place);

/// RFC 3461 4: `+41` is A. Text that is not well-formed stays as it is.
[[nodiscard]] QByteArray fromXtext(const QByteArray &text);

} // namespace Mailgauge::Transcript
