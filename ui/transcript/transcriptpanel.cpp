// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/transcriptpanel.h"

#include "base/literals.h"
#include "explain/explain.h"
#include "theme/theme.h"
#include "transcript/applyfiltermenu.h"
#include "transcript/commandbar.h"
#include "transcript/commands.h"
#include "transcript/copycommands.h"
#include "transcript/exportmenu.h"
#include "transcript/filterbar.h"
#include "transcript/filtermenu.h"
#include "transcript/findbar.h"
#include "transcript/linemarks.h"
#include "transcript/markscrollbar.h"
#include "transcript/navigator.h"
#include "transcript/sessionviews.h"
#include "transcript/transcriptview.h"
#include "transcript/wrappedline.h"
#include "widgets/emptystate.h"
#include "widgets/messagebar.h"

#include <QAction>
#include <QLocale>
#include <QStackedLayout>
#include <QVBoxLayout>

#include <chrono>
#include <initializer_list>

namespace Mailgauge::Transcript {

using namespace std::chrono_literals;
using Models::TranscriptModel;
using Widgets::MessageBar;

TranscriptPanel::TranscriptPanel(const Theme::Theme &theme, QWidget *parent)
    : QWidget(parent)
    , m_commands(new Commands(this))
    , m_view(new TranscriptView(m_model, theme, this))
    , m_filterBar(new FilterBar(theme, *m_commands, this))
    , m_findBar(new FindBar(m_model, theme, this))
    , m_navigator(new Navigator(m_model, *m_view, *m_commands))
    , m_marks(new LineMarks(m_model, *m_view, *m_navigator, *m_commands, this))
    , m_copy(new CopyCommands(m_model, *m_view, *m_commands))
    , m_applyFilter(new ApplyFilterMenu(m_model, this))
    , m_export(new ExportMenu(m_model, theme, this))
    , m_wrapped(new WrappedLine(theme, this))
    , m_commandBar(new CommandBar(theme, this))
    , m_problem(new MessageBar(this))
    , m_message(new MessageBar(this))
    , m_rest(new MessageBar(this))
    , m_empty(new Widgets::EmptyState(u"view-list-text"_s, {}, this))
    , m_lines(new QWidget(this))
    , m_views(new SessionViews(m_model, theme, m_lines, this))
{
    setObjectName(u"transcriptPanel"_s);
    m_searching.setSingleShot(true);
    m_searching.setInterval(200ms);
    m_scrollMarks.setSingleShot(true);
    m_scrollMarks.setInterval(150ms);
    makeCommands();
    fillBar();
    makeContextMenu();
    makeLayout();
    connectModel();
    connectBars();
    connectReports();
    m_rest->setObjectName(u"transcriptRest"_s);
    m_rest->setDismissible(false);
    updateState();
}

TranscriptPanel::~TranscriptPanel()
{
    // On their way they lose the focus and the selection; nobody is here any more to be told.
    for (QObject *part : std::initializer_list<QObject *> {
             m_filterBar, &m_filterBar->menu(), m_findBar, m_view, m_views})
        part->disconnect(this);
}

const QList<QAction *> &TranscriptPanel::commands() const
{
    return m_commands->all();
}

void TranscriptPanel::makeLayout()
{
    m_problem->setObjectName(u"transcriptFilterProblem"_s);
    for (QWidget *bar : std::initializer_list<QWidget *> {
             m_problem, m_message, m_rest, m_findBar, m_marks, m_wrapped, m_commandBar})
        bar->hide();
    m_stack = new QStackedLayout;
    m_stack->addWidget(m_view);
    m_stack->addWidget(m_empty);
    auto *lines = new QVBoxLayout(m_lines);
    lines->setContentsMargins(0, 0, 0, 0);
    lines->setSpacing(0);
    lines->addWidget(m_filterBar);
    lines->addWidget(m_problem);
    lines->addWidget(m_findBar);
    lines->addWidget(m_marks);
    lines->addLayout(m_stack, 1);
    lines->addWidget(m_wrapped);
    for (QAction *view : m_views->commands())
        m_commands->adopt(view);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_message);
    layout->addWidget(m_rest);
    layout->addWidget(m_views, 1);
    layout->addWidget(m_commandBar);
    setFocusProxy(m_view);
}

void TranscriptPanel::showCommandBar()
{
    m_commandLine->setChecked(true);
}

