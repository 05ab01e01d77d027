// SPDX-License-Identifier: GPL-3.0-or-later
#include "comparisonflow.h"

#include "base/filewriter.h"
#include "base/literals.h"
#include "models/outcometext.h"
#include "savereport.h"
#include "sessions/comparisonview.h"
#include "sessions/sessionactions.h"
#include "sessions/sessionspanel.h"
#include "transcript/redaction.h"

#include <QAction>
#include <QLocale>
#include <QMenu>
#include <QtConcurrentRun>

namespace Mailgauge::Gui {

namespace {

constexpr int MostOffered = 20;

Delivery::ComparedSessions compared(
    const Transcript::StoredSession &left, const Transcript::StoredSession &right)
{
    return {left, right, Transcript::compare(left, right)};
}

// What leaves is redacted as every export is. Both by one redactor, before they are compared: the
// same address is the same pseudonym on both sides.
Base::Result<void> writeReport(const QString &path, const Delivery::ComparedSessions &sessions,
    Delivery::ReportFormat format, bool noise)
{
    Transcript::Redactor redactor(
        Transcript::defaultRedaction, {sessions.left.record, sessions.right.record});
    const auto left = redactor.apply({sessions.left.record, sessions.left.entries});
    if (!left)
        return std::unexpected(left.error());
    const auto right = redactor.apply({sessions.right.record, sessions.right.entries});
    if (!right)
        return std::unexpected(right.error());
    return Base::writeFile(path,
        Delivery::comparisonReport(
            compared({left->record, left->entries}, {right->record, right->entries}), format,
            noise));
}

QString titleOf(const Transcript::SessionRecord &record)
{
    QString title = Models::OutcomeText::symbol(record.outcome) + u"  "_s
        + QLocale().toString(record.startedAt.toLocalTime(), QLocale::ShortFormat) + u"  "_s
        + Transcript::visibleText(record.host) + u"  "_s
        + Transcript::visibleText(record.subject.left(40));
    return title.replace(u'&', u"&&"_s);
}

} // namespace

ComparisonFlow::ComparisonFlow(Transcript::SessionRepository &sessions, Theme::Theme &theme)
    : m_sessions(sessions)
    , m_theme(theme)
{
}

void ComparisonFlow::setPanel(Sessions::SessionsPanel *panel)
{
    m_panel = panel;
    auto *two = new QAction(
        QIcon::fromTheme(u"view-split-left-right"_s), tr("Compare the two sessions"), panel);
    connect(two, &QAction::triggered, this, [this] {
        const QList<QUuid> ids = m_panel->selection();
        // The list has the newest on top; the older one is what it is compared with.
        if (ids.size() == 2)
            compare(ids[1], ids[0]);
    });
    panel->offer(two, Sessions::Needs::Two);
    auto *with = new QAction(
        QIcon::fromTheme(u"view-split-left-right"_s), tr("Compare with"), panel);
    auto *menu = new QMenu(panel);
    with->setMenu(menu);
    connect(menu, &QMenu::aboutToShow, this, [this, menu] { fillCompareWith(menu); });
    panel->offer(with, Sessions::Needs::One);
}

void ComparisonFlow::fillCompareWith(QMenu *menu)
{
    menu->clear();
    menu->addAction(tr("Reading …"))->setEnabled(false);
    const QUuid selected = m_panel->selection().value(0);
    m_sessions.list({.limit = MostOffered + 1})
        .then(menu,
            [this, menu, selected](const Base::Result<QList<Transcript::SessionRecord>> &records) {
                if (records) {
                    offer(menu, selected, *records);
                    return;
                }
                menu->clear();
                menu->addAction(tr("The sessions could not be read"))->setEnabled(false);
                Q_EMIT failed(records.error());
            });
}

void ComparisonFlow::offer(
    QMenu *menu, const QUuid &selected, const QList<Transcript::SessionRecord> &records)
{
    menu->clear();
    for (const Transcript::SessionRecord &record : records) {
        if (record.id != selected)
            connect(menu->addAction(titleOf(record)), &QAction::triggered, this,
                [this, other = record.id, selected] { compare(other, selected); });
    }
    if (menu->isEmpty())
        menu->addAction(tr("There is no other session"))->setEnabled(false);
}

void ComparisonFlow::compare(const QUuid &left, const QUuid &right)
{
    load(left, right);
}

void ComparisonFlow::load(const QUuid &left, const QUuid &right)
{
    const quint64 generation = ++m_generation;
    loadSession(m_sessions, left, this,
        [this, right, generation](const Base::Result<Transcript::StoredSession> &first) {
            if (generation != m_generation)
                return;
            if (!first) {
                Q_EMIT failed(first.error());
                return;
            }
            loadSession(m_sessions, right, this,
                [this, first = *first, generation](
                    const Base::Result<Transcript::StoredSession> &second) {
                    if (generation != m_generation)
                        return;
                    if (second)
                        run(first, *second);
                    else
                        Q_EMIT failed(second.error());
                });
        });
}

void ComparisonFlow::run(
    const Transcript::StoredSession &left, const Transcript::StoredSession &right)
{
    const quint64 generation = ++m_generation;
    QtConcurrent::run(&compared, left, right)
        .then(this, [this, generation](const Delivery::ComparedSessions &sessions) {
            if (generation == m_generation)
                show(sessions);
        });
}

void ComparisonFlow::show(const Delivery::ComparedSessions &sessions)
{
    if (!m_panel)
        return;
    // The panel may have shown its list meanwhile.
    if (!m_view || m_panel->page() != m_view) {
        m_view = new Sessions::ComparisonView(m_theme);
        using Sessions::ComparisonView;
        connect(m_view, &ComparisonView::closeRequested, this, &ComparisonFlow::close);
        connect(m_view, &ComparisonView::swapRequested, this, [this] {
            const Delivery::ComparedSessions now = m_view->compared();
            run(now.right, now.left);
        });
        connect(m_view, &ComparisonView::lineRequested, this, &ComparisonFlow::lineRequested);
        connect(m_view, &ComparisonView::exportRequested, this, &ComparisonFlow::exportAs);
        m_panel->showPage(m_view);
    }
    m_view->setCompared(sessions);
    Q_EMIT shown();
}

void ComparisonFlow::close()
{
    ++m_generation; // What is still on its way is not wanted any more.
    m_view = nullptr;
    if (m_panel)
        m_panel->closePage();
}

void ComparisonFlow::exportAs(Delivery::ReportFormat format)
{
    askWhereToSave(m_view, tr("Export comparison"), reportFileName(u"comparison"_s, format), this,
        [this, format](const QString &path) { write(path, format); });
}

void ComparisonFlow::write(const QString &path, Delivery::ReportFormat format)
{
    if (!m_view)
        return;
    QtConcurrent::run(&writeReport, path, m_view->compared(), format, m_view->isNoiseShown())
        .then(this, [this, path](const Base::Result<void> &written) {
            if (written)
                Q_EMIT exported(path);
            else
                Q_EMIT failed(written.error());
        });
}

} // namespace Mailgauge::Gui
