// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/paths.h"

#include "base/literals.h"

#include <QDir>
#include <QFile>
#include <QStandardPaths>
#include <QTemporaryFile>

#include <cerrno>

namespace Mailgauge::Base {

namespace {

constexpr auto OwnerOnly = QFileDevice::ReadOwner | QFileDevice::WriteOwner | QFileDevice::ExeOwner;

std::unexpected<Error> cannotWrite(const QString &directory, int error)
{
    const bool full = error == ENOSPC || error == EDQUOT;
    return fail(full ? Error::Kind::Full : Error::Kind::Denied,
        u"%1: %2"_s.arg(directory, error ? qt_error_string(error) : u"not writable"_s));
}

Result<void> makeWritable(const QString &directory)
{
    const bool existed = QDir(directory).exists();
    errno = 0;
    if (!existed && !QDir().mkpath(directory))
        return cannotWrite(directory, errno);
    if (!existed)
        QFile::setPermissions(directory, OwnerOnly);
    // Permission bits tell nothing on a read-only file system, to root, or under a quota: try.
    QTemporaryFile probe(directory + u"/.probe-XXXXXX"_s);
    errno = 0;
    if (!probe.open() || probe.write("probe") != 5 || !probe.flush())
        return cannotWrite(directory, errno);
    return {};
}

QString below(QStandardPaths::StandardLocation location)
{
    return QStandardPaths::writableLocation(location) + u"/mailgauge"_s;
}

} // namespace

Paths Paths::standard(const QString &dataDir)
{
    Paths paths;
    if (!dataDir.isEmpty()) {
        paths.m_data = QDir(dataDir).absolutePath();
        paths.m_config = paths.m_data;
        paths.m_cache = paths.m_data + u"/cache"_s;
        return paths;
    }
    paths.m_data = below(QStandardPaths::GenericDataLocation);
    paths.m_config = below(QStandardPaths::GenericConfigLocation);
    paths.m_cache = below(QStandardPaths::GenericCacheLocation);
    // Qt takes "/" for a missing home; root could even write there.
    paths.m_homeless = qEnvironmentVariableIsEmpty("HOME")
        && (qEnvironmentVariableIsEmpty("XDG_DATA_HOME")
            || qEnvironmentVariableIsEmpty("XDG_CONFIG_HOME"));
    return paths;
}

QString Paths::storeFile() const
{
    return m_data + u"/mailgauge.sqlite"_s;
}

QString Paths::vaultFile() const
{
    return m_data + u"/passwords.vault"_s;
}

QString Paths::bounceKeyFile() const
{
    return m_data + u"/bounces.key"_s;
}

QString Paths::mtaStsDir() const
{
    return m_data + u"/mta-sts"_s;
}

QString Paths::draftsDir() const
{
    return m_data + u"/drafts"_s;
}

QString Paths::attachmentsDir() const
{
    return m_data + u"/attachments"_s;
}

QString Paths::reportsDir() const
{
    return m_data + u"/diagnoses"_s;
}

QString Paths::settingsFile() const
{
    return m_config + u"/mailgauge.ini"_s;
}

Result<void> Paths::prepare() const
{
    if (m_homeless)
        return fail(Error::Kind::Denied, u"HOME is not set"_s);
    return makeWritable(m_data).and_then([this] { return makeWritable(m_config); });
}

QString withoutHome(const QString &text)
{
    const QString home = QDir::homePath();
    if (home.size() < 2) // "/" where there is none
        return text;
    QString out;
    qsizetype done = 0;
    for (qsizetype at = text.indexOf(home); at >= 0; at = text.indexOf(home, at + 1)) {
        const qsizetype end = at + home.size();
        const QChar next = end < text.size() ? text.at(end) : QChar(u'/');
        if (next.isLetterOrNumber() || next == u'_' || next == u'-')
            continue; // somebody else's
        out += QStringView(text).sliced(done, at - done);
        out += u'~';
        done = end;
    }
    out += QStringView(text).sliced(done);
    return out;
}

} // namespace Mailgauge::Base
