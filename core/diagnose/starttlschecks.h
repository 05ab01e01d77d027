// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnose/behaviourcheck.h"

namespace Mailgauge::Diagnose {

/// Whether MAIL and AUTH are taken in clear although STARTTLS is announced. No secret is sent: AUTH
/// is given up at the first challenge.
class StartTlsEnforcedCheck final : public BehaviourCheck {
public:
    StartTlsEnforcedCheck(const Ground &ground, QObject *parent);

private:
    void begin() override;
    void auth();
    void mail();
};

/// A command in the same write as STARTTLS, in clear (CVE-2011-0411): a server must forget it
/// (RFC 3207 6). Whether it did shows in the step of the replies inside TLS: one reply too many,
/// and each command is answered by the reply to the one before.
class StartTlsInjectionCheck final : public BehaviourCheck {
public:
    StartTlsInjectionCheck(const Ground &ground, QObject *parent);

private:
    void begin() override;
    void inject();
    void judge(const Net::StepResult &quit);
};

} // namespace Mailgauge::Diagnose
