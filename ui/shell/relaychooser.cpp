// SPDX-License-Identifier: GPL-3.0-or-later
#include "shell/relaychooser.h"

#include "base/literals.h"
#include "relay/profileservice.h"

#include <QIcon>

#include <utility>

namespace Mailgauge::Shell {

namespace {
QString tlsWord(Smtp::TlsPolicy policy)
{
    switch (policy) {
    case Smtp::TlsPolicy::None:
        return RelayChooser::tr("no TLS");
    case Smtp::TlsPolicy::Opportunistic:
        return RelayChooser::tr("STARTTLS where offered");
    case Smtp::TlsPolicy::OpportunisticStrict:
        return RelayChooser::tr("STARTTLS where offered, strictly");
    case Smtp::TlsPolicy::RequireStartTls:
        return RelayChooser::tr("STARTTLS");
    case Smtp::TlsPolicy::ImplicitTls:
        return RelayChooser::tr("implicit TLS");
    case Smtp::TlsPolicy::Dane:
        return RelayChooser::tr("TLS by DANE");
    case Smtp::TlsPolicy::MtaSts:
        return RelayChooser::tr("TLS by MTA-STS");
    }
    std::unreachable();
}
} // namespace

RelayChooser::RelayChooser(Relay::ProfileService &profiles, QWidget *parent)
    : QComboBox(parent)
    , m_profiles(profiles)
{
    setObjectName(u"relayChooser"_s);
    setAccessibleName(tr("Relay to send through"));
    setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    setMinimumContentsLength(22);
    connect(&m_profiles, &Relay::ProfileService::profilesChanged, this, &RelayChooser::refill);
    connect(&m_profiles, &Relay::ProfileService::currentChanged, this, &RelayChooser::showCurrent);
    connect(this, &QComboBox::activated, this,
        [this](int index) { m_profiles.setCurrent(itemData(index).toUuid()); });
    refill();
}

QString RelayChooser::describe(const Relay::RelayProfile &profile)
{
    const QString where = profile.unixSocket ? profile.host
                                             : u"%1:%2"_s.arg(profile.host).arg(profile.port);
    return u"%1, %2"_s.arg(where, tlsWord(profile.tls));
}

void RelayChooser::refill()
{
    clear();
    const QList<Relay::RelayProfile> list = m_profiles.profiles();
    for (const Relay::RelayProfile &profile : list) {
        addItem(QIcon::fromTheme(profile.builtin ? u"mail-folder-inbox"_s : u"network-server"_s),
            profile.name, profile.id);
        setItemData(count() - 1, describe(profile), Qt::ToolTipRole);
    }
    setEnabled(!list.isEmpty());
    setPlaceholderText(list.isEmpty() ? tr("No relay yet") : tr("Choose a relay"));
    showCurrent();
}

void RelayChooser::showCurrent()
{
    setCurrentIndex(findData(m_profiles.current()));
    const auto profile = m_profiles.profile(m_profiles.current());
    setToolTip(profile ? describe(*profile).toHtmlEscaped() : tr("The relay that Send uses"));
}

} // namespace Mailgauge::Shell
