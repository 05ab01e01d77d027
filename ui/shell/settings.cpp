// SPDX-License-Identifier: GPL-3.0-or-later
#include "shell/settings.h"

#include "base/literals.h"
#include "base/logging.h"

namespace Mailgauge::Shell {

Settings::Settings(const QString &path, QObject *parent)
    : QObject(parent)
{
    if (path.isEmpty())
        return;
    m_file = std::make_unique<QSettings>(path, QSettings::IniFormat);
    const int version = m_file->value(u"version"_s, Version).toInt();
    m_writable = version <= Version;
    if (!m_writable)
        qCWarning(Base::logUi) << "settings are of a newer version and stay as they are:"
                               << version;
}

QVariant Settings::value(const QString &key, const QVariant &fallback) const
{
    if (const auto kept = m_memory.constFind(key); kept != m_memory.cend())
        return *kept;
    return m_file ? m_file->value(key, fallback) : fallback;
}

void Settings::setValue(const QString &key, const QVariant &value)
{
    if (m_writable && m_file)
        m_file->setValue(key, value);
    else
        m_memory.insert(key, value);
}

void Settings::remove(const QString &key)
{
    m_memory.remove(key);
    if (m_writable && m_file)
        m_file->remove(key);
}

bool Settings::sync()
{
    if (!m_writable || !m_file)
        return !m_file;
    m_file->setValue(u"version"_s, Version);
    m_file->sync();
    const bool good = m_file->status() == QSettings::NoError;
    if (!good && !m_told) {
        m_told = true;
        Q_EMIT saveFailed(m_file->fileName());
    }
    return good;
}

} // namespace Mailgauge::Shell
