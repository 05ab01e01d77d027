// SPDX-License-Identifier: GPL-3.0-or-later
#include "knotserver.h"

#include "base/literals.h"

#include <QDir>
#include <QFile>
#include <QTest>

namespace Mailgauge::Test {

namespace {

bool write(const QString &path, const QByteArray &bytes)
{
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size();
}

} // namespace

QString KnotServer::whyNot()
{
    if (!qEnvironmentVariableIsSet("MAILGAUGE_NETNS"))
        return u"no network namespace could be made, so fixed ports may not be used"_s;
    if (!QFile::exists(u"/usr/sbin/knotd"_s))
        return u"knot is not installed: run ./dev test"_s;
    return {};
}

QString KnotServer::start(const QList<Zone> &zones)
{
    const QString dir = m_dir.path();
    QDir(dir).mkpath(u"run"_s);
    QDir(dir).mkpath(u"db"_s);
    QByteArray config = uR"(server:
  rundir: "%1/run"
  listen: 127.0.0.1@%2
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
database:
  storage: "%1/db"
log:
  - target: stdout
    any: info
policy:
  - id: quick
    algorithm: ecdsap256sha256
    single-type-signing: on
zone:
)"_s.arg(dir)
                            .arg(Port)
                            .toUtf8();
    bool ok = true;
    for (const Zone &zone : zones) {
        const QByteArray name = zone.name.toLatin1();
        config += "  - domain: " + name + "\n    storage: \"" + dir.toUtf8() + "\"\n    file: \""
            + name
            + ".zone\"\n    zonefile-sync: -1\n    zonefile-load: difference-no-serial\n    "
              "journal-content: all\n    semantic-checks: off\n";
        if (zone.isSigned)
            config += "    dnssec-signing: on\n    dnssec-policy: quick\n";
        if (zone.records.isNull())
            continue;
        ok = ok
            && write(dir + u'/' + zone.name + u".zone"_s,
                "$ORIGIN " + name
                    + ".\n$TTL 300\n@ SOA ns hostmaster 1 3600 600 86400 60\n@ NS ns\nns "
                    + "A 127.0.0.1\n" + zone.records);
    }
    if (!ok || !write(dir + u"/knot.conf"_s, config))
        return u"cannot write below "_s + dir;
    if (const QString error = m_knot.start(
            u"/usr/sbin/knotd"_s, {u"-c"_s, dir + u"/knot.conf"_s}, Port, dir + u"/knot.out"_s);
        !error.isEmpty())
        return error;
    // The port answers before the zones are signed.
    for (const Zone &zone : zones) {
        if (zone.isSigned && !Test::waitFor([&] { return !anchors(zone.name).isEmpty(); }, 20'000))
            return u"%1 was not signed"_s.arg(zone.name);
    }
    return {};
}

QByteArray KnotServer::run(const QString &program, const QStringList &arguments) const
{
    QProcess process;
    process.start(program, arguments);
    process.waitForFinished(10'000);
    return process.readAllStandardOutput();
}

QByteArrayList KnotServer::anchors(const QString &zone) const
{
    QByteArrayList anchors;
    for (const QByteArray &line :
        run(u"/usr/sbin/keymgr"_s, {u"-c"_s, m_dir.filePath(u"knot.conf"_s), zone, u"ds"_s})
            .split('\n')) {
        if (line.contains(" DS "))
            anchors.append(line.trimmed());
    }
    return anchors;
}

} // namespace Mailgauge::Test
