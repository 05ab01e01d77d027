// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bundle/export.h"

#include <QList>
#include <QUuid>

#include <optional>

namespace Mailgauge::Models {
class TranscriptModel;
}
namespace Mailgauge::Relay {
class ProfileService;
}

namespace Mailgauge::Transcript {

/// What of a transcript leaves.
enum class ExportScope : quint8 {
    Session, ///< The selected one, whole.
    All, ///< Every session of this run.
    Displayed, ///< What the filter shows.
    Selected, ///< The selected lines.
    Marked,
};

/// Where a bundle finds what is not in the transcript. Any of them may be missing.
struct ExportSurroundings {
    SessionRepository *sessions = nullptr; ///< For messages.
    Relay::ProfileService *profiles = nullptr;
    QString settingsFile;
};

/// What there is to export: the lines of this run, or one session from the store.
struct ExportInput {
    const Models::TranscriptModel *model = nullptr;
    QUuid session;
    QList<qsizetype> selectedRows; ///< Of the transcript, in their order.
    QList<qsizetype> markedRows;
    std::optional<ExportedSession> stored; ///< Used where there is no model.
    ExportSurroundings surroundings;
};

} // namespace Mailgauge::Transcript
