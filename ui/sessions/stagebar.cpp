// SPDX-License-Identifier: GPL-3.0-or-later
#include "sessions/stagebar.h"

#include "base/literals.h"
#include "models/outcometext.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

namespace Mailgauge::Sessions {

namespace {

constexpr int NarrowestPiece = 3;

QString describe(Smtp::Stage stage, qint64 us)
{
    return QString::fromLatin1(Smtp::stageName(stage)) + u' ' + Models::OutcomeText::duration(us);
}

} // namespace

StageBar::StageBar(Theme::Theme &theme, QWidget *parent)
    : QWidget(parent)
    , m_theme(theme)
{
    setAccessibleName(tr("Time per stage"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&theme, &Theme::Theme::changed, this, qOverload<>(&QWidget::update));
}

void StageBar::setTimings(const QMap<Smtp::Stage, qint64> &timings)
{
    m_timings = timings;
    QStringList words;
    for (const auto &[stage, us] : timings.asKeyValueRange())
        words.append(describe(stage, us));
    setAccessibleDescription(words.join(u", "_s));
    setVisible(!timings.isEmpty());
    update();
}

QSize StageBar::sizeHint() const
{
    return {240, fontMetrics().height() + 12};
}

QList<StageBar::Piece> StageBar::pieces() const
{
    qint64 total = 0;
    for (const qint64 us : m_timings)
        total += us;
    if (total <= 0)
        return {};
    // Every stage stays visible: a minimum for each, the rest shared by time.
    const int count = static_cast<int>(m_timings.size());
    const double free = qMax(0, width() - count * (NarrowestPiece + 1));
    QList<Piece> result;
    double x = 0;
    for (const auto &[stage, us] : m_timings.asKeyValueRange()) {
        const double w = NarrowestPiece + free * double(us) / double(total);
        result.append(
            {stage, us, QRect(qRound(x), 0, qMax(1, qRound(x + w) - qRound(x)), height())});
        x += w + 1;
    }
    return result;
}

void StageBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const QColor text = palette().color(QPalette::Text);
    int index = 0;
    for (const Piece &piece : pieces()) {
        const Theme::Role role = index++ % 2 == 0 ? Theme::Role::Client : Theme::Role::Server;
        painter.fillRect(piece.rect, m_theme.tint(role));
        const QRect inner = piece.rect.adjusted(6, 0, -4, 0);
        const QString full = describe(piece.stage, piece.us);
        const QString name = QString::fromLatin1(Smtp::stageName(piece.stage));
        painter.setPen(text);
        if (fontMetrics().horizontalAdvance(full) <= inner.width())
            painter.drawText(inner, Qt::AlignVCenter | Qt::AlignLeft, full);
        else if (fontMetrics().horizontalAdvance(name) <= inner.width())
            painter.drawText(inner, Qt::AlignVCenter | Qt::AlignLeft, name);
    }
}

bool StageBar::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        for (const Piece &piece : pieces()) {
            if (piece.rect.contains(help->pos()))
                QToolTip::showText(help->globalPos(), describe(piece.stage, piece.us), this);
        }
        return true;
    }
    return QWidget::event(event);
}

} // namespace Mailgauge::Sessions
