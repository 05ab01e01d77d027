// SPDX-License-Identifier: GPL-3.0-or-later
// What TranscriptModel says about a line, column by column.
#include "base/literals.h"
#include "models/linemeaning.h"
#include "models/transcriptmodel.h"
#include "transcript/formatter.h"
#include "transcript/visible.h"

#include <array>
#include <cstdlib>

namespace Mailgauge::Models {

using Transcript::Direction;

namespace {
/// What a row shows of a long line; the details show all of it.
constexpr qsizetype MaxShown = 2000;

/// Foreign text: never let Qt guess that it is rich text.
QString plainToolTip(const QString &text)
{
    return text.isEmpty() ? text
                          : u"<qt>%1</qt>"_s.arg(text.toHtmlEscaped().replace(u'\n', u"<br>"_s));
}

} // namespace

QString deltaText(qint64 us)
{
    if (us < 100)
        return {};
    if (us < 999'500)
        return u"+%1 ms"_s.arg(static_cast<double>(us) / 1000, 0, 'f', us < 9'950 ? 1 : 0);
    if (us < 59'950'000)
        return u"+%1 s"_s.arg(static_cast<double>(us) / 1'000'000, 0, 'f', us < 9'995'000 ? 2 : 1);
    return u"+%1 min"_s.arg(static_cast<double>(us) / 60'000'000, 0, 'f', 1);
}

QVariant TranscriptModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const qsizetype row = sourceRow(index.row());
    const Transcript::Line &line = m_transcript.line(row);
    switch (role) {
    case Qt::DisplayRole:
        return display(row, index.column());
    case Qt::ToolTipRole:
        return toolTip(row, index.column());
    case Qt::AccessibleTextRole:
        return accessibleText(row, index.column());
    case Qt::TextAlignmentRole:
        return index.column() <= Delta ? QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter)
                                       : QVariant::fromValue(Qt::AlignLeft | Qt::AlignVCenter);
    case StageRole:
        return static_cast<int>(line.stage);
    case ReplyClassRole:
        return static_cast<int>(line.replyClass);
    case DirectionRole:
        return static_cast<int>(line.direction);
    case TlsRole:
        return line.tls != 0;
    case EntryRole:
        return QVariant::fromValue(m_transcript.entry(row));
    case SessionRole:
        return m_transcript.sessions().at(line.session);
    case SessionIndexRole:
        return static_cast<int>(line.session);
    case ContinuedRole:
        return m_transcript.goesOn(row);
    case DeltaRole:
        return delta(row);
    case MarkedRole:
        return markAt(row).marked;
    case NoteRole:
        return markAt(row).note;
    case TimeReferenceRole:
        return m_timeReference == row;
    case FoldRole:
        return static_cast<int>(m_folds.at(row) == nullptr ? Fold::None
                : isFolded(row)                            ? Fold::Closed
                                                           : Fold::Open);
    case UnexpectedRole:
        return line.unexpected != 0;
    default:
        return {};
    }
}

QVariant TranscriptModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole && section <= Delta)
        return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::AlignLeft | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (static_cast<Column>(section)) {
    case Number:
        return tr("#");
    case Time:
        return tr("Time");
    case Delta:
        return tr("Delta");
    case SessionColumn:
        return tr("Session");
    case DirectionColumn:
        return tr("From");
    case Class:
        return tr("Reply");
    case Text:
        return tr("Line");
    case ColumnCount:
        break;
    }
    return {};
}

QVariant TranscriptModel::display(qsizetype row, int column) const
{
    const Transcript::Line &line = m_transcript.line(row);
    switch (static_cast<Column>(column)) {
    case Number:
        return QString::number(row + 1);
    case Time:
        return timeText(row);
    case Delta:
        return deltaText(delta(row));
    case SessionColumn:
        return QString::number(line.session + 1);
    case DirectionColumn:
        return Transcript::lineMark(static_cast<Direction>(line.direction)).first(1);
    case Class:
        return line.replyClass == 0 ? QString() : u"%1yz"_s.arg(static_cast<int>(line.replyClass));
    case Text: {
        if (isFolded(row))
            return foldText(row);
        const QByteArrayView text = m_transcript.text(row);
        if (text.size() <= MaxShown)
            return Transcript::visible(text);
        return Transcript::visible(text.first(MaxShown)) + u'…';
    }
    case ColumnCount:
        break;
    }
    return {};
}

