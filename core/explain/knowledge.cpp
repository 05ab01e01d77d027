// SPDX-License-Identifier: GPL-3.0-or-later
#include "explain/knowledge.h"

#include "base/literals.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

namespace Mailgauge::Explain {

namespace {

constexpr int FileVersion = 1;

/// A string or a list of strings.
QList<QByteArray> names(const QJsonValue &value)
{
    QList<QByteArray> list;
    if (value.isString())
        list.append(value.toString().toLatin1());
    for (const QJsonValue &element : value.toArray())
        list.append(element.toString().toLatin1());
    return list;
}

QList<int> numbers(const QJsonValue &value)
{
    QList<int> list;
    for (const QJsonValue &element : value.toArray())
        list.append(element.toInt());
    return list;
}

EnhancedPattern enhancedPattern(const QByteArray &text)
{
    EnhancedPattern pattern {-1, -1, -1}; // what is none fits nothing
    const QList<QByteArray> parts = text.split('.');
    if (parts.size() != std::ssize(pattern))
        return pattern;
    std::ranges::transform(parts, pattern.begin(), [](const QByteArray &part) {
        return part == "x" || part == "*" ? std::nullopt : std::optional(part.toInt());
    });
    return pattern;
}

std::optional<QRegularExpression> pattern(const QJsonValue &value)
{
    if (value.toString().isEmpty())
        return std::nullopt;
    return QRegularExpression(value.toString(), QRegularExpression::CaseInsensitiveOption);
}

Provider readProvider(const QJsonObject &object)
{
    return {.id = object["id"_L1].toString().toLatin1(),
        .name = object["name"_L1].toString(),
        .hosts = names(object["hosts"_L1]),
        .signature = pattern(object["signature"_L1])};
}

Entry readEntry(const QJsonObject &object)
{
    Entry entry;
    entry.id = object["id"_L1].toString().toLatin1();
    entry.reason = object["reason"_L1].toString().toLatin1();
    if (object["hard"_L1].isBool())
        entry.hard = object["hard"_L1].toBool();
    entry.kinds = names(object["kind"_L1]);
    entry.stages = names(object["stage"_L1]);
    entry.classes = numbers(object["class"_L1]);
    entry.codes = numbers(object["codes"_L1]);
    for (const QByteArray &name : names(object["enhanced"_L1]))
        entry.enhanced.append(enhancedPattern(name));
    entry.providers = names(object["provider"_L1]);
    entry.anywhere = object["anywhere"_L1].toBool();
    entry.match = pattern(object["match"_L1]);
    entry.text = object["text"_L1].toString();
    entry.cause = object["cause"_L1].toString();
    entry.who = object["who"_L1].toString();
    entry.nextStep = object["nextStep"_L1].toString();
    entry.rfc = object["rfc"_L1].toString();
    return entry;
}

KnowledgeFile load(const QString &name)
{
    QFile file(u":/mailgauge/explain/"_s + name);
    return file.open(QIODevice::ReadOnly) ? readKnowledge(file.readAll()) : KnowledgeFile();
}

bool enhancedFits(const EnhancedPattern &pattern, const Smtp::EnhancedStatusCode &code)
{
    const auto fits = [](const std::optional<int> &part, int value) {
        return !part || *part == value;
    };
    return fits(pattern[0], code.klass) && fits(pattern[1], code.subject)
        && fits(pattern[2], code.detail);
}

bool factsFit(const Entry &entry, const Situation &situation)
{
    if (!entry.providers.isEmpty() && !entry.anywhere
        && !entry.providers.contains(situation.provider))
        return false;
    if (!entry.kinds.isEmpty() && !entry.kinds.contains(situation.kind))
        return false;
    if (!entry.stages.isEmpty() && !entry.stages.contains(situation.stage))
        return false;
    if (!entry.codes.isEmpty() && !entry.codes.contains(situation.code))
        return false;
    if (!entry.classes.isEmpty() && !entry.classes.contains(situation.replyClass))
        return false;
    if (entry.enhanced.isEmpty())
        return true;
    return situation.enhanced && std::ranges::any_of(entry.enhanced, [&](const EnhancedPattern &p) {
        return enhancedFits(p, *situation.enhanced);
    });
}

} // namespace

const Entry *KnowledgeFile::find(QByteArrayView id) const
{
    const auto found = std::ranges::find_if(entries, [id](const Entry &e) { return e.id == id; });
    return found == entries.cend() ? nullptr : &*found;
}

KnowledgeFile readKnowledge(const QByteArray &json)
{
    KnowledgeFile file;
    const QJsonObject root = QJsonDocument::fromJson(json).object();
    if (root["version"_L1].toInt() != FileVersion)
        return file;
    const QJsonObject words = root["words"_L1].toObject();
    for (auto word = words.begin(); word != words.end(); ++word)
        file.words.insert(word.key().toLatin1(), word.value().toString());
    for (const QJsonValue &value : root["providers"_L1].toArray())
        file.providers.append(readProvider(value.toObject()));
    for (const QJsonValue &value : root["entries"_L1].toArray())
        file.entries.append(readEntry(value.toObject()));
    return file;
}

const Knowledge &knowledge()
{
    static const Knowledge all = [] {
        Knowledge read {.errors = load(u"errors.json"_s),
            .providers = load(u"providers.json"_s),
            .replies = load(u"replies.json"_s),
            .tls = load(u"tls.json"_s),
            .findings = load(u"findings.json"_s),
            .capabilities = load(u"capabilities.json"_s),
            .commands = load(u"commands.json"_s),
            .differences = load(u"differences.json"_s)};
        // Reasons for refusals say nothing about replies of other classes.
        for (KnowledgeFile *file : {&read.providers, &read.replies})
            for (Entry &entry : file->entries)
                if (entry.classes.isEmpty())
                    entry.classes = {4, 5};
        return read;
    }();
    return all;
}

Found findEntry(const KnowledgeFile &file, const Situation &situation)
{
    for (const Entry &entry : file.entries) {
        if (!factsFit(entry, situation))
            continue;
        if (!entry.match)
            return {.entry = &entry, .captures = {}, .provider = {}};
        const QRegularExpressionMatch match = entry.match->match(situation.text);
        if (match.hasMatch())
            return {.entry = &entry, .captures = match.capturedTexts().sliced(1), .provider = {}};
    }
    return {};
}

Found findReply(Situation situation)
{
    if (const QByteArray signedBy = providerOfText(situation.text); !signedBy.isEmpty())
        situation.provider = signedBy;
    Found found = findEntry(knowledge().providers, situation);
    if (!found.entry)
        found = findEntry(knowledge().replies, situation);
    found.provider = situation.provider;
    if (found.entry && !found.entry->providers.isEmpty()
        && !found.entry->providers.contains(found.provider))
        found.provider = found.entry->providers.constFirst();
    return found;
}

} // namespace Mailgauge::Explain
