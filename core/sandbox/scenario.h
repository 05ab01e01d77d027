// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// What the sandbox relay does to its clients, as values: settings of the server, and rules that
/// say where it departs from good behaviour.
///
/// At every point where the server would answer, the rules of that stage are asked in their order;
/// the first whose conditions hold decides, without one the server behaves well. A rule counts
/// every occasion on which its patterns match, whether or not it (or a rule above it) decides.
/// Chance is drawn from the seed, so a scenario plays the same way each time.
/// Files: sandbox/scenarioparser.h; the shipped ones: sandbox/scenariocatalogue.h.
#include "smtp/reply.h"
#include "smtp/stage.h"

#include <QByteArray>
#include <QList>
#include <QMetaType>
#include <QRegularExpression>
#include <QString>

#include <chrono>
#include <optional>

namespace Mailgauge::Sandbox {

enum class TlsMode : quint8 {
    None,
    StartTls,
    Implicit,
};

enum class CertificateKind : quint8 {
    Valid,
    Expired,
    WrongName,
    SelfSigned,
};

struct ScenarioSettings {
    QByteArray hostName = "localhost"; ///< In the greeting and the EHLO reply.
    std::optional<TlsMode> tls; ///< Wins over SandboxOptions::tls where given.
    bool offerStartTls = true; ///< False: not announced and, if asked for, refused with 502.
    CertificateKind certificate = CertificateKind::Valid;
    QList<QByteArray> authMechanisms {"PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256"};
    bool authBeforeTls = false; ///< Announce AUTH in clear although TLS is to be had.
    bool authRequired = false; ///< MAIL without AUTH: 530.
    /// Further lines of the EHLO reply, as they are; STARTTLS, AUTH and SIZE come by themselves.
    QList<QByteArray> keywords {"PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES"};
    bool announceSize = true;
    qint64 sizeLimit = 64 * 1024 * 1024; ///< Octets; at most ScenarioLimits::MaxMessage.
    int maxRecipients = 1000; ///< Per transaction; more: 452.
    bool lmtp = false; ///< LHLO, and a reply per recipient behind the content.
    bool refuseBareLf = false; ///< Content with LF or CR alone: 550 behind the dot.
    std::chrono::milliseconds idle {900'000}; ///< A client silent for so long is sent away (421).

    bool operator==(const ScenarioSettings &) const = default;
};

/// A glob (`*`, `?`, `[a-z]`) or a regular expression over an address or a name; case is ignored.
struct Pattern {
    QRegularExpression expression;

    [[nodiscard]] bool matches(QByteArrayView text) const;
    bool operator==(const Pattern &) const = default;
};

/// On which occasions a rule holds; everything given must be true.
struct Match {
    enum class Count : quint8 {
        Any,
        First, ///< The first n.
        Nth, ///< The nth alone.
        Every, ///< Every nth.
        From, ///< The nth and all later ones.
    };
    /// What is counted together.
    enum class Scope : quint8 {
        Overall, ///< All sessions since the scenario was set.
        Session,
        Recipient, ///< Each pair of reverse-path and forward-path by itself, over all sessions.
    };
    std::optional<Pattern> recipient; ///< rcpt: the one asked for; data to dot: any accepted one.
    std::optional<Pattern> sender; ///< The reverse-path without brackets; empty for `<>`.
    std::optional<Pattern> user; ///< Who authenticated, or tries to.
    std::optional<Pattern> helo;
    Count count = Count::Any;
    int n = 0;
    Scope scope = Scope::Overall;
    double chance = 1.0;
    qint64 afterBytes = 0; ///< content only: once so many octets arrived.

    bool operator==(const Match &) const = default;
};

/// Bytes outside the protocol. `repeat` times; Endless: until the client goes.
struct RawBytes {
    static constexpr qint64 Endless = -1;
    enum class Position : quint8 {
        Before,
        Instead,
        After,
    };
    Position position = Position::Instead;
    QByteArray bytes;
    qint64 repeat = 1;

    bool operator==(const RawBytes &) const = default;
};

/// Cuts what is sent into pieces: at the offsets given, then every `every` bytes (0: no more), with
/// a pause between two.
struct Split {
    QList<qint64> at;
    qint64 every = 0;
    std::chrono::milliseconds interval {0};

    bool operator==(const Split &) const = default;
};

/// A delivery report for an accepted recipient, later, to the reverse-path.
struct LaterBounce {
    std::chrono::milliseconds after {0};
    QByteArray status = "5.1.1"; ///< 4.y.z: Action is "delayed", else "failed".
    QByteArray diagnostic = "550 5.1.1 User unknown"; ///< What the next relay would have said.

    bool operator==(const LaterBounce &) const = default;
};

/// What a rule does. In this order: wait, send (cut in pieces), drop.
struct Actions {
    enum class Drop : quint8 {
        Never,
        Fin, ///< Close after everything is written.
        Rst, ///< Reset after everything is written.
    };
    std::optional<Smtp::Reply> reply; ///< Instead of the server's own; decides the state too.
    std::chrono::milliseconds delay {0};
    std::optional<Split> split; ///< At stage tls: cuts the handshake.
    QList<RawBytes> raw; ///< At tls, After comes through TLS; otherwise as is.
    Drop drop = Drop::Never;
    bool silence = false; ///< Never say anything again, but keep the connection.
    bool stopReading = false; ///< Leave what the client sends in its buffers.
    std::optional<CertificateKind> certificate; ///< For this session; up to stage tls.
    std::optional<LaterBounce> bounce; ///< rcpt: that recipient; data to dot: all.

    bool operator==(const Actions &) const = default;
};

struct Rule {
    QString name; ///< For logs; may be empty.
    QList<Smtp::Stage> stages;
    Match match;
    Actions actions;

    bool operator==(const Rule &) const = default;
};

/// A scenario made by default accepts everything.
struct Scenario {
    QString name; ///< "greylist": what `load` takes.
    QString title;
    QString description;
    quint64 seed = 1;
    ScenarioSettings settings;
    QList<Rule> rules;

    bool operator==(const Scenario &) const = default;
};

} // namespace Mailgauge::Sandbox

Q_DECLARE_METATYPE(Mailgauge::Sandbox::Scenario)
