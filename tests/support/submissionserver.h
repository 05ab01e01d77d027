// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "mailservers.h"

namespace Mailgauge::Test {

/// Dovecot's submission with STARTTLS, which binds SCRAM to TLS and takes ann by her certificate
/// (EXTERNAL); in front of SmtpSink, as it wants a server behind it. It has no ANONYMOUS. The
/// account is ann, s3cret-canary.
class SubmissionServer {
public:
    static constexpr quint16 Port = 2528;

    [[nodiscard]] QString start();
    [[nodiscard]] QString caFile() const { return m_dir.filePath(QStringLiteral("ca.pem")); }
    /// What ann shows, with its key.
    [[nodiscard]] QString clientFile() const
    {
        return m_dir.filePath(QStringLiteral("client.pem"));
    }
    [[nodiscard]] QString log() const;

private:
    QTemporaryDir m_dir {QStringLiteral("/tmp/mailgauge-submission-XXXXXX")};
    SmtpSink m_sink;
    ServerProcess m_dovecot;
};

} // namespace Mailgauge::Test
