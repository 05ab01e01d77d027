// SPDX-License-Identifier: GPL-3.0-or-later
#include "shell/shortcutsdialog.h"

#include "base/literals.h"
#include "shell/actions.h"

#include <QDialogButtonBox>
#include <QHeaderView>
#include <QLineEdit>
#include <QSortFilterProxyModel>
#include <QStandardItemModel>
#include <QTreeView>
#include <QVBoxLayout>

namespace Mailgauge::Shell {

namespace {
QString keysOf(const QAction *action)
{
    QStringList keys;
    const QList<QKeySequence> shortcuts = action->shortcuts();
    for (const QKeySequence &sequence : shortcuts)
        keys.append(sequence.toString(QKeySequence::NativeText));
    return keys.join(u", "_s);
}

QStandardItemModel *shortcutModel(const Actions &actions, QObject *parent)
{
    auto *model = new QStandardItemModel(0, 3, parent);
    model->setHorizontalHeaderLabels(
        {ShortcutsDialog::tr("Action"), ShortcutsDialog::tr("Keys"), ShortcutsDialog::tr("Where")});
    for (const QAction *action : actions.all()) {
        QString text = action->text();
        text.remove(u'&');
        auto *title = new QStandardItem(action->icon(), text);
        model->appendRow({title, new QStandardItem(keysOf(action)),
            new QStandardItem(actions.groups().value(const_cast<QAction *>(action)))});
    }
    return model;
}
} // namespace

ShortcutsDialog::ShortcutsDialog(const Actions &actions, QWidget *parent)
    : QDialog(parent)
{
    setWindowTitle(tr("Keyboard Shortcuts"));
    resize(620, 560);
    auto *filter = new QLineEdit(this);
    filter->setPlaceholderText(tr("Find an action or a key"));
    filter->setAccessibleName(tr("Find an action or a key"));
    filter->setClearButtonEnabled(true);
    auto *proxy = new QSortFilterProxyModel(this);
    proxy->setSourceModel(shortcutModel(actions, this));
    proxy->setFilterKeyColumn(-1);
    proxy->setFilterCaseSensitivity(Qt::CaseInsensitive);
    auto *view = new QTreeView(this);
    view->setAccessibleName(tr("Shortcuts"));
    view->setModel(proxy);
    view->setRootIsDecorated(false);
    view->setAlternatingRowColors(true);
    view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    view->setSortingEnabled(true);
    view->sortByColumn(2, Qt::AscendingOrder);
    view->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    view->header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    view->header()->setStretchLastSection(false);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    auto *layout = new QVBoxLayout(this);
    layout->addWidget(filter);
    layout->addWidget(view);
    layout->addWidget(buttons);
    connect(filter, &QLineEdit::textChanged, proxy, &QSortFilterProxyModel::setFilterFixedString);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::close);
    filter->setFocus();
}

} // namespace Mailgauge::Shell
