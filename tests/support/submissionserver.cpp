// SPDX-License-Identifier: GPL-3.0-or-later
#include "submissionserver.h"

#include "base/literals.h"
#include "serverfiles.h"

namespace Mailgauge::Test {

QString SubmissionServer::start()
{
    const QString dir = m_dir.path();
    letAllIn(dir);
    const bool written = writeText(dir + u"/dovecot.conf"_s,
                             uR"(dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
base_dir = %1/run
log_path = %1/log
auth_verbose = yes
protocols = submission
hostname = mx.example.org
ssl = required
ssl_server {
  cert_file = %1/cert.pem
  key_file = %1/key.pem
  ca_file = %1/ca.pem
  cert_username_field = commonName
  request_client_cert = yes
  require_crl = no
}
auth_ssl_username_from_cert = yes
auth_failure_delay = 0
auth_mechanisms = scram-sha-1 scram-sha-256 scram-sha-1-plus scram-sha-256-plus external
mail_driver = maildir
mail_path = %1/mail
first_valid_uid = 1
submission_relay_host = 127.0.0.1
submission_relay_port = %2
passdb static {
  mechanisms_filter = external
  fields {
    nopassword = yes
  }
}
passdb passwd-file {
  passwd_file_path = %1/users
}
userdb static {
  fields {
    uid = nobody
    gid = nogroup
    home = %1/mail
  }
}
service submission-login {
  inet_listener submission {
    listen = 127.0.0.1
    port = %3
  }
  inet_listener submissions {
    port = 0
  }
}
)"_s.arg(dir)
                                 .arg(SmtpSink::Port)
                                 .arg(Port))
        && writeText(dir + u"/users"_s, u"ann:{PLAIN}s3cret-canary\n"_s) && writeIdentity(dir);
    if (!written)
        return u"cannot write below "_s + dir;
    if (QString error = m_sink.start({}); !error.isEmpty())
        return error;
    return m_dovecot.start(u"/usr/sbin/dovecot"_s, {u"-F"_s, u"-c"_s, dir + u"/dovecot.conf"_s},
        Port, dir + u"/out"_s);
}

QString SubmissionServer::log() const
{
    return QString::fromUtf8(readAll(m_dir.filePath(u"log"_s)) + readAll(m_dir.filePath(u"out"_s)));
}

} // namespace Mailgauge::Test
