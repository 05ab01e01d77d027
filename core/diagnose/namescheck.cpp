// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/namescheck.h"

#include "dns/name.h"

#include <QFuture>

namespace Mailgauge::Diagnose {

namespace {

using Base::Severity;
using Dns::Answer;

Evidence recordOf(const Answer &answer)
{
    return {.kind = Evidence::Kind::Record, .text = Dns::describe(answer).toUtf8()};
}

} // namespace

NamesCheck::NamesCheck(const Ground &ground, QObject *parent)
    : BehaviourCheck(ground, Check::Names, parent)
    , m_address(ground.cell.address)
{
}

NamesCheck::~NamesCheck() = default;

/// Of a private address nobody outside asks.
Severity NamesCheck::severity() const
{
    return m_address.isGlobal() ? Severity::Warning : Severity::Info;
}

void NamesCheck::begin()
{
    reach(Level::Clear, [this] {
        m_greetingName = talk().greeting().split(' ').value(0);
        m_helloName = talk().session().capabilities().domain();
        addProbe("greeting", Verdict::Ok, m_greetingName);
        addProbe("EHLO", Verdict::Ok, m_helloName);
        if (!Dns::isSameName(m_greetingName, m_helloName))
            addFindingHere("names.differ", Severity::Info, m_greetingName + ", " + m_helloName);
        leave([this] { askReverse(); });
    });
}

void NamesCheck::askDns(
    const Dns::Question &question, const std::function<void(const Answer &)> &then)
{
    m_resolver->ask(question).then(this, then);
}

void NamesCheck::askReverse()
{
    if (m_address.isNull())
        return done();
    auto resolver = ground().options.makeResolver(
        ground().step.target.resolver.value_or(Dns::ResolverOptions()));
    if (!resolver)
        return notTested("notTested.broken", resolver.error().detail.toUtf8());
    m_resolver = std::move(*resolver);
    askDns({Dns::reverseName(m_address), Dns::Type::Ptr},
        [this](const Answer &answer) { gotReverse(answer); });
}

void NamesCheck::gotReverse(const Answer &answer)
{
    const QList<Dns::NameData> names = answer.all<Dns::NameData>();
    const auto helloName = [this] {
        // An address literal is a name, too; it needs no DNS.
        if (m_helloName.isEmpty() || m_helloName.startsWith('['))
            return done();
        confirm(
            m_helloName, "address of the EHLO name", "names.helloUnconfirmed", [this] { done(); });
    };
    if (answer.isTemporary()) {
        addProbe("PTR", Verdict::NotTested, Dns::describe(answer).toUtf8());
        return helloName();
    }
    if (names.isEmpty()) {
        addProbe("PTR", Verdict::Finding, Dns::describe(answer).toUtf8());
        addFinding("names.noPtr", severity(), m_address.toString().toLatin1(), {recordOf(answer)});
        return helloName();
    }
    addProbe("PTR", Verdict::Ok, names.first().name);
    confirm(names.first().name, "address of the PTR name", "names.ptrUnconfirmed", helloName);
}

void NamesCheck::confirm(const QByteArray &name, const QByteArray &what,
    const QByteArray &findingId, const std::function<void()> &next)
{
    const bool six = m_address.protocol() == QAbstractSocket::IPv6Protocol;
    askDns({name, six ? Dns::Type::Aaaa : Dns::Type::A},
        [this, name, what, findingId, next](const Answer &answer) {
            const bool leads = answer.all<QHostAddress>().contains(m_address);
            const QByteArray told = Dns::describe(answer).toUtf8();
            addProbe(what,
                answer.isTemporary() ? Verdict::NotTested
                    : leads          ? Verdict::Ok
                                     : Verdict::Finding,
                told);
            if (!leads && !answer.isTemporary())
                addFinding(findingId, severity(), name, {recordOf(answer)});
            next();
        });
}

} // namespace Mailgauge::Diagnose
