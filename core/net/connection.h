// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// The thin driver of an smtp::Session: resolves, connects, speaks TLS, moves bytes, arms timers
/// and records the transcript. It takes no decision that the session can take.
///
///     Connection connection({.target = …, .tls = …, .session = …}, clock);
///     connect(&connection, &Connection::happened, …);   // ready: send(), quit()
///     connection.open();
///
/// Several transactions may follow each other: call send() again at each Event::Ready.
#include "base/clock.h"
#include "base/content.h"
#include "net/hostlookup.h"
#include "net/opener.h"
#include "net/recorder.h"
#include "net/target.h"
#include "net/transport.h"
#include "smtp/session.h"
#include "tls/tlsstream.h"

#include <QFuture>
#include <QObject>
#include <QTimer>
#include <QUuid>

#include <deque>
#include <memory>
#include <optional>

namespace Mailgauge::Net {

struct ConnectionOptions {
    Target target;
    Tls::ClientOptions tls; ///< An empty serverName means the target's host.
    Smtp::SessionOptions session;
    bool keepSecrets = false; ///< Keep this run's secrets in the entries, in memory.
    LookUp lookUp = &Net::lookUp;
    MakeResolver makeResolver = &Net::makeResolver;
    MtaStsOptions mtaSts {}; ///< Roots and pins come from `tls` and `target`.
    /// A host whose handshake failed before: no STARTTLS there, unless what is published asks for
    /// it.
    QString inClear {};
    /// How long a peer may be silent before the transcript says so (faults A7).
    std::chrono::milliseconds silenceHint {10'000};
    /// For many messages in a row: a small content leaves together with its final dot, and what
    /// follow() named behind it, in one flight. A loss meanwhile is uncertain, though nothing may
    /// have arrived. Entries are told by flush() and at the end alone.
    bool bulk = false;
};

/// Lives in one thread with an event loop. Delete it by deleteLater() from its own signals.
class Connection final : public QObject {
    Q_OBJECT

public:
    Connection(ConnectionOptions options, const Base::Clock &clock, QObject *parent = nullptr);
    ~Connection() override;

    void open();
    /// After Event::Ready. `message` is what the content entry refers to.
    void send(Smtp::Transaction transaction, std::unique_ptr<Base::ContentSource> content,
        const QUuid &message);
    /// A transaction behind the running one and those named before, see smtp::Session::follow().
    void follow(Smtp::Transaction transaction, std::unique_ptr<Base::ContentSource> content,
        const QUuid &message);
    /// The answers to Event::Commit; withdraw() as that of smtp::Session. Where messages follow,
    /// not from within happened(): events of the same turn may move them on.
    void committed();
    void withdraw(int ahead, const Base::Error &why);
    void quit();
    /// As smtp::Session::command() and resume(); InvalidInput too where no session is open.
    [[nodiscard]] Base::Result<void> command(const QByteArray &line);
    [[nodiscard]] Base::Result<void> resume(const std::optional<QByteArray> &line);
    /// The session runs and may take a transaction, now or later.
    [[nodiscard]] bool isOpen() const;
    /// Hands on what is recorded without waiting for the batch to fill.
    void flush();
    /// Forgets what flush() would hand on.
    void drop();
    /// Ends the session for a reason of ours (cancelled, disk full) wherever it is; the outcome is
    /// told by events as ever.
    void fail(const Base::Error &error);

Q_SIGNALS:
    /// What the session tells, and Failed with stage resolve or connect from before it. Send,
    /// StartTls, AskMechanism, SendContent and LineReceived are dealt with here and not passed on.
    void happened(const Mailgauge::Smtp::SessionEvent &event);
    void connected(const QString &address);
    /// Behind a route by MX or SRV, before connected(): the host of that address.
    void hostReached(const QString &host, quint16 port);
    /// Before connected(): what is asked of the session with this host, where the policy was
    /// isPublished().
    void policyDecided(Mailgauge::Smtp::TlsPolicy policy);
    /// Something worth telling about the route.
    void routeFound(const Mailgauge::Net::RouteFinding &finding, Mailgauge::Smtp::Stage stage);
    /// Also when the handshake failed because the certificate was not accepted.
    void tlsJudged(const Mailgauge::Tls::TlsFacts &facts);
    /// Octets of the content handed to the transport, at most every 33 ms and at the end.
    void contentProgress(qint64 written, qint64 total);
    /// At most every 33 ms.
    void entriesRecorded(const QList<Mailgauge::Transcript::Entry> &entries);
    /// The last signal.
    void closed();

private:
    enum class Phase : quint8 {
        Idle,
        Opening,
        Session,
        Closing,
        Over
    };

