// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tls/tlsarecord.h"

#include <QByteArray>
#include <QDateTime>
#include <QList>
#include <QMetaType>
#include <QString>

namespace Mailgauge::Tls {

/// How much of the certificate must be right. Facts are gathered whatever is chosen.
enum class VerifyMode : quint8 {
    Full, ///< Chain and name.
    Chain, ///< Chain only ("ca").
    Name, ///< Name only ("host").
    None,
};

/// One certificate of the chain as sent, leaf first.
struct CertificateFacts {
    QString subject; ///< RFC 2253 form.
    QString issuer;
    QStringList names; ///< subjectAltName: DNS names and IP addresses, in their order.
    QDateTime notBefore;
    QDateTime notAfter;
    QByteArray sha256; ///< Of the DER form, lower-case hex.
    QByteArray keySha256; ///< Of the SubjectPublicKeyInfo, lower-case hex: what a pin names.
    QString keyType; ///< "RSA 2048", "EC P-256", "Ed25519" …
    QByteArray der;

    bool operator==(const CertificateFacts &) const = default;
};

/// One reason why a certificate was not accepted, as a fact; explain/ makes the sentence.
struct VerifyReason {
    enum class Kind : quint8 {
        Untrusted, ///< No path to a known root.
        SelfSigned,
        Expired,
        NotYetValid,
        NameMismatch,
        WeakKey,
        PinMismatch,
        TlsaMismatch, ///< No TLSA record names it.
        Other,
    };
    Kind kind = Kind::Other;
    int depth = 0; ///< 0 is the leaf.
    QString detail; ///< OpenSSL's words, the names found, the dates.

    bool operator==(const VerifyReason &) const = default;
};

/// "untrusted" …
[[nodiscard]] QByteArrayView reasonName(VerifyReason::Kind kind);

/// What a handshake established: data, never a question to the user.
struct TlsFacts {
    QByteArray version; ///< "TLSv1.3"
    QByteArray cipher; ///< OpenSSL's name of the suite.
    QString serverName; ///< The name that was checked.
    bool chainTrusted = false;
    bool nameMatches = false;
    bool accepted = false; ///< By the VerifyMode and pin asked for, or by TLSA records.
    QList<VerifyReason> reasons; ///< Everything that is wrong, whether or not it mattered.
    QList<CertificateFacts> chain;
    QList<TlsaResult> tlsa {}; ///< What became of each TLSA record; none: DANE did not judge.

    /// By authorities and its name, or by a TLSA record: it is whom we wanted.
    [[nodiscard]] bool isAuthenticated() const
    {
        return (chainTrusted && nameMatches) || isAnyMatching(tlsa);
    }
    bool operator==(const TlsFacts &) const = default;
};

} // namespace Mailgauge::Tls

Q_DECLARE_METATYPE(Mailgauge::Tls::TlsFacts)
