// SPDX-License-Identifier: GPL-3.0-or-later
#include "serverfiles.h"

#include "base/literals.h"
#include "fakerelay.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <pwd.h>
#include <unistd.h>

namespace Mailgauge::Test {

bool writeText(const QString &path, const QString &text)
{
    QDir().mkpath(QFileInfo(path).path());
    QFile file(path);
    const QByteArray bytes = text.toUtf8();
    return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size();
}

QByteArray readAll(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void letAllIn(const QString &directory)
{
    QFile::setPermissions(directory,
        QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner | QFile::ReadGroup | QFile::ExeGroup
            | QFile::ReadOther | QFile::ExeOther);
}

void giveTo(const QString &path, const char *user)
{
    if (const passwd *entry = getpwnam(user)) [[maybe_unused]]
        const int done = chown(QFile::encodeName(path).constData(), entry->pw_uid, entry->pw_gid);
}

bool writeIdentity(const QString &directory)
{
    const TestIdentity &all = testIdentity();
    const QString key = directory + u"/key.pem"_s;
    const QString client = directory + u"/client.pem"_s;
    return writeText(directory + u"/ca.pem"_s, QString::fromLatin1(all.caPem))
        && writeText(directory + u"/cert.pem"_s, QString::fromLatin1(all.identity.certificatePem))
        && writeText(key, QString::fromLatin1(all.identity.keyPem))
        && writeText(client, QString::fromLatin1(all.client.certificatePem + all.client.keyPem))
        && QFile::setPermissions(key, QFile::ReadOwner | QFile::WriteOwner)
        && QFile::setPermissions(client, QFile::ReadOwner | QFile::WriteOwner);
}

} // namespace Mailgauge::Test
