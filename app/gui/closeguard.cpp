// SPDX-License-Identifier: GPL-3.0-or-later
#include "closeguard.h"

#include "base/literals.h"
#include "explain/explain.h"
#include "sendflow.h"
#include "shell/mainwindow.h"
#include "widgets/messagestack.h"

#include <QAction>

#include <utility>

namespace Mailgauge::Gui {

using Widgets::MessageBar;

namespace {
const QString closingBar = u"closing"_s;
}

CloseGuard::CloseGuard(Shell::MainWindow &window, SendFlow &sending, Keep keep)
    : m_window(window)
    , m_sending(sending)
    , m_keep(std::move(keep))
{
    connect(&m_window, &Shell::MainWindow::closeRequested, this, &CloseGuard::ask);
    // Nobody closes over a message that did not go.
    connect(&m_sending, &SendFlow::notSent, this, &CloseGuard::stayOpen);
    connect(&m_sending, &SendFlow::idle, this, [this] {
        if (m_closing)
            m_window.close();
    });
}

void CloseGuard::ask(bool *refuse)
{
    if (m_sending.running() == 0) {
        *refuse = !keepDraft();
        return;
    }
    *refuse = true;
    auto *finish = new QAction(tr("Close when done"));
    auto *cancel = new QAction(tr("Cancel and close"));
    connect(finish, &QAction::triggered, this, &CloseGuard::closeWhenDone);
    connect(cancel, &QAction::triggered, this, [this] {
        m_closing = true;
        m_sending.cancelAll();
    });
    m_window.messages().post(closingBar, MessageBar::Kind::Warning,
        tr("A message is still on its way."), {finish, cancel});
}

void CloseGuard::closeWhenDone()
{
    m_closing = true;
    auto *stay = new QAction(tr("Stay open"));
    connect(stay, &QAction::triggered, this, &CloseGuard::stayOpen);
    const MessageBar *bar = m_window.messages().post(closingBar, MessageBar::Kind::Info,
        tr("Mailgauge closes as soon as the message is through."), {stay});
    connect(bar, &MessageBar::dismissed, this, &CloseGuard::stayOpen, Qt::UniqueConnection);
}

void CloseGuard::stayOpen()
{
    m_closing = false;
    m_window.messages().withdraw(closingBar);
}

bool CloseGuard::keepDraft()
{
    const auto kept = m_keep();
    // Told once: who closes again has read it.
    if (kept || std::exchange(m_toldUnkept, true))
        return true;
    m_closing = false;
    auto *close = new QAction(tr("Close anyway"));
    connect(close, &QAction::triggered, &m_window, &QWidget::close);
    m_window.messages().post(closingBar, MessageBar::Kind::Error,
        tr("The message in the composer cannot be kept for next time: save it with Ctrl+S. %1")
            .arg(Explain::explain(kept.error()).withNextStep()),
        {close});
    return false;
}

} // namespace Mailgauge::Gui
