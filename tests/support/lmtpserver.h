// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "mailservers.h"

namespace Mailgauge::Test {

/// Dovecot's LMTP on a port of loopback. Takes mail for bob and ann at example.net; what
/// it takes for broken it cannot deliver (4yz behind the content); everybody else is refused at
/// RCPT.
class LmtpServer {
public:
    static constexpr quint16 Port = 2424;

    [[nodiscard]] QString start();
    /// What was delivered to one of them.
    [[nodiscard]] QList<QByteArray> deliveries(const QString &user) const;
    [[nodiscard]] QString log() const;

private:
    QTemporaryDir m_dir {QStringLiteral("/tmp/mailgauge-lmtp-XXXXXX")};
    ServerProcess m_dovecot;
};

} // namespace Mailgauge::Test
