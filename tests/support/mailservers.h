// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// Real mail servers for tests: each a private instance in a directory of its own, on loopback, in
/// the foreground as a child of the test, stopped by its process id. Tests that use them run in a
/// network namespace (tests/support/netns).
#include "missing.h"

#include <QByteArray>
#include <QDateTime>
#include <QList>
#include <QProcess>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>

#include <memory>

namespace Mailgauge::Test {

/// Why real servers cannot run here, for MAILGAUGE_MISSING; empty where they can.
[[nodiscard]] QString whyNoRealServers();

/// One foreground server process, in a process group of its own so that its children end with it.
class ServerProcess {
public:
    ServerProcess() = default;
    ~ServerProcess();
    /// Starts and waits until something answers at the port of 127.0.0.1. Returns what went wrong,
    /// or an empty text.
    [[nodiscard]] QString start(
        const QString &program, const QStringList &arguments, quint16 port, const QString &log);
    void stop();

private:
    std::unique_ptr<QProcess> m_process;
};

/// Postfix with STARTTLS and SASL AUTH through a Dovecot of its own or through Cyrus SASL; delivers
/// for example.net into one Maildir. The account is ann, s3cret-canary; Dovecot takes tokenFor()
/// too. Either takes ANONYMOUS where Postfix is told `withAnonymous`; it has no EXTERNAL, as
/// Postfix does not tell them what a client certificate said.
class PostfixServer {
public:
    static constexpr quint16 Port = 2525;
    static constexpr quint16 ProxiedPort = 2540; ///< Wants a header of the PROXY protocol first.
    static constexpr quint16 XclientPort = 2541; ///< Takes XCLIENT.
    static constexpr quint16 ImplicitPort = 2542; ///< TLS from the first byte.
    static constexpr quint16 OpenPort = 2543; ///< An open relay.
    /// Takes a line by LF alone for one, as every Postfix did before 3.9 (CVE-2023-51764); open
    /// too.
    static constexpr quint16 BareNewlinePort = 2544;

    enum class Sasl : quint8 {
        Dovecot,
        Cyrus,
    };
    /// `keytab`: of smtp/mx.example.org, where it is to take Kerberos too (KerberosRealm).
    explicit PostfixServer(Sasl sasl = Sasl::Dovecot, QString keytab = {})
        : m_sasl(sasl)
        , m_keytab(std::move(keytab))
    {
    }
    /// Why Cyrus SASL cannot be used here; empty where it can.
    [[nodiscard]] static QString whyNoCyrus();
    /// A JSON Web Token for that user, good for an hour from `now`.
    [[nodiscard]] static QByteArray tokenFor(const QByteArray &user, const QDateTime &now);

    /// For start(): by default Postfix takes ANONYMOUS out of the offer.
    static constexpr auto withAnonymous = QLatin1StringView(
        "smtpd_sasl_security_options =\nsmtpd_sasl_tls_security_options =\n");
    /// Postfix's master leaves the process group it was started in: it is ended by its own pid
    /// file.
    ~PostfixServer();
    /// `main`: further lines of main.cf.
    [[nodiscard]] QString start(const QString &main = {});
    /// The messages delivered so far, oldest first; waits for `count` of them.
    [[nodiscard]] QList<QByteArray> deliveries(int count) const;
    [[nodiscard]] QString caFile() const { return m_dir.filePath(QStringLiteral("ca.pem")); }
    /// What it shows: its certificate, for mx.example.org and issuer.example.org too, and the root.
    [[nodiscard]] QString chainFile() const { return m_dir.filePath(QStringLiteral("cert.pem")); }
    [[nodiscard]] QString log() const;

private:
    [[nodiscard]] QString writeConfiguration();

    [[nodiscard]] QString startDovecot();
    [[nodiscard]] QString configureCyrus();

    Sasl m_sasl;
    QString m_keytab;
    QTemporaryDir m_dir {QStringLiteral("/tmp/mailgauge-postfix-XXXXXX")};
    ServerProcess m_dovecot;
    ServerProcess m_postfix;
};

/// Exim, which accepts everything for example.net into one Maildir.
class EximServer {
public:
    static constexpr quint16 Port = 2526;

    [[nodiscard]] static bool isAvailable();
    /// `main`: further lines of the main configuration; `acls`: further access control lists.
    [[nodiscard]] QString start(const QString &main = {}, const QString &acls = {});
    /// With STARTTLS, and behind it every authenticator that Exim brings itself: ann,
    /// s3cret-canary, or by her certificate.
    [[nodiscard]] QString startWithAuth();
    [[nodiscard]] QString caFile() const { return m_dir.filePath(QStringLiteral("ca.pem")); }
    /// What ann shows, with its key.
    [[nodiscard]] QString clientFile() const
    {
        return m_dir.filePath(QStringLiteral("client.pem"));
    }
    [[nodiscard]] QList<QByteArray> deliveries(int count) const;
    [[nodiscard]] QString log() const;

private:
    QTemporaryDir m_dir {QStringLiteral("/tmp/mailgauge-exim-XXXXXX")};
    ServerProcess m_exim;
};

/// Postfix's test sink, with its options (`-f rcpt` …).
class SmtpSink {
public:
    static constexpr quint16 Port = 2527;

    [[nodiscard]] QString start(const QStringList &options);
    void stop() { m_sink.stop(); }

private:
    QTemporaryDir m_dir;
    ServerProcess m_sink;
};

/// The messages in a Maildir, oldest first; waits for `count` of them.
[[nodiscard]] QList<QByteArray> maildir(const QString &path, int count);

/// What was delivered without the trace fields that the MTA put on top, and with CRLF line ends:
/// what was sent.
[[nodiscard]] QByteArray withoutTrace(const QByteArray &delivered);

} // namespace Mailgauge::Test
