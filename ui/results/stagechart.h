// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stats/stagetimes.h"
#include "theme/theme.h"

#include <QWidget>

class QLabel;
class QToolButton;

namespace Mailgauge::Widgets {
class ChartCard;
}

namespace Mailgauge::Results {

/// How long many sessions spent in each stage: percentiles as a chart with its numbers, of all
/// sessions of the period or of those that were selected elsewhere. Reads while it is visible;
/// samples become percentiles on a worker.
class StageChart final : public QWidget {
    Q_OBJECT

public:
    /// `source` may be null: then there is nothing to show.
    StageChart(Stats::SampleSource *source, Theme::Theme &theme, QWidget *parent = nullptr);

    void setPeriod(const QDateTime &from);
    /// Only these sessions, whatever the period; empty: all again.
    void setSessions(const QList<QUuid> &sessions);
    void refresh();
    [[nodiscard]] Widgets::ChartCard *card() const { return m_card; }

Q_SIGNALS:
    void failed(const Mailgauge::Base::Error &error);

protected:
    void showEvent(QShowEvent *event) override;

private:
    void take(const QList<Stats::StageTimes> &times);

    Stats::SampleSource *m_source;
    Theme::Theme &m_theme;
    QLabel *m_scope;
    QToolButton *m_all;
    Widgets::ChartCard *m_card;
    Stats::StageQuery m_query;
    QList<Stats::StageTimes> m_times;
    bool m_stale = true;
    int m_generation = 0; ///< Answers to an older question are dropped.
};

} // namespace Mailgauge::Results
