// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/commandpalette.h"

#include "models/commandmodel.h"
#include "widgets/commanddelegate.h"

#include <QApplication>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListView>
#include <QPainter>
#include <QVBoxLayout>

namespace Mailgauge::Widgets {

namespace {
constexpr int PaletteWidth = 560;
constexpr int RowsShown = 10;
} // namespace

CommandPalette::CommandPalette(Models::CommandModel &model, QWidget *window)
    : QFrame(window)
    , m_model(model)
    , m_edit(new QLineEdit(this))
    , m_list(new QListView(this))
{
    setAccessibleName(tr("Command palette"));
    setFrameShape(QFrame::NoFrame);
    hide();
    m_edit->setPlaceholderText(tr("Type a command"));
    m_edit->setAccessibleName(tr("Command to run"));
    m_edit->setClearButtonEnabled(true);
    m_edit->setMinimumHeight(32);
    m_list->setModel(&m_model);
    m_list->setItemDelegate(new CommandDelegate(m_list));
    m_list->setUniformItemSizes(true);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setAccessibleName(tr("Commands found"));
    m_list->viewport()->setAutoFillBackground(false);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(9, 9, 9, 9);
    layout->setSpacing(6);
    layout->addWidget(m_edit);
    layout->addWidget(m_list);

    m_edit->installEventFilter(this);
    window->installEventFilter(this);
    connect(m_edit, &QLineEdit::textChanged, this, &CommandPalette::filter);
    connect(m_list, &QListView::clicked, this, &CommandPalette::runCurrent);
    // A click into another part of the window moves the focus there: then we are done.
    connect(qApp, &QApplication::focusChanged, this, [this](QWidget *, QWidget *now) {
        if (isVisible() && now != nullptr && now != this && !isAncestorOf(now))
            hide();
    });
}

void CommandPalette::open()
{
    // Asked for again: the focus to give back is not our own line.
    if (isVisible()) {
        m_edit->selectAll();
        return;
    }
    m_focusBefore = QApplication::focusWidget();
    m_edit->clear();
    filter({});
    place();
    show();
    raise();
    m_edit->setFocus(Qt::PopupFocusReason);
}

void CommandPalette::dismiss()
{
    hide();
    if (m_focusBefore)
        m_focusBefore->setFocus(Qt::PopupFocusReason);
}

void CommandPalette::place()
{
    const int row = m_list->sizeHintForRow(0) > 0 ? m_list->sizeHintForRow(0) : 28;
    const int width = qMin(PaletteWidth, parentWidget()->width() - 32);
    const int height = qMin(
        m_edit->sizeHint().height() + 8 + 24 + row * RowsShown, parentWidget()->height() - 64);
    setGeometry((parentWidget()->width() - width) / 2, 56, width, height);
}

void CommandPalette::filter(const QString &text)
{
    m_model.setFilter(text);
    m_list->setCurrentIndex(m_model.index(0, 0));
}

void CommandPalette::runCurrent()
{
    const QModelIndex index = m_list->currentIndex();
    // The focus goes back first: commands such as Undo act on the widget that had it.
    dismiss();
    if (index.isValid())
        m_model.run(index.row());
}

bool CommandPalette::handleKey(int key)
{
    const int row = m_list->currentIndex().row();
    const auto select = [this](int wanted) {
        if (m_model.rowCount() == 0)
            return;
        m_list->setCurrentIndex(m_model.index(qBound(0, wanted, m_model.rowCount() - 1), 0));
    };
    switch (key) {
    case Qt::Key_Down:
        select(row + 1);
        return true;
    case Qt::Key_Up:
        select(row - 1);
        return true;
    case Qt::Key_PageDown:
        select(row + RowsShown);
        return true;
    case Qt::Key_PageUp:
        select(row - RowsShown);
        return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        runCurrent();
        return true;
    case Qt::Key_Escape:
        dismiss();
        return true;
    default:
        return false;
    }
}

bool CommandPalette::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_edit && event->type() == QEvent::KeyPress)
        return handleKey(static_cast<QKeyEvent *>(event)->key());
    if (watched == parentWidget() && event->type() == QEvent::Resize && isVisible())
        place();
    return QFrame::eventFilter(watched, event);
}

void CommandPalette::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QColor border = palette().color(QPalette::WindowText);
    border.setAlpha(70);
    painter.setPen(border);
    painter.setBrush(palette().color(QPalette::Base));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
}

} // namespace Mailgauge::Widgets
