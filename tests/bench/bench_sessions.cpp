// SPDX-License-Identifier: GPL-3.0-or-later
// A stored session of a million entries is opened into a visible transcript, with a probe in the
// event loop that tells how long the window could not answer. Prints one JSON document.
#include "base/literals.h"
#include "sessionopener.h"
#include "store/database.h"
#include "theme/theme.h"
#include "transcript/transcriptpanel.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTimer>

#include <algorithm>
#include <cstdio>
#include <vector>

using namespace Mailgauge;
using Transcript::Entry;

namespace {

constexpr qint64 Entries = 1'000'000;
constexpr qint64 PerAppend = 100; // as a session on a fast relay comes, 33 ms at a time
constexpr double StallLimitMs = 50;

/// Ticks every millisecond; what comes later than that is time in which nothing else ran either.
class LatencyProbe final {
public:
    LatencyProbe()
    {
        m_timer.setTimerType(Qt::PreciseTimer);
        m_timer.setInterval(1);
        QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] {
            m_gaps.push_back(std::max(0.0, static_cast<double>(m_last.nsecsElapsed()) / 1e6 - 1));
            m_last.restart();
        });
    }
    void start()
    {
        m_gaps.clear();
        m_last.start();
        m_timer.start();
    }
    [[nodiscard]] double worst() const
    {
        return m_gaps.empty() ? 0 : *std::ranges::max_element(m_gaps);
    }
    [[nodiscard]] double p99()
    {
        if (m_gaps.empty())
            return 0;
        std::ranges::sort(m_gaps);
        return m_gaps[(m_gaps.size() - 1) * 99 / 100];
    }

private:
    QTimer m_timer;
    QElapsedTimer m_last;
    std::vector<double> m_gaps;
};

QList<Entry> makeEntries(qint64 from, qint64 count)
{
    QList<Entry> entries(count);
    for (qint64 i = 0; i < count; ++i) {
        Entry &entry = entries[i];
        entry.n = from + i;
        entry.us = entry.n * 7;
        entry.stage = Smtp::Stage::Rcpt;
        entry.tls = true;
        const bool client = entry.n % 2 == 0;
        entry.direction = client ? Transcript::Direction::Client : Transcript::Direction::Server;
        const QByteArray number = QByteArray::number(entry.n);
        entry.text = client ? "RCPT TO:<somebody" + number + "@example.net>"
                            : "250 2.1.5 ok " + number;
    }
    return entries;
}

double ms(const QElapsedTimer &timer)
{
    return static_cast<double>(timer.nsecsElapsed()) / 1e6;
}

} // namespace

int main(int argc, char **argv)
{
    QApplication application(argc, argv);
    QTemporaryDir dir;
    auto store = Store::Database::open(dir.filePath(u"store.sqlite"_s));
    if (!store) {
        std::fprintf(stderr, "no store: %s\n", qPrintable(store.error().detail));
        return 1;
    }
    Transcript::SessionLibrary &sessions = (*store)->sessions();
    Transcript::SessionRecord record;
    record.id = QUuid::createUuid();
    record.startedAt = QDateTime::currentDateTimeUtc();
    sessions.begin(record, {});
    for (qint64 n = 0; n < Entries; n += PerAppend)
        sessions.append(record.id, makeEntries(n, PerAppend));
    sessions.finish(record).waitForFinished();

    const Theme::Theme theme;
    Transcript::TranscriptPanel panel(theme);
    panel.resize(1000, 700);
    panel.show();
    QCoreApplication::processEvents();
    Gui::SessionOpener opener(sessions, panel);
    LatencyProbe probe;
    QElapsedTimer timer;
    double first = 0;
    QEventLoop loop;
    QObject::connect(&opener, &Gui::SessionOpener::opened, &loop, [&] { first = ms(timer); });
    QObject::connect(&opener, &Gui::SessionOpener::ended, &loop, &QEventLoop::quit);
    QObject::connect(&opener, &Gui::SessionOpener::failed, &loop, [&](const Base::Error &error) {
        std::fprintf(stderr, "%s\n", qPrintable(error.detail));
        loop.exit(1);
    });
    timer.start();
    probe.start();
    opener.open(record.id);
    if (loop.exec() != 0)
        return 1;
    const double all = ms(timer);
    const double worst = probe.worst();
    const qsizetype lines = panel.model().transcript().size();
    const QJsonObject result {{u"entries"_s, lines}, {u"firstPageMs"_s, first}, {u"allMs"_s, all},
        {u"stallP99Ms"_s, probe.p99()}, {u"stallWorstMs"_s, worst}, {u"limitMs"_s, StallLimitMs},
        {u"met"_s, lines == Entries && worst <= StallLimitMs}};
    std::puts(QJsonDocument(result).toJson(QJsonDocument::Compact).constData());
    return 0;
}
