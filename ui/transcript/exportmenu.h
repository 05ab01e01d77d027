// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/exportinput.h"

#include <QMenu>

#include <functional>

namespace Mailgauge::Models {
class TranscriptModel;
}
namespace Mailgauge::Theme {
class Theme;
}

namespace Mailgauge::Transcript {

class ExportDialog;

/// The forms in which a transcript leaves; each opens the dialog that shows what leaves.
/// Secrets that are kept for this run never do.
class ExportMenu final : public QMenu {
    Q_OBJECT

public:
    ExportMenu(
        Models::TranscriptModel &model, const Theme::Theme &theme, QWidget *parent = nullptr);

    /// The selected session; null disables the menu.
    void setSession(const QUuid &session);
    void setSurroundings(const ExportSurroundings &surroundings);
    /// Asked when the dialog opens: rows of the transcript, in their order.
    void setSelectedRows(std::function<QList<qsizetype>()> rows);
    void setMarkedRows(std::function<QList<qsizetype>()> rows);
    void open(const std::optional<ExportFormat> &format);
    /// The same for a session that is not in the transcript.
    ExportDialog *openStored(const ExportedSession &stored, QWidget *parent);

Q_SIGNALS:
    void saved(const QString &path);

private:
    void addFormat(
        const QString &name, const QString &text, const std::optional<ExportFormat> &format);

    Models::TranscriptModel &m_model;
    const Theme::Theme &m_theme;
    QUuid m_session;
    ExportSurroundings m_surroundings;
    std::function<QList<qsizetype>()> m_selectedRows;
    std::function<QList<qsizetype>()> m_markedRows;
};

} // namespace Mailgauge::Transcript
