// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/commandmodel.h"

#include "base/literals.h"
#include "models/fuzzymatch.h"

#include <QIcon>

#include <algorithm>

namespace Mailgauge::Models {

namespace {
QString withoutMnemonic(const QString &text)
{
    QString plain;
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text[i] == u'&' && i + 1 < text.size())
            ++i;
        plain.append(text[i]);
    }
    return plain;
}
} // namespace

CommandModel::CommandModel(QObject *parent)
    : QAbstractListModel(parent)
{
}

void CommandModel::setActions(
    const QList<QAction *> &actions, const QHash<QAction *, QString> &groups)
{
    m_actions.assign(actions.cbegin(), actions.cend());
    m_groups = groups;
}

void CommandModel::setExtras(std::function<QList<Command>()> extras)
{
    m_extras = std::move(extras);
}

CommandModel::Item CommandModel::itemFor(QAction *action, const QString &group)
{
    return {.command = {.id = action->objectName(),
                .title = withoutMnemonic(action->text()),
                .group = group,
                .iconName = {},
                .run = {}},
        .action = action,
        .shortcut = action->shortcut().toString(QKeySequence::NativeText)};
}

void CommandModel::collect()
{
    m_items.clear();
    for (const QPointer<QAction> &action : std::as_const(m_actions)) {
        if (action && action->isEnabled() && action->isVisible() && !action->objectName().isEmpty())
            m_items.append(itemFor(action, m_groups.value(action)));
    }
    if (m_extras) {
        const QList<Command> extras = m_extras();
        for (const Command &command : extras)
            m_items.append({.command = command, .action = {}, .shortcut = {}});
    }
}

void CommandModel::setFilter(const QString &pattern)
{
    beginResetModel();
    if (pattern.isEmpty() || m_items.isEmpty())
        collect();
    struct Hit {
        int row;
        int score;
    };
    QList<Hit> hits;
    for (int row = 0; row < m_items.size(); ++row) {
        const Command &command = m_items[row].command;
        const auto title = fuzzyScore(pattern, command.title);
        const auto both = fuzzyScore(pattern, QString(command.group + u' ' + command.title));
        if (!title && !both)
            continue;
        // With nothing typed, how long a title is says nothing.
        int score = pattern.isEmpty() ? 0 : qMax(title.value_or(-1000), both.value_or(-1000) - 200);
        if (const qsizetype used = m_recent.indexOf(command.id); used >= 0)
            score += pattern.isEmpty() ? static_cast<int>(MaxRecent - used) : 50;
        hits.append({row, score});
    }
    std::ranges::stable_sort(hits, [](const Hit &a, const Hit &b) { return a.score > b.score; });
    m_rows.clear();
    for (const Hit &hit : std::as_const(hits))
        m_rows.append(hit.row);
    endResetModel();
}

void CommandModel::run(int row)
{
    if (row < 0 || row >= m_rows.size())
        return;
    const Item item = m_items[m_rows[row]];
    m_recent.removeOne(item.command.id);
    m_recent.prepend(item.command.id);
    m_recent.resize(qMin(m_recent.size(), MaxRecent));
    Q_EMIT recentChanged(m_recent);
    if (item.action)
        item.action->trigger();
    else if (item.command.run)
        item.command.run();
}

void CommandModel::setRecent(const QStringList &ids)
{
    m_recent = ids.mid(0, MaxRecent);
}

int CommandModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QVariant CommandModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Item &item = m_items[m_rows[index.row()]];
    switch (role) {
    case Qt::DisplayRole:
        return item.command.title;
    case Qt::DecorationRole:
        return item.action ? item.action->icon() : QIcon::fromTheme(item.command.iconName);
    case Qt::AccessibleTextRole:
        return QString(u"%1, %2"_s.arg(item.command.title, item.command.group));
    case GroupRole:
        return item.command.group;
    case ShortcutRole:
        return item.shortcut;
    case IdRole:
        return item.command.id;
    default:
        return {};
    }
}

} // namespace Mailgauge::Models
