// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnose/celljudge.h"
#include "diagnose/checkservice.h"

#include <QHash>
#include <QTimer>

#include <utility>

namespace Mailgauge::Diagnose {

/// Tries the cells of one grid by a SendService: several side by side, one at a time for a host's
/// family of addresses that asked to slow down.
class GridRun final : public QObject {
    Q_OBJECT

public:
    /// `exchangers`: whose cells; none: those of the host that the options name.
    GridRun(
        const CheckOptions &options, const QStringList &exchangers, Delivery::SendService &sender);

    void start();
    void cancel();
    [[nodiscard]] const QList<Cell> &cells() const { return m_cells; }
    [[nodiscard]] const Transcripts &transcripts() const { return m_transcripts; }
    /// Oddities of the sessions, each once.
    [[nodiscard]] const QList<Finding> &quirks() const { return m_quirks; }

Q_SIGNALS:
    void cellChanged(const Mailgauge::Diagnose::Cell &cell);
    void paused(const Mailgauge::Diagnose::Pause &pause);
    /// Each cell is over.
    void finished();

private:
    /// Those that share a limit, as far as anybody can tell.
    using Side = std::pair<QString, Family>;
    [[nodiscard]] static Side sideOf(const CellKey &key) { return {key.host, key.family}; }

    void addCells(const QString &host);
    void startMore();
    void startCell(Cell &cell);
    void sessionOver(const Transcript::SessionRecord &record);
    void noteQuirks(const Transcript::SessionRecord &record);
    void tryAgain(Cell &cell, const Smtp::Reply &reply);
    void change(const Cell &cell);
    [[nodiscard]] bool mayStart(const Cell &cell) const;
    [[nodiscard]] Cell *find(const CellKey &key);
    [[nodiscard]] Delivery::SendRequest requestFor(const CellKey &key) const;

    const CheckOptions &m_options;
    Delivery::SendService &m_sender;
    QList<Cell> m_cells;
    QHash<QUuid, CellKey> m_running;
    Transcripts m_transcripts;
    QList<Finding> m_quirks;
    QSet<Side> m_careful; ///< Asked to slow down.
    QSet<Side> m_resting; ///< A pause is on.
    bool m_cancelled = false;
    bool m_over = false;
};

/// "587 ipv4 starttls", as reports name a cell; an exchanger's name stands before it.
[[nodiscard]] QByteArray cellName(const CellKey &key);
/// The limits of a diagnosis where they are shorter than those asked for: nobody waits five minutes
/// for a greeting to learn that a port is silent.
[[nodiscard]] Smtp::Deadlines shortened(const Smtp::Deadlines &asked);

} // namespace Mailgauge::Diagnose
