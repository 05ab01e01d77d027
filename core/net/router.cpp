// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/router.h"

#include "base/literals.h"
#include "dns/name.h"
#include "dns/unboundresolver.h"
#include "net/hostlookup.h"

#include <QNetworkInterface>

#include <algorithm>
#include <utility>

namespace Mailgauge::Net {

using Base::Error;
using Dns::Type;

Base::Result<std::unique_ptr<Dns::Resolver>> makeResolver(const Dns::ResolverOptions &options)
{
    auto made = Dns::UnboundResolver::create(options);
    if (!made)
        return std::unexpected(made.error());
    return std::unique_ptr<Dns::Resolver>(std::move(*made));
}

Router::Router(MakeResolver make, QObject *parent)
    : QObject(parent)
    , m_make(std::move(make))
    , m_enquiry(this)
{
    m_patience.setSingleShot(true);
    connect(&m_patience, &QTimer::timeout, this, &Router::finishAddresses);
    connect(&m_enquiry, &Enquiry::answered, this, &Router::answered);
}

void Router::abort()
{
    m_patience.stop();
    m_enquiry.abort();
    m_told = false;
}

Base::Result<Dns::Resolver *> Router::resolverFor(const Target &target)
{
    const Dns::ResolverOptions options = target.resolver.value_or(Dns::ResolverOptions());
    if (m_resolver && m_made == options)
        return m_resolver.get();
    abort();
    auto made = m_make(options);
    if (!made)
        return std::unexpected(made.error());
    m_resolver = std::move(*made);
    m_made = options;
    m_random = target.seed ? QRandomGenerator(*target.seed) : QRandomGenerator::securelySeeded();
    return m_resolver.get();
}

bool Router::ask(const Target &target, Aim aim, const QList<Dns::Question> &questions, Error &error)
{
    abort();
    const auto resolver = resolverFor(target);
    if (!resolver) {
        error = resolver.error();
        return false;
    }
    m_aim = aim;
    m_by = target.by;
    m_enquiry.ask(**resolver, questions);
    return true;
}

void Router::answered(const Dns::Answer &answer)
{
    Q_EMIT noted(Dns::describe(answer));
    if (answer.cut)
        Q_EMIT found({"route.tooManyRecords"_ba, answer.question.name});
    switch (m_aim) {
    case Aim::Mx:
        Q_EMIT routed(routeByMx(answer, m_port, m_ownName, m_random));
        return;
    case Aim::Srv:
        return routeFromSrv();
    case Aim::Addresses:
        if (!m_told)
            return mayHaveAddresses();
        m_told = false;
        tellOddities({answer});
        const auto late = answer.all<QHostAddress>();
        Q_EMIT moreAddressesFound(late.first(qMin(late.size(), MaxAddresses)));
        return;
    }
}

void Router::findRoute(const Target &target, const QByteArray &ownName)
{
    Error error;
    const auto domain = Dns::nameFrom(target.host);
    m_port = target.port;
    m_ownName = ownName;
    QList<Dns::Question> questions;
    if (!domain)
        error = {Error::Kind::InvalidInput, u"%1: not a domain"_s.arg(target.host), {}};
    else if (target.by == RouteBy::Mx)
        questions.append({*domain, Type::Mx});
    if (domain && target.by != RouteBy::Mx && target.srvImplicitTls)
        questions.append({"_submissions._tcp." + *domain, Type::Srv});
    if (domain && target.by != RouteBy::Mx && target.srvStartTls)
        questions.append({"_submission._tcp." + *domain, Type::Srv});
    const Aim aim = target.by == RouteBy::Mx ? Aim::Mx : Aim::Srv;
    if (domain && ask(target, aim, questions, error))
        return;
    QMetaObject::invokeMethod(
        this, [this, error] { Q_EMIT routed(std::unexpected(error)); }, Qt::QueuedConnection);
}

void Router::routeFromSrv()
{
    if (!m_enquiry.isComplete())
        return;
    const QList<Dns::Answer> answers = m_enquiry.answers();
    const auto answerTo = [&answers](QByteArrayView prefix) {
        const auto found = std::ranges::find_if(answers,
            [prefix](const Dns::Answer &one) { return one.question.name.startsWith(prefix); });
        return found == answers.end() ? nullptr : &*found;
    };
    Q_EMIT routed(routeBySrv(answerTo("_submissions."), answerTo("_submission."), m_random));
}

void Router::findAddresses(const Target &target, const QString &host)
{
    Error error;
    const auto name = Dns::nameFrom(host);
    if (!name)
        error = {Error::Kind::Resolve, u"%1: not found, not a host name"_s.arg(host), {}};
    m_host = host;
    QList<Dns::Question> questions;
    if (name && target.family != QAbstractSocket::IPv4Protocol)
        questions.append({*name, Type::Aaaa});
    if (name && target.family != QAbstractSocket::IPv6Protocol)
        questions.append({*name, Type::A});
    if (name && ask(target, Aim::Addresses, questions, error))
        return;
    QMetaObject::invokeMethod(
        this, [this, error] { Q_EMIT addressesFound(std::unexpected(error)); },
        Qt::QueuedConnection);
}

void Router::mayHaveAddresses()
{
    const QList<Dns::Answer> answers = m_enquiry.answers();
    if (m_enquiry.isComplete())
        finishAddresses();
    else if (std::ranges::any_of(answers, [](const Dns::Answer &one) {
                 return one.question.type == Type::A && !one.records.isEmpty();
             }))
        m_patience.start(ResolutionDelay);
}

void Router::finishAddresses()
{
    m_patience.stop();
    const QList<Dns::Answer> answers = m_enquiry.answers();
    m_told = !m_enquiry.isComplete();
    QList<QHostAddress> addresses;
    const Dns::Answer *worst = nullptr;
    for (const Dns::Answer &answer : answers) {
        addresses += answer.all<QHostAddress>();
        if (!worst || answer.isTemporary())
            worst = &answer;
    }
    if (addresses.isEmpty()) {
        Q_EMIT addressesFound(std::unexpected(worst ? Dns::errorOf(*worst) : Error {}));
        return;
    }
    tellOddities(answers);
    Q_EMIT addressesFound(interleaved(addresses).first(qMin(addresses.size(), MaxAddresses)));
}

void Router::tellOddities(const QList<Dns::Answer> &answers)
{
    if (m_by == RouteBy::Host)
        return;
    const auto alias = std::ranges::find_if(
        answers, [](const Dns::Answer &one) { return !one.aliases.isEmpty(); });
    if (alias != answers.end()) // RFC 2181 10.3, RFC 2782
        Q_EMIT found({"route.hostIsAlias"_ba, m_host.toUtf8() + " is " + alias->aliases.last()});
    const QList<QHostAddress> own = QNetworkInterface::allAddresses();
    for (const Dns::Answer &answer : answers) {
        for (const QHostAddress &address : answer.all<QHostAddress>()) {
            if (const auto odd = oddAddress(m_host, address, own))
                Q_EMIT found(*odd);
        }
    }
}

} // namespace Mailgauge::Net

#include "moc_router.cpp"
