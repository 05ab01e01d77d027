// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "mime/draft.h"

#include <QAbstractTableModel>

class QUndoStack;

namespace Mailgauge::Models {

/// The further header fields of a draft: name and value, and one empty row below to add the next.
/// Every change can be undone.
class HeadersModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column {
        Name,
        Value,
        ColumnCount,
    };
    enum Role {
        ProblemRole = Qt::UserRole + 1, ///< A sentence where the cell cannot be sent; else empty.
    };

    explicit HeadersModel(QUndoStack &undo, QObject *parent = nullptr);

    /// Replaces all, without undo.
    void setFields(const QList<Mime::HeaderField> &fields);
    [[nodiscard]] const QList<Mime::HeaderField> &fields() const { return m_fields; }
    void removeField(int row);
    [[nodiscard]] bool hasProblem() const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    bool setData(const QModelIndex &index, const QVariant &value, int role) override;
    [[nodiscard]] QVariant headerData(
        int section, Qt::Orientation orientation, int role) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex &index) const override;

Q_SIGNALS:
    void fieldsChanged();

private:
    void replace(QList<Mime::HeaderField> fields);
    void push(QList<Mime::HeaderField> fields, const QString &text);
    [[nodiscard]] static QString problem(const Mime::HeaderField &field, int column);

    QUndoStack &m_undo;
    QList<Mime::HeaderField> m_fields;
};

} // namespace Mailgauge::Models