void TranscriptPanel::connectModel()
{
    connect(&m_model, &TranscriptModel::countsChanged, this, &TranscriptPanel::countsChanged);
    connect(&m_model, &TranscriptModel::countsChanged, this, &TranscriptPanel::updateState);
    connect(&m_model, &TranscriptModel::sessionAdded, this, [this](const QUuid &session) {
        setSession(session);
        m_view->setSessionsShown(m_model.transcript().sessions().size() > 1);
        // One alone is shown: now it is this one, else what is sent would stay unseen.
        if (m_filterBar->sessionOnly()->isChecked()) {
            m_view->setFollowing(true);
            applyFilter();
        }
    });
    connect(&m_model, &TranscriptModel::filterApplied, this, &TranscriptPanel::filterApplied);
    connect(&m_model, &TranscriptModel::marksChanged, this, [this](const QUuid &session) {
        Q_EMIT marksChanged(session, m_model.record(session).marks);
    });
    connect(&m_searching, &QTimer::timeout, this,
        [this] { m_filterBar->setSearching(m_model.isFiltering()); });
    const auto startMarks = [this] {
        if (!m_scrollMarks.isActive())
            m_scrollMarks.start();
    };
    connect(&m_model, &TranscriptModel::countsChanged, this, startMarks);
    connect(&m_model, &TranscriptModel::marksChanged, this, startMarks);
    connect(m_findBar, &FindBar::rowsChanged, this, startMarks);
    connect(&m_scrollMarks, &QTimer::timeout, this, &TranscriptPanel::updateScrollMarks);
}

void TranscriptPanel::connectBars()
{
    connect(m_filterBar, &FilterBar::filterChanged, this, &TranscriptPanel::applyFilter);
    connect(m_filterBar, &FilterBar::stopRequested, &m_model, &TranscriptModel::cancelFilter);
    connect(m_filterBar->sessionOnly(), &QAction::toggled, this, &TranscriptPanel::applyFilter);
    connect(m_filterBar, &FilterBar::problemChanged, this, [this](const QString &problem) {
        m_problem->setVisible(!problem.isEmpty());
        if (!problem.isEmpty())
            m_problem->showMessage(MessageBar::Kind::Error, problem);
    });
    connect(m_problem, &MessageBar::dismissed, m_problem, &QWidget::hide);
    FilterMenu &menu = m_filterBar->menu();
    connect(&menu, &FilterMenu::listsChanged, this,
        [this, &menu] { Q_EMIT filterListsChanged(menu.history(), menu.saved()); });
    connect(m_applyFilter, &ApplyFilterMenu::valueChosen, m_filterBar, &FilterBar::addTerm);
    connect(m_view, &TranscriptView::currentLineChanged, this, &TranscriptPanel::lineChanged);
    connect(m_view, &TranscriptView::textTyped, m_filterBar, &FilterBar::startTyping);
    connect(m_view, &TranscriptView::followingChanged, m_follow, &QAction::setChecked);
    connect(m_view, &TranscriptView::foldRequested, this,
        [this](int row) { toggleFold(m_model.sourceRow(row)); });
    connect(m_follow, &QAction::toggled, m_view, &TranscriptView::setFollowing);
    connect(m_findBar, &FindBar::patternChanged, m_view, &TranscriptView::setMarkedPattern);
    connect(m_findBar, &FindBar::found, m_navigator, &Navigator::jump);
    connect(m_findBar, &FindBar::closed, m_view, qOverload<>(&QWidget::setFocus));
    connect(m_views, &SessionViews::lineChosen, this, &TranscriptPanel::goToLine);
}

void TranscriptPanel::connectReports()
{
    const auto tell = [this](MessageBar::Kind kind, const QString &text) {
        m_message->showMessage(kind, text);
        m_message->show();
    };
    connect(m_message, &MessageBar::dismissed, m_message, &QWidget::hide);
    connect(m_copy, &CopyCommands::copied, this, [tell](const QString &what) {
        tell(MessageBar::Kind::Success, tr("Copied: %1").arg(what));
    });
    connect(m_copy, &CopyCommands::refused, this,
        [tell](const QString &why) { tell(MessageBar::Kind::Warning, why); });
    connect(m_export, &ExportMenu::saved, this, [this, tell](const QString &path) {
        tell(MessageBar::Kind::Success, tr("Saved to %1").arg(path));
        Q_EMIT exported(path);
    });
    connect(m_views, &SessionViews::exported, this, [tell](const QString &path) {
        tell(MessageBar::Kind::Success, tr("Saved to %1").arg(path));
    });
    connect(m_views, &SessionViews::exportFailed, this, [tell](const Base::Error &error) {
        tell(MessageBar::Kind::Error,
            tr("The diagram was not saved: %1").arg(Explain::explain(error).withNextStep()));
    });
    m_export->setSelectedRows([this] { return m_view->selectedSourceRows(); });
    m_export->setMarkedRows([this] { return m_model.markedRows(); });
}

