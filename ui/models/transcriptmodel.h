// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/contentfolds.h"
#include "models/rowscan.h"
#include "transcript/sessionrecord.h"
#include "transcript/transcript.h"

#include <QAbstractTableModel>
#include <QHash>
#include <QMap>
#include <QSet>
#include <QTimer>

namespace Mailgauge::Models {

/// The lines of all sessions of this run, live, with a filter of its own: a list of visible rows,
/// because QSortFilterProxyModel takes a minute to give up a filter on a million of them.
///
/// New entries go into the arena at once and are announced together, at most every 33 ms (100 ms
/// while nobody looks). A filter is applied by workers and then by one reset of the model.
class TranscriptModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column : quint8 {
        Number, ///< In the order of arrival, from 1.
        Time, ///< Since the session started.
        Delta, ///< Since the line before, in the same session.
        SessionColumn,
        DirectionColumn,
        Class,
        Text,
        ColumnCount,
    };

    enum Role : int {
        StageRole = Qt::UserRole + 1, ///< Smtp::Stage as int
        ReplyClassRole, ///< First digit of a reply's code, 0 where the line is none.
        DirectionRole, ///< Transcript::Direction as int
        TlsRole, ///< bool
        EntryRole, ///< Transcript::Entry
        SessionRole, ///< QUuid
        SessionIndexRole, ///< int, from 0
        ContinuedRole, ///< bool: a reply line that others follow ("250-")
        DeltaRole, ///< Microseconds, qlonglong; -1 for the first line.
        MarkedRole, ///< bool
        NoteRole, ///< QString, empty: none
        TimeReferenceRole, ///< bool: times count from this line
        FoldRole, ///< Fold as int
        UnexpectedRole, ///< bool: Transcript::Entry::unexpected
    };

    /// Whether a line stands for a stretch of message data.
    enum class Fold : quint8 {
        None,
        Closed,
        Open,
    };

    explicit TranscriptModel(QObject *parent = nullptr);

    /// What is known of a session so far; lists and exports use the newest.
    void setRecord(const Transcript::SessionRecord &record);
    [[nodiscard]] Transcript::SessionRecord record(const QUuid &session) const;
    void appendEntries(const QUuid &session, const QList<Transcript::Entry> &entries);
    /// The store has further lines of this session: what leaves as a whole is read from there.
    void setPartial(const QUuid &session, bool partial);
    [[nodiscard]] bool isPartial(const QUuid &session) const { return m_partial.contains(session); }
    void clear();
    /// Announces waiting lines now.
    void flush();
    /// Nobody looks: announce less often.
    void setHidden(bool hidden);

    void setFilter(const Transcript::LineFilter &filter);
    [[nodiscard]] const Transcript::LineFilter &filter() const { return m_filter; }
    [[nodiscard]] bool isFiltering() const { return m_scan.isRunning() && !m_goingOn; }
    /// Ends a search that takes too long; what was found so far stays.
    void cancelFilter();

    /// Shows each stretch of message data as one line, but for those that were opened.
    void setFolding(bool folding);
    [[nodiscard]] bool isFolding() const { return m_folding; }
    /// Opens or closes the stretch that the line of this (source) row is of.
    void toggleFold(qsizetype sourceRow);

    /// Rows are the transcript's. An empty mark takes the line's away.
    void setMark(qsizetype row, const Transcript::LineMark &mark);
    [[nodiscard]] Transcript::LineMark markAt(qsizetype row) const { return m_marks.value(row); }
    /// The rows that are marked or have a note, in their order.
    [[nodiscard]] QList<qsizetype> markedRows() const { return m_marks.keys(); }
    /// Times count from this line; -1: each from its session's start.
    void setTimeReference(qsizetype row);
    [[nodiscard]] qsizetype timeReference() const { return m_timeReference; }

