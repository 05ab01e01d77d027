// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/headerspanel.h"

#include "base/literals.h"
#include "models/headersmodel.h"
#include "theme/theme.h"

#include <QAbstractItemDelegate>
#include <QAction>
#include <QHeaderView>
#include <QLabel>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

namespace Mailgauge::Compose {

namespace {
/// Says in the empty row what it is for.
class FieldDelegate final : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override
    {
        QStyledItemDelegate::initStyleOption(option, index);
        if (index.row() + 1 < index.model()->rowCount())
            return;
        option->features |= QStyleOptionViewItem::HasDisplay;
        option->text = index.column() == Models::HeadersModel::Name
            ? HeadersPanel::tr("Add a field")
            : HeadersPanel::tr("Its value");
        option->palette.setColor(QPalette::Text, option->palette.color(QPalette::PlaceholderText));
    }
};
} // namespace

HeadersPanel::HeadersPanel(const Theme::Theme &theme, Models::HeadersModel &model, QWidget *parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_model(model)
    , m_table(new QTableView(this))
    , m_remove(new QToolButton(this))
    , m_problem(new QLabel(this))
{
    m_table->setObjectName(u"headersTable"_s);
    m_table->setAccessibleName(tr("Further header fields"));
    m_table->setModel(&m_model);
    m_table->setItemDelegate(new FieldDelegate(m_table));
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setShowGrid(false);
    m_table->setAlternatingRowColors(true);
    m_table->setTabKeyNavigation(false);
    m_table->setFont(m_theme.monospaceFont());
    m_table->verticalHeader()->hide();
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeading | Qt::AlignVCenter);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setSectionResizeMode(
        Models::HeadersModel::Value, QHeaderView::Stretch);
    m_table->setColumnWidth(Models::HeadersModel::Name, 220);
    m_table->setEditTriggers(QAbstractItemView::AllEditTriggers);
    auto *removeKey = new QAction(m_table);
    removeKey->setShortcut(QKeySequence::Delete);
    removeKey->setShortcutContext(Qt::WidgetShortcut);
    m_table->addAction(removeKey);
    m_remove->setObjectName(u"removeField"_s);
    m_remove->setIcon(QIcon::fromTheme(u"edit-delete-remove"_s));
    m_remove->setText(tr("Remove"));
    m_remove->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_remove->setAutoRaise(true);
    m_remove->setToolTip(tr("Remove the field in the current row"));
    m_problem->setTextFormat(Qt::PlainText);
    m_problem->setWordWrap(true);

    auto *line = new QHBoxLayout;
    line->setContentsMargins(8, 2, 8, 2);
    line->addWidget(m_remove);
    line->addWidget(m_problem, 1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_table, 1);
    column->addLayout(line);
    connect(m_remove, &QToolButton::clicked, this, &HeadersPanel::removeCurrent);
    connect(removeKey, &QAction::triggered, this, &HeadersPanel::removeCurrent);
    connect(&m_model, &Models::HeadersModel::fieldsChanged, this, &HeadersPanel::follow);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentChanged, this,
        &HeadersPanel::follow);
    connect(&m_theme, &Theme::Theme::changed, this, &HeadersPanel::follow);
    follow();
}

void HeadersPanel::follow()
{
    QPalette colors = palette();
    colors.setColor(QPalette::WindowText, m_theme.color(Theme::Role::Rejected));
    m_problem->setPalette(colors);
    m_problem->clear();
    const int current = m_table->currentIndex().row();
    m_remove->setEnabled(current >= 0 && current + 1 < m_model.rowCount());
    for (int row = 0; row + 1 < m_model.rowCount() && m_problem->text().isEmpty(); ++row) {
        for (int column = 0; column < m_model.columnCount(); ++column) {
            const QModelIndex index = m_model.index(row, column);
            const QString why = index.data(Models::HeadersModel::ProblemRole).toString();
            if (!why.isEmpty())
                m_problem->setText(tr("Row %1: %2").arg(QString::number(row + 1), why));
        }
    }
}

void HeadersPanel::showProblem()
{
    for (int row = 0; row + 1 < m_model.rowCount(); ++row) {
        for (int column = 0; column < m_model.columnCount(); ++column) {
            const QModelIndex index = m_model.index(row, column);
            if (!index.data(Models::HeadersModel::ProblemRole).toString().isEmpty()) {
                m_table->setCurrentIndex(index);
                m_table->scrollTo(index);
                m_table->setFocus();
                return;
            }
        }
    }
}

void HeadersPanel::commitEdit()
{
    closeEditor(Typed::Keep);
}

void HeadersPanel::closeEditor(Typed typed)
{
    QWidget *editor = m_table->indexWidget(m_table->currentIndex());
    if (editor == nullptr)
        return;
    QAbstractItemDelegate *delegate = m_table->itemDelegate();
    if (typed == Typed::Keep)
        Q_EMIT delegate->commitData(editor);
    Q_EMIT delegate->closeEditor(editor, QAbstractItemDelegate::NoHint);
}

void HeadersPanel::removeCurrent()
{
    // Else it would write the row anew when it closes.
    closeEditor(Typed::Drop);
    m_model.removeField(m_table->currentIndex().row());
    // Away from the text, so that Undo means the field.
    m_table->setFocus();
}

} // namespace Mailgauge::Compose
