// SPDX-License-Identifier: GPL-3.0-or-later
#include "tls/ciphersuites.h"

#include "base/literals.h"
#include "tls/tlscodes.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

namespace Mailgauge::Tls {

namespace {

quint16 versionFrom(const QString &name)
{
    for (const quint16 version : {Ssl30, Tls10, Tls11, Tls12}) {
        if (QLatin1StringView(versionName(version)) == name)
            return version;
    }
    return Tls13;
}

QList<CipherSuite> readTable()
{
    QList<CipherSuite> table;
    QFile file(u":/mailgauge/tls/ciphersuites.json"_s);
    if (!file.open(QIODevice::ReadOnly))
        return table;
    const QJsonArray rows = QJsonDocument::fromJson(file.readAll())["suites"_L1].toArray();
    table.reserve(rows.size());
    for (const QJsonValue &value : rows) {
        const QJsonObject row = value.toObject();
        table.append({.code = row["code"_L1].toString().toUShort(nullptr, 16),
            .name = row["name"_L1].toString().toLatin1(),
            .openSslName = row["openssl"_L1].toString().toLatin1(),
            .since = versionFrom(row["since"_L1].toString()),
            .registered = row["registered"_L1].toBool(true),
            .needsCredentials = row["needs"_L1].toString() == "credentials"_L1});
    }
    std::ranges::sort(table, {}, &CipherSuite::code);
    return table;
}

} // namespace

bool CipherSuite::isUsableIn(quint16 version) const
{
    return version == Tls13 ? since == Tls13 : since != Tls13 && version >= since;
}

KeyExchange CipherSuite::keyExchange() const
{
    if (since == Tls13)
        return KeyExchange::None;
    if (name.contains("_ECDHE_") || name.contains("_ECDH_anon_"))
        return KeyExchange::Ecdhe;
    if (name.contains("_DHE_") || name.contains("_DH_anon_"))
        return KeyExchange::Dhe;
    return KeyExchange::Fixed;
}

const QList<CipherSuite> &cipherSuites()
{
    static const QList<CipherSuite> table = readTable();
    return table;
}

const CipherSuite *cipherSuite(quint16 code)
{
    const QList<CipherSuite> &table = cipherSuites();
    const auto at = std::ranges::lower_bound(table, code, {}, &CipherSuite::code);
    return at == table.end() || at->code != code ? nullptr : &*at;
}

QByteArray suiteName(quint16 code)
{
    const CipherSuite *suite = cipherSuite(code);
    return suite ? suite->name : hexCode(code);
}

} // namespace Mailgauge::Tls
