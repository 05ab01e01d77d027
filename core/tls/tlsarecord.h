// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>

#include <optional>

namespace Mailgauge::Tls {

/// What a TLSA record says (RFC 6698 2.1); the numbers are as published, known or not.
struct TlsaRecord {
    quint8 usage = 0;
    quint8 selector = 0;
    quint8 matchingType = 0;
    QByteArray association;

    bool operator==(const TlsaRecord &) const = default;
};

/// What became of one TLSA record: of itself, or against a chain.
struct TlsaResult {
    enum class Kind : quint8 {
        Matches,
        Differs, ///< Nothing in the chain is what it names.
        NotValid, ///< It names an issuer in the chain, but the path from there fails: see `detail`.
        UsageNotForSmtp, ///< 0 and 1 want public authorities (RFC 7672 3.1.3).
        UsageUnknown,
        SelectorUnknown,
        MatchingTypeUnknown,
        AssociationMalformed, ///< No digest of that length; no certificate or key.
        Superseded, ///< A stronger digest stands beside it (RFC 7671 9).
    };
    TlsaRecord record;
    Kind kind = Kind::Differs;
    int depth = -1; ///< Of the certificate that it names, 0 is the leaf; -1: none.
    QString detail {};

    bool operator==(const TlsaResult &) const = default;
};

/// "matches" …
[[nodiscard]] QByteArrayView tlsaResultName(TlsaResult::Kind kind);
/// Nothing where no result is called so.
[[nodiscard]] std::optional<TlsaResult::Kind> tlsaResultFromName(QByteArrayView name);

/// "3 1 1 0123…", as a zone file has it.
[[nodiscard]] QByteArray toText(const TlsaRecord &record);

/// Why SMTP cannot use the record whatever the server shows (RFC 7672 3.1); nothing where it can.
[[nodiscard]] std::optional<TlsaResult::Kind> whyUnusable(const TlsaRecord &record);
/// One that can be used is among them.
[[nodiscard]] bool isAnyUsable(const QList<TlsaRecord> &records);

/// "3 1 1 0123…: differs; 2 0 1 …: notValid (depth 0: certificate has expired)".
[[nodiscard]] QString describe(const QList<TlsaResult> &results);

/// Whether a record matched.
[[nodiscard]] bool isAnyMatching(const QList<TlsaResult> &results);

} // namespace Mailgauge::Tls
