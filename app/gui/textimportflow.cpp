// SPDX-License-Identifier: GPL-3.0-or-later
#include "textimportflow.h"

#include "base/filejobs.h"
#include "base/literals.h"
#include "sessions/importdialog.h"
#include "sessions/sessionactions.h"
#include "sessions/sessionspanel.h"
#include "transcript/dialogue.h"

#include <QAction>

#include <utility>

namespace Mailgauge::Gui {

namespace {
/// Below this the dialog would be in the way of a file that was only to be attached.
constexpr int LeastSure = 40;
} // namespace

void TextImportFlow::setRepository(Transcript::SessionRepository *sessions)
{
    m_sessions = sessions;
    m_waits = false;
    const QList<Delivery::ImportedText> early = std::exchange(m_early, {});
    for (const Delivery::ImportedText &text : early)
        store(text);
}

void TextImportFlow::setPanel(Sessions::SessionsPanel *panel)
{
    m_panel = panel;
    auto *action = new QAction(
        QIcon::fromTheme(u"document-import"_s), tr("Import transcript of another program…"), panel);
    connect(action, &QAction::triggered, this, [this] { open(m_panel); });
    panel->offer(action, Sessions::Needs::Nothing);
}

void TextImportFlow::open(QWidget *parent, const QString &file)
{
    auto *dialog = new Sessions::ImportDialog(parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &Sessions::ImportDialog::importRequested, this, &TextImportFlow::store);
    dialog->open();
    if (!file.isEmpty())
        dialog->openFile(file);
}

void TextImportFlow::openWhereTranscript(QWidget *parent, const QString &file)
{
    Base::readFileLater(file, Transcript::DialogueLimits::MaxText)
        .then([](const Base::Result<QByteArray> &bytes) {
            return bytes && Transcript::guessFormats(*bytes).constFirst().confidence >= LeastSure;
        })
        .then(this, [this, file, window = QPointer(parent)](bool transcript) {
            if (transcript)
                open(window, file);
            else
                Q_EMIT foreign(file);
        });
}

void TextImportFlow::store(const Delivery::ImportedText &text)
{
    if (m_waits) {
        m_early.append(text);
        return;
    }
    if (!m_sessions) {
        Q_EMIT failed({Base::Error::Kind::Denied, u"store: there is none"_s, {}});
        return;
    }
    // Shared because continuations want copies; a log may hold a thousand sessions.
    storeNext(std::make_shared<Delivery::ImportedText>(text), 0);
}

void TextImportFlow::storeNext(const std::shared_ptr<Delivery::ImportedText> &text, qsizetype next)
{
    if (next == text->sessions.size()) {
        finish(*text, next);
        return;
    }
    const Delivery::ImportedSession &one = text->sessions[next];
    std::optional<QByteArray> message;
    if (!one.content.isEmpty())
        message = one.content;
    m_sessions->add(one.session.record, one.session.entries, message)
        .then(this, [this, text, next](const Base::Result<void> &stored) {
            if (stored) {
                storeNext(text, next + 1);
                return;
            }
            finish(*text, next);
            Q_EMIT failed(stored.error());
        });
}

void TextImportFlow::finish(const Delivery::ImportedText &text, qsizetype stored)
{
    if (stored == 0)
        return;
    const QUuid first = text.sessions.first().session.record.id;
    if (m_panel) {
        m_panel->refresh();
        m_panel->select(first);
    }
    Q_EMIT imported(
        first, static_cast<int>(stored), Transcript::sourceFormatTitle(text.guess.format));
}

} // namespace Mailgauge::Gui