void TranscriptPanel::setFilterLists(const QStringList &history, const QStringList &saved)
{
    m_filterBar->menu().setLists(history, saved);
}

void TranscriptPanel::setRecord(const SessionRecord &record)
{
    m_model.setRecord(record);
}

void TranscriptPanel::appendEntries(const QUuid &session, const QList<Entry> &entries)
{
    m_model.appendEntries(session, entries);
}

void TranscriptPanel::showSession(const SessionRecord &record, const QList<Entry> &entries)
{
    m_model.setRecord(record);
    if (m_model.transcript().indexOf(record.id) < 0)
        m_model.appendEntries(record.id, entries);
    m_model.flush();
    showLiveSession(record.id);
}

void TranscriptPanel::showLiveSession(const QUuid &session)
{
    if (m_model.transcript().indexOf(session) < 0)
        return;
    m_filterBar->reset();
    setSession(session);
    m_view->setFollowing(false);
    m_filterBar->sessionOnly()->setChecked(true);
    m_view->scrollToTop();
}

bool TranscriptPanel::showEntry(const QUuid &session, qint64 entry)
{
    m_model.flush();
    const auto &transcript = m_model.transcript();
    const qsizetype index = transcript.indexOf(session);
    if (index < 0)
        return false;
    const qsizetype row = transcript.rowOf(index, entry);
    if (row < 0)
        return false;
    showLiveSession(session);
    const auto go = [this, row] {
        if (const int shown = m_model.shownRow(row); shown >= 0)
            m_view->goTo(shown);
    };
    if (m_model.isFiltering())
        connect(&m_model, &TranscriptModel::filterApplied, this, go, Qt::SingleShotConnection);
    else
        go();
    return true;
}

void TranscriptPanel::setExportSurroundings(const ExportSurroundings &surroundings)
{
    m_export->setSurroundings(surroundings);
}

ExportDialog *TranscriptPanel::openExport(const ExportedSession &stored, QWidget *parent)
{
    return m_export->openStored(stored, parent);
}

void TranscriptPanel::clear()
{
    m_model.clear();
    m_stopped.clear();
    m_place = -1;
    m_filterBar->reset();
    setSession({});
    m_navigator->clear();
    m_marks->abandonNote();
    m_view->setSessionsShown(false);
    m_view->setFollowing(true);
    Q_EMIT lineSelected(-1);
}

void TranscriptPanel::setSession(const QUuid &session)
{
    m_session = session;
    m_export->setSession(session);
    m_copy->setSession(session);
    m_views->setSession(session);
    tellStopped();
}

void TranscriptPanel::setStopped(const QUuid &session, qint64 entries, qint64 total)
{
    if (entries < total)
        m_stopped.insert(session, {entries, total});
    else
        m_stopped.remove(session);
    if (session == m_session)
        tellStopped();
}

void TranscriptPanel::tellStopped()
{
    const auto [entries, total] = m_stopped.value(m_session);
    if (total == 0) {
        m_rest->hide();
        return;
    }
    const QLocale locale;
    const QString sentence = tr("%1 of %2 lines of this session are here.")
                                 .arg(locale.toString(entries), locale.toString(total));
    if (m_rest->isVisible() && m_rest->text() == sentence)
        return;
    auto *goOn = new QAction(tr("Read the rest"), m_rest);
    connect(goOn, &QAction::triggered, this,
        [this, session = m_session] { Q_EMIT restRequested(session); });
    m_rest->showMessage(MessageBar::Kind::Info, sentence, {goOn});
}

void TranscriptPanel::goToLine(qsizetype row)
{
    // A line that the filter hides is still explained.
    if (const int shown = m_model.shownRow(row); shown >= 0)
        m_view->goTo(shown);
    else
        Q_EMIT lineSelected(row);
}

