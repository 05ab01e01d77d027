// SPDX-License-Identifier: GPL-3.0-or-later
#include "relays/connectionsection.h"

#include "base/literals.h"
#include "smtp/deadlinetext.h"
#include "smtp/xclient.h"

#include <QCheckBox>
#include <QLineEdit>
#include <QSpinBox>

#include <array>

namespace Mailgauge::Relays {

namespace {

using Relay::ProxyHeader;

enum Header : int {
    NoHeader,
    HeaderV1,
    HeaderV2
};

QString wrongProxy(const QString &typed)
{
    return Relay::parseProxy(typed.toUtf8())
        ? QString()
        : ConnectionSection::tr(
              "This is no proxy. Write http://host:3128, https://user@host:443, "
              "socks4://host:1080, "
              "socks5://host:1080, or socks4a:// and socks5h:// (the proxy looks names up); the "
              "password has a field of its own.");
}

bool isHttps(const Relay::Route &route)
{
    return route.proxy && route.proxy->kind == Relay::ProxyServer::Kind::HttpsConnect;
}

QString wrongEnd(const QString &typed)
{
    return Relay::parseSocketName(typed.trimmed().toUtf8())
        ? QString()
        : ConnectionSection::tr("“%1” is no end of a connection. Write address and port, as in "
                                "192.0.2.1:4000, or unknown.")
              .arg(typed);
}

QString wrongXclient(const QString &typed)
{
    return Smtp::parseXclient(typed.toUtf8())
        ? QString()
        : ConnectionSection::tr("These are no attributes of XCLIENT. Write them as in "
                                "NAME=client.example ADDR=192.0.2.1.");
}

QString wrongLimits(const QString &typed)
{
    return Smtp::deadlinesFromText(typed.toUtf8())
        ? QString()
        : ConnectionSection::tr(
              "These are no limits of stages. Write them as in rcpt=30, content=60.5: seconds, up "
              "to a day. The stages are connect, greeting, helo, starttls, tls, auth, mail, rcpt, "
              "data, content, dot, rset and quit.");
}

/// Those that wait for a reply of no particular length.
constexpr std::array replyStages {Smtp::Stage::Greeting, Smtp::Stage::Helo, Smtp::Stage::StartTls,
    Smtp::Stage::Tls, Smtp::Stage::Auth, Smtp::Stage::Mail, Smtp::Stage::Rcpt, Smtp::Stage::Data};

int seconds(std::chrono::milliseconds limit)
{
    return static_cast<int>(std::chrono::duration_cast<std::chrono::seconds>(limit).count());
}

} // namespace

ConnectionSection::ConnectionSection(QFormLayout &form, const Theme::Theme &theme, QWidget *parent)
    : FormSection(u"connectionSection"_s, tr("Connection"), form, theme, parent)
    , m_proxy(addChecked(
          u"proxy"_s, tr("Pro&xy"), tr("None; socks5://user@host:1080, http://…"), wrongProxy))
    , m_proxyPassword(addSecret(u"proxyPassword"_s, tr("Proxy pass&word")))
    , m_proxyCa(addFile(u"proxyCa"_s, tr("Proxy's certificates"), tr("The system's"),
          tr("Choose the file of certificates to trust about the proxy")))
    , m_header(addChoice(u"proxyHeader"_s, tr("P&ROXY header")))
    , m_proxySource(
          addChecked(u"proxySource"_s, tr("Its source"), tr("This end; 192.0.2.1:4000"), wrongEnd))
    , m_proxyDestination(addChecked(
          u"proxyDestination"_s, tr("Its destination"), tr("The relay; 192.0.2.2:25"), wrongEnd))
    , m_xclient(
          addChecked(u"xclient"_s, tr("On &behalf of (XCLIENT)"), tr("Nobody else"), wrongXclient))
    , m_xclientBeforeTls(addCheck(u"xclientBeforeTls"_s, tr("Say so before STARTTLS, in clear")))
    , m_xclientAnyway(
          addCheck(u"xclientAnyway"_s, tr("Say so also where XCLIENT is not announced")))
    , m_connectLimit(addNumber(u"connectLimit"_s, tr("Limit to c&onnect"), 1, 3600, tr(" s")))
    , m_replyLimit(addNumber(u"replyLimit"_s, tr("Limit per rep&ly"), 1, 3600, tr(" s")))
    , m_dotLimit(addNumber(u"dotLimit"_s, tr("Limit after the &final dot"), 1, 3600, tr(" s")))
    , m_limits(
          addChecked(u"limits"_s, tr("Other li&mits"), tr("None; STAGE=SECONDS, …"), wrongLimits))
{
    m_header->addItem(tr("None"), NoHeader);
    m_header->addItem(tr("Version 1 (text)"), HeaderV1);
    m_header->addItem(tr("Version 2 (binary)"), HeaderV2);
    m_header->setToolTip(tr("What HAProxy sends first, so that a relay behind it knows the "
                            "client: here it is this connection's addresses."));
    m_xclient->setToolTip(
        tr("Postfix believes a client it trusts (smtpd_authorized_xclient_hosts)."));
    connect(
        m_connectLimit, &QSpinBox::valueChanged, this, [this] { forget(Smtp::Stage::Connect); });
    connect(m_dotLimit, &QSpinBox::valueChanged, this, [this] { forget(Smtp::Stage::Dot); });
}

Smtp::Deadlines ConnectionSection::numbers() const
{
    Smtp::Deadlines limits;
    limits.connect = std::chrono::seconds(m_connectLimit->value());
    limits.dot = std::chrono::seconds(m_dotLimit->value());
    // As ever each of them has its own.
    if (m_replyLimit->value() != seconds(limits.mail)) {
        for (const Smtp::Stage stage : replyStages)
            limits.set(stage, std::chrono::seconds(m_replyLimit->value()));
    }
    return limits;
}

void ConnectionSection::forget(Smtp::Stage stage)
{
    QStringList kept = m_limits->text().split(u',');
    const auto lost = kept.removeIf([stage](const QString &item) {
        const auto named = Smtp::stageFromName(item.section(u'=', 0, 0).trimmed().toLatin1());
        return named
            && (stage == Smtp::Stage::Connect ? *named <= Smtp::Stage::Proxy : *named == stage);
    });
    if (lost > 0)
        m_limits->setText(kept.join(u',').trimmed());
}

void ConnectionSection::fill(const Relay::RelayProfile &profile)
{
    const Relay::Route &route = profile.route;
    m_proxy->setText(route.proxy ? QString::fromUtf8(Relay::proxyText(*route.proxy)) : QString());
    m_proxyCa->setText(route.proxy ? route.proxy->caFile : QString());
    m_header->setCurrentIndex(!route.proxyHeader    ? NoHeader
            : *route.proxyHeader == ProxyHeader::V1 ? HeaderV1
                                                    : HeaderV2);
    const auto endText = [](const std::optional<Relay::SocketName> &end) {
        return end ? QString::fromLatin1(Relay::socketNameText(*end)) : QString();
    };
    m_proxySource->setText(endText(route.proxySource));
    m_proxyDestination->setText(endText(route.proxyDestination));
    m_xclientAnyway->setChecked(profile.xclientAnyway);
    m_xclient->setText(route.xclient);
    m_xclientBeforeTls->setChecked(route.xclientBeforeTls);
    m_connectLimit->setValue(seconds(profile.deadlines.connect));
    m_replyLimit->setValue(seconds(profile.deadlines.mail));
    m_dotLimit->setValue(seconds(profile.deadlines.dot));
    m_limits->setText(QString::fromLatin1(Smtp::deadlinesToText(profile.deadlines, numbers())));
}

void ConnectionSection::take(Relay::RelayProfile &profile) const
{
    Relay::Route &route = profile.route;
    const QString proxy = m_proxy->text().trimmed();
    if (proxy.isEmpty())
        route.proxy.reset();
    else if (const auto parsed = Relay::parseProxy(proxy.toUtf8()))
        route.proxy = *parsed;
    if (isHttps(route))
        route.proxy->caFile = m_proxyCa->text().trimmed();
    route.proxyHeader.reset();
    if (m_header->currentIndex() != NoHeader)
        route.proxyHeader = m_header->currentIndex() == HeaderV1 ? ProxyHeader::V1
                                                                 : ProxyHeader::V2;
    for (const auto &[field, end] : {std::pair {m_proxySource, &route.proxySource},
             std::pair {m_proxyDestination, &route.proxyDestination}}) {
        const QByteArray typed = field->text().trimmed().toUtf8();
        if (typed.isEmpty())
            end->reset();
        else if (const auto parsed = Relay::parseSocketName(typed))
            *end = *parsed;
    }
    profile.xclientAnyway = m_xclientAnyway->isChecked();
    if (const QString typed = m_xclient->text().trimmed();
        typed.isEmpty() || wrongXclient(typed).isEmpty())
        route.xclient = typed;
    route.xclientBeforeTls = m_xclientBeforeTls->isChecked();
    if (const auto limits = Smtp::deadlinesFromText(m_limits->text().toUtf8(), numbers()))
        profile.deadlines = *limits;
}

QStringList ConnectionSection::facts(const Relay::RelayProfile &profile) const
{
    const Relay::Route &route = profile.route;
    QStringList facts;
    if (route.proxy)
        facts.append(tr("by proxy %1").arg(route.proxy->host));
    if (route.proxyHeader)
        facts.append(tr("PROXY header"));
    if (!route.xclient.isEmpty())
        facts.append(tr("XCLIENT"));
    if (profile.deadlines != Smtp::Deadlines())
        facts.append(tr("own limits"));
    return facts;
}

void ConnectionSection::updateReach(const Relay::RelayProfile &profile)
{
    m_proxyPassword->setEnabled(
        Relay::asksPassword(profile.route.proxy) || !m_proxyPassword->text().isEmpty());
    m_proxyCa->parentWidget()->setEnabled(isHttps(profile.route));
    m_header->setEnabled(!profile.unixSocket);
    m_proxySource->setEnabled(!profile.unixSocket && profile.route.proxyHeader);
    m_proxyDestination->setEnabled(!profile.unixSocket && profile.route.proxyHeader);
    m_xclientAnyway->setEnabled(!profile.route.xclient.isEmpty());
    m_xclientBeforeTls->setEnabled(!profile.route.xclient.isEmpty());
}

void ConnectionSection::fillSecrets(const Relay::TypedSecrets &secrets)
{
    m_proxyPassword->setText(
        secrets.proxyPassword ? QString::fromUtf8(secrets.proxyPassword->reveal()) : QString());
}

void ConnectionSection::takeSecrets(Relay::TypedSecrets &secrets) const
{
    if (!m_proxyPassword->text().isEmpty())
        secrets.proxyPassword = Base::Secret(m_proxyPassword->text().toUtf8());
}

} // namespace Mailgauge::Relays
