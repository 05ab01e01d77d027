// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/attachmentsmodel.h"

#include "base/literals.h"
#include "models/swapcommand.h"

#include <QIcon>
#include <QLocale>
#include <QUndoStack>

#include <algorithm>
#include <numeric>

namespace Mailgauge::Models {

namespace {
QString iconFor(const QByteArray &mimeType)
{
    if (mimeType.startsWith("image/"))
        return u"image-x-generic"_s;
    if (mimeType.startsWith("text/"))
        return u"text-x-generic"_s;
    if (mimeType == "application/pdf")
        return u"application-pdf"_s;
    return u"mail-attachment"_s;
}
} // namespace

AttachmentsModel::AttachmentsModel(QUndoStack &undo, QObject *parent)
    : QAbstractListModel(parent)
    , m_undo(undo)
{
}

void AttachmentsModel::setAttachments(const QList<Mime::Attachment> &attachments)
{
    replace(attachments);
}

void AttachmentsModel::replace(QList<Mime::Attachment> attachments)
{
    beginResetModel();
    m_attachments = std::move(attachments);
    endResetModel();
    Q_EMIT attachmentsChanged();
}

void AttachmentsModel::push(QList<Mime::Attachment> attachments, const QString &text)
{
    const auto exchange = [this](QList<Mime::Attachment> next) {
        const QList<Mime::Attachment> before = m_attachments;
        replace(std::move(next));
        return before;
    };
    m_undo.push(new SwapCommand<Mime::Attachment>(exchange, std::move(attachments), text));
}

void AttachmentsModel::add(const QList<Mime::Attachment> &attachments)
{
    if (!attachments.isEmpty())
        push(m_attachments + attachments, tr("Attach"));
}

void AttachmentsModel::remove(int row)
{
    if (row < 0 || row >= m_attachments.size())
        return;
    QList<Mime::Attachment> list = m_attachments;
    list.removeAt(row);
    push(list, tr("Remove attachment"));
}

QByteArray AttachmentsModel::freeContentId(const QString &fileName) const
{
    QByteArray base;
    for (const QChar c : fileName) {
        if (c.unicode() < 128 && (c.isLetterOrNumber() || c == u'.' || c == u'-'))
            base.append(static_cast<char>(c.unicode()));
    }
    if (base.isEmpty())
        base = "image";
    const auto taken = [this](const QByteArray &id) {
        return std::ranges::any_of(
            m_attachments, [&](const Mime::Attachment &other) { return other.contentId == id; });
    };
    QByteArray id = base + "@mailgauge";
    for (int n = 2; taken(id); ++n)
        id = QByteArray::number(n) + '.' + base + "@mailgauge";
    return id;
}

QByteArray AttachmentsModel::setInline(int row, bool isInline)
{
    if (row < 0 || row >= m_attachments.size())
        return {};
    QList<Mime::Attachment> list = m_attachments;
    if (isInline == !list[row].contentId.isEmpty())
        return list[row].contentId;
    list[row].contentId = isInline ? freeContentId(list[row].fileName) : QByteArray();
    const QByteArray id = list[row].contentId;
    push(list, isInline ? tr("Make inline") : tr("Make attachment"));
    return id;
}

qint64 AttachmentsModel::totalSize() const
{
    return std::accumulate(m_attachments.cbegin(), m_attachments.cend(), qint64(0),
        [](qint64 sum, const Mime::Attachment &one) { return sum + one.size; });
}

int AttachmentsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_attachments.size());
}

QVariant AttachmentsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Mime::Attachment &one = m_attachments[index.row()];
    const QString size = QLocale().formattedDataSize(one.size);
    switch (role) {
    case Qt::DisplayRole:
        return one.contentId.isEmpty() ? u"%1  (%2)"_s.arg(one.fileName, size)
                                       : tr("%1  (%2, inline)").arg(one.fileName, size);
    case Qt::DecorationRole:
        return QIcon::fromTheme(iconFor(one.mimeType));
    case Qt::ToolTipRole:
        return u"%1\n%2"_s.arg(one.path, QString::fromUtf8(one.mimeType)).toHtmlEscaped();
    case SizeRole:
        return one.size;
    case InlineRole:
        return !one.contentId.isEmpty();
    case ContentIdRole:
        return one.contentId;
    default:
        return {};
    }
}

} // namespace Mailgauge::Models
