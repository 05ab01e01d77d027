// SPDX-License-Identifier: GPL-3.0-or-later
#include "delivery/ehloname.h"

#include "base/literals.h"

#include <QSysInfo>
#include <QUrl>

#include <algorithm>

namespace Mailgauge::Delivery {

namespace {

bool isLetterOrDigit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool isLabel(const QByteArray &label)
{
    return !label.isEmpty() && label.size() <= 63 && isLetterOrDigit(label.front())
        && isLetterOrDigit(label.back())
        && std::ranges::all_of(label, [](char c) { return isLetterOrDigit(c) || c == '-'; });
}

} // namespace

QByteArray ehloNameFor(const QString &machineName)
{
    QString name = machineName.trimmed();
    if (name.endsWith('.'_L1))
        name.chop(1);
    // RFC 5321 allows letters, digits and hyphens; machines are called my_laptop all the same.
    name.replace('_'_L1, '-'_L1);
    const QByteArray ascii = QUrl::toAce(name);
    const QByteArrayList labels = ascii.split('.');
    if (ascii.size() > 255 || !std::ranges::all_of(labels, isLabel))
        return "[127.0.0.1]"_ba;
    return ascii;
}

QByteArray defaultEhloName()
{
    return ehloNameFor(QSysInfo::machineHostName());
}

} // namespace Mailgauge::Delivery
