// SPDX-License-Identifier: GPL-3.0-or-later
#include "sasl/login.h"

#include "base/literals.h"

#include <utility>

namespace Mailgauge::Sasl {

Login::Login(Credentials credentials)
    : m_credentials(std::move(credentials))
{
}

QByteArray Login::name() const
{
    return "LOGIN"_ba;
}

Base::Result<Response> Login::respond(const QByteArray &)
{
    if (m_credentials.user.isEmpty())
        return Base::fail(Base::Error::Kind::InvalidInput, u"no user name"_s);
    switch (++m_sent) {
    case 1:
        return Response {Base::Secret(m_credentials.user), false};
    case 2:
        return Response {m_credentials.password};
    default:
        return Base::fail(Base::Error::Kind::MalformedReply, u"LOGIN has two challenges only"_s);
    }
}

Base::Result<void> Login::finish() const
{
    if (m_sent == 2)
        return {};
    return Base::fail(
        Base::Error::Kind::MalformedReply, u"success before the password was asked for"_s);
}

} // namespace Mailgauge::Sasl
