// SPDX-License-Identifier: GPL-3.0-or-later
#include "shell/mainwindow.h"

#include "base/literals.h"
#include "models/commandmodel.h"
#include "shell/aboutdialog.h"
#include "shell/actions.h"
#include "shell/colorschemes.h"
#include "shell/dropintake.h"
#include "shell/editrouter.h"
#include "shell/layoutkeeper.h"
#include "shell/settings.h"
#include "shell/shortcutsdialog.h"
#include "shell/statusfacts.h"
#include "widgets/commandpalette.h"
#include "widgets/messagestack.h"
#include "widgets/navigationrail.h"

#include <QActionGroup>
#include <QCloseEvent>
#include <QDockWidget>
#include <QLabel>
#include <QMenu>
#include <QMenuBar>
#include <QStackedWidget>
#include <QStatusBar>
#include <QTimer>
#include <QToolBar>
#include <QToolButton>
#include <QVBoxLayout>

#include <utility>

namespace Mailgauge::Shell {

namespace {
constexpr int ToolBarHeight = 44;
}

MainWindow::MainWindow(Settings &settings)
    : m_settings(settings)
    , m_actions(new Actions(this))
    , m_edits(nullptr)
    , m_layout(new LayoutKeeper(*this, settings))
    , m_commands(new Models::CommandModel(this))
{
    setObjectName(u"mainWindow"_s);
    setWindowTitle(tr("Mailgauge"));
    setMinimumSize(800, 560);
    setDockOptions(AnimatedDocks | AllowTabbedDocks | AllowNestedDocks);
    setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);

    auto *middle = new QWidget(this);
    m_messages = new Widgets::MessageStack(middle);
    auto *stack = new QStackedWidget(middle);
    auto *column = new QVBoxLayout(middle);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_messages);
    column->addWidget(stack, 1);
    setCentralWidget(middle);

    makeActions();
    m_edits = new EditRouter(*m_actions, this);
    m_schemes = new ColorSchemes(*m_actions, settings, this);
    makeToolBar();

    // The rail is a tool bar, so that it stands beside the docks instead of above the lower one.
    auto *rail = new Widgets::NavigationRail(this);
    auto *railBar = new QToolBar(tr("Pages"), this);
    railBar->setObjectName(u"railBar"_s);
    railBar->setMovable(false);
    railBar->setContentsMargins(0, 0, 0, 0);
    // No style sheet: it would keep the palette of the moment when the colour scheme changes.
    railBar->layout()->setContentsMargins(0, 0, 0, 0);
    railBar->layout()->setSpacing(0);
    railBar->toggleViewAction()->setVisible(false);
    railBar->addWidget(rail);
    addToolBar(Qt::LeftToolBarArea, railBar);
    m_pages = new Pages(*rail, *stack, *m_actions);
    connect(m_pages, &Pages::pageMade, this,
        [this](const QString &, QWidget *page) { m_layout->restoreSplitters(page); });

    m_facts = new StatusFacts(*statusBar());
    connect(m_facts, &StatusFacts::cancelRequested, this, [this] {
        QAction *sending = m_actions->action(u"message.cancel"_s);
        if (sending->isEnabled())
            sending->trigger();
        else
            Q_EMIT cancelRequested();
    });
    auto *drops = new DropIntake(*this);
    connect(drops, &DropIntake::filesDropped, this, &MainWindow::filesDropped);
    connect(&m_settings, &Settings::saveFailed, this, [this](const QString &path) {
        m_messages->post(u"settings"_s, Widgets::MessageBar::Kind::Warning,
            tr("The settings could not be saved to %1. Check that the disk is not full and that "
               "the file may be written.")
                .arg(path));
    });
    setRunning(0);
}

MainWindow::~MainWindow()
{
    // Pages and docks go first: on their way they still tell the actions and the status bar.
    delete takeCentralWidget();
    qDeleteAll(findChildren<QDockWidget *>(Qt::FindDirectChildrenOnly));
}

