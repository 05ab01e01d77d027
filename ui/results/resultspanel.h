// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stats/sample.h"
#include "theme/theme.h"

#include <QWidget>

class QComboBox;
class QStackedWidget;
class QTabBar;

namespace Mailgauge::Widgets {
class ChartCard;
class EmptyState;
class FigureTile;
class MessageBar;
} // namespace Mailgauge::Widgets

namespace Mailgauge::Results {

class StageChart;

/// Where messages ended: totals, and charts over time, by domain, by reply class and code, of
/// latency and of the time per stage, each with its numbers.
class ResultsPanel final : public QWidget {
    Q_OBJECT

public:
    /// `source` may be null: then the panel says that nothing is kept.
    ResultsPanel(Stats::SampleSource *source, Theme::Theme &theme, QWidget *parent = nullptr);

    /// Reads the samples again.
    void refresh();
    /// For those who fill the panel without a source (tests, pictures).
    void setSamples(const QList<Stats::Sample> &samples);
    [[nodiscard]] Widgets::ChartCard *card(int index) const { return m_cards.at(index); }
    void showChart(int index);
    /// The times per stage of these sessions only.
    void showStages(const QList<QUuid> &sessions);
    [[nodiscard]] StageChart *stages() const { return m_stages; }

Q_SIGNALS:
    void composeRequested();

private:
    void watch(Widgets::ChartCard *card);
    void tell(const Base::Error &error);
    void lookBack();
    [[nodiscard]] QDateTime since() const;
    void rebuild();

    Stats::SampleSource *m_source;
    Theme::Theme &m_theme;
    QList<Stats::Sample> m_samples;
    QComboBox *m_period;
    QTabBar *m_tabs;
    QStackedWidget *m_stack;
    QStackedWidget *m_charts;
    Widgets::EmptyState *m_empty;
    Widgets::MessageBar *m_bar;
    QList<Widgets::FigureTile *> m_tiles;
    QList<Widgets::ChartCard *> m_cards;
    StageChart *m_stages;
    int m_generation = 0;
};

} // namespace Mailgauge::Results
