// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/highlighter.h"
#include "transcript/sessionrecord.h"

#include <memory>

namespace Mailgauge::Transcript {

enum class ExportFormat : quint8 {
    Text,
    Ansi, ///< Text with colours for a terminal.
    Html, ///< One file, no script, nothing loaded from elsewhere.
    JsonLines, ///< Lossless; can be read back.
};

/// By the end of the name: .txt, .log, .html, .htm, .jsonl.
[[nodiscard]] std::optional<ExportFormat> exportFormatFromFileName(const QString &name);

struct ExportOptions {
    enum class Theme : quint8 {
        Auto, ///< HTML follows the reader's preference; ANSI takes the dark theme.
        Light,
        Dark,
    };
    enum class Colors : quint8 {
        Sixteen, ///< The terminal's own palette.
        TwoFiftySix,
    };

    bool showSecrets = false; ///< Put those back that the user chose to keep for this run.
    bool hexDump = false; ///< Text and ANSI: below each line its octets, 16 in a row.
    Theme theme = Theme::Auto;
    Colors colors = Colors::Sixteen;
};

/// Turns a session into the bytes of one format, line by line, so that it can be written while the
/// session runs. One entry gives one line, and below it what the user noted there; no control
/// character or escape that came from the wire leaves it (faults B6, E7).
class Formatter {
public:
    virtual ~Formatter() = default;
    [[nodiscard]] virtual QByteArray begin(const SessionRecord &record) = 0;
    [[nodiscard]] virtual QByteArray line(const Entry &entry) = 0;
    [[nodiscard]] virtual QByteArray end(const SessionRecord &record) = 0;
    /// Between two sessions of one file, instead of end() and begin().
    [[nodiscard]] virtual QByteArray next(const SessionRecord &last, const SessionRecord &record);

    /// How many entries the session that begins next will have, where that is known: a reader
    /// then notices that a file was cut off.
    void announce(qsizetype entries) { m_announced = entries; }

protected:
    [[nodiscard]] std::optional<qsizetype> announced() const { return m_announced; }

private:
    std::optional<qsizetype> m_announced;
};

[[nodiscard]] std::unique_ptr<Formatter> makeFormatter(
    ExportFormat format, const ExportOptions &options = {});

/// "00:01:02.345" since the session started.
[[nodiscard]] QString elapsedText(qint64 us);

/// What the user attached to an entry, for people: "Note: ask them", "Marked"; empty: nothing.
[[nodiscard]] QString attachedText(const QMap<qint64, LineMark> &marks, const Entry &entry);

/// The octets of what is shown, as comments: "#   0000  32 35 30 20 ...  250 Ok", 16 in a row.
/// Secrets are in it where `options` put them back.
[[nodiscard]] QByteArray hexDump(const Entry &entry, const ExportOptions &options);

/// The entry's text for people, with mark: "C: MAIL FROM:<a@example.org>"; "S! 550 …" where a reply
/// is unexpected.
[[nodiscard]] QString markedText(const Entry &entry, const ExportOptions &options);

} // namespace Mailgauge::Transcript