    [[nodiscard]] const Transcript::Transcript &transcript() const { return m_transcript; }
    /// Lines announced, shown or not.
    [[nodiscard]] qsizetype total() const { return m_announced; }
    /// The transcript's row of a row shown, and back; -1 where it is not shown.
    [[nodiscard]] qsizetype sourceRow(int row) const;
    [[nodiscard]] int shownRow(qsizetype sourceRow) const;
    /// The next row shown, from `row` on in steps of 1 or -1, where a reply begins; -1: none.
    [[nodiscard]] int replyFrom(int row, int step) const;
    /// The same where a reply of 4yz or 5yz begins or a session failed.
    [[nodiscard]] int errorFrom(int row, int step) const;
    /// The same where an unexpected reply begins.
    [[nodiscard]] int unexpectedFrom(int row, int step) const;
    /// The next line shown of the session that the line at `row` is of.
    [[nodiscard]] int sameSessionFrom(int row, int step) const;
    /// Rows of the transcript where replies of 4yz or 5yz stand, in their order.
    [[nodiscard]] const QList<quint32> &refusals() const { return m_refusals; }
    /// Those of sorted rows of the transcript that are shown.
    [[nodiscard]] QList<quint32> shownOf(const QList<quint32> &rows) const;
    /// Where those are shown: rows of this model, in their order.
    [[nodiscard]] QList<int> placesOf(const QList<quint32> &rows) const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(
        const QModelIndex &index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(
        int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

Q_SIGNALS:
    void countsChanged(qsizetype shown, qsizetype total);
    void filterApplied();
    void sessionAdded(const QUuid &session);
    void marksChanged(const QUuid &session);

private:
    [[nodiscard]] QVariant display(qsizetype row, int column) const;
    [[nodiscard]] QString accessibleText(qsizetype row, int column) const;
    [[nodiscard]] QString toolTip(qsizetype row, int column) const;
    [[nodiscard]] qint64 delta(qsizetype row) const;
    [[nodiscard]] QString timeText(qsizetype row) const;
    [[nodiscard]] QString foldText(qsizetype row) const;
    [[nodiscard]] std::optional<qint64> sinceReference(qsizetype row) const;
    [[nodiscard]] bool isFolded(qsizetype row) const;
    [[nodiscard]] bool isReplyStart(qsizetype row) const;
    [[nodiscard]] bool isFailure(qsizetype row) const;
    [[nodiscard]] Transcript::LineFilter effectiveFilter() const;
    void announce(qsizetype size);
    void foldFrom(qsizetype row);
    void apply();
    void goOn();
    void showFirst(const QList<quint32> &rows);
    void showRows(const QList<quint32> &rows, qsizetype scanned);
    void replaceRows(const QList<quint32> &rows);
    void takeMarks(const QUuid &session);

    Transcript::Transcript m_transcript;
    QHash<QUuid, Transcript::SessionRecord> m_records;
    QSet<QUuid> m_partial;
    QMap<qsizetype, Transcript::LineMark> m_marks; ///< The records' marks by row.
    QList<quint32> m_refusals;
    ContentFolds m_folds;
    qsizetype m_announced = 0;
    qsizetype m_timeReference = -1;
    Transcript::LineFilter m_filter; ///< The one asked for.
    bool m_folding = true;
    bool m_filtered = false; ///< m_visible is in force.
    Transcript::LineFilter m_shown; ///< The one in force where m_filtered.
    bool m_partly = false; ///< m_visible is only the beginning of what is being looked for.
    bool m_goingOn = false; ///< The search runs for lines that came behind a finished one.
    bool m_stopped = false; ///< The user ended the search for m_filter.
    QList<quint32> m_visible;
    qsizetype m_scanned = 0; ///< Rows that m_visible takes into account.
    Transcript::LineMatcher m_matcher; ///< Of m_visible, for lines that come later.
    RowScan m_scan;
    QTimer m_timer;
};

/// "+1.4 ms", "+2.31 s"; empty below a tenth of a millisecond.
[[nodiscard]] QString deltaText(qint64 us);

} // namespace Mailgauge::Models
