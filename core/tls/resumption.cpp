// SPDX-License-Identifier: GPL-3.0-or-later
#include "tls/resumption.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>

namespace Mailgauge::Tls {

namespace {
constexpr std::array names {"sessionId", "ticket", "preSharedKey"};
static_assert(names.size() == static_cast<std::size_t>(ResumptionBy::PreSharedKey) + 1);
} // namespace

QByteArrayView resumptionByName(ResumptionBy by)
{
    return names[static_cast<std::size_t>(by)];
}

std::optional<ResumptionBy> resumptionByFromName(QByteArrayView name)
{
    const auto *at = std::ranges::find_if(
        names, [name](const char *one) { return name == QByteArrayView(one); });
    if (at == names.end())
        return std::nullopt;
    return static_cast<ResumptionBy>(at - names.begin());
}

void ResumableSession::Free::operator()(SSL_SESSION *session) const
{
    SSL_SESSION_free(session);
}

std::optional<ResumableSession> ResumableSession::of(SSL *ssl)
{
    SessionPtr session(SSL_get1_session(ssl));
    if (!session || SSL_SESSION_is_resumable(session.get()) != 1)
        return std::nullopt;
    return ResumableSession(std::move(session));
}

ResumptionBy ResumableSession::by() const
{
    if (SSL_SESSION_get_protocol_version(m_session.get()) >= TLS1_3_VERSION)
        return ResumptionBy::PreSharedKey;
    return SSL_SESSION_has_ticket(m_session.get()) == 1 ? ResumptionBy::Ticket
                                                        : ResumptionBy::SessionId;
}

qint64 ResumableSession::lifetime() const
{
    return static_cast<qint64>(SSL_SESSION_get_ticket_lifetime_hint(m_session.get()));
}

quint32 ResumableSession::maxEarlyData() const
{
    return SSL_SESSION_get_max_early_data(m_session.get());
}

void ResumableSession::use(SSL *ssl) const
{
    // Where it does not fit the versions offered, the handshake is a full one: that is an answer.
    SSL_set_session(ssl, m_session.get());
    ERR_clear_error();
}

} // namespace Mailgauge::Tls
