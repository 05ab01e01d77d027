// SPDX-License-Identifier: GPL-3.0-or-later
#include "mailservers.h"

#include "base/literals.h"
#include "serverfiles.h"
#include "tls/certificatemaker.h"

#include <QDir>
#include <QFile>
#include <QMessageAuthenticationCode>
#include <QTcpSocket>
#include <QTest>

#include <algorithm>

#include <csignal>
#include <unistd.h>

namespace Mailgauge::Test {

namespace {

constexpr int StartLimit = 20'000;
constexpr int DeliveryLimit = 20'000;
/// What signs the tokens that Dovecot takes.
const QByteArray tokenKey = "mailgauge-test-token-signing-key-32b"_ba;
const QString eximProgram = u"/opt-mailgauge-servers/usr/sbin/exim4"_s;

bool answers(quint16 port)
{
    QTcpSocket socket;
    socket.connectToHost(u"127.0.0.1"_s, port);
    return Test::waitFor(
               [&socket] {
                   return socket.state() == QAbstractSocket::ConnectedState
                       || socket.state() == QAbstractSocket::UnconnectedState;
               },
               1000)
        && socket.state() == QAbstractSocket::ConnectedState;
}

} // namespace

QList<QByteArray> maildir(const QString &path, int count)
{
    const QDir fresh(path + u"/new"_s);
    const bool there = Test::waitFor(
        [&] { return QDir(fresh.path()).entryList(QDir::Files).size() >= count; }, DeliveryLimit);
    QList<QByteArray> messages;
    for (const QString &name :
        QDir(fresh.path()).entryList(QDir::Files, QDir::Time | QDir::Reversed))
        messages.append(readAll(fresh.filePath(name)));
    if (!there)
        qWarning(
            "%lld of %d messages were delivered", static_cast<long long>(messages.size()), count);
    return messages;
}

QString whyNoRealServers()
{
    if (geteuid() != 0)
        return u"real mail servers need root: they change to users of their own"_s;
    if (!qEnvironmentVariableIsSet("MAILGAUGE_NETNS"))
        return u"no network namespace could be made, so fixed ports may not be used"_s;
    if (!QFile::exists(u"/usr/lib/postfix/sbin/master"_s) || !QFile::exists(u"/usr/sbin/dovecot"_s))
        return u"postfix and dovecot are not installed: run ./dev test"_s;
    return {};
}

ServerProcess::~ServerProcess()
{
    stop();
}

QString ServerProcess::start(
    const QString &program, const QStringList &arguments, quint16 port, const QString &log)
{
    m_process = std::make_unique<QProcess>();
    m_process->setStandardInputFile(QProcess::nullDevice());
    m_process->setStandardOutputFile(log, QIODevice::Append);
    m_process->setStandardErrorFile(log, QIODevice::Append);
    m_process->setChildProcessModifier([] { setpgid(0, 0); });
    m_process->start(program, arguments);
    if (!Test::waitFor([this] { return m_process->state() != QProcess::Starting; }, StartLimit)
        || m_process->state() != QProcess::Running)
        return program + u": "_s + m_process->errorString();
    if (port == 0)
        return {};
    const bool up = Test::waitFor(
        [&] { return answers(port) || m_process->state() == QProcess::NotRunning; }, StartLimit);
    if (!up || m_process->state() == QProcess::NotRunning)
        return program + u" does not answer: "_s + QString::fromUtf8(readAll(log));
    return {};
}

void ServerProcess::stop()
{
    if (!m_process || m_process->state() == QProcess::NotRunning)
        return;
    const auto pid = static_cast<pid_t>(m_process->processId());
    kill(-pid, SIGTERM);
    if (!Test::waitFor([this] { return m_process->state() == QProcess::NotRunning; }, 5000))
        kill(-pid, SIGKILL);
    m_process->waitForFinished(5000);
}

QString PostfixServer::writeConfiguration()
{
    const QString dir = m_dir.path();
    const auto maker = Tls::CertificateMaker::create({.commonName = "Test root"});
    if (!maker)
        return maker.error().detail;
    const auto identity = maker->issue({.commonName = "localhost",
        .names = {"localhost", "127.0.0.1", "mx.example.org", "issuer.example.org"}});
    if (!identity)
        return identity.error().detail;
    QDir(dir).mkpath(u"queue"_s);
    for (const QString &name : {u"conf"_s, u"data"_s, u"mail"_s, u"dovecot"_s})
        QDir(dir).mkpath(name);
    giveTo(dir + u"/data"_s, "postfix");
    giveTo(dir + u"/mail"_s, "nobody");
    bool ok = writeText(dir + u"/conf/main.cf"_s,
        uR"(compatibility_level = 3.6
queue_directory = %1/queue
data_directory = %1/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.example.org
mydestination =
mynetworks =
alias_maps =
virtual_mailbox_domains = example.net
virtual_mailbox_base = %1/mail
virtual_mailbox_maps = static:inbox/
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
virtual_minimum_uid = 100
maillog_file = %1/postfix.log
maillog_file_prefixes = %1
smtputf8_enable = yes
import_environment = MAIL_CONFIG LANG=C KRB5_CONFIG KRB5_KTNAME
smtpd_tls_cert_file = %1/cert.pem
smtpd_tls_key_file = %1/key.pem
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = %2
smtpd_sasl_path = %3
cyrus_sasl_config_path = %1/sasl
smtpd_sasl_local_domain = mx.example.org
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = permit_sasl_authenticated, reject
)"_s.arg(dir, m_sasl == Sasl::Cyrus ? u"cyrus"_s : u"dovecot"_s,
            m_sasl == Sasl::Cyrus ? u"smtpd"_s : u"private/auth"_s));
    ok = ok
        && writeText(dir + u"/conf/master.cf"_s,
            uR"(%1 inet n - n - - smtpd
%2 inet n - n - - smtpd -o smtpd_upstream_proxy_protocol=haproxy
%3 inet n - n - - smtpd -o smtpd_authorized_xclient_hosts=127.0.0.1
%4 inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
%5 inet n - n - - smtpd -o smtpd_relay_restrictions=check_recipient_access,static:OK,reject -o smtpd_recipient_restrictions=check_recipient_access,static:OK,reject
%6 inet n - n - - smtpd -o smtpd_forbid_bare_newline=no -o smtpd_relay_restrictions=check_recipient_access,static:OK,reject -o smtpd_recipient_restrictions=check_recipient_access,static:OK,reject
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
)"_s.arg(Port)
                .arg(ProxiedPort)
                .arg(XclientPort)
                .arg(ImplicitPort)
                .arg(OpenPort)
                .arg(BareNewlinePort));
    ok = ok && writeText(dir + u"/dovecot/dovecot.conf"_s, uR"(dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
base_dir = %1/dovecot/run
log_path = %1/dovecot/log
protocols =
ssl = no
auth_failure_delay = 0
auth_mechanisms = plain login cram-md5 digest-md5 scram-sha-1 scram-sha-256 oauthbearer xoauth2 anonymous%2
oauth2 {
  introspection_mode = local
  username_attribute = sub
  oauth2_local_validation {
    dict fs {
      fs posix {
        prefix = %1/dovecot/keys/
      }
    }
  }
}
passdb oauth2 {
  mechanisms_filter = oauthbearer xoauth2
}
passdb passwd-file {
  passwd_file_path = %1/dovecot/users
}
userdb static {
  fields {
    uid = nobody
    gid = nogroup
    home = %1/mail
  }
}
service auth {
  unix_listener %1/queue/private/auth {
    mode = 0660
    user = postfix
    group = postfix
  }
}
)"_s.arg(dir, m_keytab.isEmpty() ? QString() : uR"( gssapi
auth_gssapi_hostname = mx.example.org
auth_krb5_keytab = %1
import_environment {
  KRB5_CONFIG = %2
})"_s.arg(m_keytab, qEnvironmentVariable("KRB5_CONFIG"))));
    ok = ok && writeText(dir + u"/dovecot/users"_s, u"ann:{PLAIN}s3cret-canary\n"_s);
    ok = ok
        && writeText(dir + u"/dovecot/keys/default/HS256/default"_s,
            QString::fromLatin1(tokenKey.toBase64()));
    ok = ok && writeText(dir + u"/ca.pem"_s, QString::fromLatin1(maker->caPem()))
        && writeText(
            dir + u"/cert.pem"_s, QString::fromLatin1(identity->certificatePem + maker->caPem()))
        && writeText(dir + u"/key.pem"_s, QString::fromLatin1(identity->keyPem));
    return ok ? QString() : u"cannot write below "_s + dir;
}

