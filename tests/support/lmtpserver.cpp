// SPDX-License-Identifier: GPL-3.0-or-later
#include "lmtpserver.h"

#include "base/literals.h"
#include "serverfiles.h"

#include <QDir>
#include <QFile>

namespace Mailgauge::Test {

QString LmtpServer::start()
{
    const QString dir = m_dir.path();
    const bool written = writeText(dir + u"/dovecot.conf"_s,
                             uR"(dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
base_dir = %1/run
log_path = %1/log
protocols = lmtp
ssl = no
hostname = lmtp.example.net
postmaster_address = postmaster@example.net
mail_driver = maildir
mail_path = ~/Maildir
mail_uid = nobody
mail_gid = nogroup
first_valid_uid = 1
auth_allow_weak_schemes = yes
passdb passwd-file {
  passwd_file_path = %1/users
}
userdb passwd-file {
  passwd_file_path = %1/users
  fields {
    uid = nobody
    gid = nogroup
  }
}
service lmtp {
  user = nobody
  inet_listener lmtp {
    listen = 127.0.0.1
    port = %2
  }
}
)"_s.arg(dir)
                                 .arg(Port))
        && writeText(dir + u"/users"_s,
            u"bob@example.net:{PLAIN}x:65534:65534::%1/mail/bob::\n"
            "ann@example.net:{PLAIN}x:65534:65534::%1/mail/ann::\n"
            "broken@example.net:{PLAIN}x:65534:65534::%1/mail/broken::\n"_s.arg(dir));
    // A file where the Maildir should be: RCPT cannot tell, the delivery fails.
    if (!written || !QDir(dir).mkpath(u"mail/broken"_s)
        || !writeText(dir + u"/mail/broken/Maildir"_s, u"x"_s))
        return u"cannot write below "_s + dir;
    for (const QString &path : {dir, dir + u"/mail"_s, dir + u"/mail/broken"_s})
        QFile::setPermissions(path, QFile::Permissions::fromInt(0x7777));
    return m_dovecot.start(u"/usr/sbin/dovecot"_s, {u"-F"_s, u"-c"_s, dir + u"/dovecot.conf"_s},
        Port, dir + u"/out"_s);
}

QList<QByteArray> LmtpServer::deliveries(const QString &user) const
{
    return maildir(m_dir.filePath(u"mail/%1/Maildir"_s.arg(user)), 1);
}

QString LmtpServer::log() const
{
    return QString::fromUtf8(readAll(m_dir.filePath(u"log"_s)) + readAll(m_dir.filePath(u"out"_s)));
}

} // namespace Mailgauge::Test
