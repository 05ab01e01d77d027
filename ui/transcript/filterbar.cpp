// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/filterbar.h"

#include "base/literals.h"

#include <QAction>
#include <QKeyEvent>
#include <QLineEdit>
#include <QToolButton>

#include <chrono>

namespace Mailgauge::Transcript {

using namespace std::chrono_literals;

FilterBar::FilterBar(QWidget *parent)
    : QToolBar(parent)
    , m_text(new QLineEdit(this))
{
    setObjectName(u"transcriptFilterBar"_s);
    setAccessibleName(tr("Transcript filter"));
    setWindowTitle(tr("Transcript filter"));
    setIconSize({16, 16});
    setMovable(false);
    setToolButtonStyle(Qt::ToolButtonIconOnly);

    m_text->setObjectName(u"transcriptFilter"_s);
    m_text->setAccessibleName(tr("Show only lines that contain"));
    m_text->setPlaceholderText(tr("Filter lines"));
    m_text->setClearButtonEnabled(true);
    m_text->setMinimumWidth(110);
    m_text->setMaximumWidth(360);
    QAction *icon = m_text->addAction(
        QIcon::fromTheme(u"view-filter"_s), QLineEdit::LeadingPosition);
    for (QObject *button : icon->associatedObjects()) {
        if (auto *widget = qobject_cast<QToolButton *>(button))
            widget->setAccessibleName(tr("Filter"));
    }
    m_text->installEventFilter(this);
    addWidget(m_text);

    m_transient = addQuick(u"quickTransient"_s, tr("4yz"), tr("Replies that say: later"));
    m_permanent = addQuick(u"quickPermanent"_s, tr("5yz"), tr("Replies that say: no"));
    m_tls = addQuick(u"quickTls"_s, tr("TLS"), tr("STARTTLS and the handshake"));
    m_auth = addQuick(u"quickAuth"_s, tr("AUTH"), tr("Authentication"));
    addSeparator();
    m_sessionOnly = addAction(QIcon::fromTheme(u"view-list-details"_s), tr("This Session Only"));
    m_sessionOnly->setObjectName(u"transcript.sessionOnly"_s);
    m_sessionOnly->setCheckable(true);

    m_typing.setSingleShot(true);
    m_typing.setInterval(150ms);
    connect(&m_typing, &QTimer::timeout, this, &FilterBar::filterChanged);
    connect(m_text, &QLineEdit::textChanged, this, [this] { m_typing.start(); });
    connect(m_text, &QLineEdit::returnPressed, this, [this] {
        m_typing.stop();
        Q_EMIT filterChanged();
    });
}

QAction *FilterBar::addQuick(const QString &name, const QString &text, const QString &toolTip)
{
    QAction *action = addAction(text);
    action->setObjectName(name);
    action->setCheckable(true);
    action->setToolTip(toolTip);
    connect(action, &QAction::toggled, this, &FilterBar::filterChanged);
    return action;
}

LineFilter FilterBar::filter() const
{
    LineFilter filter;
    filter.text = m_text->text().toUtf8();
    if (m_transient->isChecked())
        filter.addReplyClass(Smtp::ReplyClass::Transient);
    if (m_permanent->isChecked())
        filter.addReplyClass(Smtp::ReplyClass::Permanent);
    if (m_tls->isChecked()) {
        filter.addStage(Smtp::Stage::StartTls);
        filter.addStage(Smtp::Stage::Tls);
    }
    if (m_auth->isChecked())
        filter.addStage(Smtp::Stage::Auth);
    return filter;
}

void FilterBar::reset()
{
    for (QAction *action : {m_transient, m_permanent, m_tls, m_auth, m_sessionOnly})
        action->setChecked(false);
    m_text->clear();
    m_typing.stop();
    Q_EMIT filterChanged();
}

void FilterBar::startTyping(const QString &text)
{
    m_text->setFocus(Qt::ShortcutFocusReason);
    m_text->setText(text);
}

bool FilterBar::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_text && event->type() == QEvent::KeyPress
        && static_cast<QKeyEvent *>(event)->key() == Qt::Key_Escape && !m_text->text().isEmpty()) {
        m_text->clear();
        return true;
    }
    return QToolBar::eventFilter(watched, event);
}

} // namespace Mailgauge::Transcript
