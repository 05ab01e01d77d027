// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "delivery/importtext.h"

#include <QObject>
#include <QPointer>

#include <memory>

namespace Mailgauge::Sessions {
class SessionsPanel;
}

namespace Mailgauge::Gui {

/// Transcripts of other programs on their way into the store.
class TextImportFlow final : public QObject {
    Q_OBJECT

public:
    /// Once; null: nothing can be imported. What the user wanted before is stored now.
    void setRepository(Transcript::SessionRepository *sessions);
    /// Adds the import to its page.
    void setPanel(Sessions::SessionsPanel *panel);
    /// The dialog, with that file in it where one is given.
    void open(QWidget *parent, const QString &file = {});

    /// The dialog, where the file reads like a transcript; foreign() otherwise.
    void openWhereTranscript(QWidget *parent, const QString &file);

Q_SIGNALS:
    void foreign(const QString &file);
    /// So many sessions are in the store; the first one's id. Also where a later one failed().
    void imported(const QUuid &first, int count, const QString &format);
    void failed(const Mailgauge::Base::Error &error);

private:
    void store(const Delivery::ImportedText &text);
    void finish(const Delivery::ImportedText &text, qsizetype stored);
    void storeNext(const std::shared_ptr<Delivery::ImportedText> &text, qsizetype next);

    Transcript::SessionRepository *m_sessions = nullptr;
    bool m_waits = true; ///< For the repository.
    QList<Delivery::ImportedText> m_early;
    QPointer<Sessions::SessionsPanel> m_panel;
};

} // namespace Mailgauge::Gui
