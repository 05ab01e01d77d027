// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/mtastscache.h"

#include "base/filejobs.h"
#include "base/literals.h"

#include <QDir>
#include <QJsonDocument>
#include <QJsonObject>
#include <QUrl>

namespace Mailgauge::Net {

namespace {

constexpr qint64 MaxFile = 512 * 1024;
const QString formatName = u"mailgauge-mta-sts"_s;

} // namespace

QString MtaStsCache::pathOf(const QByteArray &domain) const
{
    // A name may hold any octet, a path may not.
    const QByteArray name = QUrl::toPercentEncoding(QString::fromLatin1(domain.toLower()));
    return m_directory + u'/' + QString::fromLatin1(name) + u".json"_s;
}

std::optional<KeptMtaSts> MtaStsCache::find(const QByteArray &domain, const QDateTime &now) const
{
    if (m_directory.isEmpty())
        return std::nullopt;
    const auto bytes = Base::readRegularFile(pathOf(domain), MaxFile);
    if (!bytes)
        return std::nullopt;
    const QJsonObject object = QJsonDocument::fromJson(*bytes).object();
    if (object.value("format"_L1).toString() != formatName || object.value("version"_L1) != 1
        || object.value("domain"_L1).toString().toLatin1() != domain.toLower())
        return std::nullopt;
    KeptMtaSts kept;
    kept.id = object.value("id"_L1).toString().toLatin1();
    kept.text = object.value("policy"_L1).toString().toUtf8();
    kept.fetched
        = QDateTime::fromString(object.value("fetched"_L1).toString(), Qt::ISODate).toUTC();
    const auto read = readMtaStsPolicy(kept.text);
    if (!read.policy || !kept.fetched.isValid())
        return std::nullopt;
    kept.policy = *read.policy;
    // One from the future is from a clock that was wrong.
    if (now >= kept.until() || kept.fetched > now.addDays(1))
        return std::nullopt;
    return kept;
}

Base::Result<void> MtaStsCache::keep(const QByteArray &domain, const KeptMtaSts &kept) const
{
    if (m_directory.isEmpty())
        return {};
    if (!QDir().mkpath(m_directory)) {
        return Base::fail(Base::Error::Kind::Io, u"%1: cannot be made"_s.arg(m_directory));
    }
    const QJsonObject object {{u"format"_s, formatName}, {u"version"_s, 1},
        {u"domain"_s, QString::fromLatin1(domain.toLower())},
        {u"id"_s, QString::fromLatin1(kept.id)},
        {u"fetched"_s, kept.fetched.toUTC().toString(Qt::ISODate)},
        {u"policy"_s, QString::fromUtf8(kept.text)}};
    return Base::writeFile(pathOf(domain), QJsonDocument(object).toJson());
}

} // namespace Mailgauge::Net
