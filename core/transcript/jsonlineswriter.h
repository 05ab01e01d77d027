// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/formatter.h"

#include <QHash>
#include <QJsonObject>
#include <QMap>

namespace Mailgauge::Transcript {

/// What a file held that this version does not know; handed back when the session is written again.
struct UnknownFields {
    QJsonObject header;
    QHash<qint64, QJsonObject> entries; ///< By Entry::n.

    bool operator==(const UnknownFields &) const = default;
};

/// JSON Lines, version 1 (cli.md): one object about the session, then one per entry. Text that is
/// not UTF-8 goes as base64; everything can be read back by readJsonLines(). What the user attached
/// to a line goes with its entry as "marked" and "note".
class JsonLinesWriter final : public Formatter {
public:
    explicit JsonLinesWriter(const ExportOptions &options, UnknownFields unknown = {});

    [[nodiscard]] QByteArray begin(const SessionRecord &record) override;
    [[nodiscard]] QByteArray line(const Entry &entry) override;
    [[nodiscard]] QByteArray end(const SessionRecord &record) override;

private:
    ExportOptions m_options;
    UnknownFields m_unknown;
    QMap<qint64, LineMark> m_marks;
};

} // namespace Mailgauge::Transcript
