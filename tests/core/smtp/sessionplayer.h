// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "smtp/session.h"

#include <QByteArray>
#include <QByteArrayList>

namespace Mailgauge::Test {

/// Drives one Session through a script, without a socket.
///
/// Script lines: `S: text` from the server (CRLF is added; lines that follow each other arrive
/// together), `S\ raw` with backslash escapes and nothing added, `C: text` that the client must
/// have sent by now (`C\ raw` likewise), `PIECE n` of the content, `FINISHED`, `TLS`, `TLSFAIL`,
/// `CLOSE`, `RESET`, `CANCEL`, `TIMEOUT`, `WRITTEN`, `STORED`, `REFUSED n` by the ledger (of the
/// one so many behind the running one, with which the sending ends), `GO` or `GO line` at a
/// breakpoint, `HAND line` (backslash escapes), `QUIT`, `ANSWER text` of a mechanism that was asked
/// elsewhere, `NOANSWER`. The player answers Ready and TransactionDone with the next transaction or
/// QUIT, SendContent with the content, and Commit at once unless `holdCommit`.
struct SessionPlayer {
    Smtp::SessionOptions options;
    QList<Smtp::Transaction> transactions;
    QByteArray content = "Subject: x\r\n\r\n.hi\r\n";
    QByteArray script;
    QList<Base::ChannelBinding> bindings; ///< Of every TLS connection.
    qsizetype contentChunk = 7;
    bool follow = false; ///< Each transaction is named while the one before it runs.
    int depth = 1; ///< So many of them, then.
    bool holdCommit = false;
    bool holdOpen = false; ///< Ready and TransactionDone are not answered: HAND and QUIT are.
    bool holdContent = false; ///< SendContent is not answered but by PIECE and FINISHED.
    bool holdAhead = false; ///< The same for contents that leave before their turn.
    bool holdFinished = false; ///< The content is written, contentFinished() waits for FINISHED.

    /// What happened, without lines and replies: "decided a@x accepted rcpt 250", "done 250",
    /// "done 250 next" (the one that was named runs), "commit +1" (of the one behind), "failed
    /// timeout greeting", "stopped rcpt", "quirk bareLfInReply", "auth PLAIN", "ask GSSAPI", "tls",
    /// "answered NOOP 250", "paused mail MAIL FROM:<a@x>", "refused invalidInput", "closed",
    /// "closed abort", and "script: …" where the client did not keep to the script.
    QByteArrayList facts;
    QByteArray client; ///< All bytes sent.
    QByteArrayList lines; ///< All lines received.
    QByteArrayList unawaited; ///< Those that came when no reply was owed.
    QByteArrayList stages;
    QList<Base::SecretSpan> spans; ///< Relative to `client`.
    QList<Smtp::Reply> replies;
    QByteArrayList evidence; ///< Of failures and quirks.
    QList<Smtp::RecipientOutcome> outcomes;
    std::optional<Smtp::Event::Failed> failed;

    enum class Chunks : quint8 {
        Whole,
        Bytes, ///< One at a time.
        SplitAt, ///< Each arrival in two pieces, the first with `split` bytes.
    };
    void play(Chunks chunks = Chunks::Whole, qsizetype split = 0);

private:
    void drain(Smtp::Session &session);
    void handle(Smtp::Session &session, const Smtp::SessionEvent &event);
    void proceed(Smtp::Session &session);
    void nameNext(Smtp::Session &session);

    Base::TimePoint m_now {std::chrono::hours(1)};
    qsizetype m_sent = 0; ///< Transactions.
    int m_named = 0; ///< Of these, those whose turn is still to come.
    qsizetype m_contentAt = 0; ///< Of the running one's content.
};

/// What faults.md calls the columns of the grid, as far as they exist without a socket.
struct Fault {
    const char *name;
    QByteArray script;
};
[[nodiscard]] QList<Fault> faults();

/// Plays whole, byte by byte and split at every position of an arrival; fails the test where facts
/// or bytes sent differ.
void playEveryWay(SessionPlayer player, const QByteArrayList &expected);
/// Options in clear for "me.example".
[[nodiscard]] Smtp::SessionOptions plainOptions();
[[nodiscard]] Smtp::Mailbox mailbox(QByteArrayView address);
[[nodiscard]] Smtp::Transaction transactionFor(const QByteArrayList &recipients);

} // namespace Mailgauge::Test
