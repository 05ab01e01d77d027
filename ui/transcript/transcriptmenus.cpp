// SPDX-License-Identifier: GPL-3.0-or-later
// What TranscriptPanel offers, and where: its bar, the context menu, the menu of the window.
#include "base/literals.h"
#include "transcript/applyfiltermenu.h"
#include "transcript/commandbar.h"
#include "transcript/commands.h"
#include "transcript/copycommands.h"
#include "transcript/exportmenu.h"
#include "transcript/filterbar.h"
#include "transcript/filtermenu.h"
#include "transcript/findbar.h"
#include "transcript/linemarks.h"
#include "transcript/navigator.h"
#include "transcript/sessionviews.h"
#include "transcript/transcriptpanel.h"
#include "transcript/transcriptview.h"

#include <QAction>
#include <QMenu>
#include <QToolButton>

#include <algorithm>

namespace Mailgauge::Transcript {

namespace {

constexpr qsizetype MaxSessions = 25;
constexpr qsizetype MaxRecipients = 40;

QToolButton *makeMenuButton(
    QWidget *parent, const QString &name, const QString &icon, const QString &text, QMenu *menu)
{
    auto *button = new QToolButton(parent);
    button->setObjectName(name);
    button->setIcon(QIcon::fromTheme(icon));
    button->setToolTip(text);
    button->setAccessibleName(text);
    button->setPopupMode(QToolButton::InstantPopup);
    button->setMenu(menu);
    return button;
}

/// The newest sessions, as "2 · mx.example.net".
QList<FilterMenu::Choice> sessionChoices(const Models::TranscriptModel &model)
{
    const QList<QUuid> &sessions = model.transcript().sessions();
    QList<FilterMenu::Choice> choices;
    for (qsizetype i = sessions.size(); i-- > 0 && choices.size() < MaxSessions;) {
        const QString number = QString::number(i + 1);
        const QString host = model.record(sessions.at(i)).host;
        choices.append({number, host.isEmpty() ? number : number + u" · "_s + host});
    }
    return choices;
}

QList<FilterMenu::Choice> recipientChoices(const Models::TranscriptModel &model)
{
    const QList<QUuid> &sessions = model.transcript().sessions();
    QStringList addresses;
    for (qsizetype i = sessions.size(); i-- > 0 && addresses.size() < MaxRecipients;) {
        const SessionRecord record = model.record(sessions.at(i));
        for (const Smtp::RecipientOutcome &recipient : record.recipients) {
            const QString address = QString::fromUtf8(recipient.recipient.address());
            // A quoted local part may hold a blank, which an expression cannot.
            if (!addresses.contains(address) && !address.contains(u' '))
                addresses.append(address);
        }
    }
    QList<FilterMenu::Choice> choices;
    for (const QString &address : addresses.first(std::min(MaxRecipients, addresses.size())))
        choices.append({address, address});
    return choices;
}

} // namespace

void TranscriptPanel::makeCommands()
{
    QAction *find = m_commands->add(
        u"transcript.find"_s, tr("Find in Transcript"), u"edit-find"_s, QKeySequence::Find);
    connect(find, &QAction::triggered, this, [this] {
        m_views->show(SessionViews::View::Lines);
        m_findBar->open();
    });
    QAction *next = m_commands->add(
        u"transcript.findNext"_s, tr("Find Next"), u"go-down-search"_s, Qt::Key_F3);
    connect(next, &QAction::triggered, m_findBar, &FindBar::next);
    QAction *previous = m_commands->add(u"transcript.findPrevious"_s, tr("Find Previous"),
        u"go-up-search"_s, Qt::SHIFT | Qt::Key_F3);
    connect(previous, &QAction::triggered, m_findBar, &FindBar::previous);

    QAction *fold = m_commands->add(u"transcript.fold"_s, tr("Fold Message Data"), u"code-block"_s,
        Qt::CTRL | Qt::SHIFT | Qt::Key_D);
    fold->setCheckable(true);
    fold->setChecked(m_model.isFolding());
    connect(fold, &QAction::toggled, this, [this](bool folding) {
        const qsizetype row = currentSource();
        keepPlace(row >= 0 && folding ? m_model.transcript().contentStart(row) : row);
        m_model.setFolding(folding);
    });
    m_wrap = m_commands->add(u"transcript.wrap"_s, tr("Wrap the Current Line Below"),
        u"text-wrap"_s, Qt::CTRL | Qt::SHIFT | Qt::Key_W);
    m_wrap->setCheckable(true);
    connect(m_wrap, &QAction::toggled, this, &TranscriptPanel::showWrapped);
    m_follow = m_commands->add(u"transcript.follow"_s, tr("Follow New Lines"), u"go-bottom"_s,
        Qt::CTRL | Qt::SHIFT | Qt::Key_End);
    m_follow->setCheckable(true);
    m_follow->setChecked(true);
    m_commandLine = m_commands->add(u"transcript.commandLine"_s, tr("Command Line to the Server"),
        u"utilities-terminal"_s, Qt::CTRL | Qt::SHIFT | Qt::Key_L);
    m_commandLine->setCheckable(true);
    connect(m_commandLine, &QAction::toggled, this, [this](bool shown) {
        m_commandBar->setVisible(shown);
        if (shown)
            m_commandBar->setFocus();
    });
    QAction *clearAll = m_commands->add(u"transcript.clear"_s, tr("Clear Transcript"),
        u"edit-clear-all"_s, Qt::CTRL | Qt::SHIFT | Qt::Key_Delete);
    connect(clearAll, &QAction::triggered, this, &TranscriptPanel::clear);
    m_clearFilter = m_commands->add(u"transcript.showAll"_s, tr("Show All Lines"),
        u"edit-clear-locationbar-rtl"_s, Qt::CTRL | Qt::SHIFT | Qt::Key_A);
    connect(m_clearFilter, &QAction::triggered, m_filterBar, &FilterBar::reset);
    m_filterBar->menu().setSources(
        [this] { return sessionChoices(m_model); }, [this] { return recipientChoices(m_model); });
}

void TranscriptPanel::fillBar()
{
    const auto add = [this](const QString &id) { m_filterBar->addAction(m_commands->action(id)); };
    add(u"transcript.fold"_s);
    add(u"transcript.wrap"_s);
    add(u"transcript.follow"_s);
    add(u"transcript.commandLine"_s);
    m_filterBar->addSeparator();
    add(u"transcript.previousError"_s);
    add(u"transcript.nextError"_s);
    add(u"transcript.find"_s);
    m_filterBar->addWidget(makeMenuButton(
        m_filterBar, u"transcriptMarks"_s, u"bookmarks"_s, tr("Marked lines"), m_marks->menu()));
    auto *copy = new QMenu(tr("Copy"), this);
    copy->setIcon(QIcon::fromTheme(u"edit-copy"_s));
    copy->addActions(m_copy->actions());
    m_filterBar->addWidget(makeMenuButton(
        m_filterBar, u"transcriptCopy"_s, u"edit-copy"_s, tr("Copy lines or commands"), copy));
    m_filterBar->addWidget(makeMenuButton(m_filterBar, u"transcriptExport"_s, u"document-export"_s,
        tr("Export this session"), m_export));
    add(u"transcript.clear"_s);
}

void TranscriptPanel::makeContextMenu()
{
    const auto separator = [this] {
        auto *action = new QAction(m_view);
        action->setSeparator(true);
        return action;
    };
    const auto command = [this](const QString &id) { return m_commands->action(id); };
    m_view->addActions(
        {m_applyFilter->menuAction(), m_filterBar->sessionOnly(), m_clearFilter, separator()});
    m_view->addActions(m_copy->actions());
    m_view->addActions({separator(), command(u"transcript.mark"_s), command(u"transcript.note"_s),
        command(u"transcript.timeReference"_s), m_marks->menu()->menuAction(), separator(),
        command(u"transcript.previousReply"_s), command(u"transcript.nextReply"_s),
        command(u"transcript.previousError"_s), command(u"transcript.nextError"_s),
        command(u"transcript.previousUnexpected"_s), command(u"transcript.nextUnexpected"_s)});
}

QMenu *TranscriptPanel::makeMenu(QWidget *parent)
{
    auto *menu = new QMenu(tr("T&ranscript"), parent);
    const auto command = [this](const QString &id) { return m_commands->action(id); };
    menu->addActions(m_views->commands());
    menu->addSeparator();
    menu->addActions({command(u"transcript.filter"_s), command(u"transcript.filterFields"_s)});
    QMenu *quick = menu->addMenu(tr("&Quick Filters"));
    quick->addActions(m_filterBar->quickActions());
    menu->addMenu(m_applyFilter);
    menu->addActions({m_filterBar->sessionOnly(), m_clearFilter});
    menu->addSeparator();
    menu->addActions({command(u"transcript.find"_s), command(u"transcript.findNext"_s),
        command(u"transcript.findPrevious"_s)});
    QMenu *go = menu->addMenu(QIcon::fromTheme(u"go-jump"_s), tr("&Go To"));
    go->addActions(m_navigator->actions());
    menu->addSeparator();
    menu->addActions(m_marks->actions());
    menu->addMenu(m_marks->menu());
    menu->addSeparator();
    QMenu *copy = menu->addMenu(QIcon::fromTheme(u"edit-copy"_s), tr("&Copy"));
    copy->addActions(m_copy->actions());
    menu->addMenu(m_export);
    menu->addSeparator();
    menu->addActions({command(u"transcript.fold"_s), m_wrap, m_follow, m_commandLine});
    menu->addSeparator();
    menu->addAction(command(u"transcript.clear"_s));
    return menu;
}

} // namespace Mailgauge::Transcript
