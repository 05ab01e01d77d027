// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/content.h"
#include "base/error.h"
#include "smtp/capabilities.h"
#include "smtp/outcome.h"
#include "tls/tlsfacts.h"
#include "transcript/entry.h"
#include "transcript/sessionquery.h"
#include "transcript/wholeoutcome.h"

#include <QDateTime>
#include <QFuture>
#include <QHash>
#include <QJsonObject>
#include <QMap>
#include <QMetaType>
#include <QStringList>
#include <QUuid>

#include <optional>

namespace Mailgauge::Transcript {

/// Something worth telling about a session that did not decide it: a quirk, a downgrade, a long
/// line.
struct SessionFinding {
    QByteArray id; ///< "quirk.bareLfInReply", "tls.fallback" …
    Smtp::Stage stage = Smtp::Stage::Greeting;
    QByteArray evidence;

    bool operator==(const SessionFinding &) const = default;
};

/// What the user attached to a line.
struct LineMark {
    bool marked = false;
    QString note; ///< Empty: none.

    [[nodiscard]] bool isEmpty() const { return !marked && note.isEmpty(); }
    bool operator==(const LineMark &) const = default;
};

/// What a file held that this version does not know; written again with the session.
struct UnknownFields {
    QJsonObject header;
    QHash<qint64, QJsonObject> entries; ///< By Entry::n.

    bool operator==(const UnknownFields &) const = default;
};

/// Everything about one session but its transcript: what lists, the store and `--json` need.
struct SessionRecord {
    QUuid id;
    QDateTime startedAt; ///< UTC, once.
    QUuid profile; ///< Null where no profile was used.
    QString profileName;
    QString host; ///< As asked for, a socket path for UNIX sockets; reached by MX or SRV, its name.
    quint16 port = 0;
    QString address; ///< The address connected to, empty before.
    QByteArray greeting; ///< The first line's text.
    Smtp::Capabilities capabilities; ///< The last ones.
    QByteArray tlsPolicy; ///< tlsPolicyName().
    std::optional<Tls::TlsFacts> tls;
    QByteArray authMechanism; ///< Empty: not authenticated.

    QUuid message; ///< Null: no content was to be sent.
    QByteArray messageId; ///< The Message-ID field without angle brackets.
    QString subject; ///< Decoded, for lists.
    QByteArray reversePath; ///< Without brackets.
    QList<Smtp::RecipientOutcome> recipients; ///< One per forward-path, in envelope order.
    std::optional<Smtp::Reply> finalReply;
    QByteArray queueId;

    WholeOutcome outcome = WholeOutcome::Failed;
    Smtp::Stage stage = Smtp::Stage::Connect; ///< Where it was decided: failed, stopped, refused;
                                              ///< else the last one.
    std::optional<Smtp::Failure> failure;
    int exitCode = 70; ///< sysexits, as cli.md fixes them.
    QMap<Smtp::Stage, qint64> timings; ///< Microseconds per stage reached.
    qint64 totalUs = 0;
    QList<SessionFinding> findings;
    QMap<qint64, LineMark> marks; ///< By Entry::n.
    UnknownFields unknown; ///< Of an imported session.

    // What the user keeps with it; a session that goes on changes neither.
    QStringList tags; ///< See tagFrom(); by name.
    QString note;

    bool operator==(const SessionRecord &) const = default;
};

/// Keeps sessions with their transcripts, messages and the ledger of outcomes (faults.md's ledger:
/// queued, claimed, committing, then one of the four). A single send is a run of one. Implemented
/// by store/.
///
/// May be called from any thread; futures are completed on the store's own threads, so continue
/// with a context object. Error kinds: Io, Full, Corrupt, Denied.
class SessionRepository {
public:
    virtual ~SessionRepository() = default;

    /// Stores the message once and one claimed ledger row per recipient. Durable when the future is
    /// done.
    virtual QFuture<Base::Result<void>> begin(SessionRecord record, Base::Content content) = 0;
    /// One more claimed ledger row each, behind those that are there: for a session whose
    /// recipients are not known when it begins.
    virtual QFuture<Base::Result<void>> claim(QUuid session, QList<Smtp::Mailbox> recipients) = 0;
    /// Marks the rows of these recipients "committing": durable when done, before the final dot is
    /// sent.
    virtual QFuture<Base::Result<void>> commit(QUuid session, QList<QByteArray> recipients) = 0;
    virtual QFuture<Base::Result<void>> append(QUuid session, QList<Entry> entries) = 0;
    /// The final record with all outcomes.
    virtual QFuture<Base::Result<void>> finish(SessionRecord record) = 0;
    /// Replaces the marks and notes on the session's lines, whether it still runs or not; finish()
    /// leaves them as they are. InvalidInput where there is no such session.
    virtual QFuture<Base::Result<void>> setMarks(QUuid session, QMap<qint64, LineMark> marks) = 0;

    virtual QFuture<Base::Result<QList<SessionRecord>>> list(SessionQuery query) = 0;
    virtual QFuture<Base::Result<SessionRecord>> record(QUuid session) = 0;
    virtual QFuture<Base::Result<QList<Entry>>> entries(QUuid session) = 0;
    /// The message's octets as handed to the session (before dot stuffing).
    virtual QFuture<Base::Result<QByteArray>> message(QUuid message) = 0;
    /// Keeps a session that was read from a file, all of it or nothing. It is not this machine's
    /// mail: the ledger, and what counts it, do not know it. `message`: the octets of
    /// record.message, where the file had them. InvalidInput where the id is in use.
    virtual QFuture<Base::Result<void>> add(
        SessionRecord record, QList<Entry> entries, std::optional<QByteArray> message)
        = 0;
};

} // namespace Mailgauge::Transcript

Q_DECLARE_METATYPE(Mailgauge::Transcript::SessionRecord)
