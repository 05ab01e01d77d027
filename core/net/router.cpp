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
{
    m_patience.setSingleShot(true);
    connect(&m_patience, &QTimer::timeout, this, &Router::finishAddresses);
}

void Router::abort()
{
    ++m_round;
    m_patience.stop();
    for (Asked &asked : m_asked)
        asked.future.cancel();
    m_asked.clear();
}

bool Router::prepare(const Target &target, Error &error)
{
    abort();
    const Dns::ResolverOptions options = target.resolver.value_or(Dns::ResolverOptions());
    if (m_resolver && m_made == options)
        return true;
    auto made = m_make(options);
    if (!made) {
        error = made.error();
        return false;
    }
    m_resolver = std::move(*made);
    m_made = options;
    m_random = target.seed ? QRandomGenerator(*target.seed) : QRandomGenerator::securelySeeded();
    return true;
}

void Router::ask(const QList<Dns::Question> &questions, Heard heard)
{
    const quint64 round = m_round;
    m_asked.resize(questions.size());
    for (qsizetype i = 0; i < questions.size(); ++i) {
        m_asked[i].future = m_resolver->ask(questions.at(i));
        m_asked[i].future.then(this, [this, i, round, heard](const Dns::Answer &answer) {
            if (round != m_round)
                return;
            m_asked[i].answer = answer;
            Q_EMIT noted(Dns::describe(answer));
            if (answer.cut)
                Q_EMIT found({"route.tooManyRecords"_ba, answer.question.name});
            heard();
        });
    }
}

const Dns::Answer *Router::answerTo(Type type) const
{
    const auto asked = std::ranges::find_if(m_asked,
        [type](const Asked &one) { return one.answer && one.answer->question.type == type; });
    return asked == m_asked.end() ? nullptr : &*asked->answer;
}

const Dns::Answer *Router::answerTo(QByteArrayView namePrefix) const
{
    const auto asked = std::ranges::find_if(m_asked, [namePrefix](const Asked &one) {
        return one.answer && one.answer->question.name.startsWith(namePrefix);
    });
    return asked == m_asked.end() ? nullptr : &*asked->answer;
}

void Router::findRoute(const Target &target, const QByteArray &ownName)
{
    Error error;
    const auto domain = Dns::nameFrom(target.host);
    if (!domain)
        error = {Error::Kind::InvalidInput, u"%1: not a domain"_s.arg(target.host), {}};
    if (!domain || !prepare(target, error)) {
        QMetaObject::invokeMethod(
            this, [this, error] { Q_EMIT routed(std::unexpected(error)); }, Qt::QueuedConnection);
        return;
    }
    m_by = target.by;
    if (m_by == RouteBy::Mx) {
        ask({{*domain, Type::Mx}},
            [this, port = target.port, ownName] { routeFromMx(port, ownName); });
        return;
    }
    QList<Dns::Question> questions;
    if (target.srvImplicitTls)
        questions.append({"_submissions._tcp." + *domain, Type::Srv});
    if (target.srvStartTls)
        questions.append({"_submission._tcp." + *domain, Type::Srv});
    ask(questions, [this] { routeFromSrv(); });
}

void Router::routeFromMx(quint16 port, const QByteArray &ownName)
{
    Q_EMIT routed(routeByMx(*m_asked.first().answer, port, ownName, m_random));
}

void Router::routeFromSrv()
{
    if (!std::ranges::all_of(m_asked, [](const Asked &one) { return one.answer.has_value(); }))
        return;
    Q_EMIT routed(routeBySrv(answerTo("_submissions."), answerTo("_submission."), m_random));
}

void Router::findAddresses(const Target &target, const QString &host)
{
    Error error;
    const auto name = Dns::nameFrom(host);
    if (!name)
        error = {Error::Kind::Resolve, u"%1: not found, not a host name"_s.arg(host), {}};
    if (!name || !prepare(target, error)) {
        QMetaObject::invokeMethod(
            this, [this, error] { Q_EMIT addressesFound(std::unexpected(error)); },
            Qt::QueuedConnection);
        return;
    }
    m_host = host;
    m_by = target.by;
    QList<Dns::Question> questions;
    if (target.family != QAbstractSocket::IPv4Protocol)
        questions.append({*name, Type::Aaaa});
    if (target.family != QAbstractSocket::IPv6Protocol)
        questions.append({*name, Type::A});
    ask(questions, [this] { mayHaveAddresses(); });
}

void Router::mayHaveAddresses()
{
    const auto missing = std::ranges::count_if(
        m_asked, [](const Asked &one) { return !one.answer; });
    const Dns::Answer *v4 = answerTo(Type::A);
    if (missing == 0)
        finishAddresses();
    else if (v4 && !v4->records.isEmpty())
        m_patience.start(ResolutionDelay);
}

void Router::finishAddresses()
{
    QList<QHostAddress> addresses;
    QByteArrayList aliases;
    const Dns::Answer *worst = nullptr;
    for (const Asked &asked : std::as_const(m_asked)) {
        if (!asked.answer)
            continue;
        addresses += asked.answer->all<QHostAddress>();
        aliases = aliases.isEmpty() ? asked.answer->aliases : aliases;
        if (!worst || asked.answer->isTemporary())
            worst = &*asked.answer;
    }
    const Error error = worst ? Dns::errorOf(*worst) : Error {};
    abort();
    if (addresses.isEmpty()) {
        Q_EMIT addressesFound(std::unexpected(error));
        return;
    }
    if (m_by != RouteBy::Host) {
        if (!aliases.isEmpty()) // RFC 2181 10.3, RFC 2782
            Q_EMIT found({"route.hostIsAlias"_ba, m_host.toUtf8() + " is " + aliases.last()});
        const QList<QHostAddress> own = QNetworkInterface::allAddresses();
        for (const QHostAddress &address : std::as_const(addresses)) {
            if (const auto odd = oddAddress(m_host, address, own))
                Q_EMIT found(*odd);
        }
    }
    Q_EMIT addressesFound(interleaved(addresses).first(qMin(addresses.size(), MaxAddresses)));
}

} // namespace Mailgauge::Net

#include "moc_router.cpp"
