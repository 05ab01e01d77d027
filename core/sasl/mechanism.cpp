// SPDX-License-Identifier: GPL-3.0-or-later
#include "sasl/mechanism.h"

#include "base/literals.h"
#include "sasl/bearer.h"
#include "sasl/crammd5.h"
#include "sasl/digestmd5.h"
#include "sasl/external.h"
#ifdef MAILGAUGE_WITH_GSSAPI
#include "sasl/gssapi.h"
#endif
#include "sasl/login.h"
#include "sasl/ntlm.h"
#include "sasl/plain.h"
#include "sasl/scram.h"

#include <QRandomGenerator>

#include <openssl/crypto.h>

#include <algorithm>
#include <array>

namespace Mailgauge::Sasl {

namespace {

using Hash = QCryptographicHash::Algorithm;

template <typename T>
std::unique_ptr<Mechanism> make(const Credentials &credentials)
{
    return std::make_unique<T>(credentials);
}

template <Hash hash, Scram::Binding binding>
std::unique_ptr<Mechanism> makeScram(const Credentials &credentials)
{
    return std::make_unique<Scram>(hash, binding, credentials);
}

enum class Secret : quint8 {
    Hidden,
    Shown,
};
enum class ActAs : quint8 {
    Nobody,
    Another, ///< Has an authorization identity.
};

struct Entry {
    const char *name;
    Proof proof;
    Secret secret;
    ActAs actAs;
    std::unique_ptr<Mechanism> (*create)(const Credentials &);
};

using enum Scram::Binding;

/// Strongest first.
constexpr std::array table {
#ifdef MAILGAUGE_WITH_GSSAPI
    Entry {"GSSAPI", Proof::Ticket, Secret::Hidden, ActAs::Another, make<Gssapi>},
#endif
    Entry {"SCRAM-SHA-512-PLUS", Proof::Password, Secret::Hidden, ActAs::Another,
        makeScram<Hash::Sha512, Bound>},
    Entry {"SCRAM-SHA-256-PLUS", Proof::Password, Secret::Hidden, ActAs::Another,
        makeScram<Hash::Sha256, Bound>},
    Entry {"SCRAM-SHA-1-PLUS", Proof::Password, Secret::Hidden, ActAs::Another,
        makeScram<Hash::Sha1, Bound>},
    Entry {"SCRAM-SHA-512", Proof::Password, Secret::Hidden, ActAs::Another,
        makeScram<Hash::Sha512, Unbound>},
    Entry {"SCRAM-SHA-256", Proof::Password, Secret::Hidden, ActAs::Another,
        makeScram<Hash::Sha256, Unbound>},
    Entry {"SCRAM-SHA-1", Proof::Password, Secret::Hidden, ActAs::Another,
        makeScram<Hash::Sha1, Unbound>},
    Entry {"OAUTHBEARER", Proof::Token, Secret::Shown, ActAs::Nobody, make<OAuthBearer>},
    Entry {"XOAUTH2", Proof::Token, Secret::Shown, ActAs::Nobody, make<XOAuth2>},
    Entry {"DIGEST-MD5", Proof::Password, Secret::Hidden, ActAs::Another, make<DigestMd5>},
    Entry {"CRAM-MD5", Proof::Password, Secret::Hidden, ActAs::Nobody, make<CramMd5>},
    Entry {"NTLM", Proof::Password, Secret::Hidden, ActAs::Nobody, make<Ntlm>},
    Entry {"PLAIN", Proof::Password, Secret::Shown, ActAs::Another, make<Plain>},
    Entry {"LOGIN", Proof::Password, Secret::Shown, ActAs::Nobody, make<Login>},
    Entry {"EXTERNAL", Proof::None, Secret::Hidden, ActAs::Another, make<External>},
    Entry {"ANONYMOUS", Proof::None, Secret::Hidden, ActAs::Nobody, make<Anonymous>},
};

const Entry *find(QByteArrayView name)
{
    const auto *found = std::ranges::find_if(
        table, [name](const Entry &entry) { return name == entry.name; });
    return found == table.end() ? nullptr : found;
}

} // namespace

std::unique_ptr<Mechanism> createMechanism(QByteArrayView name, const Credentials &credentials)
{
    const Entry *entry = find(name);
    return entry ? entry->create(credentials) : nullptr;
}

bool isLeftOut(QByteArrayView mechanism)
{
    return mechanism == "GSSAPI" && !find(mechanism);
}

const QList<QByteArray> &mechanismsByStrength()
{
    static const QList<QByteArray> names = [] {
        QList<QByteArray> list;
        for (const Entry &entry : table)
            list.append(entry.name);
        return list;
    }();
    return names;
}

QByteArray strongestOf(const QList<QByteArray> &offered)
{
    const auto *found = std::ranges::find_if(table, [&offered](const Entry &entry) {
        return (entry.proof == Proof::Password || entry.proof == Proof::Token)
            && offered.contains(entry.name);
    });
    return found == table.end() ? QByteArray() : found->name;
}

bool isStronger(QByteArrayView a, QByteArrayView b)
{
    const Entry *first = find(a);
    const Entry *second = find(b);
    return first && (!second || first < second);
}

Proof proofOf(QByteArrayView mechanism)
{
    const Entry *entry = find(mechanism);
    return entry ? entry->proof : Proof::None;
}

bool showsSecret(QByteArrayView mechanism)
{
    const Entry *entry = find(mechanism);
    return !entry || entry->secret == Secret::Shown; // An unknown one is not trusted.
}

bool carriesAuthorizationId(QByteArrayView mechanism)
{
    const Entry *entry = find(mechanism);
    return entry && entry->actAs == ActAs::Another;
}

bool bindsChannel(QByteArrayView mechanism)
{
    return mechanism.endsWith("-PLUS");
}

std::optional<QByteArray> decodeBase64(QByteArrayView text)
{
    if (text.isEmpty())
        return ""_ba;
    qsizetype padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=')
        ++padding;
    const auto isDigit64 = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')
            || c == '+' || c == '/';
    };
    if (text.size() % 4 != 0 || !std::ranges::all_of(text.chopped(padding), isDigit64))
        return std::nullopt;
    auto decoded = QByteArray::fromBase64Encoding(
        text.toByteArray(), QByteArray::AbortOnBase64DecodingErrors);
    return decoded ? std::optional(*decoded) : std::nullopt;
}

QByteArray randomNonce()
{
    std::array<quint32, 6> words {};
    QRandomGenerator::system()->fillRange(words.data(), std::ssize(words));
    return QByteArray(reinterpret_cast<const char *>(words.data()), sizeof(words)).toBase64();
}

bool sameBytes(const QByteArray &a, const QByteArray &b)
{
    return a.size() == b.size()
        && CRYPTO_memcmp(a.constData(), b.constData(), static_cast<std::size_t>(a.size())) == 0;
}

} // namespace Mailgauge::Sasl
