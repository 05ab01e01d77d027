// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakeresolver.h"

#include <QPromise>
#include <QTimer>

#include <algorithm>

namespace Mailgauge::Test {

namespace {

Dns::Type typeOf(const Dns::RecordData &data)
{
    if (const auto *address = std::get_if<QHostAddress>(&data))
        return address->protocol() == QAbstractSocket::IPv4Protocol ? Dns::Type::A
                                                                    : Dns::Type::Aaaa;
    if (std::holds_alternative<Dns::Mx>(data))
        return Dns::Type::Mx;
    if (std::holds_alternative<Dns::Srv>(data))
        return Dns::Type::Srv;
    if (std::holds_alternative<Dns::Tlsa>(data))
        return Dns::Type::Tlsa;
    if (std::holds_alternative<Dns::Caa>(data))
        return Dns::Type::Caa;
    return std::holds_alternative<Dns::Txt>(data) ? Dns::Type::Txt : Dns::Type::Cname;
}

class FakeResolver final : public QObject, public Dns::Resolver {
public:
    explicit FakeResolver(FakeZone &zone)
        : m_zone(zone)
    {
    }

    QFuture<Dns::Answer> ask(const Dns::Question &question) override
    {
        m_zone.asked.append(
            QString::fromLatin1(Dns::typeName(question.type) + ' ' + question.name));
        auto promise = std::make_shared<QPromise<Dns::Answer>>(); // the timer's copy keeps it
        promise->start();
        const auto delay = m_zone.delays.value(
            {question.name, question.type}, std::chrono::milliseconds(0));
        if (delay.count() < 0) {
            m_never.append(promise);
        } else {
            QTimer::singleShot(delay, this, [this, promise, question] {
                ++m_zone.answered;
                promise->addResult(answerTo(question));
                promise->finish();
            });
        }
        return promise->future();
    }

private:
    [[nodiscard]] Dns::Answer answerTo(const Dns::Question &question) const
    {
        Dns::Answer answer {.question = question};
        const FakeZone::Key key {question.name, question.type};
        answer.authenticated = m_zone.authenticated
            && !m_zone.unsignedNames.contains(question.name);
        answer.ttl = 300;
        if (m_zone.failures.contains(key)) {
            answer.status = m_zone.failures.value(key);
            return answer;
        }
        for (const Dns::RecordData &data : m_zone.records.value(key))
            answer.records.append({question.name, question.type, 300, data});
        const bool known = std::ranges::any_of(m_zone.records.keys(),
            [&](const FakeZone::Key &one) { return one.name == question.name; });
        answer.status = !answer.records.isEmpty() ? Dns::Status::Found
            : known                               ? Dns::Status::NoData
                                                  : Dns::Status::NxDomain;
        return answer;
    }

    FakeZone &m_zone;
    QList<std::shared_ptr<QPromise<Dns::Answer>>> m_never;
};

} // namespace

FakeZone &FakeZone::add(const QByteArray &name, Dns::RecordData data)
{
    records[{name, typeOf(data)}].append(std::move(data));
    return *this;
}

FakeZone &FakeZone::fail(const QByteArray &name, Dns::Type type, Dns::Status status)
{
    failures.insert({name, type}, status);
    return *this;
}

FakeZone &FakeZone::delay(const QByteArray &name, Dns::Type type, std::chrono::milliseconds time)
{
    delays.insert({name, type}, time);
    return *this;
}

FakeZone &FakeZone::unsign(const QByteArray &name)
{
    unsignedNames.append(name);
    return *this;
}

Net::MakeResolver FakeZone::make()
{
    return [this](const Dns::ResolverOptions &) -> Base::Result<std::unique_ptr<Dns::Resolver>> {
        return std::make_unique<FakeResolver>(*this);
    };
}

} // namespace Mailgauge::Test
