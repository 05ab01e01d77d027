// SPDX-License-Identifier: GPL-3.0-or-later
#include "results/resultspanel.h"

#include "base/literals.h"
#include "explain/explain.h"
#include "models/outcometext.h"
#include "results/resultcharts.h"
#include "results/stagechart.h"
#include "stats/series.h"
#include "theme/outcomedelegate.h"
#include "widgets/chartcard.h"
#include "widgets/emptystate.h"
#include "widgets/figuretile.h"
#include "widgets/messagebar.h"

#include <QAction>
#include <QComboBox>
#include <QLabel>
#include <QLocale>
#include <QStackedWidget>
#include <QTabBar>
#include <QVBoxLayout>

namespace Mailgauge::Results {

namespace {

using Models::OutcomeText;

/// The outcomes that the ledger knows; the rest counts into the first tile only.
constexpr std::array tiled {Smtp::Outcome::Accepted, Smtp::Outcome::Deferred,
    Smtp::Outcome::Rejected, Smtp::Outcome::Uncertain};

} // namespace

ResultsPanel::ResultsPanel(Stats::SampleSource *source, Theme::Theme &theme, QWidget *parent)
    : QWidget(parent)
    , m_source(source)
    , m_theme(theme)
    , m_period(new QComboBox(this))
    , m_tabs(new QTabBar(this))
    , m_stack(new QStackedWidget(this))
    , m_charts(new QStackedWidget(this))
    , m_empty(new Widgets::EmptyState(u"office-chart-bar"_s,
          source ? tr("Send something: where every message ended is charted here.")
                 : tr("The store could not be opened, so there are no results to chart."),
          this))
    , m_bar(new Widgets::MessageBar(this))
    , m_stages(new StageChart(source, theme, this))
{
    m_period->setAccessibleName(tr("Period"));
    m_period->addItem(tr("Last hour"), 3600);
    m_period->addItem(tr("Last 24 hours"), 86'400);
    m_period->addItem(tr("Last 7 days"), 7 * 86'400);
    m_period->addItem(tr("Last 30 days"), 30 * 86'400);
    m_period->addItem(tr("All time"), 0);
    m_period->setCurrentIndex(1);

    auto *tiles = new QHBoxLayout;
    tiles->setContentsMargins(0, 8, 8, 8);
    tiles->setSpacing(0);
    m_tiles.append(new Widgets::FigureTile(tr("recipients"), this));
    for (const Smtp::Outcome outcome : tiled)
        m_tiles.append(new Widgets::FigureTile(OutcomeText::of(outcome), this));
    m_tiles.append(new Widgets::FigureTile(tr("bounced"), this));
    m_tiles.append(new Widgets::FigureTile(tr("median time"), this));
    for (Widgets::FigureTile *tile : std::as_const(m_tiles))
        tiles->addWidget(tile, 1);
    auto *compose = new QAction(
        QIcon::fromTheme(u"mail-message-new"_s), tr("Write a message"), this);
    connect(compose, &QAction::triggered, this, &ResultsPanel::composeRequested);
    if (source)
        m_empty->setAction(compose);

    m_tabs->setDocumentMode(true);
    m_tabs->setExpanding(false);
    m_tabs->setAccessibleName(tr("Chart"));
    for (const QString &name : {tr("Over time"), tr("By domain"), tr("By reply class"),
             tr("By reply code"), tr("Latency")}) {
        m_tabs->addTab(name);
        auto *card = new Widgets::ChartCard(tr("Nothing in this period."), this);
        card->setContentsMargins(12, 8, 12, 8);
        card->setLayoutName(u"resultChart%1"_s.arg(m_cards.size()));
        m_cards.append(card);
        m_charts->addWidget(card);
        watch(card);
    }
    m_tabs->addTab(tr("Time per stage"));
    m_charts->addWidget(m_stages);
    watch(m_stages->card());
    connect(m_stages, &StageChart::failed, this, &ResultsPanel::tell);
    m_bar->hide();

    auto *page = new QWidget(this);
    auto *pageLayout = new QVBoxLayout(page);
    pageLayout->setContentsMargins({});
    pageLayout->setSpacing(0);
    pageLayout->addLayout(tiles);
    auto *chooser = new QHBoxLayout;
    chooser->setContentsMargins(0, 0, 12, 0);
    chooser->addWidget(m_tabs, 1);
    chooser->addWidget(m_period);
    pageLayout->addLayout(chooser);
    pageLayout->addWidget(m_charts, 1);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(page);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(m_bar);
    layout->addWidget(m_stack, 1);

    connect(m_tabs, &QTabBar::currentChanged, m_charts, &QStackedWidget::setCurrentIndex);
    connect(m_period, &QComboBox::currentIndexChanged, this, &ResultsPanel::refresh);
    connect(m_bar, &Widgets::MessageBar::dismissed, m_bar, &QWidget::hide);
    connect(&m_theme, &Theme::Theme::changed, this, &ResultsPanel::rebuild);
    refresh();
}

void ResultsPanel::watch(Widgets::ChartCard *card)
{
    connect(card, &Widgets::ChartCard::exportFailed, this, &ResultsPanel::tell);
    connect(card, &Widgets::ChartCard::exported, this, [this](const QString &path) {
        m_bar->showMessage(Widgets::MessageBar::Kind::Success, tr("Saved as %1.").arg(path));
        m_bar->show();
    });
}

void ResultsPanel::tell(const Base::Error &error)
{
    m_bar->showMessage(Widgets::MessageBar::Kind::Error, Explain::explain(error).withNextStep());
}

QDateTime ResultsPanel::since() const
{
    const int seconds = m_period->currentData().toInt();
    return seconds == 0 ? QDateTime() : QDateTime::currentDateTimeUtc().addSecs(-seconds);
}

void ResultsPanel::refresh()
{
    if (!m_source)
        return;
    m_stages->setPeriod(since());
    const int generation = ++m_generation;
    m_source->samples(since()).then(
        this, [this, generation](const Base::Result<QList<Stats::Sample>> &samples) {
            if (generation != m_generation)
                return;
            if (!samples) {
                tell(samples.error());
                return;
            }
            setSamples(*samples);
            if (samples->isEmpty())
                lookBack();
        });
}

// An empty period is no empty program: what lies before it is reached by the period's chooser.
void ResultsPanel::lookBack()
{
    m_source->hasSamples().then(this, [this](const Base::Result<bool> &some) {
        if (!some)
            tell(some.error());
        else if (*some)
            m_stack->setCurrentIndex(1);
    });
}

void ResultsPanel::setSamples(const QList<Stats::Sample> &samples)
{
    m_samples = samples;
    rebuild();
}

void ResultsPanel::showChart(int index)
{
    m_tabs->setCurrentIndex(index);
}

void ResultsPanel::showStages(const QList<QUuid> &sessions)
{
    m_stack->setCurrentIndex(1); // there are sessions, whatever the period says
    m_stages->setSessions(sessions);
    m_tabs->setCurrentIndex(m_charts->indexOf(m_stages));
}

void ResultsPanel::rebuild()
{
    if (!m_samples.isEmpty())
        m_stack->setCurrentIndex(1);
    const Stats::OutcomeCounts totals = Stats::totals(m_samples);
    const double all = double(qMax<qint64>(1, totals.total()));
    const QLocale words;
    qsizetype tile = 0;
    m_tiles.at(tile++)->setFigure(words.toString(totals.total()), -1, {});
    for (const Smtp::Outcome outcome : tiled) {
        const qint64 count = totals.of(outcome);
        m_tiles.at(tile++)->setFigure(words.toString(count), double(count) / all,
            m_theme.color(count == 0 ? Theme::Role::Muted : Theme::roleOf(outcome)));
    }
    const qint64 bounced = std::ranges::count_if(
        m_samples, [](const Stats::Sample &sample) { return sample.bouncedHard.has_value(); });
    m_tiles.at(tile++)->setFigure(words.toString(bounced), double(bounced) / all,
        m_theme.color(bounced == 0 ? Theme::Role::Muted : Theme::Role::Rejected));
    m_tiles.at(tile)->setFigure(OutcomeText::duration(Stats::latency(m_samples).p50), -1, {});

    m_cards.at(0)->setData(ResultCharts::overTime(m_samples, m_theme));
    m_cards.at(1)->setData(ResultCharts::byDomain(m_samples, m_theme));
    m_cards.at(2)->setData(ResultCharts::byReplyClass(m_samples, m_theme));
    m_cards.at(3)->setData(ResultCharts::byReplyCode(m_samples, m_theme));
    m_cards.at(4)->setData(ResultCharts::latency(m_samples, m_theme));
}

} // namespace Mailgauge::Results
