// SPDX-License-Identifier: GPL-3.0-or-later
#include "repeatflow.h"

#include "base/literals.h"
#include "explain/explain.h"
#include "models/outcometext.h"
#include "services.h"
#include "shell/mainwindow.h"
#include "shell/statusfacts.h"
#include "widgets/messagestack.h"

#include <QLocale>

#include <utility>

namespace Mailgauge::Gui {

namespace {

using Widgets::MessageBar;

QString decimals(double value)
{
    return QLocale().toString(value, 'f', value < 10 ? 2 : 0);
}

QString latency(const Delivery::RepeatSummary &summary, double percent)
{
    return decimals(static_cast<double>(summary.latencyUs(percent)) / 1000.0);
}

QString sentenceOf(const Delivery::RepeatSummary &summary, const QString &relay)
{
    const auto number = [](qint64 value) { return QLocale().toString(value); };
    QStringList outcomes {RepeatFlow::tr("%1 accepted").arg(number(summary.counts.accepted))};
    for (const auto &[count, text] :
        {std::pair {summary.counts.deferred, RepeatFlow::tr("%1 deferred")},
            std::pair {summary.counts.rejected, RepeatFlow::tr("%1 rejected")},
            std::pair {summary.counts.uncertain, RepeatFlow::tr("%1 uncertain")},
            std::pair {summary.counts.others, RepeatFlow::tr("%1 not sent")}}) {
        if (count > 0)
            outcomes.append(text.arg(number(count)));
    }
    return RepeatFlow::tr("%1: %2 messages in %3 s, %4 a second. Recipients: %5. From MAIL to the "
                          "last reply half took up to %6 ms, 95 % up to %7 ms, 99 % up to %8 ms.")
        .arg(relay, number(summary.messages),
            decimals(static_cast<double>(summary.duration.count()) / 1e6),
            decimals(summary.perSecond()), outcomes.join(u", "_s), latency(summary, 50),
            latency(summary, 95), latency(summary, 99));
}

MessageBar::Kind kindOf(const Delivery::OutcomeCounts &counts)
{
    const qint64 bad = counts.deferred + counts.rejected + counts.uncertain + counts.others;
    if (bad == 0)
        return MessageBar::Kind::Success;
    return counts.accepted > 0 ? MessageBar::Kind::Warning : MessageBar::Kind::Error;
}

} // namespace

RepeatFlow::RepeatFlow(Services &services, Shell::MainWindow &window)
    : m_services(services)
    , m_window(window)
{
}

// The service is made with the store, so not before that is known.
void RepeatFlow::connectService()
{
    if (std::exchange(m_connected, true))
        return;
    using Service = Delivery::RepeatService;
    connect(&m_services.repeating(), &Service::messagesDone, this, &RepeatFlow::messagesDone);
    connect(&m_services.repeating(), &Service::finished, this, &RepeatFlow::finished);
    connect(&m_services.repeating(), &Service::storeFailed, this, [this](const Base::Error &error) {
        m_window.messages().post(
            u"store"_s, MessageBar::Kind::Error, Explain::explain(error).withNextStep());
    });
}

void RepeatFlow::start(const Delivery::RepeatRequest &request)
{
    connectService();
    const QString relay = request.request.profileName.isEmpty() ? request.request.target.host
                                                                : request.request.profileName;
    m_window.messages().withdraw(u"repeat"_s);
    m_runs.insert(m_services.repeating().start(request), {relay, request.messages, 0});
    m_window.facts().setActivity(tr("Connecting to %1 …").arg(relay));
}

void RepeatFlow::cancelAll()
{
    const QList<QUuid> runs = m_runs.keys();
    for (const QUuid &run : runs)
        m_services.repeating().cancel(run);
}

void RepeatFlow::messagesDone(const QUuid &run, const QList<Delivery::RepeatedMessage> &messages)
{
    const auto known = m_runs.find(run);
    if (known == m_runs.end())
        return;
    known->done += static_cast<int>(messages.size());
    m_window.facts().setActivity(
        tr("Sending to %1: %2 of %3")
            .arg(known->relay, QLocale().toString(known->done), QLocale().toString(known->wanted)),
        known->done, known->wanted);
}

void RepeatFlow::finished(const Delivery::RepeatSummary &summary)
{
    if (!m_runs.contains(summary.run))
        return;
    const Run run = m_runs.take(summary.run);
    if (m_runs.isEmpty())
        m_window.facts().clearActivity(Models::OutcomeText::of(summary.verdict.outcome));
    m_window.messages().post(u"repeat"_s, kindOf(summary.counts), sentenceOf(summary, run.relay));
    Q_EMIT ended();
}

} // namespace Mailgauge::Gui
