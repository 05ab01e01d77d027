// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/headerspanel.h"

#include "base/literals.h"
#include "models/headersmodel.h"
#include "theme/theme.h"

#include <QAction>
#include <QHeaderView>
#include <QLabel>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

namespace Mailgauge::Compose {

HeadersPanel::HeadersPanel(const Theme::Theme &theme, Models::HeadersModel &model, QWidget *parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_model(model)
    , m_table(new QTableView(this))
    , m_problem(new QLabel(this))
{
    m_table->setObjectName(u"headersTable"_s);
    m_table->setAccessibleName(tr("Further header fields"));
    m_table->setModel(&m_model);
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
    auto *remove = new QToolButton(this);
    remove->setObjectName(u"removeField"_s);
    remove->setIcon(QIcon::fromTheme(u"edit-delete-remove"_s));
    remove->setText(tr("Remove"));
    remove->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    remove->setAutoRaise(true);
    remove->setToolTip(tr("Remove the field in the current row"));
    m_problem->setTextFormat(Qt::PlainText);
    m_problem->setWordWrap(true);

    auto *line = new QHBoxLayout;
    line->setContentsMargins(8, 2, 8, 2);
    line->addWidget(remove);
    line->addWidget(m_problem, 1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_table, 1);
    column->addLayout(line);
    connect(remove, &QToolButton::clicked, this, &HeadersPanel::removeCurrent);
    connect(removeKey, &QAction::triggered, this, &HeadersPanel::removeCurrent);
    connect(&m_model, &Models::HeadersModel::fieldsChanged, this, &HeadersPanel::follow);
    connect(&m_theme, &Theme::Theme::changed, this, &HeadersPanel::follow);
    follow();
}

void HeadersPanel::follow()
{
    QPalette colors = palette();
    colors.setColor(QPalette::WindowText, m_theme.color(Theme::Role::Rejected));
    m_problem->setPalette(colors);
    m_problem->clear();
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

void HeadersPanel::removeCurrent()
{
    m_model.removeField(m_table->currentIndex().row());
    // Away from the text, so that Undo means the field.
    m_table->setFocus();
}

} // namespace Mailgauge::Compose
