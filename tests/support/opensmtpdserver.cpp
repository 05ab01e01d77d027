// SPDX-License-Identifier: GPL-3.0-or-later
#include "opensmtpdserver.h"

#include "base/literals.h"
#include "serverfiles.h"

#include <QDir>
#include <QFile>
#include <QProcess>

namespace Mailgauge::Test {

namespace {

const QString program = u"/opt-mailgauge-servers/usr/sbin/smtpd"_s;

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
    letAllIn(dir);
    QDir(dir).mkpath(u"mail"_s);
    giveTo(dir + u"/mail"_s, "nobody");
    const bool written = writeText(dir + u"/smtpd.conf"_s,
                             uR"(pki main cert "%1/cert.pem"
pki main key "%1/key.pem"
table users file:%1/users
table inboxes { "@" = "nobody" }
listen on 127.0.0.1 port %2 hostname mx3.example.org tls pki main auth-optional <users>
action "inbox" maildir "%1/mail/inbox" virtual <inboxes>
match from any for domain "example.net" action "inbox"
)"_s.arg(dir)
                                 .arg(Port))
        && writeText(
            dir + u"/users"_s, u"ann:"_s + QString::fromLatin1(hashed("s3cret-canary")) + u'\n')
        && writeIdentity(dir);
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
    return QString::fromUtf8(readAll(m_dir.filePath(u"smtpd.out"_s)));
}

} // namespace Mailgauge::Test
