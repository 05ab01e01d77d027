// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// The only place that makes sentences for people: an Error, a Reply, a finding or a certificate's
/// fault goes in, an Explanation comes out, from data files in resources/explain: in English, or in
/// the language of setTranslator() (translation.h). Any thread.
#include "base/error.h"
#include "smtp/outcome.h"
#include "tls/tlsfacts.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

namespace Mailgauge::Explain {

/// What happened and what to do about it, for people.
struct Explanation {
    QByteArray
        id; ///< "failure.connect.refused", "reply.userUnknown" …: the same in every language.
    QStringList parameters; ///< For %1, %2 … of the text.
    QByteArray provider; ///< Whose words were explained (provider.h); empty: not known.
    QString text; ///< One sentence: what happened, where. Parameters filled in.
    QString cause; ///< Why it usually happens; may be empty.
    QString who; ///< Who must act: "you", "the relay's operator", "the recipient" …; may be empty.
    QString nextStep; ///< One sentence: what to do; may be empty.
    QString rfc; ///< "RFC 5321 4.5.3.2.6"; may be empty.

    /// What happened and what to do, in one line.
    [[nodiscard]] QString withNextStep() const;

    bool operator==(const Explanation &) const = default;
};

[[nodiscard]] Explanation explain(const Smtp::Failure &failure);
/// An error that belongs to no stage: a file, the store, an input.
[[nodiscard]] Explanation explain(const Base::Error &error);
/// `provider`: whose server said it, as far as that is known (provider.h); a reply that is signed
/// needs none.
[[nodiscard]] Explanation explain(
    const Smtp::Reply &reply, Smtp::Stage stage, const QByteArray &provider = {});
[[nodiscard]] Explanation explain(const Tls::VerifyReason &reason);
/// A SessionFinding by its id ("quirk.bareLfInReply", "certificate.expired", "tls.none" …).
[[nodiscard]] Explanation explainFinding(const QByteArray &id, const QByteArray &evidence);
/// An EHLO keyword, whatever its case.
[[nodiscard]] Explanation explainCapability(const QByteArray &keyword);
/// What a line asks that a client sent at `stage`: a command, an answer to a challenge, a line of
/// the message, the dot.
[[nodiscard]] Explanation explainCommand(const QByteArray &line, Smtp::Stage stage);
/// A parameter of MAIL or RCPT, whatever its case.
[[nodiscard]] Explanation explainParameter(const QByteArray &keyword);
/// What was noted at `stage` of a session.
[[nodiscard]] Explanation explainEvent(Smtp::Stage stage);

} // namespace Mailgauge::Explain
