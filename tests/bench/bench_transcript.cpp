// SPDX-License-Identifier: GPL-3.0-or-later
// The transcript at a million lines, against the obvious way: a QPlainTextEdit with a
// SyntaxHighlighter. Each side runs in a process of its own, so that memory can be compared.
// Prints one JSON document; `met` tells which limits hold.
#include "base/literals.h"
#include "loopclock.h"
#include "models/transcriptmodel.h"
#include "theme/theme.h"
#include "transcript/transcriptview.h"

#include <KSyntaxHighlighting/SyntaxHighlighter>

#include <QApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QPlainTextEdit>
#include <QProcess>
#include <QRandomGenerator>
#include <QScrollBar>
#include <QTextBlock>
#include <QTimer>

#include <array>
#include <cstdio>
#include <sys/resource.h>

using namespace Mailgauge;
using namespace Mailgauge::Transcript;
using Bench::LoopClock;

namespace {

constexpr int PerTurn = 2000;
const QSize viewSize(1000, 700);

Entry makeEntry(qint64 n)
{
    static const std::array<QByteArray, 6> texts {"MAIL FROM:<news@example.org> SIZE=24576"_ba,
        "250 2.1.0 <news@example.org> sender ok"_ba, "RCPT TO:<somebody@example.net>"_ba,
        "550 5.1.1 <somebody@example.net> no such user here"_ba, "DATA"_ba,
        "354 End data with <CR><LF>.<CR><LF>"_ba};
    Entry entry;
    entry.n = n;
    entry.us = n * 7;
    entry.direction = n % 2 == 0 ? Direction::Client : Direction::Server;
    entry.text = texts[static_cast<std::size_t>(n % 6)] + ' ' + QByteArray::number(n);
    return entry;
}

QList<Entry> makeEntries(qint64 from, qint64 count)
{
    QList<Entry> entries;
    entries.reserve(count);
    for (qint64 n = from; n < from + count; ++n)
        entries.append(makeEntry(n));
    return entries;
}

double milliseconds(const QElapsedTimer &timer)
{
    return static_cast<double>(timer.nsecsElapsed()) / 1e6;
}

/// Octets of this process in memory.
double residentBytes()
{
    QFile file(u"/proc/self/statm"_s);
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    return file.readAll().split(' ').value(1).toDouble() * 4096;
}

double cpuSeconds()
{
    rusage use {};
    getrusage(RUSAGE_SELF, &use);
    const auto seconds = [](const timeval &time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(use.ru_utime) + seconds(use.ru_stime);
}

QJsonObject rateAndMemory(qint64 lines, qint64 ns, double before)
{
    const double bytes = residentBytes() - before;
    return {{u"linesPerSecond"_s, static_cast<double>(lines) * 1e9 / static_cast<double>(ns)},
        {u"bytesPerLine"_s, bytes / static_cast<double>(lines)}};
}

class OurSide final {
public:
    OurSide()
    {
        m_view.resize(viewSize);
        m_view.show();
        QCoreApplication::processEvents();
    }

    /// One repaint per turn.
    QJsonObject append(qint64 lines)
    {
        const double before = residentBytes();
        qint64 ns = 0;
        for (qint64 n = 0; n < lines; n += PerTurn) {
            const QList<Entry> entries = makeEntries(n, PerTurn);
            QElapsedTimer timer;
            timer.start();
            m_model.appendEntries(m_session, entries);
            m_model.flush();
            m_view.viewport()->repaint();
            QCoreApplication::processEvents();
            ns += timer.nsecsElapsed();
        }
        m_lines = lines;
        return rateAndMemory(lines, ns, before);
    }

    /// Lines come by the clock while the view follows them.
    QJsonObject live(int perSecond, int seconds)
    {
        m_view.setFollowing(true);
        LoopClock loop;
        QElapsedTimer timer;
        timer.start();
        const double cpu = cpuSeconds();
        QEventLoop turns;
        QTimer arrival;
        const qint64 first = m_lines;
        QObject::connect(&arrival, &QTimer::timeout, &turns, [&] {
            const qint64 due = first + timer.elapsed() * perSecond / 1000;
            m_model.appendEntries(m_session, makeEntries(m_lines, due - m_lines));
            m_lines = due;
            if (timer.elapsed() >= seconds * 1000)
                turns.quit();
        });
        arrival.start(5);
        turns.exec();
        const double share = (cpuSeconds() - cpu) * 1000 / milliseconds(timer);
        return {{u"linesPerSecond"_s, perSecond}, {u"cpuShare"_s, share},
            {u"blockedMsP99"_s, loop.percentile(99)}, {u"blockedMsWorst"_s, loop.worst()}};
    }

    QJsonObject filters()
    {
        LineFilter text;
        text.text = "somebody@example.net> 9"_ba;
        LineFilter refused;
        refused.addReplyClass(Smtp::ReplyClass::Permanent);
        LoopClock loop;
        QJsonObject times {{u"textMs"_s, filterMs(text)}, {u"clearTextMs"_s, filterMs({})},
            {u"fieldMs"_s, filterMs(refused)}, {u"clearFieldMs"_s, filterMs({})}};
        times.insert(u"blockedMsWorst"_s, loop.worst());
        return times;
    }

    QJsonObject pattern()
    {
        LineFilter filter;
        filter.conditions.texts = {
            {.kind = TextTerm::Kind::Pattern, .text = u"no such \\w+ here \\d*7$"_s}};
        double first = -1;
        QElapsedTimer timer;
        const auto seen = QObject::connect(
            &m_model, &Models::TranscriptModel::countsChanged, &m_model, [&](qsizetype shown) {
                if (first < 0 && shown > 0 && shown < m_lines)
                    first = milliseconds(timer);
            });
        LoopClock loop;
        timer.start();
        const double complete = filterMs(filter);
        QObject::disconnect(seen);
        QJsonObject times {{u"firstPageMs"_s, first < 0 ? complete : first},
            {u"completeMs"_s, complete}, {u"blockedMsWorst"_s, loop.worst()}};
        filterMs({});
        m_model.setFilter(filter);
        QCoreApplication::processEvents();
        timer.restart();
        m_model.cancelFilter();
        while (m_model.isFiltering())
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        times.insert(u"cancelMs"_s, milliseconds(timer));
        filterMs({});
        return times;
    }

    QJsonObject scroll(int frames)
    {
        m_view.setFollowing(false);
        QScrollBar *bar = m_view.verticalScrollBar();
        QRandomGenerator random(1);
        QList<double> times;
        for (int frame = 0; frame < frames; ++frame) {
            // Half of them by a wheel's step, half anywhere.
            const int to = frame % 2 == 0 ? bar->value() + 3 : random.bounded(bar->maximum());
            QElapsedTimer timer;
            timer.start();
            bar->setValue(to);
            m_view.viewport()->repaint();
            times.append(milliseconds(timer));
            QCoreApplication::processEvents();
        }
        std::ranges::sort(times);
        return {{u"frameMsP95"_s, times[times.size() * 95 / 100]},
            {u"frameMsWorst"_s, times.constLast()}};
    }

private:
    double filterMs(const LineFilter &filter)
    {
        QEventLoop loop;
        QObject::connect(&m_model, &Models::TranscriptModel::filterApplied, &loop,
            &QEventLoop::quit, Qt::QueuedConnection);
        QElapsedTimer timer;
        timer.start();
        m_model.setFilter(filter);
        loop.exec();
        return milliseconds(timer);
    }

    const Theme::Theme m_theme;
    Models::TranscriptModel m_model;
    TranscriptView m_view {m_model, m_theme};
    QUuid m_session = QUuid::createUuid();
    qint64 m_lines = 0;
};

QJsonObject editorSide(qint64 lines)
{
    const Highlighting highlighting;
    QPlainTextEdit editor;
    editor.setReadOnly(true);
    editor.setUndoRedoEnabled(false);
    KSyntaxHighlighting::SyntaxHighlighter highlighter(editor.document());
    highlighter.setDefinition(highlighting.definition());
    highlighter.setTheme(highlighting.theme(Tone::Light));
    editor.resize(viewSize);
    editor.show();
    QCoreApplication::processEvents();
    const double before = residentBytes();
    qint64 ns = 0;
    for (qint64 n = 0; n < lines; n += PerTurn) {
        QStringList chunk;
        const QList<Entry> entries = makeEntries(n, PerTurn);
        QElapsedTimer timer;
        timer.start();
        for (const Entry &entry : entries)
            chunk += lineMark(entry.direction) + QString::fromLatin1(entry.text);
        editor.appendPlainText(chunk.join(u'\n'));
        editor.verticalScrollBar()->setValue(editor.verticalScrollBar()->maximum());
        editor.viewport()->repaint();
        QCoreApplication::processEvents();
        ns += timer.nsecsElapsed();
    }
    return rateAndMemory(lines, ns, before);
}

QJsonObject ourSide(qint64 lines)
{
    OurSide side;
    QJsonObject result {{u"append"_s, side.append(lines)}};
    result.insert(u"filters"_s, side.filters());
    result.insert(u"pattern"_s, side.pattern());
    result.insert(u"scroll"_s, side.scroll(400));
    result.insert(u"live"_s, side.live(20'000, 10));
    return result;
}

QJsonObject inItsOwnProcess(const QString &side, qint64 lines)
{
    QProcess process;
    process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    process.start(QCoreApplication::applicationFilePath(), {QString::number(lines), side});
    process.waitForFinished(-1);
    return QJsonDocument::fromJson(process.readAllStandardOutput()).object();
}

QJsonObject compared(qint64 lines)
{
    const QJsonObject editor = inItsOwnProcess(u"editor"_s, lines);
    QJsonObject result = inItsOwnProcess(u"ours"_s, lines);
    const QJsonObject append = result[u"append"_s].toObject();
    const double rate = append[u"linesPerSecond"_s].toDouble()
        / editor[u"linesPerSecond"_s].toDouble();
    const double memory = append[u"bytesPerLine"_s].toDouble()
        / editor[u"bytesPerLine"_s].toDouble();
    const auto value = [&result](const QString &group, const QString &name) {
        return result[group].toObject()[name].toDouble();
    };
    QJsonObject met {{u"append at least 4x"_s, rate >= 4},
        {u"memory at most 1/8"_s, memory <= 1.0 / 8},
        {u"20,000 lines/s under 40 % of a core"_s, value(u"live"_s, u"cpuShare"_s) < 0.4},
        {u"blocked p99 under 16 ms"_s, value(u"live"_s, u"blockedMsP99"_s) < 16},
        {u"blocked worst under 50 ms"_s,
            std::max({value(u"live"_s, u"blockedMsWorst"_s),
                value(u"filters"_s, u"blockedMsWorst"_s), value(u"pattern"_s, u"blockedMsWorst"_s)})
                < 50},
        {u"scroll frame p95 under 5 ms"_s, value(u"scroll"_s, u"frameMsP95"_s) < 5},
        {u"pattern: first page under 100 ms"_s, value(u"pattern"_s, u"firstPageMs"_s) < 100},
        {u"pattern: complete under 500 ms"_s, value(u"pattern"_s, u"completeMs"_s) < 500}};
    bool quick = true;
    for (const auto &name : {u"textMs"_s, u"clearTextMs"_s, u"fieldMs"_s, u"clearFieldMs"_s})
        quick = quick && value(u"filters"_s, name) < 100;
    met.insert(u"text and field filters under 100 ms"_s, quick);
    result.insert(u"lines"_s, lines);
    result.insert(u"plainTextEdit"_s, editor);
    result.insert(u"appendRatio"_s, rate);
    result.insert(u"memoryRatio"_s, memory);
    result.insert(u"met"_s, met);
    return result;
}

} // namespace

int main(int argc, char **argv)
{
    const QApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    const qint64 lines = arguments.size() > 1 ? arguments.at(1).toLongLong() : 1'000'000;
    const QString side = arguments.value(2);
    const QJsonObject result = side == u"editor"_s ? editorSide(lines)
        : side == u"ours"_s                        ? ourSide(lines)
                                                   : compared(lines);
    std::fputs(QJsonDocument(result).toJson().constData(), stdout);
    return 0;
}
