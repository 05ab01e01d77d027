// SPDX-License-Identifier: GPL-3.0-or-later
#include "sasl/plain.h"

#include "base/literals.h"

#include <utility>

namespace Mailgauge::Sasl {

Plain::Plain(Credentials credentials)
    : m_credentials(std::move(credentials))
{
}

QByteArray Plain::name() const
{
    return "PLAIN"_ba;
}

Base::Result<Response> Plain::respond(const QByteArray &challenge)
{
    if (m_done || !challenge.isEmpty())
        return Base::fail(Base::Error::Kind::MalformedReply, u"PLAIN has no challenge"_s);
    m_done = true;
    const QByteArray &password = m_credentials.password.reveal();
    if (m_credentials.user.isEmpty())
        return Base::fail(Base::Error::Kind::InvalidInput, u"no user name"_s);
    if (m_credentials.authorizationId.contains('\0') || m_credentials.user.contains('\0')
        || password.contains('\0'))
        return Base::fail(Base::Error::Kind::InvalidInput, u"user name or password holds a NUL"_s);
    QByteArray message = m_credentials.authorizationId;
    message.append('\0').append(m_credentials.user).append('\0').append(password);
    return Response {Base::Secret(std::move(message))};
}

} // namespace Mailgauge::Sasl
