// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/filterbar.h"

#include "base/literals.h"
#include "transcript/commands.h"
#include "transcript/filtermenu.h"

#include <QAction>
#include <QKeyEvent>
#include <QToolButton>

#include <chrono>

namespace Mailgauge::Transcript {

using namespace std::chrono_literals;

FilterBar::FilterBar(const Theme::Theme &theme, Commands &commands, QWidget *parent)
    : QToolBar(parent)
    , m_text(new ExpressionEdit(theme, this))
    , m_menu(new FilterMenu(this))
{
    setObjectName(u"transcriptFilterBar"_s);
    setAccessibleName(tr("Transcript filter"));
    setWindowTitle(tr("Transcript filter"));
    setIconSize({16, 16});
    setMovable(false);
    setToolButtonStyle(Qt::ToolButtonIconOnly);
    makeEdit();

    m_stop = addAction(QIcon::fromTheme(u"process-stop"_s), tr("Stop Searching"));
    m_stop->setObjectName(u"transcriptStopSearch"_s);
    m_stop->setVisible(false);
    connect(m_stop, &QAction::triggered, this, &FilterBar::stopRequested);
    m_transient = addQuick(commands, u"transcript.quickTransient"_s, tr("4yz"),
        tr("Show Replies That Say Later (4yz)"), Qt::CTRL | Qt::ALT | Qt::Key_4);
    m_permanent = addQuick(commands, u"transcript.quickPermanent"_s, tr("5yz"),
        tr("Show Replies That Say No (5yz)"), Qt::CTRL | Qt::ALT | Qt::Key_5);
    m_unexpected = addQuick(commands, u"transcript.quickUnexpected"_s, tr("S!"),
        tr("Show Unexpected Replies (S!)"), Qt::CTRL | Qt::ALT | Qt::Key_8);
    m_tls = addQuick(commands, u"transcript.quickTls"_s, tr("TLS"),
        tr("Show STARTTLS and the Handshake"), Qt::CTRL | Qt::ALT | Qt::Key_6);
    m_auth = addQuick(commands, u"transcript.quickAuth"_s, tr("AUTH"), tr("Show Authentication"),
        Qt::CTRL | Qt::ALT | Qt::Key_7);
    addSeparator();
    m_sessionOnly = commands.add(u"transcript.sessionOnly"_s, tr("Follow This Session Only"),
        u"view-list-details"_s, Qt::CTRL | Qt::ALT | Qt::Key_F, Qt::WindowShortcut);
    m_sessionOnly->setCheckable(true);
    addAction(m_sessionOnly);

    QAction *start = commands.add(u"transcript.filter"_s, tr("Filter Lines"), u"view-filter"_s,
        Qt::CTRL | Qt::SHIFT | Qt::Key_F);
    connect(start, &QAction::triggered, m_text, [this] {
        m_text->setFocus(Qt::ShortcutFocusReason);
        m_text->selectAll();
    });
    QAction *fields = commands.add(u"transcript.filterFields"_s, tr("Filter by Field…"),
        u"view-filter"_s, Qt::CTRL | Qt::SHIFT | Qt::Key_M);
    connect(fields, &QAction::triggered, m_menu,
        [this] { m_menu->popup(m_text->mapToGlobal(QPoint(0, m_text->height()))); });
    connect(m_menu, &FilterMenu::expressionChosen, this, &FilterBar::setExpression);
    connect(m_menu, &FilterMenu::valueChosen, this, &FilterBar::addTerm);
    connect(m_menu, &QMenu::aboutToShow, m_menu, [this] { m_menu->fill(m_text->text()); });
    connect(m_menu, &FilterMenu::listsChanged, m_text,
        [this] { m_text->setHistory(m_menu->saved() + m_menu->history()); });
    connect(this, &FilterBar::stopRequested, m_stop, [this] { m_stop->setVisible(false); });
}

void FilterBar::makeEdit()
{
    m_text->setObjectName(u"transcriptFilter"_s);
    m_text->setAccessibleName(tr("Show only lines that match"));
    m_text->setPlaceholderText(tr("Filter: text, /pattern/, stage:rcpt, class:5, to:address"));
    m_text->setClearButtonEnabled(true);
    const QList<QToolButton *> buttons = m_text->findChildren<QToolButton *>();
    for (QToolButton *button : buttons) {
        if (button->accessibleName().isEmpty())
            button->setAccessibleName(tr("Clear the filter"));
    }
    m_text->setMinimumWidth(150);
    m_text->setMaximumWidth(420);
    m_text->installEventFilter(this);
    addWidget(m_text);
    auto *button = new QToolButton(this);
    button->setObjectName(u"transcriptFilterMenuButton"_s);
    button->setIcon(QIcon::fromTheme(u"view-filter"_s));
    button->setToolTip(tr("Filter by field; saved and earlier filters"));
    button->setAccessibleName(tr("Filter by field; saved and earlier filters"));
    button->setPopupMode(QToolButton::InstantPopup);
    button->setMenu(m_menu);
    addWidget(button);

    m_typing.setSingleShot(true);
    m_typing.setInterval(150ms);
    connect(&m_typing, &QTimer::timeout, this, &FilterBar::apply);
    connect(m_text, &QLineEdit::textChanged, this, [this] { m_typing.start(); });
    connect(m_text, &QLineEdit::returnPressed, this, [this] {
        apply();
        leave();
    });
}

QAction *FilterBar::addQuick(Commands &commands, const QString &id, const QString &label,
    const QString &text, const QKeySequence &key)
{
    QAction *action = commands.add(id, text, {}, key);
    action->setIconText(label);
    action->setCheckable(true);
    addAction(action);
    connect(action, &QAction::toggled, this, &FilterBar::filterChanged);
    return action;
}

void FilterBar::apply()
{
    m_typing.stop();
    if (const QString problem = m_text->problem(); problem != m_problem) {
        m_problem = problem;
        Q_EMIT problemChanged(problem);
    }
    // While an expression is wrong the last right one holds: nothing jumps under the hand.
    if (!m_text->conditions())
        return;
    m_conditions = *m_text->conditions();
    Q_EMIT filterChanged();
}

void FilterBar::leave()
{
    if (m_text->conditions() && !m_text->text().trimmed().isEmpty())
        m_menu->remember(m_text->text().trimmed());
}

LineFilter FilterBar::filter() const
{
    LineFilter filter;
    filter.conditions = m_conditions;
    if (m_transient->isChecked())
        filter.addReplyClass(Smtp::ReplyClass::Transient);
    if (m_permanent->isChecked())
        filter.addReplyClass(Smtp::ReplyClass::Permanent);
    filter.unexpected = m_unexpected->isChecked();
    if (m_tls->isChecked()) {
        filter.addStage(Smtp::Stage::StartTls);
        filter.addStage(Smtp::Stage::Tls);
    }
    if (m_auth->isChecked())
        filter.addStage(Smtp::Stage::Auth);
    return filter;
}

void FilterBar::setExpression(const QString &expression)
{
    m_text->setText(expression);
    apply();
    leave();
}

void FilterBar::addTerm(const QString &field, const QString &value)
{
    const QString text = m_text->text().trimmed();
    if (!field.isEmpty())
        setExpression(withField(text, field, value));
    else
        setExpression(text.isEmpty() ? value : text + u' ' + value);
}

void FilterBar::reset()
{
    for (QAction *action : {m_transient, m_permanent, m_unexpected, m_tls, m_auth, m_sessionOnly})
        action->setChecked(false);
    m_text->clear();
    apply();
    Q_EMIT filterChanged();
}

void FilterBar::startTyping(const QString &text)
{
    m_text->setFocus(Qt::ShortcutFocusReason);
    m_text->setText(text);
}

void FilterBar::setSearching(bool searching)
{
    m_stop->setVisible(searching);
}

bool FilterBar::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_text && event->type() == QEvent::FocusOut) {
        // Completions and other windows only borrow it.
        const Qt::FocusReason reason = static_cast<QFocusEvent *>(event)->reason();
        if (reason != Qt::PopupFocusReason && reason != Qt::ActiveWindowFocusReason)
            leave();
    }
    if (watched == m_text && event->type() == QEvent::KeyPress
        && static_cast<QKeyEvent *>(event)->key() == Qt::Key_Escape && !m_text->text().isEmpty()) {
        m_text->clear();
        Q_EMIT stopRequested();
        return true;
    }
    return QToolBar::eventFilter(watched, event);
}

} // namespace Mailgauge::Transcript
