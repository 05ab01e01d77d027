// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnose/behaviourcheck.h"

namespace Mailgauge::Diagnose {

/// The checks of one host, one after the other, on the I/O thread.
class CheckLane final : public QObject {
    Q_OBJECT

public:
    CheckLane(Ground ground, QList<Check> checks);

    void start();
    void cancel();

Q_SIGNALS:
    void changed(const Mailgauge::Diagnose::CheckResult &result);
    void paused(const Mailgauge::Diagnose::Pause &pause);
    void storeFailed(const Mailgauge::Base::Error &error);
    /// All are over, or cancelled.
    void finished();

private:
    void next();
    void skipRest();

    Ground m_ground;
    QList<Check> m_checks;
    BehaviourCheck *m_running = nullptr; // child of ours
    bool m_cancelled = false;
    static constexpr int MostBusy = 2;
    int m_busy = 0; ///< Checks that were put off until they gave up.
    QByteArray m_why;
};

/// Where the checks ask, at the first host where a cell works: that of `port` first, then the usual
/// ones; inside TLS rather than in clear. Null where none works.
[[nodiscard]] const Cell *groundIn(const QList<Cell> &cells, quint16 port);
/// What the checks know of it.
[[nodiscard]] Ground groundOn(
    const Cell &cell, const CheckOptions &options, const RelayReport &report);

} // namespace Mailgauge::Diagnose
