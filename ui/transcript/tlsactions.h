// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/sessionrecord.h"

#include <QWidget>

class QToolButton;

namespace Mailgauge::Transcript {

/// What can be done with the certificates of a session: save them, copy the digest of the server's
/// key, pin that key. Saving and pinning are somebody else's work.
class TlsActions final : public QWidget {
    Q_OBJECT

public:
    explicit TlsActions(QWidget *parent = nullptr);

    /// A session behind a handshake, that is with `tls`.
    void setSession(const SessionRecord &record);

Q_SIGNALS:
    void saveRequested(const Mailgauge::Tls::TlsFacts &facts);
    /// `key`: SHA-256 of the SubjectPublicKeyInfo, as a profile holds it.
    void pinRequested(const QUuid &profile, const QByteArray &key);

private:
    [[nodiscard]] QToolButton *makeButton(
        const QString &name, const QString &text, const QString &icon);
    [[nodiscard]] QByteArray key() const;

    Tls::TlsFacts m_facts;
    QUuid m_profile;
    QToolButton *m_save;
    QToolButton *m_copy;
    QToolButton *m_pin;
};

} // namespace Mailgauge::Transcript
