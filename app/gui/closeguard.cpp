// SPDX-License-Identifier: GPL-3.0-or-later
#include "closeguard.h"

#include "base/literals.h"
#include "diagnoseflow.h"
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

CloseGuard::CloseGuard(
    Shell::MainWindow &window, SendFlow &sending, DiagnoseFlow &diagnosing, Keep keep)
    : m_window(window)
    , m_sending(sending)
    , m_diagnosing(diagnosing)
    , m_keep(std::move(keep))
{
    connect(&m_window, &Shell::MainWindow::closeRequested, this, &CloseGuard::ask);
    // Nobody closes over a message that did not go, or a report that could not be kept.
    connect(&m_sending, &SendFlow::notSent, this, &CloseGuard::stayOpen);
    connect(&m_diagnosing, &DiagnoseFlow::failed, this, &CloseGuard::stayOpen);
    connect(&m_sending, &SendFlow::idle, this, &CloseGuard::goOn);
    connect(&m_diagnosing, &DiagnoseFlow::runningChanged, this, &CloseGuard::goOn);
}

bool CloseGuard::isBusy() const
{
    return m_sending.running() > 0 || m_diagnosing.isBusy();
}

void CloseGuard::ask(bool *refuse)
{
    if (!isBusy()) {
        *refuse = !keepDraft();
        return;
    }
    *refuse = true;
    m_asking = true;
    auto *finish = new QAction(tr("Close when done"));
    auto *cancel = new QAction(
        m_sending.running() > 0 ? tr("Cancel and close") : tr("Stop and close"));
    connect(finish, &QAction::triggered, this, &CloseGuard::closeWhenDone);
    connect(cancel, &QAction::triggered, this, &CloseGuard::cancelAndClose);
    m_window.messages().post(closingBar, MessageBar::Kind::Warning, question(), {finish, cancel});
}

QString CloseGuard::question() const
{
    if (!m_diagnosing.isBusy())
        return tr("A message is still on its way.");
    const QString running = m_sending.running() > 0
        ? tr("A message is still on its way, and a diagnosis is running.")
        : tr("A diagnosis is still running.");
    const QString kept = m_diagnosing.keepsReports()
        ? tr("What it found so far is kept, also if you stop it now.")
        : tr("Nothing of it is kept, because nothing can be saved here.");
    return running + u' ' + kept;
}

void CloseGuard::closeWhenDone()
{
    wait(!m_diagnosing.isBusy() ? tr("Mailgauge closes as soon as the message is through.")
            : m_sending.running() > 0
            ? tr("Mailgauge closes as soon as the message is through and the diagnosis done.")
            : tr("Mailgauge closes as soon as the diagnosis is done."));
}

void CloseGuard::cancelAndClose()
{
    // First: what has not begun yet is over at once.
    wait(tr("Stopping, then Mailgauge closes."));
    m_diagnosing.cancel();
    m_sending.cancelAll();
}

void CloseGuard::wait(const QString &sentence)
{
    m_closing = true;
    m_asking = false;
    auto *stay = new QAction(tr("Stay open"));
    connect(stay, &QAction::triggered, this, &CloseGuard::stayOpen);
    const MessageBar *bar = m_window.messages().post(
        closingBar, MessageBar::Kind::Info, sentence, {stay});
    connect(bar, &MessageBar::dismissed, this, &CloseGuard::stayOpen, Qt::UniqueConnection);
    // It may have ended while the question stood there.
    goOn();
}

void CloseGuard::goOn()
{
    if (isBusy())
        return;
    if (m_closing)
        m_window.close();
    else if (std::exchange(m_asking, false)) // There is nothing left to ask about.
        m_window.messages().withdraw(closingBar);
}

void CloseGuard::stayOpen()
{
    m_closing = false;
    m_asking = false;
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
