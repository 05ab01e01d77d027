// SPDX-License-Identifier: GPL-3.0-or-later
// How fast lines reach the transcript, against the obvious way (QPlainTextEdit with a
// SyntaxHighlighter), and how long a filter takes over a million of them. Prints one JSON document.
#include "base/literals.h"
#include "models/transcriptmodel.h"
#include "theme/theme.h"
#include "transcript/transcriptview.h"

#include <KSyntaxHighlighting/SyntaxHighlighter>

#include <QApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QJsonDocument>
#include <QJsonObject>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QTextBlock>

#include <array>
#include <cstdio>

using namespace Mailgauge;
using namespace Mailgauge::Transcript;

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

/// Lines per second, one repaint per turn.
double ourRate(qint64 lines)
{
    const Theme::Theme theme;
    Models::TranscriptModel model;
    TranscriptView view(model, theme);
    view.resize(viewSize);
    view.show();
    const QUuid session = QUuid::createUuid();
    qint64 ns = 0;
    for (qint64 n = 0; n < lines; n += PerTurn) {
        const QList<Entry> entries = makeEntries(n, PerTurn);
        QElapsedTimer timer;
        timer.start();
        model.appendEntries(session, entries);
        model.flush();
        view.viewport()->repaint();
        QCoreApplication::processEvents();
        ns += timer.nsecsElapsed();
    }
    return static_cast<double>(lines) * 1e9 / static_cast<double>(ns);
}

double editorRate(qint64 lines)
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
    return static_cast<double>(lines) * 1e9 / static_cast<double>(ns);
}

double filterMs(Models::TranscriptModel &model, const LineFilter &filter)
{
    QEventLoop loop;
    QObject::connect(&model, &Models::TranscriptModel::filterApplied, &loop, &QEventLoop::quit,
        Qt::QueuedConnection);
    QElapsedTimer timer;
    timer.start();
    model.setFilter(filter);
    loop.exec();
    return static_cast<double>(timer.nsecsElapsed()) / 1e6;
}

QJsonObject filterTimes(qint64 lines)
{
    Models::TranscriptModel model;
    const QUuid session = QUuid::createUuid();
    for (qint64 n = 0; n < lines; n += PerTurn)
        model.appendEntries(session, makeEntries(n, PerTurn));
    model.flush();
    LineFilter text;
    text.text = "somebody@example.net> 9"_ba;
    LineFilter refused;
    refused.addReplyClass(Smtp::ReplyClass::Permanent);
    return {{u"lines"_s, lines}, {u"text"_s, filterMs(model, text)},
        {u"permanentReplies"_s, filterMs(model, refused)}, {u"clear"_s, filterMs(model, {})},
        {u"bytesPerLine"_s,
            static_cast<double>(model.transcript().memoryUse()) / static_cast<double>(lines)}};
}

} // namespace

int main(int argc, char **argv)
{
    const QApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    const qint64 lines = arguments.size() > 1 ? arguments.at(1).toLongLong() : 200'000;
    const double ours = ourRate(lines);
    const double editor = editorRate(lines);
    const QJsonObject result {
        {u"append"_s,
            QJsonObject {{u"lines"_s, lines}, {u"linesPerSecond"_s, ours},
                {u"plainTextEditLinesPerSecond"_s, editor}, {u"ratio"_s, ours / editor}}},
        {u"filterMs"_s, filterTimes(1'000'000)},
    };
    std::fputs(QJsonDocument(result).toJson().constData(), stdout);
    return 0;
}
