// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAction>
#include <QHash>
#include <QObject>

namespace Mailgauge::Shell {

/// Every action of the window by its id ("message.send"): menus, tool bar, palette and the list of
/// shortcuts are made from it.
class Actions final : public QObject {
    Q_OBJECT

public:
    explicit Actions(QObject *parent = nullptr);

    /// `group` is what the palette and the list of shortcuts show: "File", "View".
    QAction *add(const QString &id, const QString &group, const QString &text,
        const QString &iconName = {}, const QList<QKeySequence> &shortcuts = {});
    /// Takes in an action made elsewhere, such as a dock's toggle.
    void adopt(QAction *action, const QString &id, const QString &group);

    [[nodiscard]] QAction *action(const QString &id) const { return m_byId.value(id); }
    /// In the order they came.
    [[nodiscard]] const QList<QAction *> &all() const { return m_all; }
    [[nodiscard]] const QHash<QAction *, QString> &groups() const { return m_groups; }

Q_SIGNALS:
    void changed();

private:
    QList<QAction *> m_all;
    QHash<QString, QAction *> m_byId;
    QHash<QAction *, QString> m_groups;
};

} // namespace Mailgauge::Shell
