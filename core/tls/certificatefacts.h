// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "tls/opensslptr.h"
#include "tls/tlsfacts.h"

#include <QDateTime>
#include <QString>

struct asn1_string_st;
struct evp_pkey_st;
struct X509_name_st;
struct x509_st;

namespace Mailgauge::Tls {

[[nodiscard]] CertificateFacts certificateFacts(x509_st *certificate);
/// InvalidInput where there is none.
[[nodiscard]] Base::Result<QList<CertificateFacts>> certificatesFromPem(const QByteArray &pem);
/// Null where it is none, or where something follows it.
[[nodiscard]] CertificatePtr certificateFromDer(const QByteArray &der);
/// Whether there is a chain, with the certificates themselves: an export may have taken them away.
[[nodiscard]] bool canBeSaved(const QList<CertificateFacts> &chain);
[[nodiscard]] QByteArray toPem(const QList<CertificateFacts> &chain);

// The single facts, as texts that show every octet.
/// An IA5String may hold any octet; a NUL must be seen, not end the text (faults C8).
[[nodiscard]] QString visibleName(const unsigned char *data, int size);
[[nodiscard]] QString nameText(const X509_name_st *name);
[[nodiscard]] QDateTime timeOf(const asn1_string_st *time);
[[nodiscard]] QStringList namesOf(x509_st *certificate);
[[nodiscard]] QString commonNameOf(x509_st *certificate);
[[nodiscard]] QString keyTypeOf(evp_pkey_st *key);
/// The SubjectPublicKeyInfo, DER.
[[nodiscard]] QByteArray publicKeyOf(x509_st *certificate);

} // namespace Mailgauge::Tls
