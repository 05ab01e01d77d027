// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/findbar.h"

#include "base/literals.h"
#include "models/transcriptmodel.h"
#include "theme/theme.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QRegularExpression>
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

void setKey(QToolButton *button, const QKeySequence &key)
{
    button->setShortcut(key);
    button->setToolTip(u"%1 (%2)"_s.arg(button->toolTip(), key.toString(QKeySequence::NativeText)));
}

} // namespace

FindBar::FindBar(TranscriptModel &model, const Theme::Theme &theme, QWidget *parent)
    : QWidget(parent)
    , m_model(model)
    , m_theme(theme)
    , m_text(new QLineEdit(this))
    , m_pattern(addOption(u"transcriptFindPattern"_s, u".*"_s, tr("Regular expression")))
    , m_case(addOption(u"transcriptFindCase"_s, u"Aa"_s, tr("Upper and lower case count")))
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
    setKey(m_pattern, Qt::ALT | Qt::Key_X);
    setKey(m_case, Qt::ALT | Qt::Key_A);
    auto *closeButton = makeButton(u"dialog-close"_s, tr("Close the find bar"), this);

    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(8, 4, 8, 4);
    layout->setSpacing(4);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_pattern);
    layout->addWidget(m_case);
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
    connect(m_pattern, &QToolButton::toggled, this, &FindBar::search);
    connect(m_case, &QToolButton::toggled, this, &FindBar::search);
    connect(m_previous, &QToolButton::clicked, this, &FindBar::previous);
    connect(m_next, &QToolButton::clicked, this, &FindBar::next);
    connect(closeButton, &QToolButton::clicked, this, &FindBar::close);
    connect(&m_scan, &RowScan::firstFound, this, &FindBar::takeFirst);
    connect(&m_scan, &RowScan::finished, this, &FindBar::takeRows);
    connect(&model, &TranscriptModel::rowsInserted, this, &FindBar::lookOn);
    connect(&model, &TranscriptModel::modelReset, this, [this] {
        if (isVisible())
            search();
    });
    connect(&theme, &Theme::Theme::changed, this, [this] { showValidity(m_text->toolTip()); });
    showCount();
}

QToolButton *FindBar::addOption(const QString &name, const QString &text, const QString &what)
{
    auto *button = new QToolButton(this);
    button->setObjectName(name);
    button->setText(text);
    button->setToolTip(what);
    button->setAccessibleName(what);
    button->setCheckable(true);
    button->setAutoRaise(true);
    return button;
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
    m_rows.clear();
    Q_EMIT patternChanged({});
    Q_EMIT rowsChanged();
    Q_EMIT closed();
}

LineFilter FindBar::wanted() const
{
    LineFilter filter;
    filter.conditions.texts.append(
        {m_pattern->isChecked() ? TextTerm::Kind::Pattern : TextTerm::Kind::Plain, m_text->text(),
            m_case->isChecked(), false});
    return filter;
}

void FindBar::search()
{
    m_typing.stop();
    m_scan.cancel();
    m_rows.clear();
    m_scanned = 0;
    m_fresh = true;
    m_goingOn = false;
    TextTerm term = wanted().conditions.texts.constFirst();
    if (term.kind == TextTerm::Kind::Plain)
        term.text = QRegularExpression::escape(term.text);
    const QRegularExpression pattern = boundedPattern(term);
    m_wrong = !pattern.isValid();
    showValidity(m_wrong ? pattern.errorString() : QString());
    const bool any = !m_text->text().isEmpty() && !m_wrong;
    Q_EMIT patternChanged(any ? pattern : QRegularExpression());
    Q_EMIT rowsChanged();
    if (any)
        m_scan.start(m_model.transcript().snapshot(), wanted());
    else
        showCount();
}

void FindBar::showValidity(const QString &problem)
{
    QPalette colors;
    if (m_wrong) {
        colors.setColor(QPalette::Base, m_theme.tint(Theme::Role::Rejected));
    } else if (m_pattern->isChecked() && !m_text->text().isEmpty()) {
        colors.setColor(QPalette::Base, m_theme.tint(Theme::Role::Accepted));
    }
    m_text->setPalette(colors);
    m_text->setToolTip(problem);
    m_text->setAccessibleDescription(problem);
}

void FindBar::takeFirst(const QList<quint32> &rows)
{
    if (m_goingOn)
        return;
    m_rows = m_model.shownOf(rows);
    goToFirst();
    Q_EMIT rowsChanged();
}

void FindBar::takeRows(const QList<quint32> &rows, qsizetype scanned)
{
    const QList<quint32> shown = m_model.shownOf(rows);
    m_rows = m_goingOn ? m_rows + shown : shown;
    m_goingOn = false;
    m_scanned = scanned;
    showCount();
    goToFirst();
    Q_EMIT rowsChanged();
    lookOn();
}

void FindBar::goToFirst()
{
    // The first match from where the user is, so that typing already shows it.
    if (!m_fresh || m_rows.isEmpty() || !m_text->hasFocus())
        return;
    m_fresh = false;
    --m_place;
    step(true);
}

void FindBar::lookOn()
{
    if (!isVisible() || m_text->text().isEmpty() || m_wrong || m_scan.isRunning()
        || m_scanned >= m_model.total())
        return;
    m_goingOn = true;
    m_scan.start(m_model.transcript().snapshot(), wanted(), m_scanned);
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

qsizetype FindBar::placeOf(bool forward) const
{
    const auto shown = [this](
                           quint32 row) { return m_model.shownRow(static_cast<qsizetype>(row)); };
    return (forward ? std::ranges::upper_bound(m_rows, m_place, {}, shown)
                    : std::ranges::lower_bound(m_rows, m_place, {}, shown))
        - m_rows.begin();
}

void FindBar::step(bool forward)
{
    if (m_rows.isEmpty())
        return;
    qsizetype at = placeOf(forward);
    if (forward)
        at = at == m_rows.size() ? 0 : at;
    else
        at = at == 0 ? m_rows.size() - 1 : at - 1;
    m_place = m_model.shownRow(static_cast<qsizetype>(m_rows.at(at)));
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
    if (m_wrong) {
        m_count->setText(m_text->toolTip());
        return;
    }
    if (!any) {
        m_count->setText(tr("No match"));
        return;
    }
    const qsizetype at = placeOf(false);
    const bool here = at < m_rows.size()
        && m_model.shownRow(static_cast<qsizetype>(m_rows.at(at))) == m_place;
    m_count->setText(here ? tr("%L1 of %L2").arg(at + 1).arg(m_rows.size())
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
