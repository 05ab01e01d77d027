// SPDX-License-Identifier: GPL-3.0-or-later
#include "dns/answer.h"

#include "base/literals.h"
#include "dns/name.h"

namespace Mailgauge::Dns {

namespace {

constexpr qsizetype MaxAliases = 16;

/// Follows the aliases of `message` from the name asked for. False: in a circle, or too far.
bool followAliases(const Message &message, QByteArray name, QByteArrayList &aliases)
{
    for (bool found = true; found;) {
        found = false;
        for (const Record &record : message.answers) {
            if (record.type != Type::Cname || !isSameName(record.owner, name))
                continue;
            name = std::get<NameData>(record.data).name;
            if (aliases.size() == MaxAliases || aliases.contains(name))
                return false;
            aliases.append(name);
            found = true;
            break;
        }
    }
    return true;
}

QString words(Status status)
{
    switch (status) {
    case Status::Found:
        return u"found"_s;
    case Status::NoData:
        return u"no such records"_s;
    case Status::NxDomain:
        return u"no such domain"_s;
    case Status::ServerFailure:
        return u"the resolver failed"_s;
    case Status::Timeout:
        return u"no answer in time"_s;
    case Status::Bogus:
        return u"DNSSEC validation failed"_s;
    }
    return {};
}

} // namespace

Answer answerFrom(const Question &question, const Message &message)
{
    Answer answer {.question = question};
    answer.malformed = message.malformed;
    answer.cut = message.cut;
    if (message.code != 0 && message.code != 3) {
        answer.reason = u"response code %1"_s.arg(message.code);
        return answer;
    }
    const bool straight = question.type == Type::Cname
        || followAliases(message, question.name, answer.aliases);
    if (!straight) {
        answer.reason = u"the aliases of %1 lead nowhere"_s.arg(QLatin1StringView(question.name));
        answer.aliases.clear();
        return answer;
    }
    for (const Record &record : message.answers) {
        if (record.type != question.type || !isSameName(record.owner, answer.canonicalName()))
            continue;
        answer.ttl = answer.records.isEmpty() ? record.ttl : qMin(answer.ttl, record.ttl);
        answer.records.append(record);
    }
    answer.status = !answer.records.isEmpty() ? Status::Found
        : message.code == 3                   ? Status::NxDomain
                                              : Status::NoData;
    return answer;
}

Base::Error errorOf(const Answer &answer)
{
    QString detail = u"%1 %2: %3"_s.arg(QLatin1StringView(typeName(answer.question.type)),
        QLatin1StringView(answer.question.name), words(answer.status));
    if (!answer.reason.isEmpty())
        detail += u" ("_s + answer.reason + u')';
    if (answer.isTemporary())
        detail.prepend(Base::temporaryPrefix);
    return {Base::Error::Kind::Resolve, detail, {}};
}

QString describe(const Answer &answer)
{
    QStringList parts;
    for (const Record &record : answer.records)
        parts.append(QString::fromLatin1(toText(record.data)));
    QString text = u"%1 %2: %3"_s.arg(QLatin1StringView(typeName(answer.question.type)),
        QLatin1StringView(answer.question.name),
        parts.isEmpty() ? words(answer.status) : parts.join(u", "_s));
    for (const QByteArray &alias : answer.aliases)
        text += u"; alias of "_s + QLatin1StringView(alias);
    if (answer.isTemporary())
        return answer.reason.isEmpty() ? text : text + u" ("_s + answer.reason + u')';
    text += u"; TTL %1 s"_s.arg(answer.ttl);
    return answer.authenticated ? text + u", authenticated"_s : text;
}

} // namespace Mailgauge::Dns
