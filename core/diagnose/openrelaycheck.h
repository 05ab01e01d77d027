// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnose/behaviourcheck.h"
#include "diagnose/relayforms.h"

namespace Mailgauge::Diagnose {

/// Asks by many forms of addresses whether the relay takes foreign mail from a stranger: MAIL,
/// RCPT, RSET, never DATA. A 250 is no proof: servers refuse later, too.
class OpenRelayCheck final : public BehaviourCheck {
public:
    OpenRelayCheck(const Ground &ground, QObject *parent);

private:
    void begin() override;
    void next();
    void mail();
    void rcpt(const RelayForm &form);
    void judge(const RelayForm &form, const Smtp::Reply &reply);

    QList<RelayForm> m_forms;
    qsizetype m_at = 0;
    int m_inSession = 0;
};

} // namespace Mailgauge::Diagnose
