// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "tls/tlsfacts.h"
#include "transcript/entry.h"

#include <QList>

#include <deque>
#include <vector>

namespace Mailgauge::Net {

/// Makes the transcript entries of one session. Secrets are cut out here, where the bytes are
/// written; the entries themselves are made when somebody takes them, from notes and bytes that
/// cost next to nothing to drop.
class Recorder {
public:
    Recorder(const Base::Clock &clock, bool keepSecrets);

    /// From here on the microseconds count.
    void start();
    /// One entry per line of `bytes`. What belongs to a transaction `ahead` of its turn (1: that
    /// behind the running one) is held back until as many release() have come.
    void client(const QByteArray &bytes, const QList<Base::SecretSpan> &secrets, Smtp::Stage stage,
        int ahead = 0);
    /// Whether a reply was owed when its line came.
    enum class Owed : quint8 {
        Yes,
        No,
    };
    void server(const QByteArray &line, Smtp::Stage stage, Owed owed = Owed::Yes);
    void event(const QString &text, Smtp::Stage stage);
    /// From here on all travels inside TLS.
    void tlsEstablished(const Tls::TlsFacts &facts);
    /// A new connection, in clear.
    void reconnected() { m_tls = false; }
    void failed(const Base::Error &error, Smtp::Stage stage);
    /// The message that was sent, as one entry.
    void content(const Transcript::ContentRange &range, int ahead = 0);
    /// The next transaction has its turn.
    void release();
    [[nodiscard]] bool hasEntries() const { return !m_now.notes.empty(); }
    [[nodiscard]] QList<Transcript::Entry> take();
    /// Forgets what take() would give.
    void drop();

private:
    /// An entry to be.
    struct Note {
        qint64 us = 0;
        Transcript::Direction direction = Transcript::Direction::Event;
        Smtp::Stage stage = Smtp::Stage::Connect;
        bool tls = false;
        bool unexpected = false;
        bool redacted = false; ///< The next of `redactions` is its.
        bool content = false; ///< The next of `ranges` is its.
        qsizetype from = 0; ///< Its text in `bytes`.
        qsizetype to = 0;
    };
    struct Notes {
        std::vector<Note> notes;
        QByteArray bytes; ///< Secrets are not in it.
        QList<QList<Transcript::Redaction>> redactions;
        QList<Transcript::ContentRange> ranges;

        void clear();
    };

    [[nodiscard]] Note noteNow(Transcript::Direction direction, Smtp::Stage stage) const;
    [[nodiscard]] Notes &notesOf(int ahead);
    static void add(Notes &notes, Note note, QByteArrayView text);

    const Base::Clock &m_clock;
    bool m_keepSecrets;
    bool m_tls = false;
    Base::TimePoint m_start;
    qint64 m_next = 0;
    Notes m_now;
    std::deque<Notes> m_ahead;
    std::vector<Notes> m_spare; ///< Empty ones, for their memory.
};

} // namespace Mailgauge::Net
