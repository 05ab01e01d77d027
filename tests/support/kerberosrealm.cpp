// SPDX-License-Identifier: GPL-3.0-or-later
#include "kerberosrealm.h"

#include "base/literals.h"
#include "serverfiles.h"

#include <QDir>
#include <QFile>

namespace Mailgauge::Test {

namespace {

constexpr std::array variables {"KRB5_CONFIG", "KRB5_KDC_PROFILE", "KRB5CCNAME", "KRB5_KTNAME"};

} // namespace

KerberosRealm::~KerberosRealm()
{
    for (const char *name : variables)
        qunsetenv(name);
}

QString KerberosRealm::whyNot()
{
    return QFile::exists(u"/usr/sbin/krb5kdc"_s) ? QString()
                                                 : u"krb5-kdc is not installed: run ./dev test"_s;
}

QString KerberosRealm::run(
    const QString &program, const QStringList &arguments, const QByteArray &input) const
{
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(program, arguments);
    process.write(input);
    process.closeWriteChannel();
    const bool ended = process.waitForFinished(20'000);
    return ended && process.exitCode() == 0
        ? QString()
        : program + u": "_s + QString::fromUtf8(process.readAll()) + process.errorString();
}

QString KerberosRealm::start()
{
    const QString dir = m_dir.path();
    // Servers that run as others read the configuration and the keytab.
    QFile::setPermissions(dir,
        QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner | QFile::ExeGroup | QFile::ExeOther);
    const bool written = writeText(config(), uR"([libdefaults]
default_realm = EXAMPLE.ORG
dns_lookup_kdc = false
dns_lookup_realm = false
dns_canonicalize_hostname = false
rdns = false
[realms]
EXAMPLE.ORG = {
  kdc = 127.0.0.1:%1
}
[domain_realm]
.example.org = EXAMPLE.ORG
)"_s.arg(Port))
        && writeText(dir + u"/kdc.conf"_s,
            uR"([kdcdefaults]
kdc_listen = 127.0.0.1:%2
kdc_tcp_listen = 127.0.0.1:%2
[realms]
EXAMPLE.ORG = {
  database_name = %1/principal
  key_stash_file = %1/stash
  acl_file = %1/acl
}
[logging]
kdc = FILE:%1/kdc.log
admin_server = FILE:%1/admin.log
default = FILE:%1/default.log
)"_s.arg(dir)
                .arg(Port));
    if (!written)
        return u"cannot write below "_s + dir;
    qputenv("KRB5_CONFIG", QFile::encodeName(config()));
    qputenv("KRB5_KDC_PROFILE", QFile::encodeName(dir + u"/kdc.conf"_s));
    qputenv("KRB5CCNAME", QFile::encodeName(u"FILE:"_s + dir + u"/ccache"_s));
    qputenv("KRB5_KTNAME", QFile::encodeName(u"FILE:"_s + keytab()));
    const QString admin = u"/usr/sbin/kadmin.local"_s;
    for (const auto &[program, arguments] :
        {
            std::pair {
                u"/usr/sbin/kdb5_util"_s, QStringList {u"create"_s, u"-s"_s, u"-P"_s, u"master"_s}},
            std::pair {admin, QStringList {u"addprinc"_s, u"-pw"_s, u"s3cret-canary"_s, u"ann"_s}},
            std::pair {admin, QStringList {u"addprinc"_s, u"-randkey"_s, u"smtp/mx.example.org"_s}},
            std::pair {
                admin, QStringList {u"ktadd"_s, u"-k"_s, keytab(), u"smtp/mx.example.org"_s}},
        }) {
        if (QString error = run(program, arguments); !error.isEmpty())
            return error;
    }
    QFile::setPermissions(
        keytab(), QFile::ReadOwner | QFile::WriteOwner | QFile::ReadGroup | QFile::ReadOther);
    return m_kdc.start(u"/usr/sbin/krb5kdc"_s, {u"-n"_s}, Port, dir + u"/kdc.out"_s);
}

QString KerberosRealm::logIn(int seconds)
{
    return run(u"/usr/bin/kinit"_s, {u"-l"_s, QString::number(seconds) + u's', u"ann"_s},
        "s3cret-canary\n"_ba);
}

void KerberosRealm::logOut()
{
    QFile::remove(m_dir.filePath(u"ccache"_s));
}

QString KerberosRealm::log() const
{
    return QString::fromUtf8(readAll(m_dir.filePath(u"kdc.log"_s)));
}

} // namespace Mailgauge::Test
