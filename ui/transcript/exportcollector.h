// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/exportinput.h"

#include <QObject>
#include <QTimer>

namespace Mailgauge::Transcript {

/// Gathers what an export is made of without holding up the window: lines in small steps, messages
/// from the store, and from there, too, the sessions of which the transcript has only a part. A new
/// start() drops what ran before.
class ExportCollector final : public QObject {
    Q_OBJECT

public:
    explicit ExportCollector(ExportInput input, QObject *parent = nullptr);

    [[nodiscard]] bool has(ExportScope scope) const;

    /// `whole`: with messages, settings, the relay profile, as a bundle needs them.
    void start(ExportScope scope, bool whole);
    void stop();

Q_SIGNALS:
    void progressed(double part);
    void collected(const Mailgauge::Bundle::BundleSource &source);

private:
    [[nodiscard]] QList<qsizetype> rowsOf(ExportScope scope) const;
    void step();
    void add(qsizetype row);
    void readPartial(qsizetype index);
    void addSurroundings();
    void nextMessage(qsizetype index);
    void addLogins();
    void finish();

    ExportInput m_input;
    QTimer m_timer;
    QList<qsizetype> m_rows;
    qsizetype m_done = 0;
    bool m_whole = false;
    bool m_sessions = false; ///< Whole sessions are asked for, not lines.
    int m_generation = 0; ///< Answers to an older question are dropped.
    QHash<QUuid, qsizetype> m_places;
    Bundle::BundleSource m_source;
};

} // namespace Mailgauge::Transcript
