// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QJsonValue>
#include <QStringList>

#include <optional>

namespace Mailgauge::Sandbox {

/// Reads one JSON object strictly: the first thing that is wrong, in the whole document, is kept
/// with its place, and every key must have been asked for by the time of finish().
class JsonObject {
public:
    using Problem = std::optional<Base::Error>;

    /// `place` is "rules[2].do"; empty for the document itself.
    JsonObject(const QJsonObject &object, QString place, Problem &problem);

    /// Keys that may be there and are read elsewhere.
    void expect(const QStringList &keys) { m_known += keys; }
    [[nodiscard]] bool has(const QString &key);
    /// The value as it is; undefined where the key is missing.
    [[nodiscard]] QJsonValue value(const QString &key);
    /// Without the key: empty. At most ScenarioLimits::MaxText characters.
    [[nodiscard]] QString text(const QString &key);
    /// Text that must be there.
    [[nodiscard]] QString requiredText(const QString &key);
    [[nodiscard]] bool boolean(const QString &key, bool otherwise);
    [[nodiscard]] qint64 number(const QString &key, qint64 otherwise, qint64 min, qint64 max);
    [[nodiscard]] double fraction(const QString &key, double otherwise);
    [[nodiscard]] JsonObject object(const QString &key);
    /// Entry `index` of the list at `key`.
    [[nodiscard]] JsonObject element(const QString &key, const QJsonValue &entry, qsizetype index);
    /// Texts without control characters.
    [[nodiscard]] QList<QByteArray> texts(const QString &key, qsizetype max);
    /// The position of the text in `names`; -1 without the key.
    [[nodiscard]] qsizetype choice(const QString &key, const QStringList &names);

    /// What is wrong at `key`, unless something was wrong before.
    void refuse(const QString &key, const QString &what);
    /// Refuses keys that nobody asked for.
    void finish();
    [[nodiscard]] QString placeOf(const QString &key) const;

private:
    QJsonObject m_object;
    QString m_place;
    Problem &m_problem;
    QStringList m_known;
};

} // namespace Mailgauge::Sandbox
