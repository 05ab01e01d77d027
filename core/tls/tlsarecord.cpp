// SPDX-License-Identifier: GPL-3.0-or-later
#include "tls/tlsarecord.h"

#include "base/literals.h"
#include "tls/opensslptr.h"

#include <QStringList>

#include <openssl/err.h>

#include <algorithm>
#include <array>

namespace Mailgauge::Tls {

namespace {

using Kind = TlsaResult::Kind;

constexpr std::array names {"matches", "differs", "notValid", "usageNotForSmtp", "usageUnknown",
    "selectorUnknown", "matchingTypeUnknown", "associationMalformed", "superseded"};
static_assert(names.size() == static_cast<std::size_t>(Kind::Superseded) + 1);

/// All of `der` is one certificate, or one public key.
bool isWhole(const QByteArray &der, quint8 selector)
{
    const auto *at = reinterpret_cast<const unsigned char *>(der.constData());
    const auto *begin = at;
    bool isOne = false;
    if (selector == 0)
        isOne = CertificatePtr(d2i_X509(nullptr, &at, der.size())) != nullptr;
    else
        isOne = KeyPtr(d2i_PUBKEY(nullptr, &at, der.size())) != nullptr;
    ERR_clear_error();
    return isOne && at - begin == der.size();
}

} // namespace

QByteArrayView tlsaResultName(TlsaResult::Kind kind)
{
    return names[static_cast<std::size_t>(kind)];
}

std::optional<TlsaResult::Kind> tlsaResultFromName(QByteArrayView name)
{
    const auto found = std::ranges::find(
        names, name, [](const char *n) { return QByteArrayView(n); });
    if (found == names.end())
        return std::nullopt;
    return static_cast<Kind>(found - names.begin());
}

QByteArray toText(const TlsaRecord &record)
{
    return QByteArray::number(record.usage) + ' ' + QByteArray::number(record.selector) + ' '
        + QByteArray::number(record.matchingType) + ' ' + record.association.toHex();
}

std::optional<TlsaResult::Kind> whyUnusable(const TlsaRecord &record)
{
    if (record.usage < 2)
        return Kind::UsageNotForSmtp;
    if (record.usage > 3)
        return Kind::UsageUnknown;
    if (record.selector > 1)
        return Kind::SelectorUnknown;
    switch (record.matchingType) {
    case 0:
        if (isWhole(record.association, record.selector))
            return std::nullopt;
        break;
    case 1: // SHA-256
        if (record.association.size() == 32)
            return std::nullopt;
        break;
    case 2: // SHA-512
        if (record.association.size() == 64)
            return std::nullopt;
        break;
    default:
        return Kind::MatchingTypeUnknown;
    }
    return Kind::AssociationMalformed;
}

bool isAnyUsable(const QList<TlsaRecord> &records)
{
    return std::ranges::any_of(
        records, [](const TlsaRecord &record) { return !whyUnusable(record); });
}

QString describe(const QList<TlsaResult> &results)
{
    QStringList texts;
    for (const TlsaResult &one : results) {
        const QString text = QString::fromLatin1(toText(one.record)) + u": "_s
            + QLatin1StringView(tlsaResultName(one.kind));
        texts.append(one.detail.isEmpty() ? text : text + u" ("_s + one.detail + u')');
    }
    return texts.join(u"; "_s);
}

bool isAnyMatching(const QList<TlsaResult> &results)
{
    return std::ranges::any_of(
        results, [](const TlsaResult &one) { return one.kind == Kind::Matches; });
}

} // namespace Mailgauge::Tls
