// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "mime/draft.h"

#include <QAbstractListModel>

class QUndoStack;

namespace Mailgauge::Models {

/// The files of a draft, attached or inline. Every change can be undone.
class AttachmentsModel final : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role {
        SizeRole = Qt::UserRole + 1, ///< Octets, qint64.
        InlineRole, ///< Whether the HTML refers to it by `cid:`.
        ContentIdRole,
    };

    explicit AttachmentsModel(QUndoStack &undo, QObject *parent = nullptr);

    /// Replaces all, without undo.
    void setAttachments(const QList<Mime::Attachment> &attachments);
    [[nodiscard]] const QList<Mime::Attachment> &attachments() const { return m_attachments; }
    void add(const QList<Mime::Attachment> &attachments);
    void remove(int row);
    /// An inline part gets a Content-ID made of its name; returns it.
    QByteArray setInline(int row, bool isInline);
    [[nodiscard]] qint64 totalSize() const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;

Q_SIGNALS:
    void attachmentsChanged();

private:
    void replace(QList<Mime::Attachment> attachments);
    void push(QList<Mime::Attachment> attachments, const QString &text);
    [[nodiscard]] QByteArray freeContentId(const QString &fileName) const;

    QUndoStack &m_undo;
    QList<Mime::Attachment> m_attachments;
};

} // namespace Mailgauge::Models
