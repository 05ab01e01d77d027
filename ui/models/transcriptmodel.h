// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/rowscan.h"
#include "transcript/sessionrecord.h"
#include "transcript/transcript.h"

#include <QAbstractTableModel>
#include <QHash>
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
    };

    explicit TranscriptModel(QObject *parent = nullptr);

    /// What is known of a session so far; lists and exports use the newest.
    void setRecord(const Transcript::SessionRecord &record);
    [[nodiscard]] Transcript::SessionRecord record(const QUuid &session) const;
    void appendEntries(const QUuid &session, const QList<Transcript::Entry> &entries);
    void clear();
    /// Announces waiting lines now.
    void flush();
    /// Nobody looks: announce less often.
    void setHidden(bool hidden);

    void setFilter(const Transcript::LineFilter &filter);
    [[nodiscard]] const Transcript::LineFilter &filter() const { return m_filter; }
    [[nodiscard]] bool isFiltering() const { return m_scan.isRunning(); }

    [[nodiscard]] const Transcript::Transcript &transcript() const { return m_transcript; }
    /// Lines announced, shown or not.
    [[nodiscard]] qsizetype total() const { return m_announced; }
    /// The transcript's row of a row shown, and back; -1 where it is not shown.
    [[nodiscard]] qsizetype sourceRow(int row) const;
    [[nodiscard]] int shownRow(qsizetype sourceRow) const;
    /// The next row shown, from `row` on in steps of 1 or -1, where a reply begins; -1: none.
    [[nodiscard]] int replyFrom(int row, int step) const;

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

private:
    [[nodiscard]] QVariant display(qsizetype row, int column) const;
    [[nodiscard]] QString accessibleText(qsizetype row, int column) const;
    [[nodiscard]] QString toolTip(qsizetype row, int column) const;
    [[nodiscard]] qint64 delta(qsizetype row) const;
    void showRows(const QList<quint32> &rows, qsizetype scanned);

    Transcript::Transcript m_transcript;
    QHash<QUuid, Transcript::SessionRecord> m_records;
    qsizetype m_announced = 0;
    Transcript::LineFilter m_filter; ///< The one asked for.
    bool m_filtered = false; ///< m_visible is in force.
    QList<quint32> m_visible;
    Transcript::LineMatcher m_matcher; ///< Of m_visible, for lines that come later.
    RowScan m_scan;
    QTimer m_timer;
};

/// "+1.4 ms", "+2.31 s"; empty below a tenth of a millisecond.
[[nodiscard]] QString deltaText(qint64 us);

} // namespace Mailgauge::Models
