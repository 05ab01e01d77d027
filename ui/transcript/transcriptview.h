// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/highlighter.h"

#include <QTableView>

class QPushButton;

namespace Mailgauge::Models {
class TranscriptModel;
}
namespace Mailgauge::Theme {
class Theme;
}

namespace Mailgauge::Transcript {

class MarkScrollBar;
class TranscriptDelegate;

/// The lines of a TranscriptModel: rows of one height, so that a million of them cost what forty
/// do. Follows what comes until the user scrolls up, then offers to jump back. Left to right under
/// any layout direction.
class TranscriptView final : public QTableView {
    Q_OBJECT

public:
    TranscriptView(
        Models::TranscriptModel &model, const Theme::Theme &theme, QWidget *parent = nullptr);

    [[nodiscard]] bool isFollowing() const { return m_following; }
    void setFollowing(bool following);
    /// Makes a shown row current and brings it into view; following ends.
    void goTo(int row);
    void setMarkedPattern(const QRegularExpression &pattern);
    [[nodiscard]] MarkScrollBar &marks() { return *m_marks; }
    /// Lines of several sessions are there: tell them apart.
    void setSessionsShown(bool shown);
    [[nodiscard]] int currentRow() const { return currentIndex().row(); }
    /// Rows of the transcript, in their order.
    [[nodiscard]] QList<qsizetype> selectedSourceRows() const;
    /// The selected lines as exported text, escapes and all; with times in front where asked for.
    enum class Times : quint8 {
        Without,
        With
    };
    [[nodiscard]] QString selectedText(Times times) const;
    [[nodiscard]] QList<Entry> selectedEntries() const;

public Q_SLOTS:
    void copy();

Q_SIGNALS:
    void followingChanged(bool following);
    void currentLineChanged(int row);
    /// Letters typed while the lines have the focus.
    void textTyped(const QString &text);
    /// The user wants to open or close the message data at this row.
    void foldRequested(int row);

protected:
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void currentChanged(const QModelIndex &current, const QModelIndex &previous) override;
    void resizeEvent(QResizeEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void changeEvent(QEvent *event) override;
    void keyboardSearch(const QString &search) override;
    /// Pictures and screen readers see columns that are wide enough for their contents.
    [[nodiscard]] int sizeHintForColumn(int column) const override;

private:
    void setUpColumns();
    void connectParts();
    [[nodiscard]] bool isFold(int row) const;
    void fitColumns();
    void keepUp();
    void scrolled(int value);
    void placeJump();
    void updateJump();

    Models::TranscriptModel &m_model;
    const Theme::Theme &m_theme;
    Highlighting m_highlighting;
    TranscriptDelegate *m_delegate;
    MarkScrollBar *m_marks;
    QPushButton *m_jump;
    int m_unseen = 0;
    bool m_sessionsShown = false;
    bool m_following = true;
    bool m_scrollingMyself = false;
};

} // namespace Mailgauge::Transcript
