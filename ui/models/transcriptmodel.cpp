// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/transcriptmodel.h"

#include "base/literals.h"
#include "models/linemeaning.h"
#include "transcript/formatter.h"
#include "transcript/visible.h"

#include <algorithm>
#include <chrono>

namespace Mailgauge::Models {

using namespace std::chrono_literals;
using Transcript::Direction;

namespace {

constexpr auto ShownInterval = 33ms;
constexpr auto HiddenInterval = 100ms;
/// What a row shows of a long line; the details show all of it.
constexpr qsizetype MaxShown = 2000;

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

TranscriptModel::TranscriptModel(QObject *parent)
    : QAbstractTableModel(parent)
    , m_matcher(m_filter)
{
    m_timer.setSingleShot(true);
    m_timer.setInterval(ShownInterval);
    connect(&m_timer, &QTimer::timeout, this, &TranscriptModel::flush);
    connect(&m_scan, &RowScan::finished, this, &TranscriptModel::showRows);
}

void TranscriptModel::setRecord(const Transcript::SessionRecord &record)
{
    m_records.insert(record.id, record);
}

Transcript::SessionRecord TranscriptModel::record(const QUuid &session) const
{
    Transcript::SessionRecord record = m_records.value(session);
    record.id = session;
    return record;
}

void TranscriptModel::appendEntries(const QUuid &session, const QList<Transcript::Entry> &entries)
{
    const bool isNew = m_transcript.indexOf(session) < 0 && !entries.isEmpty();
    for (const Transcript::Entry &entry : entries)
        m_transcript.append(session, entry);
    if (isNew)
        Q_EMIT sessionAdded(session);
    if (!m_timer.isActive())
        m_timer.start();
}

void TranscriptModel::clear()
{
    m_scan.cancel();
    m_timer.stop();
    beginResetModel();
    m_transcript.clear();
    m_records.clear();
    m_announced = 0;
    // Session indexes start anew.
    m_filter.session.reset();
    m_filtered = !m_filter.isEmpty();
    m_matcher = Transcript::LineMatcher(m_filter);
    m_visible.clear();
    endResetModel();
    Q_EMIT countsChanged(0, 0);
}

void TranscriptModel::setHidden(bool hidden)
{
    m_timer.setInterval(hidden ? HiddenInterval : ShownInterval);
}

void TranscriptModel::flush()
{
    m_timer.stop();
    const qsizetype size = m_transcript.size();
    if (size == m_announced)
        return;
    const QList<quint32> added = m_filtered
        ? m_matcher.rows(m_transcript.snapshot(), m_announced, size)
        : QList<quint32>();
    const int first = rowCount();
    const qsizetype count = m_filtered ? added.size() : size - m_announced;
    if (count > 0)
        beginInsertRows({}, first, first + static_cast<int>(count) - 1);
    m_visible += added;
    m_announced = size;
    if (count > 0)
        endInsertRows();
    Q_EMIT countsChanged(rowCount(), m_announced);
}

void TranscriptModel::setFilter(const Transcript::LineFilter &filter)
{
    if (filter == m_filter)
        return;
    m_filter = filter;
    flush();
    if (!filter.isEmpty()) {
        m_scan.start(m_transcript.snapshot(), filter);
        return;
    }
    m_scan.cancel();
    beginResetModel();
    m_filtered = false;
    m_visible.clear();
    endResetModel();
    Q_EMIT countsChanged(rowCount(), m_announced);
    Q_EMIT filterApplied();
}

void TranscriptModel::showRows(const QList<quint32> &rows, qsizetype scanned)
{
    beginResetModel();
    m_filtered = true;
    m_matcher = Transcript::LineMatcher(m_filter);
    // What was announced while the workers were at it.
    m_visible = rows + m_matcher.rows(m_transcript.snapshot(), scanned, m_announced);
    endResetModel();
    Q_EMIT countsChanged(rowCount(), m_announced);
    Q_EMIT filterApplied();
}

qsizetype TranscriptModel::sourceRow(int row) const
{
    return m_filtered ? static_cast<qsizetype>(m_visible.at(row)) : row;
}

int TranscriptModel::shownRow(qsizetype sourceRow) const
{
    if (sourceRow < 0 || sourceRow >= m_announced)
        return -1;
    if (!m_filtered)
        return static_cast<int>(sourceRow);
    const auto found = std::ranges::lower_bound(m_visible, static_cast<quint32>(sourceRow));
    if (found == m_visible.end() || static_cast<qsizetype>(*found) != sourceRow)
        return -1;
    return static_cast<int>(found - m_visible.begin());
}

int TranscriptModel::replyFrom(int row, int step) const
{
    for (int at = row; at >= 0 && at < rowCount(); at += step) {
        const qsizetype source = sourceRow(at);
        if (m_transcript.line(source).replyClass == 0)
            continue;
        const qsizetype before = m_transcript.previous(source);
        if (before < 0 || !m_transcript.goesOn(before))
            return at;
    }
    return -1;
}

int TranscriptModel::rowCount(const QModelIndex &parent) const
{
    if (parent.isValid())
        return 0;
    return static_cast<int>(m_filtered ? m_visible.size() : m_announced);
}

int TranscriptModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
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
        return Transcript::elapsedText(static_cast<qint64>(line.us));
    case Delta:
        return deltaText(delta(row));
    case SessionColumn:
        return QString::number(line.session + 1);
    case DirectionColumn:
        return Transcript::lineMark(static_cast<Direction>(line.direction)).first(1);
    case Class:
        return line.replyClass == 0 ? QString() : u"%1yz"_s.arg(static_cast<int>(line.replyClass));
    case Text: {
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

QString TranscriptModel::accessibleText(qsizetype row, int column) const
{
    const Transcript::Line &line = m_transcript.line(row);
    if (column == DirectionColumn) {
        switch (static_cast<Direction>(line.direction)) {
        case Direction::Client:
            return line.tls ? tr("Client, inside TLS") : tr("Client");
        case Direction::Server:
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
    return display(row, column).toString();
}

QString TranscriptModel::toolTip(qsizetype row, int column) const
{
    const Transcript::Line &line = m_transcript.line(row);
    switch (static_cast<Column>(column)) {
    case Time:
        return tr("%L1 µs since the session started").arg(line.us);
    case Delta:
        return delta(row) < 0 ? QString() : tr("%L1 µs since the line before").arg(delta(row));
    case SessionColumn: {
        const QUuid id = m_transcript.sessions().at(line.session);
        return record(id).host + u'\n' + id.toString(QUuid::WithoutBraces);
    }
    case DirectionColumn:
    case Class:
        return accessibleText(row, column);
    case Text: {
        // Foreign text: never let Qt guess that it is rich text.
        const QString text = LineMeaning::brief(
            m_transcript, row, record(m_transcript.sessions().at(line.session)));
        return text.isEmpty()
            ? text
            : u"<qt>%1</qt>"_s.arg(text.toHtmlEscaped().replace(u'\n', u"<br>"_s));
    }
    case Number:
    case ColumnCount:
        break;
    }
    return {};
}

qint64 TranscriptModel::delta(qsizetype row) const
{
    const qsizetype before = m_transcript.previous(row);
    if (before < 0)
        return -1;
    return static_cast<qint64>(m_transcript.line(row).us)
        - static_cast<qint64>(m_transcript.line(before).us);
}

} // namespace Mailgauge::Models
