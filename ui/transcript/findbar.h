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
namespace Mailgauge::Theme {
class Theme;
}

namespace Mailgauge::Transcript {

/// Finds a text or a regular expression among the lines shown: "3 of 120", forward and back, round
/// the end. Looking is done by workers; lines that come later are counted as they come.
class FindBar final : public QWidget {
    Q_OBJECT

public:
    FindBar(Models::TranscriptModel &model, const Theme::Theme &theme, QWidget *parent = nullptr);

    void open();
    void close();
    /// From where next() and previous() go on: a shown row.
    void setPlace(int row) { m_place = row; }
    void next();
    void previous();
    /// The rows of the transcript found so far that are shown, in their order.
    [[nodiscard]] const QList<quint32> &rows() const { return m_rows; }

Q_SIGNALS:
    /// What to mark in the lines; without a pattern: nothing.
    void patternChanged(const QRegularExpression &pattern);
    void rowsChanged();
    void found(int row);
    void closed();

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    QToolButton *addOption(const QString &name, const QString &text, const QString &what);
    void search();
    void takeFirst(const QList<quint32> &rows);
    void takeRows(const QList<quint32> &rows, qsizetype scanned);
    void goToFirst();
    void lookOn();
    void step(bool forward);
    void showCount();
    void showValidity(const QString &problem);
    [[nodiscard]] LineFilter wanted() const;
    [[nodiscard]] qsizetype placeOf(bool forward) const;

    Models::TranscriptModel &m_model;
    const Theme::Theme &m_theme;
    Models::RowScan m_scan;
    QLineEdit *m_text;
    QToolButton *m_pattern;
    QToolButton *m_case;
    QLabel *m_count;
    QToolButton *m_previous;
    QToolButton *m_next;
    QTimer m_typing;
    QList<quint32> m_rows;
    qsizetype m_scanned = 0;
    int m_place = -1;
    bool m_fresh = false; ///< Nothing of this search was gone to yet.
    bool m_wrong = false; ///< The pattern cannot be understood.
    bool m_goingOn = false; ///< The search is for lines that came later.
};

} // namespace Mailgauge::Transcript
