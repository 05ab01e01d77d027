// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/secretmask.h"
#include "net/proxy.h"

namespace Mailgauge::Net {

/// A tunnel by the HTTP method CONNECT (RFC 9110 9.3.6, RFC 9112), HTTP/1.1.
class HttpConnect final : public ProxyHandshake {
public:
    static constexpr qsizetype MaxHead = 16 * 1024;
    static constexpr int MaxInterim = 8; ///< Answers of class 1xx.

    HttpConnect(const QByteArray &host, quint16 port, QByteArray user, Base::Secret password);

    [[nodiscard]] QByteArray start() override;
    [[nodiscard]] Base::Result<QByteArray> receive(QByteArrayView bytes) override;

private:
    [[nodiscard]] Base::Result<void> onHead(const QByteArray &statusLine);

    QByteArray m_authority;
    QByteArray m_user;
    Base::Secret m_password;
    Base::SecretMask m_mask; ///< A proxy may repeat what it was sent.
    int m_interim = 0;
};

} // namespace Mailgauge::Net
