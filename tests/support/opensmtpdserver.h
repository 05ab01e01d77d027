// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "mailservers.h"

namespace Mailgauge::Test {

/// OpenSMTPD with STARTTLS and AUTH behind it (PLAIN and LOGIN are all it has); delivers for
/// example.net into one Maildir. The account is ann, s3cret-canary. Its spool and socket have fixed
/// places, so it runs in a mount namespace of its own where these are empty.
class OpenSmtpdServer {
public:
    static constexpr quint16 Port = 2528;

    /// Why it cannot run here, for MAILGAUGE_MISSING.
    [[nodiscard]] static QString whyNot();
    /// What went wrong, or an empty text.
    [[nodiscard]] QString start();
    [[nodiscard]] QList<QByteArray> deliveries(int count) const;
    [[nodiscard]] QString caFile() const { return m_dir.filePath(QStringLiteral("ca.pem")); }
    [[nodiscard]] QString log() const;

private:
    QTemporaryDir m_dir {QStringLiteral("/tmp/mailgauge-opensmtpd-XXXXXX")};
    ServerProcess m_smtpd;
};

} // namespace Mailgauge::Test
