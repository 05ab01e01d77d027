// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/formatter.h"

#include <QMenu>

class QFileDialog;

namespace Mailgauge::Models {
class TranscriptModel;
}

namespace Mailgauge::Transcript {

/// Saves one session of the transcript as text, HTML or JSON Lines; the file is written by a
/// worker. Secrets that are kept for this run never get there.
class ExportMenu final : public QMenu {
    Q_OBJECT

public:
    explicit ExportMenu(Models::TranscriptModel &model, QWidget *parent = nullptr);

    /// Which session the entries of the menu save; null disables them.
    void setSession(const QUuid &session);

Q_SIGNALS:
    void saved(const QString &path);
    void failed(const QString &path, const Mailgauge::Base::Error &error);

private:
    void addFormat(const QString &name, const QString &text, ExportFormat format);
    void ask(ExportFormat format);
    void save(const QUuid &session, ExportFormat format, const QString &path);

    Models::TranscriptModel &m_model;
    QUuid m_session;
};

} // namespace Mailgauge::Transcript
