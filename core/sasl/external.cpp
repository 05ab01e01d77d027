// SPDX-License-Identifier: GPL-3.0-or-later
#include "sasl/external.h"

#include "base/literals.h"

#include <utility>

namespace Mailgauge::Sasl {

OneMessage::OneMessage(QByteArray message)
    : m_message(std::move(message))
{
}

Base::Result<Response> OneMessage::respond(const QByteArray &challenge)
{
    using Kind = Base::Error::Kind;
    if (m_done || !challenge.isEmpty())
        return Base::fail(
            Kind::MalformedReply, u"%1 has no challenge"_s.arg(QLatin1StringView(name())));
    // RFC 4422 A.1: UTF-8 without NUL.
    if (m_message.contains('\0') || !m_message.isValidUtf8())
        return Base::fail(Kind::InvalidInput, u"not a name that can be sent"_s);
    m_done = true;
    return Response {Base::Secret(m_message), false};
}

QByteArray External::name() const
{
    return "EXTERNAL"_ba;
}

QByteArray Anonymous::name() const
{
    return "ANONYMOUS"_ba;
}

} // namespace Mailgauge::Sasl