QString TranscriptModel::timeText(qsizetype row) const
{
    if (m_timeReference < 0)
        return Transcript::elapsedText(static_cast<qint64>(m_transcript.line(row).us));
    if (row == m_timeReference)
        return tr("reference");
    const auto us = sinceReference(row);
    if (!us)
        return u"\u2013"_s;
    return (*us < 0 ? u'\u2212' : u'+') + Transcript::elapsedText(std::abs(*us));
}

QString TranscriptModel::foldText(qsizetype row) const
{
    const ContentFolds::Stretch *stretch = m_folds.at(row);
    const int lines = static_cast<int>(stretch->lines);
    return stretch->pieces
        ? tr("message data, %L1 bytes, in %Ln piece(s)", nullptr, lines).arg(stretch->bytes)
        : tr("message data, %L1 bytes, %Ln line(s)", nullptr, lines).arg(stretch->bytes);
}

QString TranscriptModel::accessibleText(qsizetype row, int column) const
{
    const Transcript::Line &line = m_transcript.line(row);
    if (column == DirectionColumn) {
        switch (static_cast<Direction>(line.direction)) {
        case Direction::Client:
            return line.tls ? tr("Client, inside TLS") : tr("Client");
        case Direction::Server:
            if (line.unexpected)
                return line.tls ? tr("Server, inside TLS, unexpected reply")
                                : tr("Server, unexpected reply");
            return line.tls ? tr("Server, inside TLS") : tr("Server");
        case Direction::Event:
            return tr("Event");
        }
    }
    if (column == Class) {
        static constexpr std::array words {QT_TR_NOOP("no reply"), QT_TR_NOOP("preliminary"),
            QT_TR_NOOP("positive"), QT_TR_NOOP("intermediate"), QT_TR_NOOP("transient refusal"),
            QT_TR_NOOP("permanent refusal")};
        return tr(words[line.replyClass]);
    }
    const QString text = display(row, column).toString();
    if (column != Text)
        return text;
    const Transcript::LineMark mark = markAt(row);
    QStringList parts {text};
    if (isFolded(row))
        parts.append(tr("folded"));
    if (mark.marked)
        parts.append(tr("marked"));
    if (!mark.note.isEmpty())
        parts.append(tr("note: %1").arg(mark.note));
    return parts.join(u", "_s);
}

QString TranscriptModel::toolTip(qsizetype row, int column) const
{
    const Transcript::Line &line = m_transcript.line(row);
    switch (static_cast<Column>(column)) {
    case Time:
        return m_timeReference < 0
            ? tr("%L1 µs since the session started").arg(line.us)
            : tr("%L1 µs since the session started; the time shown counts from the reference line")
                  .arg(line.us);
    case Delta:
        return delta(row) < 0 ? QString() : tr("%L1 µs since the line before").arg(delta(row));
    case SessionColumn: {
        const QUuid id = m_transcript.sessions().at(line.session);
        return record(id).host + u'\n' + id.toString(QUuid::WithoutBraces);
    }
    case DirectionColumn:
    case Class:
        return accessibleText(row, column);
    case Number:
        return plainToolTip(markAt(row).note);
    case Text: {
        const QString note = markAt(row).note;
        const QString meaning = LineMeaning::brief(
            m_transcript, row, record(m_transcript.sessions().at(line.session)));
        return plainToolTip(
            note.isEmpty() || meaning.isEmpty() ? note + meaning : note + u"\n\n"_s + meaning);
    }
    case ColumnCount:
        break;
    }
    return {};
}

} // namespace Mailgauge::Models
