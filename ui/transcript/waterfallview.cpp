// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/waterfallview.h"

#include "base/literals.h"
#include "models/outcometext.h"
#include "smtp/stage.h"
#include "theme/theme.h"
#include "widgets/tables.h"

#include <QHeaderView>
#include <QPainter>
#include <QScopedValueRollback>
#include <QStyledItemDelegate>

namespace Mailgauge::Transcript {

namespace {

using Models::WaterfallModel;
using Theme::Role;

constexpr int Margin = 12;
constexpr int Thinnest = 2; ///< A stage of no time is still seen.

QRectF axisIn(const QRect &rect)
{
    return rect.adjusted(Margin, 0, -Margin, 0);
}

/// What the time went into, by colour; the row's name says it without.
Role roleOf(Smtp::Stage stage)
{
    switch (stage) {
    case Smtp::Stage::Resolve:
    case Smtp::Stage::Connect:
    case Smtp::Stage::Proxy:
        return Role::Muted;
    case Smtp::Stage::StartTls:
    case Smtp::Stage::Tls:
    case Smtp::Stage::Auth:
        return Role::Uncertain;
    case Smtp::Stage::Content:
        return Role::Accepted;
    case Smtp::Stage::Greeting:
    case Smtp::Stage::Helo:
    case Smtp::Stage::Mail:
    case Smtp::Stage::Rcpt:
    case Smtp::Stage::Data:
    case Smtp::Stage::Dot:
    case Smtp::Stage::Rset:
    case Smtp::Stage::Quit:
        return Role::Accent;
    }
    Q_UNREACHABLE_RETURN(Role::Accent);
}

class BarDelegate final : public QStyledItemDelegate {
public:
    BarDelegate(const Theme::Theme &theme, QObject *parent)
        : QStyledItemDelegate(parent)
        , m_theme(theme)
    {
    }
    void paint(QPainter *painter, const QStyleOptionViewItem &option,
        const QModelIndex &index) const override
    {
        QStyledItemDelegate::paint(painter, option, index);
        const QRectF axis = axisIn(option.rect);
        painter->save();
        QColor grid = m_theme.color(Role::Muted);
        grid.setAlphaF(0.25F);
        painter->setPen(grid);
        for (int quarter = 0; quarter <= 4; ++quarter) {
            const double x = axis.left() + axis.width() * quarter / 4;
            painter->drawLine(QPointF(x, axis.top()), QPointF(x, axis.bottom()));
        }
        const double from = index.data(WaterfallModel::FromRole).toDouble();
        const double until = index.data(WaterfallModel::UntilRole).toDouble();
        const bool failed = index.data(WaterfallModel::FailedRole).toBool();
        const auto stage = static_cast<Smtp::Stage>(index.data(WaterfallModel::StageRole).toInt());
        const QRectF bar(axis.left() + axis.width() * from, axis.top() + axis.height() * 0.22,
            std::max<double>(Thinnest, axis.width() * (until - from)), axis.height() * 0.56);
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        painter->setBrush(m_theme.color(failed ? Role::Rejected : roleOf(stage)));
        painter->drawRoundedRect(bar, 2, 2);
        if (failed) {
            const bool fits = bar.right() + 14 < axis.right();
            const QPointF at(fits ? bar.right() + 8 : bar.left() - 8, bar.center().y());
            painter->setPen(QPen(m_theme.color(Role::Rejected), 2));
            painter->drawLine(at + QPointF(-3, -3), at + QPointF(3, 3));
            painter->drawLine(at + QPointF(-3, 3), at + QPointF(3, -3));
        }
        painter->restore();
    }

private:
    const Theme::Theme &m_theme;
};

/// The last column's header is the axis.
class AxisHeader final : public QHeaderView {
public:
    AxisHeader(const WaterfallModel &model, QWidget *parent)
        : QHeaderView(Qt::Horizontal, parent)
        , m_model(model)
    {
        setHighlightSections(false);
        setSectionsClickable(false);
    }

protected:
    void paintSection(QPainter *painter, const QRect &rect, int section) const override
    {
        if (section != WaterfallModel::Bar || m_model.totalUs() <= 0) {
            QHeaderView::paintSection(painter, rect, section);
            return;
        }
        QStyleOptionHeader option;
        initStyleOption(&option);
        option.rect = rect;
        style()->drawControl(QStyle::CE_HeaderSection, &option, painter, this);
        const QRectF axis = axisIn(rect);
        painter->save();
        painter->setPen(palette().color(QPalette::Text));
        const int marks = axis.width() > 360 ? 4 : 2;
        for (int mark = 0; mark <= marks; ++mark) {
            const QString text = Models::OutcomeText::duration(m_model.totalUs() * mark / marks);
            const double x = axis.left() + axis.width() * mark / marks;
            const double width = painter->fontMetrics().horizontalAdvance(text) + 4;
            const double left = std::clamp(x - width / 2, double(rect.left()) + 2,
                std::max(double(rect.right()) - width, double(rect.left()) + 2));
            painter->drawText(
                QRectF(left, rect.top(), width, rect.height()), Qt::AlignCenter, text);
        }
        painter->restore();
    }

private:
    const WaterfallModel &m_model;
};

} // namespace

WaterfallView::WaterfallView(const Theme::Theme &theme, QWidget *parent)
    : QTableView(parent)
{
    setObjectName(u"waterfallView"_s);
    setLayoutDirection(Qt::LeftToRight); // time runs to the right
    setHorizontalHeader(new AxisHeader(m_spans, this));
    Widgets::makeList(this, tr("Time per stage of this session"));
    setModel(&m_spans);
    setItemDelegateForColumn(WaterfallModel::Bar, new BarDelegate(theme, this));
    setSelectionMode(SingleSelection);
    setFont(theme.tabularFont());
    setFrameShape(NoFrame);
    horizontalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    horizontalHeader()->setSectionResizeMode(WaterfallModel::Bar, QHeaderView::Stretch);
    for (const int column :
        {WaterfallModel::StageColumn, WaterfallModel::Start, WaterfallModel::Duration})
        setColumnWidth(column, 90);
    connect(selectionModel(), &QItemSelectionModel::currentRowChanged, this,
        [this](const QModelIndex &current) {
            if (current.isValid() && !m_showing)
                Q_EMIT lineChosen(m_spans.span(current.row()).first);
        });
    connect(&theme, &Theme::Theme::changed, this, [this, &theme] {
        setFont(theme.tabularFont());
        viewport()->update();
    });
}

void WaterfallView::setSpans(const QList<StageSpan> &spans, std::optional<Smtp::Stage> failed)
{
    m_spans.setSpans(spans, failed);
}

void WaterfallView::showLine(qint64 line)
{
    const QScopedValueRollback showing(m_showing, true);
    if (const int row = m_spans.rowOf(line); row >= 0)
        setCurrentIndex(m_spans.index(row, 0));
}

} // namespace Mailgauge::Transcript
