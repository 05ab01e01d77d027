// SPDX-License-Identifier: GPL-3.0-or-later
#include "sasl/mechanism.h"

#include "base/literals.h"
#include "sasl/crammd5.h"
#include "sasl/login.h"
#include "sasl/plain.h"
#include "sasl/scramsha256.h"

#include <algorithm>
#include <array>

namespace Mailgauge::Sasl {

namespace {

template <typename T>
std::unique_ptr<Mechanism> make(const Credentials &credentials)
{
    return std::make_unique<T>(credentials);
}

struct Entry {
    const char *name;
    bool showsSecret;
    bool carriesAuthorizationId;
    std::unique_ptr<Mechanism> (*create)(const Credentials &);
};

/// Strongest first.
constexpr std::array table {
    Entry {"SCRAM-SHA-256", false, true, make<ScramSha256>},
    Entry {"CRAM-MD5", false, false, make<CramMd5>},
    Entry {"PLAIN", true, true, make<Plain>},
    Entry {"LOGIN", true, false, make<Login>},
};

const Entry *find(QByteArrayView name)
{
    const auto *found = std::ranges::find_if(
        table, [name](const Entry &entry) { return name == entry.name; });
    return found == table.end() ? nullptr : found;
}

} // namespace

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

bool showsSecret(QByteArrayView mechanism)
{
    const Entry *entry = find(mechanism);
    return !entry || entry->showsSecret; // An unknown one is not trusted.
}

bool carriesAuthorizationId(QByteArrayView mechanism)
{
    const Entry *entry = find(mechanism);
    return entry && entry->carriesAuthorizationId;
}

std::unique_ptr<Mechanism> createMechanism(QByteArrayView name, const Credentials &credentials)
{
    const Entry *entry = find(name);
    return entry ? entry->create(credentials) : nullptr;
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

} // namespace Mailgauge::Sasl
