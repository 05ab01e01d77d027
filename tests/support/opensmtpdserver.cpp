// SPDX-License-Identifier: GPL-3.0-or-later
#include "opensmtpdserver.h"

#include "base/literals.h"
#include "testsupport.h"
#include "tls/certificatemaker.h"

#include <QDir>
#include <QFile>

#include <pwd.h>
#include <unistd.h>

namespace Mailgauge::Test {

namespace {

const QString program = u"/opt-mailgauge-servers/usr/sbin/smtpd"_s;

/// `secret`: for the owner alone, as smtpd insists for keys.
bool write(const QString &path, const QByteArray &bytes, bool secret = false)
{
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size()
        && file.setPermissions(QFile::ReadOwner | QFile::WriteOwner
            | (secret ? QFile::Permissions() : QFile::ReadGroup | QFile::ReadOther));
}

/// As crypt(3) has it.
QByteArray hashed(const QByteArray &password)
{
    QProcess openssl;
    openssl.start(u"openssl"_s, {u"passwd"_s, u"-6"_s, u"-stdin"_s});
    openssl.write(password + '\n');
    openssl.closeWriteChannel();
    openssl.waitForFinished(20'000);
    return openssl.readAllStandardOutput().trimmed();
}

} // namespace

QString OpenSmtpdServer::whyNot()
{
    if (const QString why = whyNoRealServers(); !why.isEmpty())
        return why;
    return QFile::exists(program) ? QString() : u"OpenSMTPD is not unpacked: run ./dev test"_s;
}

QString OpenSmtpdServer::start()
{
    const QString dir = m_dir.path();
    QFile::setPermissions(dir,
        QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner | QFile::ReadGroup | QFile::ExeGroup
            | QFile::ReadOther | QFile::ExeOther);
    QDir(dir).mkpath(u"mail"_s);
    if (const passwd *nobody = getpwnam("nobody")) [[maybe_unused]]
        const int done = chown(
            QFile::encodeName(dir + u"/mail"_s).constData(), nobody->pw_uid, nobody->pw_gid);
    const auto maker = Tls::CertificateMaker::create({.commonName = "Test root"});
    if (!maker)
        return maker.error().detail;
    const auto identity = maker->issue(
        {.commonName = "localhost", .names = {"localhost", "127.0.0.1"}});
    if (!identity)
        return identity.error().detail;
    const bool written = write(dir + u"/smtpd.conf"_s,
                             uR"(pki main cert "%1/cert.pem"
pki main key "%1/key.pem"
table users file:%1/users
table inboxes { "@" = "nobody" }
listen on 127.0.0.1 port %2 hostname mx3.example.org tls pki main auth-optional <users>
action "inbox" maildir "%1/mail/inbox" virtual <inboxes>
match from any for domain "example.net" action "inbox"
)"_s.arg(dir)
                                 .arg(Port)
                                 .toUtf8())
        && write(dir + u"/users"_s, "ann:" + hashed("s3cret-canary") + '\n')
        && write(dir + u"/ca.pem"_s, maker->caPem())
        && write(dir + u"/cert.pem"_s, identity->certificatePem)
        && write(dir + u"/key.pem"_s, identity->keyPem, true);
    if (!written)
        return u"cannot write below "_s + dir;
    return m_smtpd.start(u"/usr/bin/unshare"_s,
        {u"-m"_s, u"/bin/sh"_s, u"-ec"_s,
            u"mount -t tmpfs -o mode=0755 tmpfs /var/spool; mount -t tmpfs -o mode=0755 tmpfs "
            u"/run; "
            "mkdir -m 0711 /var/spool/smtpd; exec \"$0\" -d -f \"$1\""_s,
            program, dir + u"/smtpd.conf"_s},
        Port, dir + u"/smtpd.out"_s);
}

QList<QByteArray> OpenSmtpdServer::deliveries(int count) const
{
    return maildir(m_dir.filePath(u"mail/inbox"_s), count);
}

QString OpenSmtpdServer::log() const
{
    QFile file(m_dir.filePath(u"smtpd.out"_s));
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

} // namespace Mailgauge::Test
