// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sandbox/scenario.h"
#include "transcript/comparison.h"

namespace Mailgauge::Sandbox {

struct ScenarioMakerOptions {
    bool delays = false; ///< Answer as slowly as the server did.
};

/// What could not be carried over, as facts: "auth.mechanism", "tls.reason" …
struct ScenarioNote {
    enum class Kind : quint8 {
        AuthUnknown, ///< The sandbox does not play this mechanism.
        ScramAccount, ///< SCRAM is proved by both sides: only the sandbox's account can log in.
        CertificateFault, ///< A fault of the certificate that the sandbox's own cannot have.
        FixedReply, ///< NOOP, VRFY, EXPN and HELP are answered by the sandbox itself.
        TextChanged, ///< A reply was not UTF-8 or held control characters.
        TooMany, ///< More recipients than a scenario has rules for: the most frequent reply is
                 ///< given to the rest.
        LeftOut, ///< More different replies than a scenario holds.
        HandshakeFault, ///< TLS broke in a way that a transcript does not tell.
    };
    Kind kind = Kind::FixedReply;
    QByteArray detail;

    bool operator==(const ScenarioNote &) const = default;
};

/// "The sandbox does not …": one English sentence.
[[nodiscard]] QString noteText(const ScenarioNote &note);

struct MadeScenario {
    Scenario scenario;
    QList<ScenarioNote> notes;
};

/// A scenario that answers as the server of this session did, so that what happened in the field
/// happens again: greeting, capabilities before and after TLS, the certificate's fault, every reply
/// by recipient and by position, and where the connection was dropped.
///
/// A client that plays the same session meets the same replies. One that sends something else meets
/// a server that behaves well. Where the session had a reply to AUTH, it is given whatever the
/// password. Pure.
[[nodiscard]] MadeScenario scenarioFrom(
    const Transcript::StoredSession &session, const ScenarioMakerOptions &options = {});

} // namespace Mailgauge::Sandbox
