// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/exportmenu.h"

#include "base/literals.h"
#include "models/transcriptmodel.h"
#include "transcript/exportdialog.h"

#include <utility>

namespace Mailgauge::Transcript {

ExportMenu::ExportMenu(Models::TranscriptModel &model, const Theme::Theme &theme, QWidget *parent)
    : QMenu(tr("Export"), parent)
    , m_model(model)
    , m_theme(theme)
{
    setObjectName(u"transcriptExportMenu"_s);
    addFormat(u"transcript.exportBundle"_s, tr("Support Bundle…"), std::nullopt);
    addSeparator();
    addFormat(u"transcript.exportText"_s, tr("Text…"), ExportFormat::Text);
    addFormat(u"transcript.exportHtml"_s, tr("Web Page…"), ExportFormat::Html);
    addFormat(u"transcript.exportJsonLines"_s, tr("JSON Lines…"), ExportFormat::JsonLines);
    setSession({});
}

void ExportMenu::addFormat(
    const QString &name, const QString &text, const std::optional<ExportFormat> &format)
{
    QAction *action = addAction(text);
    action->setObjectName(name);
    connect(action, &QAction::triggered, this, [this, format] { open(format); });
}

void ExportMenu::setSession(const QUuid &session)
{
    m_session = session;
    setEnabled(!session.isNull());
    for (QAction *action : actions())
        action->setEnabled(!session.isNull());
}

void ExportMenu::setSurroundings(const ExportSurroundings &surroundings)
{
    m_surroundings = surroundings;
}

void ExportMenu::setSelectedRows(std::function<QList<qsizetype>()> rows)
{
    m_selectedRows = std::move(rows);
}

void ExportMenu::setMarkedRows(std::function<QList<qsizetype>()> rows)
{
    m_markedRows = std::move(rows);
}

void ExportMenu::open(const std::optional<ExportFormat> &format)
{
    m_model.flush();
    ExportInput input;
    input.model = &m_model;
    input.session = m_session;
    input.selectedRows = m_selectedRows ? m_selectedRows() : QList<qsizetype>();
    input.markedRows = m_markedRows ? m_markedRows() : QList<qsizetype>();
    input.surroundings = m_surroundings;
    auto *dialog = new ExportDialog(std::move(input), format, m_theme, parentWidget());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ExportDialog::saved, this, &ExportMenu::saved);
    dialog->open();
}

ExportDialog *ExportMenu::openStored(const ExportedSession &stored, QWidget *parent)
{
    ExportInput input;
    input.stored = stored;
    input.surroundings = m_surroundings;
    auto *dialog = new ExportDialog(std::move(input), std::nullopt, m_theme, parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
    return dialog;
}

} // namespace Mailgauge::Transcript
