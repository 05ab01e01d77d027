// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/latestwriter.h"

#include <QStringListModel>

namespace Mailgauge::Models {

/// Addresses that were used before, the last first: what address fields complete from. Kept in a
/// text file, one per line; bounded.
class AddressBook final : public QObject {
    Q_OBJECT

public:
    static constexpr qsizetype MaxAddresses = 2000;

    /// An empty path keeps them in memory only.
    explicit AddressBook(QString path, QObject *parent = nullptr);

    [[nodiscard]] QStringListModel &model() { return m_model; }
    /// Takes the addresses out of a field ("Ann <ann@example.org>, bob@example.net").
    void remember(const QString &field);
    /// By a worker; failed() where it did not work.
    void save();

Q_SIGNALS:
    void failed(const Mailgauge::Base::Error &error);

private:
    QString m_path;
    LatestWriter m_writer;
    QStringListModel m_model;
};

/// The items of an address field: split at commas that are not in quotes or comments.
[[nodiscard]] QStringList splitAddresses(const QString &field);

} // namespace Mailgauge::Models
