// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/linemarks.h"

#include "base/literals.h"
#include "models/transcriptmodel.h"
#include "transcript/commands.h"
#include "transcript/formatter.h"
#include "transcript/navigator.h"
#include "transcript/transcriptview.h"

#include <QAction>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>

#include <algorithm>
#include <utility>

namespace Mailgauge::Transcript {

using Models::TranscriptModel;

namespace {
constexpr qsizetype MaxListed = 40;
constexpr int MaxListedWidth = 520;
constexpr int MaxNote = 2000;
} // namespace

LineMarks::LineMarks(TranscriptModel &model, TranscriptView &view, Navigator &navigator,
    Commands &commands, QWidget *parent)
    : QWidget(parent)
    , m_model(model)
    , m_view(view)
    , m_navigator(navigator)
    , m_menu(new QMenu(tr("Marked Lines"), parent))
    , m_label(new QLabel(this))
    , m_text(new QLineEdit(this))
{
    setObjectName(u"transcriptNoteBar"_s);
    m_menu->setObjectName(u"transcriptMarksMenu"_s);
    m_menu->setIcon(QIcon::fromTheme(u"bookmarks"_s));
    connect(m_menu, &QMenu::aboutToShow, this, &LineMarks::fillMenu);
    m_label->setTextFormat(Qt::PlainText);
    m_label->setBuddy(m_text);
    m_text->setObjectName(u"transcriptNote"_s);
    m_text->setAccessibleName(tr("Note on this line"));
    m_text->setPlaceholderText(
        tr("What there is to say about this line; empty takes the note away"));
    m_text->setMaxLength(MaxNote);
    auto *save = new QPushButton(tr("Save Note"), this);
    save->setObjectName(u"transcriptNoteSave"_s);
    auto *cancel = new QPushButton(tr("Cancel"), this);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(8, 4, 8, 4);
    layout->setSpacing(8);
    layout->addWidget(m_label);
    layout->addWidget(m_text, 1);
    layout->addWidget(save);
    layout->addWidget(cancel);
    hide();
    connect(m_text, &QLineEdit::returnPressed, this, &LineMarks::saveNote);
    connect(save, &QPushButton::clicked, this, &LineMarks::saveNote);
    connect(cancel, &QPushButton::clicked, this, &LineMarks::abandonNote);
    addCommands(commands);
    connect(&model, &TranscriptModel::marksChanged, this, &LineMarks::updateState);
    connect(&model, &TranscriptModel::countsChanged, this, &LineMarks::updateState);
    updateState();
}

void LineMarks::addCommands(Commands &commands)
{
    QAction *mark = commands.add(
        u"transcript.mark"_s, tr("Mark or Unmark Line"), u"bookmark-new"_s, Qt::CTRL | Qt::Key_M);
    connect(mark, &QAction::triggered, this, &LineMarks::toggleMark);
    QAction *note = commands.add(
        u"transcript.note"_s, tr("Note on This Line…"), u"note"_s, Qt::CTRL | Qt::ALT | Qt::Key_C);
    connect(note, &QAction::triggered, this, &LineMarks::writeNote);
    QAction *previous = commands.add(u"transcript.previousMark"_s, tr("Previous Mark"),
        u"go-up-skip"_s, Qt::CTRL | Qt::SHIFT | Qt::Key_B);
    connect(previous, &QAction::triggered, this, [this] { goToMark(-1); });
    QAction *next = commands.add(u"transcript.nextMark"_s, tr("Next Mark"), u"go-down-skip"_s,
        Qt::CTRL | Qt::SHIFT | Qt::Key_N);
    connect(next, &QAction::triggered, this, [this] { goToMark(1); });
    m_reference = commands.add(u"transcript.timeReference"_s, tr("Count Time from This Line"),
        u"clock"_s, Qt::CTRL | Qt::Key_T);
    m_reference->setCheckable(true);
    connect(m_reference, &QAction::triggered, this, &LineMarks::toggleReference);
    m_needMarks = {previous, next};
    m_actions = {mark, note, previous, next, m_reference};
}

qsizetype LineMarks::here() const
{
    const int row = m_view.currentRow();
    return row >= 0 && row < m_model.rowCount() ? m_model.sourceRow(row) : -1;
}

void LineMarks::toggleMark()
{
    const qsizetype row = here();
    if (row < 0)
        return;
    LineMark mark = m_model.markAt(row);
    mark.marked = !mark.marked;
    m_model.setMark(row, mark);
}

void LineMarks::writeNote()
{
    const qsizetype row = here();
    if (row < 0)
        return;
    m_noteRow = row;
    m_label->setText(tr("Note on line %L1").arg(row + 1));
    m_text->setText(m_model.markAt(row).note);
    show();
    m_text->setFocus(Qt::ShortcutFocusReason);
    m_text->selectAll();
}

void LineMarks::saveNote()
{
    if (m_noteRow >= 0) {
        LineMark mark = m_model.markAt(m_noteRow);
        mark.note = m_text->text().trimmed();
        m_model.setMark(m_noteRow, mark);
    }
    abandonNote();
}

void LineMarks::abandonNote()
{
    m_noteRow = -1;
    if (isHidden())
        return;
    const bool hadFocus = m_text->hasFocus();
    hide();
    if (hadFocus)
        m_view.setFocus();
}

void LineMarks::toggleReference()
{
    const qsizetype row = here();
    // A second time on the same line ends it; on another line it moves there.
    m_model.setTimeReference(row == m_model.timeReference() ? -1 : row);
    updateState();
}

void LineMarks::goToMark(int step)
{
    QList<qsizetype> rows = m_model.markedRows();
    if (step < 0)
        std::ranges::reverse(rows);
    const qsizetype from = here();
    for (const qsizetype row : std::as_const(rows)) {
        const bool ahead = from < 0 || (step > 0 ? row > from : row < from);
        if (const int shown = m_model.shownRow(row); ahead && shown >= 0) {
            m_navigator.jump(shown);
            return;
        }
    }
}

void LineMarks::fillMenu()
{
    m_menu->clear();
    const QList<qsizetype> rows = m_model.markedRows();
    for (const qsizetype row : rows.first(std::min(MaxListed, rows.size()))) {
        const LineMark mark = m_model.markAt(row);
        QString text = u"%L1   "_s.arg(row + 1)
            + markedText(m_model.transcript().entry(row), ExportOptions());
        if (!mark.note.isEmpty())
            text = u"%L1   "_s.arg(row + 1) + mark.note;
        text = m_menu->fontMetrics().elidedText(text, Qt::ElideRight, MaxListedWidth);
        QAction *action = m_menu->addAction(
            QIcon::fromTheme(mark.note.isEmpty() ? u"bookmarks"_s : u"note"_s),
            text.replace(u'&', u"&&"_s));
        action->setEnabled(m_model.shownRow(row) >= 0);
        connect(action, &QAction::triggered, this,
            [this, row] { m_navigator.jump(m_model.shownRow(row)); });
    }
    if (rows.size() > MaxListed)
        m_menu->addAction(tr("and %Ln more", nullptr, static_cast<int>(rows.size() - MaxListed)))
            ->setEnabled(false);
    if (rows.isEmpty())
        m_menu->addAction(tr("No line is marked yet (Ctrl+M)"))->setEnabled(false);
}

void LineMarks::updateState()
{
    const bool any = !m_model.markedRows().isEmpty();
    for (QAction *action : std::as_const(m_needMarks))
        action->setEnabled(any);
    m_reference->setChecked(m_model.timeReference() >= 0);
    if (m_noteRow >= m_model.total())
        abandonNote();
}

void LineMarks::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape)
        abandonNote();
    else
        QWidget::keyPressEvent(event);
}

} // namespace Mailgauge::Transcript
