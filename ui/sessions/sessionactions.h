// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QObject>
#include <QPointer>

class QAction;
class QMenu;

namespace Mailgauge::Sessions {

/// How many sessions must be selected for an action to make sense.
enum class Needs : quint8 {
    Nothing,
    One,
    Two,
    Some,
};

/// What can be done with sessions, in one list: the menu behind the tool bar's last button and the
/// context menu are made from it, and the selection enables it.
class SessionActions final : public QObject {
    Q_OBJECT

public:
    explicit SessionActions(QWidget *parent);

    /// Not owned. Stands in the menu in the order of adding.
    void add(QAction *action, Needs needs);
    void addSeparator();
    void setSelected(qsizetype count);
    [[nodiscard]] QMenu *menu() const { return m_menu; }

private:
    struct Item {
        QPointer<QAction> action;
        Needs needs;
    };

    void update(const Item &item) const;

    QMenu *m_menu;
    QList<Item> m_items;
    qsizetype m_selected = 0;
};

} // namespace Mailgauge::Sessions
