// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "tls/tlsfacts.h"
#include "transcript/entry.h"

#include <QList>

namespace Mailgauge::Net {

/// Makes the transcript entries of one session. Secrets are cut out here, where the bytes are
/// written.
class Recorder {
public:
    Recorder(const Base::Clock &clock, bool keepSecrets);

    /// From here on the microseconds count.
    void start();
    /// One entry per line of `bytes`.
    void client(const QByteArray &bytes, const QList<Base::SecretSpan> &secrets, Smtp::Stage stage);
    void server(const QByteArray &line, Smtp::Stage stage);
    void event(const QString &text, Smtp::Stage stage);
    /// A new connection, in clear.
    void reconnected() { m_tls = false; }
    /// From here on all travels inside TLS.
    void tlsEstablished(const Tls::TlsFacts &facts);
    void failed(const Base::Error &error, Smtp::Stage stage);
    /// The message that was sent, as one entry.
    void content(const Transcript::ContentRange &range);
    [[nodiscard]] bool hasEntries() const { return !m_pending.isEmpty(); }
    [[nodiscard]] QList<Transcript::Entry> take();

private:
    void add(Transcript::Direction direction, Smtp::Stage stage, QByteArray text,
        QList<Transcript::Redaction> redactions = {},
        std::optional<Transcript::ContentRange> content = {});

    const Base::Clock &m_clock;
    bool m_keepSecrets;
    bool m_tls = false;
    Base::TimePoint m_start;
    qint64 m_next = 0;
    QList<Transcript::Entry> m_pending;
};

} // namespace Mailgauge::Net
