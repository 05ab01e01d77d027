// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/transcriptview.h"

#include "base/literals.h"
#include "models/transcriptmodel.h"
#include "theme/theme.h"
#include "transcript/formatter.h"
#include "transcript/markscrollbar.h"
#include "transcript/transcriptdelegate.h"
#include "transcript/transcriptheader.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPushButton>
#include <QScopedValueRollback>
#include <QScrollBar>

#include <algorithm>

namespace Mailgauge::Transcript {

using Models::TranscriptModel;

namespace {
/// Where a click on the triangle in front of a fold counts.
constexpr int SignWidth = 28;
} // namespace

TranscriptView::TranscriptView(TranscriptModel &model, const Theme::Theme &theme, QWidget *parent)
    : QTableView(parent)
    , m_model(model)
    , m_theme(theme)
    , m_delegate(new TranscriptDelegate(theme, m_highlighting, this))
    , m_marks(new MarkScrollBar(theme, this))
    , m_jump(new QPushButton(this))
{
    setObjectName(u"transcriptView"_s);
    setAccessibleName(tr("Transcript lines"));
    setLayoutDirection(Qt::LeftToRight);
    setFrameShape(QFrame::NoFrame);
    setShowGrid(false);
    setWordWrap(false);
    setCornerButtonEnabled(false);
    setTabKeyNavigation(false);
    setSelectionBehavior(SelectRows);
    setSelectionMode(ExtendedSelection);
    setVerticalScrollMode(ScrollPerItem);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBar(m_marks);
    setEditTriggers(NoEditTriggers);
    setContextMenuPolicy(Qt::ActionsContextMenu);
    setItemDelegate(m_delegate);
    setModel(&model);
    setUpColumns();

    m_jump->setObjectName(u"jumpToLive"_s);
    m_jump->setCursor(Qt::ArrowCursor);
    m_jump->setIcon(QIcon::fromTheme(u"go-bottom"_s));
    m_jump->hide();
    connectParts();
}

void TranscriptView::connectParts()
{
    connect(m_jump, &QPushButton::clicked, this, [this] { setFollowing(true); });
    connect(verticalScrollBar(), &QScrollBar::valueChanged, this, &TranscriptView::scrolled);
    connect(&m_model, &TranscriptModel::rowsInserted, this,
        [this](const QModelIndex &, int first, int last) {
            m_unseen += last - first + 1;
            keepUp();
        });
    connect(&m_model, &TranscriptModel::modelReset, this, [this] {
        m_unseen = 0;
        keepUp();
    });
    connect(&m_theme, &Theme::Theme::changed, this, [this] {
        m_delegate->updateTheme();
        viewport()->update();
    });
}

void TranscriptView::setUpColumns()
{
    setFont(m_theme.monospaceFont());
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    verticalHeader()->setMinimumSectionSize(4);
    verticalHeader()->setDefaultSectionSize(m_delegate->rowHeight(font()));
    auto *header = new TranscriptHeader(m_theme, this);
    header->setFont(m_theme.tabularFont());
    setHorizontalHeader(header);
    header->show();
    for (int column = 0; column < TranscriptModel::Text; ++column)
        header->resizeSection(column, sizeHintForColumn(column));
    header->setSectionResizeMode(TranscriptModel::Text, QHeaderView::Stretch);
}

int TranscriptView::sizeHintForColumn(int column) const
{
    const QFontMetrics metrics(font());
    const auto width = [&metrics](QStringView sample) {
        return metrics.horizontalAdvance(sample.toString()) + 18;
    };
    switch (static_cast<TranscriptModel::Column>(column)) {
    case TranscriptModel::Number:
        return width(u"99999");
    case TranscriptModel::Time:
        return width(u"+00:00:00.000");
    case TranscriptModel::Delta:
        return width(u"+99.9 min");
    case TranscriptModel::SessionColumn:
        return std::max(width(u"999"),
            horizontalHeader()->fontMetrics().horizontalAdvance(
                m_model.headerData(column, Qt::Horizontal).toString())
                + 20);
    case TranscriptModel::DirectionColumn:
        return width(u"C -> !") + 4;
    case TranscriptModel::Class:
        return width(u"x 2yz") + 20;
    case TranscriptModel::Text:
    case TranscriptModel::ColumnCount:
        break;
    }
    return QTableView::sizeHintForColumn(column);
}

void TranscriptView::setSessionsShown(bool shown)
{
    m_sessionsShown = shown;
    fitColumns();
}

void TranscriptView::fitColumns()
{
    // The line itself is what matters: in a narrow place the rest steps back, the least first.
    const int width = viewport()->width();
    const auto hide = [this, width](TranscriptModel::Column column, int below) {
        setColumnHidden(column, width < below);
    };
    hide(TranscriptModel::Number, 760);
    hide(TranscriptModel::Delta, 660);
    hide(TranscriptModel::Time, 480);
    hide(TranscriptModel::Class, 360);
    setColumnHidden(TranscriptModel::SessionColumn, !m_sessionsShown || width < 420);
}

void TranscriptView::setFollowing(bool following)
{
    if (m_following != following) {
        m_following = following;
        Q_EMIT followingChanged(following);
    }
    keepUp();
}

void TranscriptView::goTo(int row)
{
    if (row < 0)
        return;
    const QModelIndex index = m_model.index(row, TranscriptModel::Text);
    if (m_following && row < m_model.rowCount() - 1)
        setFollowing(false);
    const QScopedValueRollback guard(m_scrollingMyself, true);
    setCurrentIndex(index);
    scrollTo(index, EnsureVisible);
}

void TranscriptView::setMarkedPattern(const QRegularExpression &pattern)
{
    m_delegate->setMarkedPattern(pattern);
    viewport()->update();
}

void TranscriptView::keepUp()
{
    if (m_following) {
        const QScopedValueRollback guard(m_scrollingMyself, true);
        scrollToBottom();
        m_unseen = 0;
    }
    updateJump();
}

void TranscriptView::scrolled(int value)
{
    if (m_scrollingMyself)
        return;
    setFollowing(value >= verticalScrollBar()->maximum());
}

void TranscriptView::updateJump()
{
    const bool wanted = !m_following && m_unseen > 0;
    m_jump->setVisible(wanted);
    if (!wanted)
        return;
    m_jump->setText(tr("Jump to live (%Ln new)", nullptr, m_unseen));
    placeJump();
}

void TranscriptView::placeJump()
{
    m_jump->adjustSize();
    const QRect area = viewport()->geometry();
    m_jump->move(area.right() - m_jump->width() - 16, area.bottom() - m_jump->height() - 12);
    m_jump->raise();
}

QList<qsizetype> TranscriptView::selectedSourceRows() const
{
    QList<int> shown;
    for (const QModelIndex &index : selectionModel()->selectedRows())
        shown.append(index.row());
    std::ranges::sort(shown);
    QList<qsizetype> rows;
    for (const int row : std::as_const(shown)) {
        const qsizetype source = m_model.sourceRow(row);
        rows.append(source);
        // A folded stretch stands for all its lines.
        if (m_model.index(row, 0).data(TranscriptModel::FoldRole).toInt()
            != static_cast<int>(TranscriptModel::Fold::Closed))
            continue;
        const Transcript &transcript = m_model.transcript();
        for (qsizetype at = transcript.next(source); at >= 0 && transcript.line(at).contentGoesOn;
            at = transcript.next(at))
            rows.append(at);
    }
    return rows;
}

QList<Entry> TranscriptView::selectedEntries() const
{
    QList<Entry> entries;
    for (const qsizetype row : selectedSourceRows())
        entries.append(m_model.transcript().entry(row));
    return entries;
}

QString TranscriptView::selectedText(Times times) const
{
    QString text;
    const QList<Entry> entries = selectedEntries();
    for (const Entry &entry : entries) {
        if (times == Times::With)
            text += elapsedText(entry.us) + u' ';
        text += markedText(entry, {}) + u'\n';
    }
    return text;
}

void TranscriptView::copy()
{
    if (const QString text = selectedText(Times::Without); !text.isEmpty())
        QGuiApplication::clipboard()->setText(text);
}

void TranscriptView::currentChanged(const QModelIndex &current, const QModelIndex &previous)
{
    QTableView::currentChanged(current, previous);
    // Whoever picks a line wants to read it: it must not run away.
    if (current.isValid() && m_following && current.row() < m_model.rowCount() - 1)
        setFollowing(false);
    Q_EMIT currentLineChanged(current.row());
}

void TranscriptView::resizeEvent(QResizeEvent *event)
{
    const QScopedValueRollback guard(m_scrollingMyself, true);
    fitColumns();
    QTableView::resizeEvent(event);
    if (m_following)
        scrollToBottom();
    if (m_jump->isVisible())
        placeJump();
}

void TranscriptView::focusInEvent(QFocusEvent *event)
{
    // The base class makes the first line current, which would end the following: only who reads
    // picks a line.
    if (currentIndex().isValid())
        QTableView::focusInEvent(event);
    else
        QAbstractScrollArea::focusInEvent(event);
}

void TranscriptView::keyPressEvent(QKeyEvent *event)
{
    const bool moves = event->key() == Qt::Key_Up || event->key() == Qt::Key_Down;
    if (moves && !currentIndex().isValid()) {
        goTo(m_model.rowCount() - 1);
        return;
    }
    if (event->matches(QKeySequence::Copy)) {
        copy();
        return;
    }
    const bool opens = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter
        || event->key() == Qt::Key_Left || event->key() == Qt::Key_Right;
    if (opens && event->modifiers() == Qt::NoModifier && isFold(currentRow())) {
        Q_EMIT foldRequested(currentRow());
        return;
    }
    if (event->key() == Qt::Key_Home) {
        goTo(m_model.rowCount() > 0 ? 0 : -1);
        return;
    }
    if (event->key() == Qt::Key_End) {
        goTo(m_model.rowCount() - 1);
        setFollowing(true);
        return;
    }
    QTableView::keyPressEvent(event);
}

bool TranscriptView::isFold(int row) const
{
    return row >= 0
        && m_model.index(row, 0).data(TranscriptModel::FoldRole).toInt()
        != static_cast<int>(TranscriptModel::Fold::None);
}

void TranscriptView::mousePressEvent(QMouseEvent *event)
{
    QTableView::mousePressEvent(event);
    // The triangle stands in front of the text.
    const QModelIndex index = indexAt(event->position().toPoint());
    if (event->button() == Qt::LeftButton && index.column() == TranscriptModel::Text
        && isFold(index.row()) && event->position().x() < visualRect(index).left() + SignWidth)
        Q_EMIT foldRequested(index.row());
}

void TranscriptView::mouseDoubleClickEvent(QMouseEvent *event)
{
    QTableView::mouseDoubleClickEvent(event);
    const QModelIndex index = indexAt(event->position().toPoint());
    if (isFold(index.row()) && event->position().x() >= visualRect(index).left() + SignWidth)
        Q_EMIT foldRequested(index.row());
}

void TranscriptView::keyboardSearch(const QString &search)
{
    Q_EMIT textTyped(search);
}

void TranscriptView::changeEvent(QEvent *event)
{
    QTableView::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        viewport()->update();
}

} // namespace Mailgauge::Transcript
