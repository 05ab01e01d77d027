// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// A resolver that knows what the test told it. Names it does not know do not exist; questions for
/// a type that a known name lacks have an empty answer.
#include "dns/resolver.h"
#include "net/router.h"

#include <QHash>
#include <QMultiHash>
#include <QStringList>

#include <memory>

namespace Mailgauge::Test {

struct FakeZone {
    FakeZone &add(const QByteArray &name, Dns::RecordData data);
    FakeZone &fail(const QByteArray &name, Dns::Type type, Dns::Status status);
    /// The answer to this question comes so much later; a negative delay: never.
    FakeZone &delay(const QByteArray &name, Dns::Type type, std::chrono::milliseconds time);

    /// Not authenticated, in a zone that is.
    FakeZone &unsign(const QByteArray &name);

    /// For ConnectionOptions and others. The zone must live as long as what is made of it.
    [[nodiscard]] Net::MakeResolver make();

    struct Key {
        QByteArray name;
        Dns::Type type;
        bool operator==(const Key &) const = default;
        friend size_t qHash(const Key &key, size_t seed = 0)
        {
            return qHashMulti(seed, key.name, static_cast<int>(key.type));
        }
    };
    QHash<Key, QList<Dns::RecordData>> records;
    QHash<Key, Dns::Status> failures;
    QHash<Key, std::chrono::milliseconds> delays;
    bool authenticated = false;
    QByteArrayList unsignedNames;
    QStringList asked; ///< "MX example.org" …
    int answered = 0;
};

} // namespace Mailgauge::Test
