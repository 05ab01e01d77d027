// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/headersmodel.h"

#include "base/literals.h"
#include "models/swapcommand.h"

#include <QUndoStack>

#include <algorithm>

namespace Mailgauge::Models {

namespace {
// Fields that the composer or the builder writes itself.
constexpr QByteArrayView ownFields[] {"from", "to", "cc", "bcc", "reply-to", "subject", "date",
    "message-id", "mime-version", "content-type", "content-transfer-encoding"};

bool isFieldName(QByteArrayView name)
{
    // RFC 5322 2.2: printable ASCII but the colon.
    return !name.isEmpty()
        && std::ranges::all_of(name, [](char c) { return c > ' ' && c < 127 && c != ':'; });
}
} // namespace

HeadersModel::HeadersModel(QUndoStack &undo, QObject *parent)
    : QAbstractTableModel(parent)
    , m_undo(undo)
{
}

void HeadersModel::setFields(const QList<Mime::HeaderField> &fields)
{
    replace(fields);
}

// Rows go and come at the end, behind the empty one, the rest changes in place: selections survive
// an edit, and who types into the empty row stays in it.
void HeadersModel::replace(QList<Mime::HeaderField> fields)
{
    const int before = static_cast<int>(m_fields.size());
    const int after = static_cast<int>(fields.size());
    if (after > before) {
        beginInsertRows({}, before + 1, after);
        m_fields.resize(after);
        endInsertRows();
    }
    fields.resize(qMax(before, after));
    m_fields = std::move(fields);
    Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
    if (after < before) {
        beginRemoveRows({}, after + 1, before);
        m_fields.resize(after);
        endRemoveRows();
    }
    Q_EMIT fieldsChanged();
}

void HeadersModel::push(QList<Mime::HeaderField> fields, const QString &text)
{
    const auto exchange = [this](QList<Mime::HeaderField> next) {
        const QList<Mime::HeaderField> before = m_fields;
        replace(std::move(next));
        return before;
    };
    m_undo.push(new SwapCommand<Mime::HeaderField>(exchange, std::move(fields), text));
}

void HeadersModel::removeField(int row)
{
    if (row < 0 || row >= m_fields.size())
        return;
    QList<Mime::HeaderField> fields = m_fields;
    fields.removeAt(row);
    push(fields, tr("Remove field"));
}

bool HeadersModel::hasProblem() const
{
    return std::ranges::any_of(m_fields, [](const Mime::HeaderField &field) {
        return !problem(field, Name).isEmpty() || !problem(field, Value).isEmpty();
    });
}

int HeadersModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_fields.size()) + 1;
}

int HeadersModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString HeadersModel::problem(const Mime::HeaderField &field, int column)
{
    if (column == Value) {
        const bool broken = std::ranges::any_of(
            field.value, [](QChar c) { return c == u'\r' || c == u'\n' || c.isNull(); });
        return broken ? tr("A value is one line. Remove the line break.") : QString();
    }
    if (!isFieldName(field.name))
        return tr("A field name has letters, digits and dashes only, such as X-Campaign.");
    if (std::ranges::contains(ownFields, field.name.toLower()))
        return tr("Mailgauge writes this field itself. Use the fields above, or another name.");
    return {};
}

QVariant HeadersModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    if (index.row() == m_fields.size()) {
        if (role == Qt::AccessibleTextRole)
            return index.column() == Name ? tr("New field name") : tr("New field value");
        return role == Qt::DisplayRole || role == Qt::EditRole ? QVariant(QString()) : QVariant();
    }
    const Mime::HeaderField &field = m_fields[index.row()];
    switch (role) {
    case Qt::DisplayRole:
    case Qt::EditRole:
        return index.column() == Name ? QString::fromUtf8(field.name) : field.value;
    case Qt::ToolTipRole:
    case ProblemRole:
        return problem(field, index.column());
    default:
        return {};
    }
}

bool HeadersModel::setData(const QModelIndex &index, const QVariant &value, int role)
{
    if (role != Qt::EditRole || !checkIndex(index, CheckIndexOption::IndexIsValid))
        return false;
    QList<Mime::HeaderField> fields = m_fields;
    if (index.row() == fields.size()) {
        if (value.toString().trimmed().isEmpty())
            return false;
        fields.append(Mime::HeaderField {});
    }
    Mime::HeaderField &field = fields[index.row()];
    if (index.column() == Name)
        field.name = value.toString().trimmed().toUtf8();
    else
        field.value = value.toString();
    if (fields == m_fields)
        return true;
    push(fields, tr("Change field"));
    return true;
}

QVariant HeadersModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    return section == Name ? tr("Name") : tr("Value");
}

Qt::ItemFlags HeadersModel::flags(const QModelIndex &index) const
{
    const Qt::ItemFlags flags = QAbstractTableModel::flags(index);
    return index.isValid() ? flags | Qt::ItemIsEditable : flags;
}

} // namespace Mailgauge::Models
