// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/jumphistory.h"

#include <QKeySequence>
#include <QObject>

class QAction;

namespace Mailgauge::Models {
class TranscriptModel;
}

namespace Mailgauge::Transcript {

class Commands;
class TranscriptView;

/// The ways from line to line: replies, errors, unexpected replies, lines of the same session, back
/// and forward again.
class Navigator final : public QObject {
    Q_OBJECT

public:
    /// Neither is owned. Adds its commands.
    Navigator(Models::TranscriptModel &model, TranscriptView &view, Commands &commands);

    /// To a row shown, so that "back" comes here again; -1 goes nowhere.
    void jump(int row);
    void clear();
    [[nodiscard]] const QList<QAction *> &actions() const { return m_actions; }

private:
    using Find = int (Models::TranscriptModel::*)(int row, int step) const;
    void add(const QString &id, const QString &text, const QString &icon, const QKeySequence &key,
        Find find, int step);
    void addHistory(Commands &commands);
    void goHistory(bool back);
    void updateHistory();
    [[nodiscard]] qsizetype here() const;

    Models::TranscriptModel &m_model;
    TranscriptView &m_view;
    Commands &m_commands;
    JumpHistory m_history;
    QAction *m_back = nullptr;
    QAction *m_forward = nullptr;
    QList<QAction *> m_actions;
};

} // namespace Mailgauge::Transcript
