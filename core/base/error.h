// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QMetaType>
#include <QString>

#include <expected>

namespace Mailgauge::Base {

/// Why something could not be done. A 4yz or 5yz reply is a result, never an Error.
///
/// MalformedReply is the peer's fault, InvalidInput ours or the user's. Sentences for people are
/// made from it by `explain/`; `detail` is an untranslated fact ("connect: Connection refused").
struct Error {
    enum class Kind : quint8 {
        Resolve,
        Connect,
        TlsHandshake,
        Timeout,
        ConnectionClosed,
        MalformedReply,
        ReplyTooLong,
        InvalidInput,
        Io,
        Full,
        Corrupt,
        Denied,
        Cancelled,
        Unsupported,
    };

    static constexpr qsizetype MaxEvidence = 512;

    Kind kind = Kind::InvalidInput;
    QString detail;
    QByteArray
        evidence; ///< The offending bytes, at most MaxEvidence of them, secrets already cut out.

    bool operator==(const Error &) const = default;
};

/// The name of a kind as used in logs and exports: "resolve", "tlsHandshake" …
[[nodiscard]] QByteArrayView kindName(Error::Kind kind);

template <typename T>
using Result = std::expected<T, Error>;

/// Begins the detail of a Resolve error that may pass by itself (SERVFAIL, no answer), so that it
/// is told from a host that does not exist wherever the error is kept (faults A3).
inline constexpr QLatin1StringView temporaryPrefix("temporary: ");
[[nodiscard]] bool isTemporary(const Error &error);

/// Shorthand for `return fail(Error::Kind::Io, u"…"_s);` Evidence beyond MaxEvidence is cut off.
[[nodiscard]] std::unexpected<Error> fail(
    Error::Kind kind, QString detail, QByteArray evidence = {});

} // namespace Mailgauge::Base

Q_DECLARE_METATYPE(Mailgauge::Base::Error)