void TranscriptPanel::applyFilter()
{
    LineFilter filter = m_filterBar->filter();
    const qsizetype session = m_model.transcript().indexOf(m_session);
    if (m_filterBar->sessionOnly()->isChecked() && session >= 0)
        filter.session = static_cast<quint32>(session);
    keepPlace(currentSource());
    m_model.setFilter(filter);
    if (m_model.isFiltering())
        m_searching.start();
}

void TranscriptPanel::keepPlace(qsizetype row)
{
    // The line the user was at stays current where it is still shown, however many filters follow
    // on each other.
    if (row >= 0)
        m_place = row;
}

void TranscriptPanel::filterApplied()
{
    m_searching.stop();
    m_filterBar->setSearching(false);
    if (const int row = m_model.shownRow(m_place); row >= 0) {
        m_view->goTo(row);
        m_place = -1;
    }
    updateState();
}

void TranscriptPanel::toggleFold(qsizetype row)
{
    if (row < 0)
        return;
    keepPlace(m_model.transcript().contentStart(row));
    m_view->setFollowing(false);
    m_model.toggleFold(row);
}

qsizetype TranscriptPanel::currentSource() const
{
    const int row = m_view->currentRow();
    return row >= 0 && row < m_model.rowCount() ? m_model.sourceRow(row) : -1;
}

void TranscriptPanel::lineChanged(int row)
{
    const qsizetype source = currentSource();
    m_findBar->setPlace(row);
    m_applyFilter->setRow(source);
    if (source >= 0)
        setSession(m_model.transcript().sessions().at(m_model.transcript().line(source).session));
    showWrapped();
    m_views->showLine(source);
    Q_EMIT lineSelected(source);
}

void TranscriptPanel::showWrapped()
{
    const qsizetype source = currentSource();
    m_wrapped->setVisible(m_wrap->isChecked() && source >= 0);
    if (m_wrapped->isVisibleTo(this))
        m_wrapped->showEntry(m_model.transcript().entry(source));
}

void TranscriptPanel::updateState()
{
    const bool any = m_model.total() > 0;
    const bool shown = m_model.rowCount() > 0;
    for (const QString &id : {u"transcript.copy"_s, u"transcript.copyTimes"_s,
             u"transcript.copyHtml"_s, u"transcript.find"_s, u"transcript.previousReply"_s,
             u"transcript.nextReply"_s, u"transcript.previousError"_s, u"transcript.nextError"_s,
             u"transcript.previousInSession"_s, u"transcript.nextInSession"_s, u"transcript.mark"_s,
             u"transcript.note"_s, u"transcript.timeReference"_s})
        m_commands->action(id)->setEnabled(shown);
    for (const QString &id :
        {u"transcript.clear"_s, u"transcript.copySwaks"_s, u"transcript.copyOpenssl"_s})
        m_commands->action(id)->setEnabled(any);
    m_empty->setSentence(any ? tr("No line passes the filter.")
                             : tr("Every line of a conversation with a relay appears here, as it "
                                  "happens. Send a message to see one."));
    m_empty->setAction(any ? m_clearFilter : nullptr);
    if (!shown)
        m_wrapped->hide();
    m_stack->setCurrentWidget(shown ? static_cast<QWidget *>(m_view) : m_empty);
}

void TranscriptPanel::updateScrollMarks()
{
    using Kind = MarkScrollBar::Kind;
    MarkScrollBar &bar = m_view->marks();
    const int total = m_model.rowCount();
    QList<quint32> marked;
    const QList<qsizetype> rows = m_model.markedRows();
    for (const qsizetype row : rows)
        marked.append(static_cast<quint32>(row));
    bar.setMarks(Kind::Refused, m_model.placesOf(m_model.refusals()), total);
    bar.setMarks(Kind::Found, m_model.placesOf(m_findBar->rows()), total);
    bar.setMarks(Kind::Marked, m_model.placesOf(marked), total);
}

void TranscriptPanel::showEvent(QShowEvent *event)
{
    m_model.setHidden(false);
    QWidget::showEvent(event);
}

void TranscriptPanel::hideEvent(QHideEvent *event)
{
    m_model.setHidden(true);
    QWidget::hideEvent(event);
}

} // namespace Mailgauge::Transcript
