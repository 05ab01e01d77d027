// SPDX-License-Identifier: GPL-3.0-or-later
#include "smtp/mechanismqueue.h"

#include "base/literals.h"

namespace Mailgauge::Smtp {

namespace {

/// The server does not want this mechanism, whoever asks (RFC 4954 4, 6): another one may do.
bool isAboutMechanism(int code)
{
    return code == 504 || code == 534;
}

} // namespace

Base::Result<MechanismQueue> MechanismQueue::of(const AuthOptions &auth,
    const QList<QByteArray> &announced, bool tls, const QList<Base::ChannelBinding> &bindings)
{
    MechanismQueue queue;
    queue.m_auth = auth;
    queue.m_announced = announced;
    queue.m_choice = {
        .named = auth.mechanisms, .tls = tls, .allowWithoutTls = auth.allowWithoutTls};
    queue.m_bindings = bindings;
    auto names = Sasl::mechanismsToTry(
        offeredMechanisms(announced, auth.aliases), queue.m_choice, queue.credentials());
    if (!names)
        return std::unexpected(names.error());
    queue.m_names = std::move(*names);
    return queue;
}

Sasl::Credentials MechanismQueue::credentials() const
{
    Sasl::Credentials credentials {
        m_auth.user, m_auth.authorizationId, m_auth.password, m_auth.token};
    credentials.host = m_auth.host;
    credentials.port = m_auth.port;
    if (!m_bindings.isEmpty())
        credentials.binding = m_bindings.first();
    return credentials;
}

MechanismQueue::Turn MechanismQueue::next()
{
    const QByteArray name = m_names.takeFirst();
    const Sasl::Credentials given = Sasl::credentialsFor(
        name, offeredMechanisms(m_announced, m_auth.aliases), m_choice, credentials());
    m_mechanism = Sasl::createMechanism(name, given);
    const bool byName = m_auth.initial == AuthOptions::Initial::Always && name == "LOGIN";
    return {.mechanism = m_mechanism,
        .announcedName = announcedName(name, m_announced, m_auth.aliases),
        .token = given.token,
        .startsWithResponse = m_mechanism->isClientFirst() || byName};
}

bool MechanismQueue::goesOnUnsaid() const
{
    return !m_names.isEmpty() && (m_auth.inTurn || m_mechanism->mayBlock());
}

bool MechanismQueue::goesOnAfter(const Reply &reply)
{
    if (reply.replyClass() != ReplyClass::Permanent)
        return false;
    // RFC 5802 7: the server binds, but not to this; nothing was tried about the credentials.
    if (m_mechanism->refusalReason() == u"unsupported-channel-binding-type"_s
        && m_bindings.size() > 1) {
        m_bindings.removeFirst();
        m_names.prepend(m_mechanism->name());
        return true;
    }
    return !m_names.isEmpty() && (m_auth.inTurn || isAboutMechanism(reply.code));
}

} // namespace Mailgauge::Smtp
