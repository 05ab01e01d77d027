// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/copycommands.h"

#include "base/literals.h"
#include "models/transcriptmodel.h"
#include "transcript/commands.h"
#include "transcript/htmlfragment.h"
#include "transcript/toolcommands.h"
#include "transcript/transcriptview.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QMimeData>

namespace Mailgauge::Transcript {

CopyCommands::CopyCommands(Models::TranscriptModel &model, TranscriptView &view, Commands &commands)
    : QObject(&commands)
    , m_model(model)
    , m_view(view)
{
    const auto add = [this, &commands](const QString &id, const QString &text, const QString &icon,
                         const QKeySequence &key, const auto &function) {
        QAction *action = commands.add(id, text, icon, key);
        connect(action, &QAction::triggered, this, function);
        m_actions.append(action);
    };
    // Ctrl+C is the window's: whoever has the focus copies.
    add(u"transcript.copy"_s, tr("Copy Lines"), u"edit-copy"_s, {}, [this] { m_view.copy(); });
    add(u"transcript.copyTimes"_s, tr("Copy Lines with Times"), {},
        Qt::CTRL | Qt::SHIFT | Qt::Key_T, [this] {
            QGuiApplication::clipboard()->setText(m_view.selectedText(TranscriptView::Times::With));
        });
    add(u"transcript.copyHtml"_s, tr("Copy Lines as HTML"), u"text-html"_s,
        Qt::CTRL | Qt::SHIFT | Qt::Key_C, [this] { copyHtml(); });
    const auto entries = [this] {
        return m_model.transcript().entries(m_model.transcript().indexOf(m_session));
    };
    add(u"transcript.copySwaks"_s, tr("Copy Session as swaks Command"), u"utilities-terminal"_s,
        Qt::CTRL | Qt::ALT | Qt::Key_W, [this, entries] {
            copyCommand(swaksCommand(m_model.record(m_session), entries()),
                tr("This session has no server that swaks could be told."));
        });
    add(u"transcript.copyOpenssl"_s, tr("Copy Session as openssl s_client Command"),
        u"utilities-terminal"_s, Qt::CTRL | Qt::ALT | Qt::Key_O, [this, entries] {
            copyCommand(opensslCommand(m_model.record(m_session), entries()),
                tr("This session neither used nor was offered TLS: openssl s_client could not "
                   "repeat it."));
        });
}

void CopyCommands::copyHtml()
{
    const QList<Entry> entries = m_view.selectedEntries();
    if (entries.isEmpty())
        return;
    auto *data = new QMimeData;
    data->setHtml(htmlFragment(entries));
    data->setText(m_view.selectedText(TranscriptView::Times::Without));
    QGuiApplication::clipboard()->setMimeData(data);
}

void CopyCommands::copyCommand(const std::optional<QString> &command, const QString &why)
{
    if (!command) {
        Q_EMIT refused(why);
        return;
    }
    QGuiApplication::clipboard()->setText(*command);
    Q_EMIT copied(*command);
}

} // namespace Mailgauge::Transcript