void MainWindow::makeActions()
{
    const QString file = tr("File");
    m_actions->add(u"file.new"_s, file, tr("&New Message"), u"document-new"_s, {QKeySequence::New});
    m_actions->add(u"file.open"_s, file, tr("&Open…"), u"document-open"_s, {QKeySequence::Open});
    m_actions->add(
        u"file.save"_s, file, tr("&Save Message As…"), u"document-save-as"_s, {QKeySequence::Save});
    m_actions->add(u"file.quit"_s, file, tr("&Quit"), u"application-exit"_s,
        {QKeySequence(Qt::CTRL | Qt::Key_Q)});
    connect(m_actions->action(u"file.quit"_s), &QAction::triggered, this, &QWidget::close);

    const QString message = tr("Message");
    m_actions->add(u"message.send"_s, message, tr("&Send"), u"document-send"_s,
        {QKeySequence(Qt::CTRL | Qt::Key_Return), QKeySequence(Qt::CTRL | Qt::Key_Enter)});
    m_actions->add(u"message.sendFile"_s, message, tr("Send &File As It Is…"), u"document-send"_s);
    m_actions->add(u"message.sendOctets"_s, message, tr("Send File Octet by Octet (&BDAT)…"),
        u"document-send"_s);
    m_actions->add(u"message.cancel"_s, message, tr("&Cancel Sending"), u"dialog-cancel"_s,
        {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Period)});
    m_actions->add(u"message.insertGtube"_s, message, tr("Insert Spam Test Text (&GTUBE)"),
        u"mail-mark-junk"_s);
    m_actions->add(u"message.insertEicar"_s, message, tr("Insert &Virus Test Text (EICAR)"),
        u"tools-report-bug"_s);

    QAction *reset = m_actions->add(
        u"view.resetLayout"_s, tr("View"), tr("&Reset Layout"), u"view-restore"_s);
    connect(reset, &QAction::triggered, m_layout, &LayoutKeeper::reset);

    const QString tools = tr("Tools");
    QAction *palette = m_actions->add(u"tools.palette"_s, tools, tr("Command &Palette"),
        u"search"_s, {QKeySequence(Qt::CTRL | Qt::Key_K)});
    connect(palette, &QAction::triggered, this, &MainWindow::showPalette);

    const QString help = tr("Help");
    QAction *keys = m_actions->add(u"help.shortcuts"_s, help, tr("&Keyboard Shortcuts"),
        u"input-keyboard"_s,
        {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Slash),
            QKeySequence(Qt::CTRL | Qt::Key_Question)});
    connect(keys, &QAction::triggered, this, &MainWindow::showShortcuts);
    QAction *about = m_actions->add(u"help.about"_s, help, tr("&About Mailgauge"), u"help-about"_s);
    connect(about, &QAction::triggered, this, &MainWindow::showAbout);
}

void MainWindow::makeToolBar()
{
    QToolBar *bar = addToolBar(tr("Main"));
    bar->setObjectName(u"mainToolBar"_s);
    bar->setMovable(false);
    bar->setIconSize(QSize(16, 16));
    bar->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    bar->toggleViewAction()->setVisible(false);
    bar->setFixedHeight(ToolBarHeight);
    bar->layout()->setSpacing(4);
    m_toolBar = bar;
    bar->addAction(m_actions->action(u"message.send"_s));
    bar->addAction(m_actions->action(u"message.cancel"_s));
    m_actions->action(u"message.cancel"_s)->setIconText(tr("Cancel"));

    auto *spring = new QWidget(bar);
    spring->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    bar->addWidget(spring);
    QAction *palette = m_actions->action(u"tools.palette"_s);
    palette->setIconText(
        tr("Commands  %1").arg(palette->shortcut().toString(QKeySequence::NativeText)));
    bar->addAction(palette);
}

void MainWindow::setRelayChooser(QWidget *chooser)
{
    auto *label = new QLabel(tr("Relay"), m_toolBar);
    label->setContentsMargins(4, 0, 4, 0);
    label->setBuddy(chooser);
    QAction *send = m_actions->action(u"message.send"_s);
    m_toolBar->insertWidget(send, label);
    m_toolBar->insertWidget(send, chooser);
}

