// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/chainview.h"

#include "base/literals.h"
#include "transcript/entry.h"

#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

namespace Mailgauge::Diagnose {

namespace {

using Transcript::visibleText;

constexpr int Margin = 8;
constexpr int Padding = 8;
constexpr int Arrow = 20; ///< Between two certificates.
constexpr int Bar = 4;
constexpr int SoonDays = 21; ///< From here on somebody should renew it.

} // namespace

QString shortName(const QString &subject)
{
    // RFC 2253 escapes a comma that belongs to a value.
    const QStringList parts = subject.split(u',');
    for (qsizetype i = 0; i < parts.size(); ++i) {
        if (!parts[i].trimmed().startsWith(u"CN="_s))
            continue;
        QString name = parts[i].trimmed().sliced(3);
        while (name.endsWith(u'\\') && ++i < parts.size())
            name = name.chopped(1) + u',' + parts[i];
        return name;
    }
    return subject;
}

ChainView::ChainView(Theme::Theme &theme, QWidget *parent)
    : QWidget(parent)
    , m_theme(theme)
{
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Certificate chain"));
    connect(&theme, &Theme::Theme::changed, this, qOverload<>(&QWidget::update));
}

void ChainView::setChain(const QList<ChainLink> &chain, const QDateTime &at)
{
    m_chain = chain;
    m_at = at;
    QStringList words;
    for (int i = 0; i < static_cast<int>(chain.size()); ++i)
        words.append(describe(i));
    setAccessibleDescription(words.join(u"; "_s));
    m_current = chain.isEmpty() ? -1 : 0;
    updateGeometry();
    update();
    Q_EMIT currentChanged(m_current);
}

void ChainView::setCurrent(int index)
{
    if (index < 0 || index >= m_chain.size() || index == m_current)
        return;
    m_current = index;
    update();
    Q_EMIT currentChanged(index);
}

QString ChainView::validity(const ChainLink &link) const
{
    const Tls::CertificateFacts &facts = link.facts;
    const auto days = static_cast<int>(m_at.daysTo(facts.notAfter));
    const QString end = QLocale().toString(
        facts.notAfter.toLocalTime().date(), QLocale::ShortFormat);
    if (m_at < facts.notBefore)
        return tr("not valid yet");
    if (m_at > facts.notAfter)
        return tr("expired %1").arg(end);
    return tr("until %1, %n day(s) left", nullptr, days).arg(end);
}

QString ChainView::describe(int index) const
{
    const ChainLink &link = m_chain.at(index);
    const QString place = index == 0              ? tr("leaf")
        : link.facts.subject == link.facts.issuer ? tr("root")
                                                  : tr("issuer");
    QString text = u"%1 %2, %3, %4"_s.arg(
        place, visibleText(shortName(link.facts.subject)), link.facts.keyType, validity(link));
    if (!link.matching.isEmpty())
        text += u", "_s + tr("name that matches: %1").arg(visibleText(link.matching.join(u", "_s)));
    return link.isSent ? text : text + u", "_s + tr("not sent");
}

Theme::Role ChainView::roleOf(const ChainLink &link) const
{
    if (m_at < link.facts.notBefore || m_at > link.facts.notAfter)
        return Theme::Role::Rejected;
    if (link.isWeak || m_at.daysTo(link.facts.notAfter) < SoonDays)
        return Theme::Role::Deferred;
    return Theme::Role::Accepted;
}

int ChainView::boxHeight() const
{
    return 3 * fontMetrics().height() + Bar + 2 * Padding + 8;
}

QRect ChainView::box(int index) const
{
    const int width = std::min(this->width() - 2 * Margin, 460);
    return {Margin, Margin + index * (boxHeight() + Arrow), width, boxHeight()};
}

QSize ChainView::sizeHint() const
{
    const auto count = static_cast<int>(m_chain.size());
    return {360, 2 * Margin + count * boxHeight() + std::max(0, count - 1) * Arrow};
}

QSize ChainView::minimumSizeHint() const
{
    return {220, sizeHint().height()};
}

void ChainView::drawNames(QPainter &painter, const QRect &line, const ChainLink &link) const
{
    const QFontMetrics metrics = painter.fontMetrics();
    int x = line.left();
    const auto draw = [&](const QString &text, Theme::Role role) {
        const QRect room(x, line.top(), line.right() - x + 1, line.height());
        painter.setPen(m_theme.color(role));
        painter.drawText(room, Qt::AlignLeft | Qt::AlignVCenter,
            metrics.elidedText(text, Qt::ElideRight, room.width()));
        x += metrics.horizontalAdvance(text) + 10;
    };
    // What matches first: that is what people look for.
    for (const QString &name : link.matching)
        draw(u"✓ "_s + visibleText(name), Theme::Role::Accepted);
    for (const QString &name : link.facts.names) {
        if (x < line.right() && !link.matching.contains(name))
            draw(visibleText(name), Theme::Role::Muted);
    }
    if (link.facts.names.isEmpty())
        draw(link.isSent ? tr("issued by %1").arg(visibleText(shortName(link.facts.issuer)))
                         : tr("from the trust store of this machine"),
            Theme::Role::Muted);
}

void ChainView::drawValidity(QPainter &painter, const QRect &bar, const ChainLink &link) const
{
    const qint64 whole = link.facts.notBefore.secsTo(link.facts.notAfter);
    const double gone = whole <= 0
        ? 1.0
        : std::clamp(double(link.facts.notBefore.secsTo(m_at)) / double(whole), 0.0, 1.0);
    painter.setPen(Qt::NoPen);
    painter.setBrush(m_theme.tint(Theme::Role::Client));
    painter.drawRoundedRect(bar, 2, 2);
    QRect passed = bar;
    passed.setWidth(std::max(Bar, int(gone * bar.width())));
    painter.setBrush(m_theme.color(roleOf(link)));
    painter.drawRoundedRect(passed, 2, 2);
}

void ChainView::drawBox(QPainter &painter, int index) const
{
    const ChainLink &link = m_chain.at(index);
    const QRect frame = box(index);
    const bool isCurrent = index == m_current;
    QPen pen(m_theme.color(isCurrent ? Theme::Role::Accent : Theme::Role::Muted), isCurrent ? 2 : 1,
        link.isSent ? Qt::SolidLine : Qt::DashLine);
    if (!isCurrent) {
        QColor faint = pen.color();
        faint.setAlphaF(0.5F);
        pen.setColor(faint);
    }
    painter.setPen(pen);
    painter.setBrush(palette().base());
    painter.drawRoundedRect(frame, 4, 4);

    const QRect inner = frame.adjusted(Padding, Padding, -Padding, -Padding);
    const int line = fontMetrics().height();
    QRect row(inner.left(), inner.top(), inner.width(), line);
    painter.setFont(m_theme.tabularFont());
    painter.setPen(m_theme.color(Theme::Role::Muted));
    painter.drawText(row, Qt::AlignRight | Qt::AlignVCenter, link.facts.keyType);
    const int keyWidth = painter.fontMetrics().horizontalAdvance(link.facts.keyType) + 10;
    QFont bold = font();
    bold.setBold(true);
    painter.setFont(bold);
    painter.setPen(palette().color(QPalette::Text));
    painter.drawText(row, Qt::AlignLeft | Qt::AlignVCenter,
        painter.fontMetrics().elidedText(
            visibleText(shortName(link.facts.subject)), Qt::ElideRight, row.width() - keyWidth));

    painter.setFont(m_theme.tabularFont());
    row.translate(0, line + 2);
    drawNames(painter, row, link);
    row.translate(0, line + 2);
    const Theme::Role role = roleOf(link);
    painter.setPen(m_theme.color(role == Theme::Role::Accepted ? Theme::Role::Muted : role));
    painter.drawText(row, Qt::AlignLeft | Qt::AlignVCenter,
        painter.fontMetrics().elidedText(validity(link), Qt::ElideRight, row.width()));
    drawValidity(painter, QRect(inner.left(), row.bottom() + 5, inner.width(), Bar), link);
}

void ChainView::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    for (int i = 0; i < static_cast<int>(m_chain.size()); ++i) {
        drawBox(painter, i);
        if (i == 0)
            continue;
        // From the certificate up to the one below that vouches for it.
        const QRect below = box(i);
        const int x = below.left() + 24;
        const int y = below.top() - 3;
        painter.setPen(QPen(m_theme.color(Theme::Role::Muted), 1.5));
        painter.drawLine(x, below.top() - Arrow + 3, x, y);
        painter.drawLine(x - 4, y - 5, x, y);
        painter.drawLine(x + 4, y - 5, x, y);
    }
    if (m_chain.isEmpty()) {
        painter.setPen(m_theme.color(Theme::Role::Muted));
        painter.drawText(rect().adjusted(Margin, Margin, -Margin, -Margin),
            Qt::AlignTop | Qt::TextWordWrap, tr("No certificate was shown."));
    }
}

void ChainView::mousePressEvent(QMouseEvent *event)
{
    for (int i = 0; i < static_cast<int>(m_chain.size()); ++i) {
        if (box(i).contains(event->position().toPoint()))
            setCurrent(i);
    }
}

void ChainView::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Down)
        setCurrent(m_current + 1);
    else if (event->key() == Qt::Key_Up)
        setCurrent(m_current - 1);
    else
        QWidget::keyPressEvent(event);
}

} // namespace Mailgauge::Diagnose
