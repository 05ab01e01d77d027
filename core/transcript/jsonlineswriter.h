// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/formatter.h"

namespace Mailgauge::Transcript {

/// JSON Lines, version 1 (cli.md): one object about the session, then one per entry. Text that is
/// not UTF-8 goes as base64; everything can be read back by readJsonLines(), and what a file held
/// that this version does not know (SessionRecord::unknown) is written again. What the user
/// attached to a line goes with its entry as "marked" and "note"; "unexpected" stands at replies
/// that are (Entry::unexpected), and nowhere else. Several sessions stand one behind the other.
class JsonLinesWriter final : public Formatter {
public:
    explicit JsonLinesWriter(const ExportOptions &options);

    [[nodiscard]] QByteArray begin(const SessionRecord &record) override;
    [[nodiscard]] QByteArray line(const Entry &entry) override;
    [[nodiscard]] QByteArray end(const SessionRecord &record) override;

private:
    ExportOptions m_options;
    QHash<qint64, QJsonObject> m_unknown;
    QMap<qint64, LineMark> m_marks;
};

} // namespace Mailgauge::Transcript
