// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnose/behaviourcheck.h"

namespace Mailgauge::Diagnose {

/// What the cell already tells of the offer, before and inside TLS.
class ExtensionsCheck final : public BehaviourCheck {
public:
    ExtensionsCheck(const Ground &ground, QObject *parent);

private:
    void begin() override;
    void compare(const Smtp::Capabilities &clear, const Smtp::Capabilities &secure);
};

/// Which mechanisms are announced where. Asks nothing.
class AuthOfferCheck final : public BehaviourCheck {
public:
    AuthOfferCheck(const Ground &ground, QObject *parent);

private:
    void begin() override;
};

class HeloOnlyCheck final : public BehaviourCheck {
public:
    HeloOnlyCheck(const Ground &ground, QObject *parent);

private:
    void begin() override;
};

/// With the credentials that the options hold.
class AuthenticationCheck final : public BehaviourCheck {
public:
    AuthenticationCheck(const Ground &ground, QObject *parent);

private:
    /// Who gets the password is judged as the relay asks for.
    [[nodiscard]] Net::StepOptions stepOptions() const override;
    void begin() override;
    void judge(const Net::MechanismTry &tried, bool last);
};

} // namespace Mailgauge::Diagnose
