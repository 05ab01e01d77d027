// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/jsonbytes.h"

#include "base/literals.h"
#include "store/compression.h"

#include <QJsonDocument>

namespace Mailgauge::Store {

namespace {
// Ten thousand recipients with long replies stay far below.
constexpr qint64 LargestObject = 256 * 1024 * 1024;
} // namespace

QByteArray packed(const QJsonObject &object)
{
    return compress(QJsonDocument(object).toJson(QJsonDocument::Compact));
}

Base::Result<QJsonObject> unpacked(const QByteArray &bytes)
{
    return decompress(bytes, LargestObject)
        .and_then([](const QByteArray &json) -> Base::Result<QJsonObject> {
            const QJsonDocument document = QJsonDocument::fromJson(json);
            if (!document.isObject())
                return Base::fail(Base::Error::Kind::Corrupt, u"store: not a JSON object"_s);
            return document.object();
        });
}

} // namespace Mailgauge::Store
