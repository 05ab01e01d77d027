// SPDX-License-Identifier: GPL-3.0-or-later
#include "smtp/capabilities.h"

#include "base/literals.h"

#include <QSet>

#include <algorithm>

namespace Mailgauge::Smtp {

namespace {

/// More words in one line are not kept; the longest list met in the field has 63.
constexpr qsizetype MaxParameters = 256;

QList<QByteArray> words(const QByteArray &line)
{
    QList<QByteArray> result;
    qsizetype at = 0;
    while (at < line.size() && result.size() <= MaxParameters) {
        while (at < line.size() && (line[at] == ' ' || line[at] == '\t'))
            ++at;
        const qsizetype begin = at;
        while (at < line.size() && line[at] != ' ' && line[at] != '\t')
            ++at;
        if (at > begin)
            result.append(line.sliced(begin, at - begin));
    }
    return result;
}

bool isLetterOrDigit(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// RFC 5321 4.1.1.1 ehlo-keyword, upper case already; `AUTH=MECH` is let through.
bool isKeyword(const QByteArray &word)
{
    if (word.startsWith("AUTH=") && word.size() > 5)
        return true;
    return !word.isEmpty() && isLetterOrDigit(word[0])
        && std::ranges::all_of(word, [](char c) { return isLetterOrDigit(c) || c == '-'; });
}

std::optional<qint64> number(const QByteArray &text)
{
    if (!std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; }))
        return std::nullopt;
    bool fits = false;
    const qint64 value = text.toLongLong(&fits);
    return fits ? std::optional(value) : std::nullopt;
}

bool isMalformed(const Capability &capability)
{
    if (!isKeyword(capability.keyword))
        return true;
    if (capability.keyword == "SIZE")
        return !capability.parameters.isEmpty() && !number(capability.parameters.first());
    return capability.keyword == "AUTH" && capability.parameters.isEmpty();
}

} // namespace

Capabilities Capabilities::fromEhlo(const Reply &reply, QList<Quirk> *quirks)
{
    const auto note = [quirks](Quirk quirk) {
        if (quirks && !quirks->contains(quirk))
            quirks->append(quirk);
    };
    Capabilities result;
    if (const auto first = words(reply.lines.value(0)); !first.isEmpty())
        result.m_domain = first.first();
    else
        note(Quirk::HelloDomainMissing);

    QSet<QByteArray> seen;
    for (const QByteArray &line : reply.lines.sliced(qMin<qsizetype>(1, reply.lines.size()))) {
        if (result.m_list.size() == MaxCapabilities)
            break;
        QList<QByteArray> parts = words(line);
        if (parts.isEmpty()) {
            note(Quirk::MalformedCapability);
            continue;
        }
        Capability capability {parts.takeFirst().toUpper(), parts};
        if (isMalformed(capability))
            note(Quirk::MalformedCapability);
        if (seen.contains(capability.keyword))
            note(Quirk::DuplicateCapability);
        seen.insert(capability.keyword);
        result.m_list.append(std::move(capability));
    }
    return result;
}

const Capability *Capabilities::find(QByteArrayView keyword) const
{
    const auto found = std::ranges::find_if(
        m_list, [keyword](const Capability &c) { return c.keyword == keyword; });
    return found == m_list.end() ? nullptr : &*found;
}

bool Capabilities::has(QByteArrayView keyword) const
{
    return find(keyword) != nullptr;
}

QList<QByteArray> Capabilities::authMechanisms() const
{
    QList<QByteArray> mechanisms;
    QSet<QByteArray> seen;
    const auto add = [&](const QByteArray &name) {
        if (!name.isEmpty() && !seen.contains(name) && mechanisms.size() < MaxParameters) {
            seen.insert(name);
            mechanisms.append(name);
        }
    };
    for (const Capability &capability : m_list) {
        if (capability.keyword.startsWith("AUTH="))
            add(capability.keyword.sliced(5));
        else if (capability.keyword != "AUTH")
            continue;
        for (const QByteArray &parameter : capability.parameters)
            add(parameter.toUpper());
    }
    return mechanisms;
}

std::optional<qint64> Capabilities::sizeLimit() const
{
    const Capability *size = find("SIZE");
    if (!size)
        return std::nullopt;
    return size->parameters.isEmpty() ? 0 : number(size->parameters.first());
}

} // namespace Mailgauge::Smtp
