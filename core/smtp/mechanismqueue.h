// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// The mechanisms of one login, in the order they are tried, and whether the next one is where one
/// was refused. Session asks it, and so does who leads a session step by step.
#include "base/channelbinding.h"
#include "sasl/choice.h"
#include "smtp/session.h"

#include <memory>

namespace Mailgauge::Smtp {

class MechanismQueue final {
public:
    /// What is tried now.
    struct Turn {
        std::shared_ptr<Sasl::Mechanism> mechanism;
        QByteArray announcedName; ///< What AUTH calls it.
        Base::Secret token; ///< What it was given for one; to be masked.
        bool startsWithResponse = false; ///< AUTH may carry the first message.
    };

    MechanismQueue() = default; ///< Nothing to try.
    /// `announced`: by EHLO, upper case. `bindings`: of this TLS connection, the strongest first.
    /// Unsupported where none is left to try, and why.
    [[nodiscard]] static Base::Result<MechanismQueue> of(const AuthOptions &auth,
        const QList<QByteArray> &announced, bool tls, const QList<Base::ChannelBinding> &bindings);

    /// Only where one is left: behind of(), and where goesOnUnsaid() or goesOnAfter() says so.
    [[nodiscard]] Turn next();
    /// The mechanism had nothing to say, so the server was not asked: whether the next one is.
    [[nodiscard]] bool goesOnUnsaid() const;
    /// The server refused by `reply`: whether the next one is tried, which may be the same
    /// mechanism bound to something else of TLS.
    [[nodiscard]] bool goesOnAfter(const Reply &reply);

private:
    [[nodiscard]] Sasl::Credentials credentials() const;

    AuthOptions m_auth;
    QList<QByteArray> m_announced;
    Sasl::Choice m_choice;
    QList<Base::ChannelBinding> m_bindings; // those still to try
    QList<QByteArray> m_names; // those still to try
    std::shared_ptr<Sasl::Mechanism> m_mechanism; // of the last turn
};

} // namespace Mailgauge::Smtp
