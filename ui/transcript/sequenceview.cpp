// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/sequenceview.h"

#include "base/filewriter.h"
#include "base/literals.h"
#include "theme/theme.h"

#include <QBuffer>
#include <QEvent>
#include <QFileDialog>
#include <QListView>
#include <QMenu>
#include <QPainter>
#include <QScopedValueRollback>
#include <QStyledItemDelegate>
#include <QSvgGenerator>
#include <QToolButton>
#include <QVBoxLayout>

namespace Mailgauge::Transcript {

namespace {

constexpr int PictureWidth = 860;
constexpr int PngScale = 2;

class RowDelegate final : public QStyledItemDelegate {
public:
    RowDelegate(const SequencePainter &painter, QListView &view)
        : QStyledItemDelegate(&view)
        , m_painter(painter)
        , m_view(view)
    {
    }
    void paint(QPainter *painter, const QStyleOptionViewItem &option,
        const QModelIndex &index) const override
    {
        m_painter.paintRow(
            *painter, option.rect, index.row(), option.state.testFlag(QStyle::State_Selected));
    }
    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &index) const override
    {
        const int width = m_view.viewport()->width();
        return {width, m_painter.rowHeight(index.row(), width)};
    }

private:
    const SequencePainter &m_painter;
    const QListView &m_view;
};

/// The names above the life lines; they stay while the list scrolls.
class Head final : public QWidget {
public:
    Head(const SequencePainter &painter, QWidget *rows, QWidget *save, QWidget *parent)
        : QWidget(parent)
        , m_painter(painter)
        , m_rows(rows)
        , m_save(save)
    {
    }
    [[nodiscard]] QSize sizeHint() const override
    {
        return {200, std::max(m_painter.headHeight(), m_save->sizeHint().height())};
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.fillRect(rect(), palette().color(QPalette::Base));
        // The life lines below are where the rows have room for them.
        m_painter.paintHead(painter, QRect(0, 0, m_rows->width(), height()), m_save->x());
    }

private:
    const SequencePainter &m_painter;
    QWidget *m_rows;
    QWidget *m_save;
};

} // namespace

SequenceView::SequenceView(const Theme::Theme &theme, QWidget *parent)
    : QWidget(parent)
    , m_painter(m_model, theme)
    , m_list(new QListView(this))
    , m_save(new QToolButton(this))
    , m_head(new Head(m_painter, m_list->viewport(), m_save, this))
{
    setObjectName(u"sequenceView"_s);
    setLayoutDirection(Qt::LeftToRight); // we are on the left, whatever the language
    m_head->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_list->setObjectName(u"sequenceList"_s);
    m_list->setAccessibleName(tr("The conversation in plain words"));
    m_list->setModel(&m_model);
    m_list->setItemDelegate(new RowDelegate(m_painter, *m_list));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setResizeMode(QListView::Adjust);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);

    auto *menu = new QMenu(m_save);
    menu->addAction(
        tr("Save as PNG…"), this, [this] { chooseExport(u"png"_s, tr("PNG image (*.png)")); });
    menu->addAction(
        tr("Save as SVG…"), this, [this] { chooseExport(u"svg"_s, tr("SVG drawing (*.svg)")); });
    m_save->setObjectName(u"sequenceSave"_s);
    m_save->setMenu(menu);
    m_save->setPopupMode(QToolButton::InstantPopup);
    m_save->setAutoRaise(true);
    m_save->setText(tr("Save"));
    m_save->setIcon(QIcon::fromTheme(u"document-save"_s));
    m_save->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_save->setAccessibleName(tr("Save this diagram"));

    m_save->setParent(m_head);
    auto *top = new QHBoxLayout(m_head);
    top->setContentsMargins({});
    top->addStretch();
    top->addWidget(m_save);
    m_list->viewport()->installEventFilter(this);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(m_head);
    layout->addWidget(m_list, 1);
    setFocusProxy(m_list);

    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this,
        [this](const QModelIndex &current) {
            if (current.isValid() && !m_showing)
                Q_EMIT lineChosen(m_model.arrow(current.row()).first);
        });
    connect(&theme, &Theme::Theme::changed, this, &SequenceView::updateLook);
    updateLook();
}

void SequenceView::setSequence(const QList<SequenceArrow> &arrows, const SessionRecord &record)
{
    m_model.setSequence(arrows, record);
    m_save->setEnabled(!arrows.isEmpty());
    m_head->update();
}

void SequenceView::showLine(qint64 line)
{
    const QScopedValueRollback showing(m_showing, true);
    if (const int row = m_model.rowOf(line); row >= 0)
        m_list->setCurrentIndex(m_model.index(row));
}

void SequenceView::updateLook()
{
    m_painter.setFont(font());
    m_painter.setPalette(palette());
    m_head->updateGeometry();
    m_head->update();
    m_list->doItemsLayout();
}

void SequenceView::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        updateLook();
}

bool SequenceView::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::Resize)
        m_head->update();
    return QWidget::eventFilter(watched, event);
}

QByteArray SequenceView::toPng() const
{
    QImage image(m_painter.pictureSize(PictureWidth) * PngScale, QImage::Format_ARGB32);
    image.setDevicePixelRatio(PngScale);
    image.fill(Qt::transparent);
    QPainter painter(&image);
    m_painter.paintPicture(painter, PictureWidth);
    painter.end();
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, "PNG");
    return bytes;
}

QByteArray SequenceView::toSvg() const
{
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    const QSize size = m_painter.pictureSize(PictureWidth);
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setSize(size);
    generator.setViewBox(QRect({}, size));
    generator.setTitle(tr("Conversation"));
    QPainter painter;
    if (painter.begin(&generator)) {
        m_painter.paintPicture(painter, PictureWidth);
        painter.end();
    }
    return bytes;
}

Base::Result<void> SequenceView::exportTo(const QString &path) const
{
    return Base::writeFile(path, path.endsWith(u".svg"_s, Qt::CaseInsensitive) ? toSvg() : toPng());
}

void SequenceView::chooseExport(const QString &suffix, const QString &filter)
{
    auto *dialog = new QFileDialog(this, tr("Save diagram"), QString(), filter);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(suffix);
    dialog->selectFile(u"conversation."_s + suffix);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &path) {
        if (const auto written = exportTo(path); written)
            Q_EMIT exported(path);
        else
            Q_EMIT exportFailed(written.error());
    });
    dialog->open();
}

} // namespace Mailgauge::Transcript
