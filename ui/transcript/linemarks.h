// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QAction;
class QLabel;
class QLineEdit;
class QMenu;

namespace Mailgauge::Models {
class TranscriptModel;
}

namespace Mailgauge::Transcript {

class Commands;
class Navigator;
class TranscriptView;

/// Marks and notes on lines, the list of them, and the line that times count from. The widget is
/// the bar in which a note is written; it hides itself.
class LineMarks final : public QWidget {
    Q_OBJECT

public:
    LineMarks(Models::TranscriptModel &model, TranscriptView &view, Navigator &navigator,
        Commands &commands, QWidget *parent);

    [[nodiscard]] const QList<QAction *> &actions() const { return m_actions; }
    /// All marked lines to go to; filled when it opens.
    [[nodiscard]] QMenu *menu() const { return m_menu; }
    /// The rows changed under a note being written: it is given up.
    void abandonNote();

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    void addCommands(Commands &commands);
    void toggleMark();
    void writeNote();
    void saveNote();
    void toggleReference();
    void goToMark(int step);
    void fillMenu();
    void updateState();
    [[nodiscard]] qsizetype here() const;

    Models::TranscriptModel &m_model;
    TranscriptView &m_view;
    Navigator &m_navigator;
    QMenu *m_menu;
    QLabel *m_label;
    QLineEdit *m_text;
    QList<QAction *> m_actions;
    QList<QAction *> m_needMarks; ///< Of use only where there is a mark.
    QAction *m_reference = nullptr;
    qsizetype m_noteRow = -1;
};

} // namespace Mailgauge::Transcript
