// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>

#include <functional>

class QAction;
class QStackedWidget;
class QWidget;

namespace Mailgauge::Widgets {
class EmptyState;
class NavigationRail;
} // namespace Mailgauge::Widgets

namespace Mailgauge::Shell {

class Actions;

/// What a page is called; `id` is its object name and is kept in the settings.
struct PageInfo {
    QString id;
    QString title;
    QString iconName;
    bool early = false; ///< Shows no stored data: is made while that is still being loaded.
};

/// The pages in the middle, one rail item and one action (Ctrl+1 …) each. A page's widget is made
/// when it is first needed, so that the window is there at once.
class Pages final : public QObject {
    Q_OBJECT

public:
    Pages(Widgets::NavigationRail &rail, QStackedWidget &stack, Actions &actions);

    /// The factory is called once, with the parent to use.
    void add(const PageInfo &info, std::function<QWidget *(QWidget *parent)> factory);
    void show(const QString &id);
    [[nodiscard]] QString current() const;
    [[nodiscard]] QWidget *widget(const QString &id) const;
    /// Until release() pages that are not early are not made; `sentence` is shown instead.
    void hold(const QString &sentence);
    void release();
    [[nodiscard]] QList<QAction *> menuActions() const;
    void setBadge(const QString &id, int number);

Q_SIGNALS:
    void pageMade(const QString &id, QWidget *page);
    void currentChanged(const QString &id);

private:
    struct Page {
        PageInfo info;
        std::function<QWidget *(QWidget *)> factory;
        QWidget *widget = nullptr;
        QAction *action = nullptr;
    };

    [[nodiscard]] bool mayMake(const Page &page) const;
    void make(Page &page);
    void bringUp(int index);
    [[nodiscard]] int indexOf(const QString &id) const;

    Widgets::NavigationRail &m_rail;
    QStackedWidget &m_stack;
    Actions &m_actions;
    QList<Page> m_pages;
    Widgets::EmptyState *m_loading = nullptr; ///< In place of pages that are held.
};

} // namespace Mailgauge::Shell