void MainWindow::makeMenus()
{
    const auto act = [this](const QString &id) { return m_actions->action(id); };
    QMenu *file = menuBar()->addMenu(tr("&File"));
    file->addActions({act(u"file.new"_s), act(u"file.open"_s), act(u"file.save"_s)});
    if (QAction *exportSession = act(u"file.export"_s))
        file->addAction(exportSession);
    file->addSeparator();
    file->addAction(act(u"file.quit"_s));

    QMenu *edit = menuBar()->addMenu(tr("&Edit"));
    edit->addActions(m_edits->menuActions());

    QMenu *view = menuBar()->addMenu(tr("&View"));
    view->addActions(m_pages->menuActions());
    view->addSeparator();
    view->addActions(m_dockActions);
    view->addSeparator();
    view->addActions(m_schemes->group()->actions());
    view->addSeparator();
    view->addAction(act(u"view.resetLayout"_s));

    // What panels bring for these menus ("message.…", "tools.…") comes behind our own.
    const auto addAll = [this](QMenu *menu, const QString &prefix) {
        const QList<QAction *> &all = m_actions->all();
        for (QAction *action : all) {
            if (action->objectName().startsWith(prefix))
                menu->addAction(action);
        }
    };
    addAll(menuBar()->addMenu(tr("&Message")), u"message."_s);
    for (QMenu *menu : std::as_const(m_panelMenus))
        menuBar()->addMenu(menu);
    addAll(menuBar()->addMenu(tr("&Tools")), u"tools."_s);
    addAll(menuBar()->addMenu(tr("&Help")), u"help."_s);
}

void MainWindow::addPage(const PageInfo &info, std::function<QWidget *(QWidget *parent)> factory)
{
    m_pages->add(info, std::move(factory));
}

QDockWidget *MainWindow::addDock(QWidget *widget, const PageInfo &info, Qt::DockWidgetArea area)
{
    auto *dock = new QDockWidget(info.title, this);
    dock->setObjectName(info.id);
    dock->setWidget(widget);
    addDockWidget(area, dock);
    QAction *toggle = dock->toggleViewAction();
    toggle->setIcon(QIcon::fromTheme(info.iconName));
    m_actions->adopt(toggle, u"dock."_s + info.id, tr("View"));
    m_dockActions.append(toggle);
    return dock;
}

void MainWindow::finishSetup()
{
    makeMenus();
    m_commands->setActions(m_actions->all(), m_actions->groups());
    m_commands->setRecent(m_settings.value(u"palette/recent"_s).toStringList());
    connect(m_commands, &Models::CommandModel::recentChanged, this,
        [this](const QStringList &ids) { m_settings.setValue(u"palette/recent"_s, ids); });
    m_layout->restore();
    m_pages->show(m_settings.value(u"view/page"_s).toString());
    if (m_pages->current().isEmpty() && !m_pages->menuActions().isEmpty())
        m_pages->menuActions().first()->trigger();
}

void MainWindow::setRunning(int sessions)
{
    m_actions->action(u"message.cancel"_s)->setEnabled(sessions > 0);
}

void MainWindow::showPalette()
{
    if (m_palette == nullptr)
        m_palette = new Widgets::CommandPalette(*m_commands, this);
    m_palette->open();
}

void MainWindow::showShortcuts()
{
    auto *dialog = new ShortcutsDialog(*m_actions, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->show();
}

void MainWindow::showAbout()
{
    auto *dialog = new AboutDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

void MainWindow::saveAll()
{
    m_layout->save();
    m_settings.setValue(u"view/page"_s, m_pages->current());
    m_settings.sync();
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    bool refuse = false;
    Q_EMIT closeRequested(&refuse);
    if (refuse) {
        event->ignore();
        return;
    }
    saveAll();
    QMainWindow::closeEvent(event);
}

void MainWindow::showEvent(QShowEvent *event)
{
    QMainWindow::showEvent(event);
    if (m_settledOnce)
        return;
    m_settledOnce = true;
    QTimer::singleShot(0, this, &MainWindow::settled);
}

QMenu *MainWindow::createPopupMenu()
{
    auto *menu = new QMenu(this);
    menu->addActions(m_dockActions);
    return menu;
}

} // namespace Mailgauge::Shell
