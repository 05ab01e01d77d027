// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnose/behaviourcheck.h"

#include <QHostAddress>

namespace Mailgauge::Diagnose {

/// Who the server says it is, in greeting and EHLO, and what the DNS says of its address: PTR, and
/// back from that name and from the server's own (forward-confirmed).
class NamesCheck final : public BehaviourCheck {
public:
    NamesCheck(const Ground &ground, QObject *parent);
    ~NamesCheck() override;

private:
    void begin() override;
    void askReverse();
    void gotReverse(const Dns::Answer &answer);
    /// Whether that name leads to the address; `findingId` where it does not.
    void confirm(const QByteArray &name, const QByteArray &what, const QByteArray &findingId,
        const std::function<void()> &next);
    void askDns(
        const Dns::Question &question, const std::function<void(const Dns::Answer &)> &then);
    [[nodiscard]] Base::Severity severity() const;

    std::unique_ptr<Dns::Resolver> m_resolver;
    QHostAddress m_address;
    QByteArray m_greetingName;
    QByteArray m_helloName;
};

} // namespace Mailgauge::Diagnose
