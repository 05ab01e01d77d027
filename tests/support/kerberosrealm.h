// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "mailservers.h"

namespace Mailgauge::Test {

/// A Kerberos realm of its own: EXAMPLE.ORG with the user ann (password s3cret-canary) and the
/// service smtp/mx.example.org, its KDC on loopback. While it lives, this process and its children
/// know this realm and no other.
class KerberosRealm {
public:
    static constexpr quint16 Port = 8888;

    KerberosRealm() = default;
    ~KerberosRealm();
    Q_DISABLE_COPY_MOVE(KerberosRealm)

    /// Why there can be none here; empty where there can.
    [[nodiscard]] static QString whyNot();
    /// What went wrong, or an empty text.
    [[nodiscard]] QString start();
    /// Gets a ticket for ann into the default cache; it lasts for so many seconds.
    [[nodiscard]] QString logIn(int seconds = 3600);
    /// Takes all tickets away.
    void logOut();
    void stopKdc() { m_kdc.stop(); }

    [[nodiscard]] QString config() const { return m_dir.filePath(QStringLiteral("krb5.conf")); }
    /// Of the service, readable by everybody.
    [[nodiscard]] QString keytab() const { return m_dir.filePath(QStringLiteral("keytab")); }
    [[nodiscard]] QString log() const;

private:
    [[nodiscard]] QString run(
        const QString &program, const QStringList &arguments, const QByteArray &input = {}) const;

    QTemporaryDir m_dir {QStringLiteral("/tmp/mailgauge-kdc-XXXXXX")};
    ServerProcess m_kdc;
};

} // namespace Mailgauge::Test