PostfixServer::~PostfixServer()
{
    const int pid = readAll(m_dir.filePath(u"queue/pid/master.pid"_s)).trimmed().toInt();
    if (pid > 1)
        kill(pid, SIGTERM);
}

QString PostfixServer::start(const QString &main)
{
    letAllIn(m_dir.path());
    if (const QString error = writeConfiguration(); !error.isEmpty())
        return error;
    const QString conf = m_dir.filePath(u"conf"_s);
    QFile settings(conf + u"/main.cf"_s);
    const QByteArray further = main.toUtf8();
    if (!settings.open(QIODevice::Append) || settings.write(further) != further.size())
        return settings.fileName() + u": "_s + settings.errorString();
    settings.close();
    // Makes the queue's directories with their owners.
    QProcess check;
    check.start(u"/usr/sbin/postfix"_s, {u"-c"_s, conf, u"check"_s});
    check.setProcessChannelMode(QProcess::MergedChannels);
    check.waitForFinished(20'000);
    if (check.exitCode() != 0)
        return u"postfix check: "_s + QString::fromUtf8(check.readAll());
    if (const QString error = m_sasl == Sasl::Cyrus ? configureCyrus() : startDovecot();
        !error.isEmpty())
        return error;
    return m_postfix.start(u"/usr/sbin/postfix"_s, {u"-c"_s, conf, u"start-fg"_s}, Port,
        m_dir.filePath(u"postfix.out"_s));
}

QString PostfixServer::startDovecot()
{
    if (QString error = m_dovecot.start(u"/usr/sbin/dovecot"_s,
            {u"-F"_s, u"-c"_s, m_dir.filePath(u"dovecot/dovecot.conf"_s)}, 0,
            m_dir.filePath(u"dovecot.out"_s));
        !error.isEmpty())
        return error;
    if (!Test::waitFor(
            [this] { return QFile::exists(m_dir.filePath(u"queue/private/auth"_s)); }, StartLimit))
        return u"dovecot made no socket: "_s
            + QString::fromUtf8(readAll(m_dir.filePath(u"dovecot/log"_s)));
    return {};
}

QString PostfixServer::whyNoCyrus()
{
    return QFile::exists(u"/usr/sbin/saslpasswd2"_s)
        ? QString()
        : u"Cyrus SASL is not installed: run ./dev test"_s;
}

QString PostfixServer::configureCyrus()
{
    const QString database = m_dir.filePath(u"sasl/sasldb2"_s);
    if (!writeText(m_dir.filePath(u"sasl/smtpd.conf"_s), uR"(pwcheck_method: auxprop
auxprop_plugin: sasldb
sasldb_path: %1
mech_list: PLAIN LOGIN CRAM-MD5 DIGEST-MD5 NTLM SCRAM-SHA-1 SCRAM-SHA-256 SCRAM-SHA-512 ANONYMOUS%2
)"_s.arg(database, m_keytab.isEmpty() ? QString() : u" GSSAPI\nkeytab: "_s + m_keytab)))
        return u"cannot write below "_s + m_dir.path();
    QProcess set;
    set.setProcessChannelMode(QProcess::MergedChannels);
    set.start(u"/usr/sbin/saslpasswd2"_s,
        {u"-p"_s, u"-c"_s, u"-f"_s, database, u"-u"_s, u"mx.example.org"_s, u"ann"_s});
    set.write("s3cret-canary");
    set.closeWriteChannel();
    set.waitForFinished(20'000);
    if (set.exitCode() != 0)
        return u"saslpasswd2: "_s + QString::fromUtf8(set.readAll());
    giveTo(database, "postfix");
    return {};
}

QByteArray PostfixServer::tokenFor(const QByteArray &user, const QDateTime &now)
{
    const auto part = [](const QByteArray &bytes) {
        return bytes.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
    };
    const QByteArray from = QByteArray::number(now.toSecsSinceEpoch());
    const QByteArray until = QByteArray::number(now.addSecs(3600).toSecsSinceEpoch());
    const QByteArray claims = "{\"sub\":\"" + user + "\",\"iat\":" + from + ",\"exp\":" + until
        + '}';
    const QByteArray head = part("{\"alg\":\"HS256\",\"typ\":\"JWT\"}"_ba) + '.' + part(claims);
    return head + '.'
        + part(QMessageAuthenticationCode::hash(head, tokenKey, QCryptographicHash::Sha256));
}

QList<QByteArray> PostfixServer::deliveries(int count) const
{
    return maildir(m_dir.filePath(u"mail/inbox"_s), count);
}

QString PostfixServer::log() const
{
    return QString::fromUtf8(readAll(m_dir.filePath(u"postfix.out"_s))
        + readAll(m_dir.filePath(u"postfix.log"_s)) + readAll(m_dir.filePath(u"dovecot/log"_s)));
}

bool EximServer::isAvailable()
{
    return QFile::exists(eximProgram);
}

QString EximServer::start(const QString &main, const QString &acls)
{
    const QString dir = m_dir.path();
    letAllIn(dir);
    QDir(dir).mkpath(u"spool"_s);
    QDir(dir).mkpath(u"mail"_s);
    giveTo(dir + u"/spool"_s, "Debian-exim");
    giveTo(dir + u"/mail"_s, "Debian-exim");
    const bool written = writeText(dir + u"/exim.conf"_s,
        uR"(primary_hostname = mx2.example.org
exim_path = /opt-mailgauge-servers/usr/sbin/exim4
spool_directory = %1/spool
log_file_path = %1/spool/%slog
keep_environment =
exim_user = Debian-exim
exim_group = Debian-exim
daemon_smtp_ports = %2
local_interfaces = 127.0.0.1
host_lookup =
rfc1413_hosts =
acl_smtp_rcpt = check_rcpt
smtputf8_advertise_hosts = *
accept_8bitmime = true
%3
begin acl
check_rcpt:
  accept domains = example.net
  deny message = relay not permitted
%4
begin routers
inbox:
  driver = accept
  transport = inbox

begin transports
inbox:
  driver = appendfile
  directory = %1/mail/inbox
  maildir_format
  create_directory
  user = Debian-exim
  group = Debian-exim
  delivery_date_add = false
  envelope_to_add = false
  return_path_add = false
)"_s.arg(dir)
            .arg(Port)
            .arg(main.contains("tls_advertise_hosts"_L1) ? main // Exim takes no option twice
                                                         : u"tls_advertise_hosts =\n"_s + main,
                acls));
    if (!written)
        return u"cannot write below "_s + dir;
    QFile::setPermissions(dir + u"/exim.conf"_s,
        QFile::ReadOwner | QFile::WriteOwner | QFile::ReadGroup | QFile::ReadOther);
    return m_exim.start(eximProgram, {u"-bdf"_s, u"-q1m"_s, u"-C"_s, dir + u"/exim.conf"_s}, Port,
        dir + u"/exim.out"_s);
}

QString EximServer::startWithAuth()
{
    const QString dir = m_dir.path();
    if (!writeIdentity(dir))
        return u"cannot write below "_s + dir;
    giveTo(dir + u"/key.pem"_s, "Debian-exim"); // it reads its key as its own user
    return start(uR"(tls_advertise_hosts = *
tls_certificate = %1/cert.pem
tls_privatekey = %1/key.pem
tls_verify_certificates = %1/ca.pem
tls_try_verify_hosts = *
auth_advertise_hosts = ${if eq{$tls_in_cipher}{}{}{*}}
)"_s.arg(dir),
        uR"(
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${if and{{eq{$auth2}{ann}}{eq{$auth3}{s3cret-canary}}}}
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = "Username:: : Password::"
  server_condition = ${if and{{eq{$auth1}{ann}}{eq{$auth2}{s3cret-canary}}}}
cram:
  driver = cram_md5
  public_name = CRAM-MD5
  server_secret = ${if eq{$auth1}{ann}{s3cret-canary}fail}
spa:
  driver = spa
  public_name = NTLM
  server_password = ${if eq{$auth1}{ann}{s3cret-canary}fail}
external:
  driver = external
  public_name = EXTERNAL
  server_advertise_condition = $tls_in_certificate_verified
  server_param2 = ${certextract{subject,CN}{$tls_in_peercert}}
  server_condition = ${if and{{eq{$auth2}{ann}}{or{{eq{$auth1}{}}{eq{$auth1}{ann}}}}}}
)"_s);
}

QList<QByteArray> EximServer::deliveries(int count) const
{
    return maildir(m_dir.filePath(u"mail/inbox"_s), count);
}

QString EximServer::log() const
{
    return QString::fromUtf8(readAll(m_dir.filePath(u"spool/mainlog"_s))
        + readAll(m_dir.filePath(u"spool/paniclog"_s)) + readAll(m_dir.filePath(u"exim.out"_s)));
}

QString SmtpSink::start(const QStringList &options)
{
    return m_sink.start(u"/usr/sbin/smtp-sink"_s,
        options
            + QStringList {u"-u"_s, u"nobody"_s, u"-h"_s, u"sink.example.org"_s,
                u"127.0.0.1:%1"_s.arg(Port), u"100"_s},
        Port, m_dir.filePath(u"sink.out"_s));
}

QByteArray withoutTrace(const QByteArray &delivered)
{
    static const QList<QByteArray> trace {"return-path:", "x-original-to:", "delivered-to:",
        "received:", "envelope-to:", "delivery-date:"};
    QByteArray rest = delivered;
    const auto isTrace = [](const QByteArray &line) {
        return std::ranges::any_of(
            trace, [&line](const QByteArray &name) { return line.toLower().startsWith(name); });
    };
    bool inTrace = false;
    while (!rest.isEmpty()) {
        const qsizetype end = rest.indexOf('\n');
        const QByteArray line = rest.first(end < 0 ? rest.size() : end + 1);
        const bool folded = line.startsWith(' ') || line.startsWith('\t');
        inTrace = folded ? inTrace : isTrace(line);
        if (!inTrace)
            break;
        rest.remove(0, line.size());
    }
    rest.replace("\r\n", "\n");
    rest.replace("\n", "\r\n");
    return rest;
}

} // namespace Mailgauge::Test
