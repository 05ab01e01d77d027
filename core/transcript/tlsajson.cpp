// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/tlsajson.h"

#include "base/literals.h"

namespace Mailgauge::Transcript {

namespace {

constexpr qsizetype MaxTlsa = 100;

Tls::TlsaResult tlsaFromJson(const QJsonObject &object)
{
    const auto number = [&object](QLatin1StringView name) {
        return static_cast<quint8>(qBound(0, object.value(name).toInt(), 255));
    };
    Tls::TlsaResult one {{number("usage"_L1), number("selector"_L1), number("matchingType"_L1),
        QByteArray::fromHex(object.value("association"_L1).toString().toLatin1())}};
    one.kind = Tls::tlsaResultFromName(object.value("result"_L1).toString().toLatin1())
                   .value_or(Tls::TlsaResult::Kind::Differs);
    one.depth = object.value("depth"_L1).toInt(-1);
    one.detail = object.value("detail"_L1).toString();
    return one;
}

} // namespace

QJsonObject tlsaRecordToJson(const Tls::TlsaRecord &record)
{
    return {{u"usage"_s, record.usage}, {u"selector"_s, record.selector},
        {u"matchingType"_s, record.matchingType},
        {u"association"_s, QString::fromLatin1(record.association.toHex())}};
}

QJsonObject tlsaToJson(const Tls::TlsaResult &one)
{
    QJsonObject object = tlsaRecordToJson(one.record);
    object.insert(u"result"_s, QString::fromLatin1(Tls::tlsaResultName(one.kind)));
    object.insert(u"depth"_s, one.depth);
    object.insert(u"detail"_s, one.detail);
    return object;
}

QJsonArray tlsaListToJson(const QList<Tls::TlsaResult> &list)
{
    QJsonArray array;
    for (const Tls::TlsaResult &one : list)
        array.append(tlsaToJson(one));
    return array;
}

QList<Tls::TlsaResult> tlsaListFrom(const QJsonValue &value)
{
    QList<Tls::TlsaResult> list;
    const QJsonArray array = value.toArray();
    for (const QJsonValue &one : array) {
        if (list.size() < MaxTlsa)
            list.append(tlsaFromJson(one.toObject()));
    }
    return list;
}

} // namespace Mailgauge::Transcript
