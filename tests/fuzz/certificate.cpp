// SPDX-License-Identifier: GPL-3.0-or-later
#include "tls/certificatefacts.h"
#include "tls/opensslptr.h"

#include "check.h"

#include <openssl/err.h>
#include <openssl/x509.h>

using namespace Mailgauge;

namespace {

/// Nothing that could end a line of a transcript or steer a terminal.
void checkText(const QString &text)
{
    for (const QChar c : text) {
        check(c.category() != QChar::Other_Control && c.category() != QChar::Other_Format);
        check(c.category() != QChar::Separator_Line && c.category() != QChar::Separator_Paragraph);
    }
}

} // namespace

/// The input is a certificate as a peer sends it (DER), or a file of them (PEM).
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const unsigned char *at = data;
    if (const Tls::CertificatePtr certificate(d2i_X509(nullptr, &at, static_cast<long>(size)));
        certificate) {
        const Tls::CertificateFacts facts = Tls::certificateFacts(certificate.get());
        checkText(facts.subject);
        checkText(facts.issuer);
        checkText(facts.keyType);
        for (const QString &name : facts.names)
            checkText(name);
        check(facts.sha256.size() == 64);
        const auto again = Tls::certificatesFromPem(Tls::toPem({facts}));
        check(again && again->size() == 1 && again->first() == facts);
    }
    const auto chain = Tls::certificatesFromPem(
        QByteArray(reinterpret_cast<const char *>(data), static_cast<qsizetype>(size)));
    check(!chain || !chain->isEmpty());
    ERR_clear_error();
    return 0;
}
