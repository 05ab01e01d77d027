// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/exportmenu.h"

#include "base/literals.h"
#include "models/transcriptmodel.h"
#include "transcript/sessionexporter.h"

#include <QFileDialog>
#include <QtConcurrentRun>

#include <algorithm>

namespace Mailgauge::Transcript {

namespace {

QString suffix(ExportFormat format)
{
    switch (format) {
    case ExportFormat::Text:
    case ExportFormat::Ansi:
        return u"txt"_s;
    case ExportFormat::Html:
        return u"html"_s;
    case ExportFormat::JsonLines:
        return u"jsonl"_s;
    }
    Q_UNREACHABLE_RETURN({});
}

QString proposedName(const SessionRecord &record, ExportFormat format)
{
    QString host = record.host;
    std::ranges::replace_if(
        host, [](QChar c) { return !c.isLetterOrNumber() && c != u'.' && c != u'-'; }, u'_');
    const QString time = record.startedAt.isValid()
        ? record.startedAt.toUTC().toString(u"yyyyMMdd-HHmmss"_s)
        : record.id.toString(QUuid::WithoutBraces).first(8);
    return u"smtp-%1-%2.%3"_s.arg(host.isEmpty() ? u"session"_s : host, time, suffix(format));
}

} // namespace

ExportMenu::ExportMenu(Models::TranscriptModel &model, QWidget *parent)
    : QMenu(tr("Export Session"), parent)
    , m_model(model)
{
    setObjectName(u"transcriptExportMenu"_s);
    addFormat(u"transcript.exportText"_s, tr("As Text…"), ExportFormat::Text);
    addFormat(u"transcript.exportHtml"_s, tr("As HTML…"), ExportFormat::Html);
    addFormat(u"transcript.exportJsonLines"_s, tr("As JSON Lines…"), ExportFormat::JsonLines);
    setSession({});
}

void ExportMenu::addFormat(const QString &name, const QString &text, ExportFormat format)
{
    QAction *action = addAction(text);
    action->setObjectName(name);
    connect(action, &QAction::triggered, this, [this, format] { ask(format); });
}

void ExportMenu::setSession(const QUuid &session)
{
    m_session = session;
    setEnabled(!session.isNull());
    for (QAction *action : actions())
        action->setEnabled(!session.isNull());
}

void ExportMenu::ask(ExportFormat format)
{
    auto *dialog = new QFileDialog(parentWidget(), tr("Export Session"));
    dialog->setObjectName(u"transcriptExportDialog"_s);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(suffix(format));
    dialog->selectFile(proposedName(m_model.record(m_session), format));
    // The one that was asked for, whatever session begins while the dialog is open.
    connect(dialog, &QFileDialog::fileSelected, this,
        [this, session = m_session, format](const QString &path) { save(session, format, path); });
    dialog->open();
}

void ExportMenu::save(const QUuid &session, ExportFormat format, const QString &path)
{
    const SessionRecord record = m_model.record(session);
    const QList<Entry> entries = m_model.transcript().entries(
        m_model.transcript().indexOf(session));
    QtConcurrent::run(&SessionExporter::writeFile, record, entries, format, ExportOptions {}, path)
        .then(this, [this, path](const Base::Result<void> &result) {
            if (result)
                Q_EMIT saved(path);
            else
                Q_EMIT failed(path, result.error());
        });
}

} // namespace Mailgauge::Transcript
