// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// The window: a rail that changes the page in the middle, docks that stay in view whatever the
/// page, one tool bar, a status bar that always tells. It makes menus and forwards; each thing it
/// keeps lives in a small class of its own (Pages, LayoutKeeper, StatusFacts, EditRouter, …).
#include "shell/pages.h"

#include <QMainWindow>

namespace Mailgauge::Models {
class CommandModel;
}
namespace Mailgauge::Widgets {
class CommandPalette;
class MessageStack;
} // namespace Mailgauge::Widgets

namespace Mailgauge::Shell {

class Actions;
class ColorSchemes;
class EditRouter;
class LayoutKeeper;
class Settings;
class StatusFacts;

class MainWindow final : public QMainWindow {
    Q_OBJECT

public:
    explicit MainWindow(Settings &settings);
    ~MainWindow() override;

    /// The first thing in the tool bar, before Send.
    void setRelayChooser(QWidget *chooser);
    void addPage(const PageInfo &info, std::function<QWidget *(QWidget *parent)> factory);
    /// The widget becomes the dock's. Docks can be hidden, moved and floated; View shows them
    /// again.
    QDockWidget *addDock(QWidget *widget, const PageInfo &info, Qt::DockWidgetArea area);
    /// A panel's own menu, between ours; before finishSetup().
    void addMenu(QMenu *menu) { m_panelMenus.append(menu); }
    /// Call when all pages and docks are there: builds the menus, restores the layout, shows the
    /// page that was in front.
    void finishSetup();

    [[nodiscard]] Actions &actions() { return *m_actions; }
    [[nodiscard]] Pages &pages() { return *m_pages; }
    [[nodiscard]] StatusFacts &facts() { return *m_facts; }
    [[nodiscard]] Widgets::MessageStack &messages() { return *m_messages; }
    [[nodiscard]] EditRouter &edits() { return *m_edits; }
    [[nodiscard]] Models::CommandModel &commands() { return *m_commands; }

    /// Send and Cancel follow: nothing can be cancelled while nothing runs.
    void setRunning(int sessions);

Q_SIGNALS:
    void filesDropped(const QStringList &paths);
    /// The user wants to close; whoever listens may refuse, and close again later.
    void closeRequested(bool *refuse);
    /// What the status bar tells of shall end, and that is no sending.
    void cancelRequested();
    /// The first paint is done: what was put off may be done now.
    void settled();

protected:
    void closeEvent(QCloseEvent *event) override;
    void showEvent(QShowEvent *event) override;
    QMenu *createPopupMenu() override;

private:
    void makeActions();
    void makeToolBar();
    void makeMenus();
    void showPalette();
    void showShortcuts();
    void showAbout();
    void saveAll();

    Settings &m_settings;
    Actions *m_actions;
    QToolBar *m_toolBar = nullptr;
    EditRouter *m_edits;
    ColorSchemes *m_schemes;
    Pages *m_pages;
    Widgets::MessageStack *m_messages;
    StatusFacts *m_facts;
    LayoutKeeper *m_layout;
    Models::CommandModel *m_commands;
    Widgets::CommandPalette *m_palette = nullptr;
    QList<QAction *> m_dockActions;
    QList<QMenu *> m_panelMenus;
    bool m_settledOnce = false;
};

} // namespace Mailgauge::Shell
