// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>
#include <QAction>
#include <QPointer>

#include <functional>

namespace Mailgauge::Models {

/// Something that can be run by name and is no QAction: a relay to choose, a session to open.
struct Command {
    QString id; ///< For "last used first"; stable over runs.
    QString title;
    QString group; ///< What it is: "Relay", "Page".
    QString iconName;
    std::function<void()> run;
};

/// What the command palette offers, best match first; with an empty filter the last used come
/// first.
class CommandModel final : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role {
        GroupRole = Qt::UserRole + 1,
        ShortcutRole,
        IdRole,
    };

    explicit CommandModel(QObject *parent = nullptr);

    /// Actions need an object name: that is their id. Disabled and invisible ones are left out.
    void setActions(const QList<QAction *> &actions, const QHash<QAction *, QString> &groups);
    /// Asked each time the palette opens (an empty filter), so that it is never out of date.
    void setExtras(std::function<QList<Command>()> extras);

    void setFilter(const QString &pattern);
    void run(int row);

    [[nodiscard]] QStringList recent() const { return m_recent; }
    void setRecent(const QStringList &ids);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;

Q_SIGNALS:
    void recentChanged(const QStringList &ids);

private:
    struct Item {
        Command command;
        QPointer<QAction> action;
        QString shortcut;
    };
    static constexpr qsizetype MaxRecent = 20;

    void collect();
    [[nodiscard]] static Item itemFor(QAction *action, const QString &group);

    QList<QPointer<QAction>> m_actions;
    QHash<QAction *, QString> m_groups;
    std::function<QList<Command>()> m_extras;
    QList<Item> m_items;
    QList<int> m_rows;
    QStringList m_recent;
};

} // namespace Mailgauge::Models
