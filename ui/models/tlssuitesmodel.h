// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnose/tlsinspection.h"
#include "models/meaning.h"
#include "models/rowsmodel.h"

namespace Mailgauge::Models {

/// A version, a cipher suite or a group, and whether the server takes it.
struct TlsOffer {
    QString version;
    QString what; ///< Empty: the version as such.
    Diagnose::Acceptance acceptance = Diagnose::Acceptance::NotTested;
    QString why;
};

/// The rows for what an inspection found: each version, the newest first, followed by its cipher
/// suites in the order that the server took them in, refused ones, untested ones; behind those of
/// the newest one accepted the groups.
[[nodiscard]] QList<TlsOffer> tlsOffers(const Diagnose::TlsInspection &inspection);

class TlsSuitesModel final : public RowsModel<TlsOffer> {
    Q_OBJECT

public:
    enum Column : quint8 {
        Version,
        What,
        Accepted,
        Why,
    };

    explicit TlsSuitesModel(QObject *parent = nullptr);

    [[nodiscard]] QVariant data(
        const QModelIndex &index, int role = Qt::DisplayRole) const override;
};

} // namespace Mailgauge::Models
