// SPDX-License-Identifier: GPL-3.0-or-later
#include "sasl/crammd5.h"

#include "base/literals.h"

#include <QMessageAuthenticationCode>

#include <utility>

namespace Mailgauge::Sasl {

CramMd5::CramMd5(Credentials credentials)
    : m_credentials(std::move(credentials))
{
}

QByteArray CramMd5::name() const
{
    return "CRAM-MD5"_ba;
}

Base::Result<Response> CramMd5::respond(const QByteArray &challenge)
{
    if (m_done)
        return Base::fail(Base::Error::Kind::MalformedReply, u"CRAM-MD5 has one challenge only"_s);
    // A digest of nothing would be the same for every server.
    if (challenge.isEmpty())
        return Base::fail(Base::Error::Kind::MalformedReply, u"the challenge is empty"_s);
    if (m_credentials.user.isEmpty())
        return Base::fail(Base::Error::Kind::InvalidInput, u"no user name"_s);
    m_done = true;
    const QByteArray digest = QMessageAuthenticationCode::hash(
        challenge, m_credentials.password.reveal(), QCryptographicHash::Md5);
    return Response {Base::Secret(m_credentials.user + ' ' + digest.toHex())};
}

Base::Result<void> CramMd5::finish() const
{
    if (m_done)
        return {};
    return Base::fail(Base::Error::Kind::MalformedReply, u"success before the challenge"_s);
}

} // namespace Mailgauge::Sasl
