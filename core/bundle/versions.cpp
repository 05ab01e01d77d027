// SPDX-License-Identifier: GPL-3.0-or-later
#include "bundle/versions.h"

#include "base/literals.h"
#include "base/paths.h"

#include <QFileInfo>
#include <QSettings>
#include <QSysInfo>

#include <openssl/crypto.h>

#include <algorithm>
#include <array>

namespace Mailgauge::Bundle {

namespace {

constexpr std::array secretWords {
    "password"_L1, "passwd"_L1, "secret"_L1, "token"_L1, "credential"_L1, "apikey"_L1};

bool speaksOfSecret(const QString &key)
{
    return std::ranges::any_of(secretWords,
        [&key](QLatin1StringView word) { return key.contains(word, Qt::CaseInsensitive); });
}

/// Text for people, empty for what is none (geometry, states).
QString readable(const QVariant &value)
{
    if (value.typeId() == QMetaType::QStringList)
        return value.toStringList().join(u", "_s);
    if (value.typeId() != QMetaType::QString)
        return {};
    QString text = value.toString();
    const bool binary = text.startsWith('@'_L1)
        || std::ranges::any_of(text, [](QChar c) { return c.category() == QChar::Other_Control; });
    return binary ? QString() : Base::withoutHome(text);
}

} // namespace

Facts programVersions()
{
    return {
        {u"Mailgauge"_s, QString::fromLatin1(MAILGAUGE_VERSION)},
        {u"Qt"_s, QString::fromLatin1(qVersion())},
        {u"Qt, built with"_s, QString::fromLatin1(QT_VERSION_STR)},
        {u"OpenSSL"_s, QString::fromLatin1(OpenSSL_version(OPENSSL_VERSION))},
        {u"Operating system"_s, QSysInfo::prettyProductName()},
        {u"Kernel"_s, QSysInfo::kernelType() + u' ' + QSysInfo::kernelVersion()},
        {u"Architecture"_s, QSysInfo::currentCpuArchitecture()},
    };
}

Facts settingsFacts(const QString &iniFile)
{
    if (!QFileInfo(iniFile).isFile())
        return {};
    const QSettings settings(iniFile, QSettings::IniFormat);
    Facts facts;
    const QStringList keys = settings.allKeys();
    for (const QString &key : keys) {
        const QString value = readable(settings.value(key));
        if (!value.isEmpty())
            facts.append({key, speaksOfSecret(key) ? u"<redacted>"_s : value});
    }
    return facts;
}

} // namespace Mailgauge::Bundle