    void opened(const QString &address);
    void stoppedEarly();
    /// RFC 5321 5.1: a host that is not at home does not decide while there is another.
    [[nodiscard]] bool mayTryNext(const Smtp::SessionEvent &event) const;
    [[nodiscard]] Smtp::SessionOptions sessionOptions() const;
    [[nodiscard]] bool isHostVouchedFor() const;
    void tryNext(const Smtp::Event::Failed &failed);
    void failBefore(const Base::Error &error, Smtp::Stage stage);
    [[nodiscard]] bool isNamedByStranger(const Hop &hop) const;
    void received(const QByteArray &bytes);
    void receivedInClear(const QByteArray &bytes);
    void receivedEncrypted(const QByteArray &bytes);
    void noteTls();
    void handshakeOver();
    void progressed();
    void ended(const std::optional<Base::Error> &error);
    void timePassed();
    void finish(const QString &how);

    void pump();
    void handle(const Smtp::SessionEvent &event);
    void armTimer();
    void startBatch();
    [[nodiscard]] bool pullContent();
    [[nodiscard]] bool leavesAtOnce() const;
    [[nodiscard]] bool reportWritten();
    void endContent();
    void write(const QByteArray &bytes);
    void writeOut();
    void dropHeld();

    // What the session wants done.
    void on(const Smtp::Event::Send &event);
    void on(const Smtp::Event::StartTls &event);
    void on(const Smtp::Event::AskMechanism &event);
    void on(const Smtp::Event::SendContent &event);
    void on(const Smtp::Event::LineReceived &event);
    void on(const Smtp::Event::Paused &event);
    void on(const Smtp::Event::Failed &event);
    void on(const Smtp::Event::TransactionDone &event);
    void on(const Smtp::Event::Closed &event);
    template <typename Other>
    void on(const Other &)
    {
    }

    ConnectionOptions m_options;
    const Base::Clock &m_clock;
    Recorder m_recorder;
    Smtp::Session m_session;
    Tls::ClientOptions m_tlsOptions; // for this host
    Transport m_transport;
    Opener m_opener;
    std::optional<Tls::TlsStream> m_tls;
    QTimer m_deadline;
    QTimer m_hint;
    QTimer m_batch;
    Phase m_phase = Phase::Idle;
    QByteArray m_greetingHead; // until the greeting is known to be one
    bool m_greeted = false;
    bool m_pumping = false;
    QByteArray m_unwritten; // of this turn: commands, and small content
    bool m_held = false; // it ends in content that waits for its final dot
    bool m_unreported = false; // Send bytes that the session was not told about as written

    std::optional<Base::TimePoint> m_armed; // when m_deadline goes off

    /// What a transaction sends, and how much of it was read.
    struct Outgoing {
        std::unique_ptr<Base::ContentSource> content;
        QUuid message;
        qint64 read = 0;
    };
    std::deque<Outgoing> m_outgoing; // of the running transaction, then of those behind it
    std::size_t m_sending = 0; // the one that SendContent asked for
    qint64 m_contentFrom = 0; // where this SendContent began
    std::optional<qint64> m_contentUntil; // where it ends, if not with the content
    bool m_contentActive = false;
    bool m_contentAtEnd = false;
    bool m_progressPending = false;
};

} // namespace Mailgauge::Net
