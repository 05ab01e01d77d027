// SPDX-License-Identifier: GPL-3.0-or-later
#include "relays/routesection.h"

#include "base/literals.h"

#include <QLineEdit>
#include <QRegularExpression>
#include <QSpinBox>

namespace Mailgauge::Relays {

namespace {

using Relay::Family;
using Relay::RouteBy;
using Relay::SrvServices;

QStringList pinTexts(const QString &typed)
{
    static const QRegularExpression separators(u"[\\s,]+"_s);
    return typed.split(separators, Qt::SkipEmptyParts);
}

QString wrongPins(const QString &typed)
{
    for (const QString &text : pinTexts(typed)) {
        if (!Relay::parsePin(text.toUtf8()))
            return RouteSection::tr("“%1” is no fixed address. Write host:port:address, as in "
                                    "mx.example.com:25:192.0.2.1, with commas between several.")
                .arg(text);
    }
    return {};
}

QString wrongAddress(const QString &typed)
{
    return QHostAddress(typed).isNull()
        ? RouteSection::tr("“%1” is no IP address of this machine.").arg(typed)
        : QString();
}

QString wrongResolver(const QString &typed)
{
    return Relay::parseResolver(typed.toUtf8())
        ? QString()
        : RouteSection::tr("“%1” is no name server. Write its address, as in 192.0.2.53 or "
                           "[2001:db8::53]:5353.")
              .arg(typed);
}

int seconds(std::optional<std::chrono::milliseconds> limit)
{
    return limit ? static_cast<int>(std::chrono::ceil<std::chrono::seconds>(*limit).count()) : 0;
}

} // namespace

RouteSection::RouteSection(QFormLayout &form, const Theme::Theme &theme, QWidget *parent)
    : FormSection(u"routeSection"_s, tr("Route"), form, theme, parent)
    , m_by(addChoice(u"routeBy"_s, tr("&Host is")))
    , m_services(addChoice(u"srvServices"_s, tr("Submission ser&vers")))
    , m_family(addChoice(u"family"_s, tr("IP &version")))
    , m_pins(addChecked(
          u"pins"_s, tr("Fi&xed addresses"), tr("None; mx.example.com:25:192.0.2.1, …"), wrongPins))
    , m_localAddress(addChecked(
          u"localAddress"_s, tr("Own add&ress"), tr("As the system chooses"), wrongAddress))
    , m_localPort(addNumber(u"localPort"_s, tr("Own p&ort"), 0, 65535))
    , m_resolver(addChecked(u"resolver"_s, tr("Name serv&er"), tr("The system's"), wrongResolver))
    , m_dnsTimeout(addNumber(u"dnsTimeout"_s, tr("Limit of a &question"), 0, 3600, tr(" s")))
    , m_anchor(addFile(u"trustAnchor"_s, tr("DNSSEC trust anc&hor"), tr("The root's key"),
          tr("Choose the file of the trust anchor")))
{
    m_by->addItem(tr("The relay"), static_cast<int>(RouteBy::Host));
    m_by->addItem(tr("A domain: its mail exchangers (MX)"), static_cast<int>(RouteBy::Mx));
    m_by->addItem(tr("A domain: its submission servers (SRV)"), static_cast<int>(RouteBy::Srv));
    m_services->addItem(tr("With implicit TLS or STARTTLS"), static_cast<int>(SrvServices::Both));
    m_services->addItem(tr("With implicit TLS only"), static_cast<int>(SrvServices::Submissions));
    m_services->addItem(tr("With STARTTLS only"), static_cast<int>(SrvServices::Submission));
    m_family->addItem(tr("IPv4 and IPv6"), static_cast<int>(Family::Any));
    m_family->addItem(tr("IPv4 only"), static_cast<int>(Family::IPv4));
    m_family->addItem(tr("IPv6 only"), static_cast<int>(Family::IPv6));
    m_localPort->setSpecialValueText(tr("As the system chooses"));
    m_dnsTimeout->setSpecialValueText(tr("5 s (as ever)"));
}

void RouteSection::fill(const Relay::RelayProfile &profile)
{
    const Relay::Route &route = profile.route;
    QStringList pins;
    for (const Relay::Pin &pin : route.pins)
        pins.append(QString::fromUtf8(Relay::pinText(pin)));
    select(m_by, route.by);
    select(m_services, route.srv);
    select(m_family, route.family);
    m_pins->setText(pins.join(u", "_s));
    m_localAddress->setText(route.localAddress ? route.localAddress->toString() : QString());
    m_localPort->setValue(route.localPort);
    m_resolver->setText(route.resolver);
    m_dnsTimeout->setValue(seconds(route.dnsTimeout));
    m_anchor->setText(route.anchorFile);
}

void RouteSection::take(Relay::RelayProfile &profile) const
{
    Relay::Route &route = profile.route;
    route.by = selected<RouteBy>(m_by);
    route.srv = selected<SrvServices>(m_services);
    route.family = selected<Family>(m_family);
    if (const QString typed = m_pins->text(); wrongPins(typed).isEmpty()) {
        route.pins.clear();
        for (const QString &text : pinTexts(typed))
            route.pins.append(*Relay::parsePin(text.toUtf8()));
    }
    const QString own = m_localAddress->text().trimmed();
    if (own.isEmpty())
        route.localAddress.reset();
    else if (wrongAddress(own).isEmpty())
        route.localAddress = QHostAddress(own);
    route.localPort = static_cast<quint16>(m_localPort->value());
    const QString server = m_resolver->text().trimmed();
    if (server.isEmpty())
        route.resolver.clear();
    else if (const auto resolver = Relay::parseResolver(server.toUtf8()))
        route.resolver = *resolver;
    // What was not touched keeps its milliseconds.
    if (m_dnsTimeout->value() == 0)
        route.dnsTimeout.reset();
    else if (m_dnsTimeout->value() != seconds(route.dnsTimeout))
        route.dnsTimeout = std::chrono::seconds(m_dnsTimeout->value());
    route.anchorFile = m_anchor->text().trimmed();
}

QStringList RouteSection::facts(const Relay::RelayProfile &profile) const
{
    const Relay::Route &route = profile.route;
    QStringList facts;
    if (route.by != RouteBy::Host)
        facts.append(route.by == RouteBy::Mx ? tr("MX") : tr("SRV"));
    if (route.family != Family::Any)
        facts.append(route.family == Family::IPv4 ? tr("IPv4") : tr("IPv6"));
    if (!route.pins.isEmpty())
        facts.append(tr("%n fixed address(es)", nullptr, static_cast<int>(route.pins.size())));
    if (route.localAddress)
        facts.append(tr("from %1").arg(route.localAddress->toString()));
    if (route.localPort != 0)
        facts.append(tr("from port %1").arg(route.localPort));
    if (!route.resolver.isEmpty())
        facts.append(tr("asks %1").arg(route.resolver));
    if (route.dnsTimeout)
        facts.append(tr("%1 s for a question").arg(seconds(route.dnsTimeout)));
    if (!route.anchorFile.isEmpty())
        facts.append(tr("own trust anchor"));
    return facts;
}

void RouteSection::updateReach(const Relay::RelayProfile &profile)
{
    m_services->setEnabled(profile.route.by == RouteBy::Srv);
    for (QWidget *field : std::initializer_list<QWidget *> {
             m_family, m_pins, m_localAddress, m_localPort, m_resolver, m_dnsTimeout, m_anchor})
        field->setEnabled(!profile.unixSocket);
}

} // namespace Mailgauge::Relays
