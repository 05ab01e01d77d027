// SPDX-License-Identifier: GPL-3.0-or-later
#include "results/stagechart.h"

#include "base/literals.h"
#include "results/resultcharts.h"
#include "widgets/chartcard.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QToolButton>

#include <algorithm>

namespace Mailgauge::Results {

namespace {

/// What a worker makes of the samples.
using Times = Base::Result<QList<Stats::StageTimes>>;

qint64 sessionsIn(const QList<Stats::StageTimes> &times)
{
    qint64 most = 0; // every session has a stage that all of them reached
    for (const Stats::StageTimes &one : times)
        most = std::max(most, one.times.sessions);
    return most;
}

} // namespace

StageChart::StageChart(Stats::SampleSource *source, Theme::Theme &theme, QWidget *parent)
    : QWidget(parent)
    , m_source(source)
    , m_theme(theme)
    , m_scope(new QLabel(this))
    , m_all(new QToolButton(this))
    , m_card(new Widgets::ChartCard(tr("No finished session in this period."), this))
{
    m_scope->setTextFormat(Qt::PlainText);
    m_scope->setForegroundRole(QPalette::PlaceholderText);
    m_all->setObjectName(u"allSessions"_s);
    m_all->setText(tr("Show all sessions"));
    m_all->setAccessibleName(m_all->text());
    m_all->hide();
    auto *top = new QHBoxLayout;
    top->setContentsMargins(12, 8, 12, 0);
    top->addWidget(m_scope);
    top->addWidget(m_all);
    top->addStretch();
    m_card->setContentsMargins(12, 4, 12, 8);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addLayout(top);
    layout->addWidget(m_card, 1);
    connect(m_all, &QToolButton::clicked, this, [this] { setSessions({}); });
    connect(&theme, &Theme::Theme::changed, this, [this] { take(m_times); });
    take({});
}

void StageChart::setPeriod(const QDateTime &from)
{
    m_query.from = from;
    refresh();
}

void StageChart::setSessions(const QList<QUuid> &sessions)
{
    m_query.sessions = sessions;
    refresh();
}

void StageChart::refresh()
{
    m_stale = !isVisible();
    if (!m_source || m_stale)
        return;
    const int generation = ++m_generation;
    m_source->stages(m_query)
        .then(QtFuture::Launch::Async,
            [](const Base::Result<QList<Stats::StageSample>> &samples) -> Times {
                return samples.transform(Stats::stageTimes);
            })
        .then(this, [this, generation](const Times &times) {
            if (generation != m_generation)
                return;
            if (times)
                take(*times);
            else
                Q_EMIT failed(times.error());
        });
}

void StageChart::take(const QList<Stats::StageTimes> &times)
{
    m_times = times;
    const QString count = QLocale().toString(sessionsIn(times));
    m_all->setVisible(!m_query.sessions.isEmpty());
    m_scope->setText(m_query.sessions.isEmpty()
            ? tr("Sessions: %1 (at most the newest %2)")
                  .arg(count, QLocale().toString(Stats::StageQuery::MostSessions))
            : tr("Selected sessions: %1").arg(count));
    m_card->setData(times.isEmpty() ? Widgets::ChartData() : ResultCharts::stages(times, m_theme));
}

void StageChart::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    if (m_stale)
        refresh();
}

} // namespace Mailgauge::Results
