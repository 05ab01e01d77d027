// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QUuid>

#include <optional>

class QAction;

namespace Mailgauge::Models {
class TranscriptModel;
}

namespace Mailgauge::Transcript {

class Commands;
class TranscriptView;

/// Lines, or what a session did, to the clipboard: as text, HTML, `swaks` or `openssl` command.
class CopyCommands final : public QObject {
    Q_OBJECT

public:
    CopyCommands(Models::TranscriptModel &model, TranscriptView &view, Commands &commands);

    /// The one whose command line is meant.
    void setSession(const QUuid &session) { m_session = session; }
    [[nodiscard]] const QList<QAction *> &actions() const { return m_actions; }

Q_SIGNALS:
    void copied(const QString &what);
    /// There is nothing to copy; the sentence says why.
    void refused(const QString &why);

private:
    void copyHtml();
    void copyCommand(const std::optional<QString> &command, const QString &why);

    Models::TranscriptModel &m_model;
    TranscriptView &m_view;
    QUuid m_session;
    QList<QAction *> m_actions;
};

} // namespace Mailgauge::Transcript
