// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

#include <functional>
#include <optional>

class QRegularExpression;
class QRegularExpressionMatch;

namespace Mailgauge::Transcript {

/// The spellings of one local part become one: without quotes, NFKC, case folded.
[[nodiscard]] QString normalLocal(QByteArrayView local);
/// A-label, lower case, without a final dot; address literals in lower case.
[[nodiscard]] QString normalDomain(QByteArrayView domain);

/// How a local part is made. Written again it is KEEP PREFIX MARK and LOCAL, or LOCAL JOINT DOMAIN,
/// or, domain first, DOMAIN JOINT LOCAL.
struct LocalForm {
    QByteArrayView keep {}; ///< Marks that name nobody: "SRS0=HHH=TT=", "prvs=4021bf8a=".
    QByteArrayView prefix {}; ///< Another local part of the same domain: "bounces" of VERP.
    QByteArrayView mark {}; ///< Between prefix and the rest: "+", "-".
    QByteArrayView local {};
    QByteArrayView domain {}; ///< Of an address inside: empty where there is none.
    char joint = '='; ///< Between local part and domain inside.
    bool domainFirst = false; ///< SRS, UUCP
};

/// Recognises SRS (0 and 1), BATV, VERP, `user%domain` and `domain!user`; else all is `local`.
/// `known` tells whether an address was met before: where a VERP prefix ends is a guess otherwise.
[[nodiscard]] LocalForm formOf(QByteArrayView local,
    const std::function<bool(QByteArrayView local, QByteArrayView domain)> &known);

/// A local part in front of `%40` without percent escapes, in front of `=40` without
/// quoted-printable; else itself.
[[nodiscard]] QByteArray withoutEscapes(QByteArrayView local, QByteArrayView separator);

/// The value of ORCPT, ENVID or AUTH as text: xtext (RFC 3461 4) and the embedded form of RFC 6533
/// 3.
[[nodiscard]] QByteArray fromParameter(const QByteArray &xtext);
[[nodiscard]] QByteArray toXtext(QByteArrayView bytes);

struct EncodedText {
    QByteArray charset; ///< With the language, as it was.
    QByteArray bytes;
    bool folded = false; ///< On lines of its own each, as in a message; else spaces between them.
};
/// Encoded words with white space between them; nothing where their charsets differ.
[[nodiscard]] std::optional<EncodedText> fromEncodedWords(const QByteArray &words);
[[nodiscard]] QByteArray toEncodedWords(const EncodedText &text);

/// What base64 (RFC 4648 4 or 5) decodes to, if that is UTF-8 text; NUL and SOH are text here
/// because SASL separates by them.
[[nodiscard]] std::optional<QByteArray> fromPrintableBase64(const QByteArray &base64);

/// `text` with each match replaced; offsets are bytes.
[[nodiscard]] QByteArray replaceMatches(const QByteArray &text, const QRegularExpression &pattern,
    const std::function<QByteArray(const QRegularExpressionMatch &)> &replacement);

} // namespace Mailgauge::Transcript
