// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// Transcripts that other programs produce. A reader per program turns text into dialogues: who
/// said what, in order, as far as the program told. entriesOf() makes entries of them, with stages,
/// and cuts out what AUTH carried, because such texts hold passwords. Lines that are no dialogue
/// are kept as events. Nothing in such a text is trusted; it is bounded, and every text gives
/// something or a clear refusal. Pure functions, any thread.
#include "base/error.h"
#include "tls/tlsfacts.h"
#include "transcript/entry.h"

#include <QByteArrayView>
#include <QDateTime>
#include <QList>
#include <QString>

#include <array>
#include <optional>

namespace Mailgauge::Transcript {

enum class SourceFormat : quint8 {
    Swaks,
    Postfix, ///< A log with "smtpd -v" or "debug_peer_list": either side.
    Exim, ///< Output of "exim -d" or "exim -v": either side.
    OpensslClient, ///< A paste of "openssl s_client".
    Plain, ///< A dialogue copied from a terminal, with or without S: and C:.
};

inline constexpr std::array allSourceFormats {SourceFormat::Swaks, SourceFormat::Postfix,
    SourceFormat::Exim, SourceFormat::OpensslClient, SourceFormat::Plain};

/// "swaks", "postfix", "exim", "openssl", "plain".
[[nodiscard]] QByteArrayView sourceFormatName(SourceFormat format);
[[nodiscard]] std::optional<SourceFormat> sourceFormatFromName(QByteArrayView name);
/// "swaks output", "Postfix debug log" …
[[nodiscard]] QString sourceFormatTitle(SourceFormat format);

struct DialogueLine {
    Direction direction = Direction::Event;
    QByteArray text; ///< Without line end; a reply's line with its code.
    bool tls = false;
    qint64 us = -1; ///< Since the first line with a time; -1: not told.
    bool unexpected = false; ///< The program marked it so.
};

/// One session as a program told it. Secrets are still in it: entriesOf() cuts them out.
struct Dialogue {
    QList<DialogueLine> lines;
    QString host;
    quint16 port = 0;
    QString address;
    QDateTime startedAt; ///< Invalid: not told.
    std::optional<Tls::TlsFacts> tls; ///< As far as told.
};

struct FormatGuess {
    SourceFormat format = SourceFormat::Plain;
    int confidence = 0; ///< 0 to 100.

    bool operator==(const FormatGuess &) const = default;
};

namespace DialogueLimits {
inline constexpr qint64 MaxText = 64LL * 1024 * 1024; ///< Octets.
inline constexpr qsizetype MaxLine = 64 * 1024; ///< Longer ones are cut.
inline constexpr qsizetype MaxDialogues = 5000;
} // namespace DialogueLimits

/// Every format with how well the text fits it, the best first.
[[nodiscard]] QList<FormatGuess> guessFormats(const QByteArray &text);

/// The sessions in a text. InvalidInput where none is found; Full above DialogueLimits::MaxText.
[[nodiscard]] Base::Result<QList<Dialogue>> readDialogues(
    const QByteArray &text, SourceFormat format);

/// What an error says where a text holds no dialogue; `format` is what it was read as.
[[nodiscard]] QString noDialogue(const QString &format);

/// The lines of a text without their ends, overlong ones cut; for readers.
[[nodiscard]] QList<QByteArray> linesOf(const QByteArray &text);
/// A line without the white space around it, no-break spaces of web pages among it. What a line is
/// must be asked of this, or secrets stay in those that somebody indented.
[[nodiscard]] QByteArray bareLine(QByteArrayView line);
/// How long the time is that loggers put in front of a line, bracketed or not; 0: none is there.
[[nodiscard]] qsizetype timeLength(const QByteArray &line);
/// Whether a line is one of a reply: three digits, then a space, a hyphen or nothing. All classes
/// of RFC 5321 4.2.1 and the preliminary ones of its ancestors.
[[nodiscard]] bool isReplyLine(QByteArrayView line);
/// Whether a line begins with a verb of SMTP.
[[nodiscard]] bool isCommandLine(QByteArrayView line);

// One reader per format, in a file of its own.
[[nodiscard]] int swaksConfidence(const QList<QByteArray> &lines);
[[nodiscard]] QList<Dialogue> readSwaks(const QList<QByteArray> &lines);
[[nodiscard]] int postfixConfidence(const QList<QByteArray> &lines);
[[nodiscard]] QList<Dialogue> readPostfix(const QList<QByteArray> &lines);
[[nodiscard]] int eximConfidence(const QList<QByteArray> &lines);
[[nodiscard]] QList<Dialogue> readExim(const QList<QByteArray> &lines);
[[nodiscard]] int opensslConfidence(const QList<QByteArray> &lines);
[[nodiscard]] QList<Dialogue> readOpenssl(const QList<QByteArray> &lines);
[[nodiscard]] int plainConfidence(const QList<QByteArray> &lines);
[[nodiscard]] QList<Dialogue> readPlain(const QList<QByteArray> &lines);

} // namespace Mailgauge::Transcript
