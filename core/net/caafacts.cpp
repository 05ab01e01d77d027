// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/caafacts.h"

#include <algorithm>
#include <array>

namespace Mailgauge::Net {

namespace {

constexpr std::array states {"none", "found", "failed"};
static_assert(states.size() == static_cast<std::size_t>(CaaFacts::State::Failed) + 1);

// IANA's registry of CAA properties: RFC 8659, RFC 9495, the CA/Browser Forum's, BIMI's.
constexpr std::array<QByteArrayView, 7> registered {
    "issue", "issuewild", "iodef", "issuemail", "contactemail", "contactphone", "issuevmc"};

bool isLetterOrDigit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/// `label` of RFC 8659 4.2; a parameter's tag has the same form.
bool isLabel(QByteArrayView text)
{
    return !text.isEmpty() && isLetterOrDigit(text.front()) && isLetterOrDigit(text.back())
        && std::ranges::all_of(text, [](char c) { return c == '-' || isLetterOrDigit(c); });
}

bool isDomain(const QByteArray &text)
{
    const QList<QByteArray> labels = text.split('.');
    return std::ranges::all_of(labels, isLabel);
}

bool isParameter(const QByteArray &text)
{
    const QByteArray trimmed = text.trimmed();
    const qsizetype equals = trimmed.indexOf('=');
    if (equals < 0 || !isLabel(QByteArrayView(trimmed).first(equals).trimmed()))
        return false;
    const QByteArrayView value = QByteArrayView(trimmed).sliced(equals + 1).trimmed();
    return std::ranges::all_of(value, [](char c) { return c > 0x20 && c < 0x7f && c != ';'; });
}

} // namespace

QByteArrayView caaStateName(CaaFacts::State state)
{
    return states[static_cast<std::size_t>(state)];
}

std::optional<CaaFacts::State> caaStateFromName(QByteArrayView name)
{
    const auto *at = std::ranges::find_if(
        states, [name](const char *one) { return name == QByteArrayView(one); });
    if (at == states.end())
        return std::nullopt;
    return static_cast<CaaFacts::State>(at - states.begin());
}

QByteArray issuerOf(const QByteArray &value)
{
    QList<QByteArray> parts = value.split(';');
    const QByteArray issuer = parts.takeFirst().trimmed();
    const bool noParameters = parts.isEmpty()
        || (parts.size() == 1 && parts.first().trimmed().isEmpty());
    if (!isDomain(issuer) || (!noParameters && !std::ranges::all_of(parts, isParameter)))
        return {};
    return issuer.toLower();
}

Issuance issuanceOf(const QList<Dns::Caa> &records, bool wildcard)
{
    const auto about = [&records](QByteArrayView tag) {
        QList<Dns::Caa> list;
        std::ranges::copy_if(records, std::back_inserter(list),
            [tag](const Dns::Caa &one) { return one.tag.compare(tag, Qt::CaseInsensitive) == 0; });
        return list;
    };
    QList<Dns::Caa> properties = wildcard ? about("issuewild") : QList<Dns::Caa>();
    if (properties.isEmpty())
        properties = about("issue");
    if (properties.isEmpty())
        return Issuance::Unrestricted;
    const bool named = std::ranges::any_of(
        properties, [](const Dns::Caa &one) { return !issuerOf(one.value).isEmpty(); });
    return named ? Issuance::Restricted : Issuance::Forbidden;
}

QByteArrayList unknownCriticalTags(const QList<Dns::Caa> &records)
{
    QByteArrayList tags;
    for (const Dns::Caa &one : records) {
        const QByteArray tag = one.tag.toLower();
        if ((one.flags & Dns::Caa::Critical) != 0
            && !std::ranges::contains(registered, QByteArrayView(tag)) && !tags.contains(tag))
            tags.append(tag);
    }
    return tags;
}

} // namespace Mailgauge::Net
