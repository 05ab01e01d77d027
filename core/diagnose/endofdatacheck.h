// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnose/behaviourcheck.h"

namespace Mailgauge::Diagnose {

/// Octets that look like the end of a message and are not: only CR LF . CR LF is (RFC
/// 5321 4.1.1.4).
struct EndVariant {
    QByteArray name; ///< "LF . LF".
    QByteArray bytes;
};
[[nodiscard]] const QList<EndVariant> &endVariants();

/// What a variant's message looks like on the wire: behind the variant a line that would be a
/// command, then the true end. A server that takes the variant for the end answers the line and the
/// dot as commands, and is out of step from there.
[[nodiscard]] QByteArray variantMessage(const EndVariant &variant);

/// SMTP smuggling. Sends one message per variant to the recipient given.
class EndOfDataCheck final : public BehaviourCheck {
public:
    EndOfDataCheck(const Ground &ground, QObject *parent);

private:
    void begin() override;
    void next();
    void send();
    void judge(const QByteArray &answer, const Evidence &evidence, const Net::StepResult &quit);

    qsizetype m_at = 0;
};

} // namespace Mailgauge::Diagnose
