// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnose/behaviourcheck.h"

namespace Mailgauge::Diagnose {

/// A group in one write (RFC 2920 3.1): as many replies as commands, in their order, and RSET ends
/// what was begun.
class PipeliningCheck final : public BehaviourCheck {
public:
    PipeliningCheck(const Ground &ground, QObject *parent);

private:
    void begin() override;
    void judge(const QList<Smtp::Command> &group, const Net::StepResult &result);
};

/// MAIL with more octets than announced must be refused (RFC 1870 6.1).
class SizeLimitCheck final : public BehaviourCheck {
public:
    SizeLimitCheck(const Ground &ground, QObject *parent);

private:
    void begin() override;
    void oversize(qint64 limit);
};

/// Delivery reports come with it (RFC 5321 4.5.5).
class NullSenderCheck final : public BehaviourCheck {
public:
    NullSenderCheck(const Ground &ground, QObject *parent);

private:
    void begin() override;
};

/// RFC 5321 4.5.1: without a domain, and at the relay's.
class PostmasterCheck final : public BehaviourCheck {
public:
    PostmasterCheck(const Ground &ground, QObject *parent);

private:
    void begin() override;
    void next();

    QByteArrayList m_names;
    qsizetype m_at = 0;
};

/// Whether VRFY and EXPN tell who exists: a name that must exist against one that cannot.
class VrfyCheck final : public BehaviourCheck {
public:
    VrfyCheck(const Ground &ground, QObject *parent);

private:
    void begin() override;
    void next();
    void compare(const QByteArray &verb);

    struct Question {
        QByteArray verb;
        QByteArray name;
        std::optional<Smtp::Reply> reply {};
        Evidence evidence {};
    };
    QList<Question> m_questions;
    qsizetype m_at = 0;
};

/// RCPT to the recipient given, again and again, until one is refused or the bound is reached.
class RecipientLimitCheck final : public BehaviourCheck {
public:
    RecipientLimitCheck(const Ground &ground, QObject *parent);

private:
    void begin() override;
    void next();
    void over(const QByteArray &what, const Smtp::Reply &reply);

    int m_taken = 0;
};

} // namespace Mailgauge::Diagnose
