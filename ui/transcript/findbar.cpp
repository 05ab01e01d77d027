// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/findbar.h"

#include "base/literals.h"
#include "models/transcriptmodel.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QToolButton>

#include <algorithm>
#include <chrono>

namespace Mailgauge::Transcript {

using namespace std::chrono_literals;
using Models::RowScan;
using Models::TranscriptModel;

namespace {

QToolButton *makeButton(const QString &icon, const QString &text, QWidget *parent)
{
    auto *button = new QToolButton(parent);
    button->setIcon(QIcon::fromTheme(icon));
    button->setToolTip(text);
    button->setAccessibleName(text);
    button->setAutoRaise(true);
    return button;
}

} // namespace

FindBar::FindBar(TranscriptModel &model, QWidget *parent)
    : QWidget(parent)
    , m_model(model)
    , m_text(new QLineEdit(this))
    , m_count(new QLabel(this))
    , m_previous(makeButton(u"go-up"_s, tr("Previous match (Shift+F3)"), this))
    , m_next(makeButton(u"go-down"_s, tr("Next match (F3)"), this))
{
    setObjectName(u"transcriptFindBar"_s);
    m_text->setObjectName(u"transcriptFind"_s);
    m_text->setAccessibleName(tr("Find in the transcript"));
    m_text->setPlaceholderText(tr("Find"));
    m_text->setClearButtonEnabled(true);
    m_text->setMaximumWidth(360);
    m_count->setObjectName(u"transcriptFindCount"_s);
    m_count->setTextFormat(Qt::PlainText);
    m_count->setMinimumWidth(m_count->fontMetrics().horizontalAdvance(u"99999 of 99999"_s));
    auto *closeButton = makeButton(u"dialog-close"_s, tr("Close the find bar"), this);

    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(8, 4, 8, 4);
    layout->setSpacing(4);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_previous);
    layout->addWidget(m_next);
    layout->addSpacing(4);
    layout->addWidget(m_count);
    layout->addStretch(1);
    layout->addWidget(closeButton);

    m_typing.setSingleShot(true);
    m_typing.setInterval(120ms);
    connect(&m_typing, &QTimer::timeout, this, &FindBar::search);
    connect(m_text, &QLineEdit::textChanged, this, [this] { m_typing.start(); });
    connect(m_previous, &QToolButton::clicked, this, &FindBar::previous);
    connect(m_next, &QToolButton::clicked, this, &FindBar::next);
    connect(closeButton, &QToolButton::clicked, this, &FindBar::close);
    connect(&m_scan, &RowScan::finished, this, &FindBar::takeRows);
    connect(&model, &TranscriptModel::rowsInserted, this, &FindBar::countNew);
    connect(&model, &TranscriptModel::modelReset, this, [this] {
        if (isVisible())
            search();
    });
    showCount();
}

void FindBar::open()
{
    show();
    m_text->setFocus(Qt::ShortcutFocusReason);
    m_text->selectAll();
    if (!m_text->text().isEmpty())
        search();
}

void FindBar::close()
{
    hide();
    m_typing.stop();
    m_scan.cancel();
    Q_EMIT textChanged({});
    Q_EMIT closed();
}

LineFilter FindBar::wanted() const
{
    LineFilter filter;
    filter.text = m_text->text().toUtf8();
    return filter;
}

void FindBar::search()
{
    m_typing.stop();
    Q_EMIT textChanged(m_text->text());
    m_scan.cancel();
    m_rows.clear();
    m_scanned = 0;
    if (m_text->text().isEmpty())
        showCount();
    else
        m_scan.start(m_model.transcript().snapshot(), wanted());
}

void FindBar::takeRows(const QList<quint32> &rows, qsizetype scanned)
{
    m_rows.clear();
    for (const quint32 row : rows) {
        if (m_model.shownRow(row) >= 0)
            m_rows.append(row);
    }
    m_scanned = std::min(scanned, m_model.total());
    countNew();
    showCount();
    // The first match from where the user is, so that typing already shows it.
    if (!m_rows.isEmpty() && m_text->hasFocus()) {
        --m_place;
        step(true);
    }
}

void FindBar::countNew()
{
    if (!isVisible() || m_text->text().isEmpty() || m_scan.isRunning())
        return;
    const LineMatcher matcher(wanted());
    const auto rows = matcher.rows(m_model.transcript().snapshot(), m_scanned, m_model.total());
    for (const quint32 row : rows) {
        if (m_model.shownRow(row) >= 0)
            m_rows.append(row);
    }
    m_scanned = m_model.total();
    showCount();
}

void FindBar::next()
{
    if (m_typing.isActive())
        search();
    step(true);
}

void FindBar::previous()
{
    if (m_typing.isActive())
        search();
    step(false);
}

void FindBar::step(bool forward)
{
    if (m_rows.isEmpty())
        return;
    const auto shown = [this](quint32 row) { return m_model.shownRow(row); };
    qsizetype at = 0;
    if (forward) {
        at = std::ranges::upper_bound(m_rows, m_place, {}, shown) - m_rows.begin();
        at = at == m_rows.size() ? 0 : at;
    } else {
        at = std::ranges::lower_bound(m_rows, m_place, {}, shown) - m_rows.begin();
        at = at == 0 ? m_rows.size() - 1 : at - 1;
    }
    m_place = shown(m_rows.at(at));
    Q_EMIT found(m_place);
    showCount();
}

void FindBar::showCount()
{
    const bool any = !m_rows.isEmpty();
    m_previous->setEnabled(any);
    m_next->setEnabled(any);
    if (m_text->text().isEmpty()) {
        m_count->clear();
        return;
    }
    if (!any) {
        m_count->setText(tr("No match"));
        return;
    }
    const auto shown = [this](quint32 row) { return m_model.shownRow(row); };
    const auto at = std::ranges::lower_bound(m_rows, m_place, {}, shown);
    m_count->setText(at != m_rows.end() && shown(*at) == m_place
            ? tr("%L1 of %L2").arg(at - m_rows.begin() + 1).arg(m_rows.size())
            : tr("%Ln match(es)", nullptr, static_cast<int>(m_rows.size())));
}

void FindBar::keyPressEvent(QKeyEvent *event)
{
    switch (event->key()) {
    case Qt::Key_Escape:
        close();
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (event->modifiers().testFlag(Qt::ShiftModifier))
            previous();
        else
            next();
        return;
    default:
        QWidget::keyPressEvent(event);
    }
}

} // namespace Mailgauge::Transcript
