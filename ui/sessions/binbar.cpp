// SPDX-License-Identifier: GPL-3.0-or-later
#include "sessions/binbar.h"

#include <QAction>
#include <QApplication>
#include <QVBoxLayout>

namespace Mailgauge::Sessions {

using Widgets::MessageBar;

BinBar::BinBar(QWidget *parent)
    : QWidget(parent)
    , m_bar(new MessageBar(this))
    , m_restore(new QAction(tr("Restore"), this))
    , m_empty(new QAction(tr("Empty the Bin…"), this))
    , m_leave(new QAction(tr("Back"), this))
    , m_sure(new QAction(tr("Remove for Good"), this))
    , m_cancel(new QAction(tr("Keep Them"), this))
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(m_bar);
    m_bar->setDismissible(false);
    connect(m_restore, &QAction::triggered, this, &BinBar::restoreRequested);
    connect(m_empty, &QAction::triggered, this, &BinBar::ask);
    connect(m_leave, &QAction::triggered, this, &BinBar::leaveRequested);
    connect(m_sure, &QAction::triggered, this, [this] {
        explain();
        Q_EMIT emptyRequested();
    });
    connect(m_cancel, &QAction::triggered, this, &BinBar::explain);
    m_pause.setSingleShot(true);
    connect(&m_pause, &QTimer::timeout, m_sure, [this] { m_sure->setEnabled(true); });
    explain();
}

void BinBar::setDays(int days)
{
    m_days = days;
    if (!m_asking)
        explain();
}

void BinBar::setCount(int count)
{
    m_empty->setEnabled(count > 0);
    if (m_asking && count == 0)
        explain();
}

void BinBar::explain()
{
    m_asking = false;
    m_bar->showMessage(MessageBar::Kind::Info,
        tr("Deleted sessions. Each is removed for good %n day(s) after it was deleted.", nullptr,
            m_days),
        {m_restore, m_empty, m_leave});
}

void BinBar::ask()
{
    m_asking = true;
    // The second half of a double click must not land on what cannot be undone.
    m_sure->setEnabled(false);
    m_pause.start(QApplication::doubleClickInterval());
    m_bar->showMessage(MessageBar::Kind::Warning,
        tr("Remove all deleted sessions for good, with their transcripts and messages? This cannot "
           "be undone."),
        {m_cancel, m_sure});
}

} // namespace Mailgauge::Sessions
