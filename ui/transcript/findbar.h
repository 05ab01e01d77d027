// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/rowscan.h"

#include <QTimer>
#include <QWidget>

class QLabel;
class QLineEdit;
class QToolButton;

namespace Mailgauge::Models {
class TranscriptModel;
}

namespace Mailgauge::Transcript {

/// Finds a text among the lines shown: "3 of 120", forward and back, round the end. Counting is
/// done by workers; lines that come later are counted as they come.
class FindBar final : public QWidget {
    Q_OBJECT

public:
    explicit FindBar(Models::TranscriptModel &model, QWidget *parent = nullptr);

    void open();
    void close();
    /// From where next() and previous() go on: a shown row.
    void setPlace(int row) { m_place = row; }
    void next();
    void previous();

Q_SIGNALS:
    /// Empty when the bar was closed.
    void textChanged(const QString &text);
    void found(int row);
    void closed();

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    void search();
    void takeRows(const QList<quint32> &rows, qsizetype scanned);
    void countNew();
    void step(bool forward);
    void showCount();
    [[nodiscard]] LineFilter wanted() const;

    Models::TranscriptModel &m_model;
    Models::RowScan m_scan;
    QLineEdit *m_text;
    QLabel *m_count;
    QToolButton *m_previous;
    QToolButton *m_next;
    QTimer m_typing;
    QList<quint32> m_rows; ///< Rows of the transcript that hold the text and are shown.
    qsizetype m_scanned = 0;
    int m_place = -1;
};

} // namespace Mailgauge::Transcript
