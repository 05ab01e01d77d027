// SPDX-License-Identifier: GPL-3.0-or-later
// Workbench, the part about stored sessions: their page, rules, comparison, replay, import.
#include "workbench.h"

#include "base/literals.h"
#include "compose/composepanel.h"
#include "explain/explain.h"
#include "pageids.h"
#include "results/resultspanel.h"
#include "sessions/sessionspanel.h"
#include "shell/mainwindow.h"
#include "widgets/messagestack.h"

#include <QAction>
#include <QFileInfo>

namespace Mailgauge::Gui {

using Widgets::MessageBar;

QWidget *Workbench::makeSessionsPage(QWidget *parent)
{
    using Sessions::SessionsPanel;
    Store::Database *store = m_services.store();
    auto *panel = new SessionsPanel(store ? &store->sessions() : nullptr, m_theme, parent);
    connect(panel, &SessionsPanel::openRequested, m_sessionFlow.get(), &SessionFlow::open);
    connect(panel, &SessionsPanel::sendAgainRequested, m_sessionFlow.get(),
        qOverload<const QUuid &>(&SessionFlow::sendAgain));
    connect(panel, &SessionsPanel::exportRequested, m_sessionFlow.get(),
        [this, panel](const QUuid &session) { m_sessionFlow->exportSession(session, panel); });
    auto *times = new QAction(QIcon::fromTheme(u"chronometer"_s), tr("Time per stage"), panel);
    connect(times, &QAction::triggered, this,
        [this, panel] { results()->showStages(panel->selection()); });
    panel->offer(times, Sessions::Needs::Some);
    connect(panel, &SessionsPanel::failed, this,
        [this](const Base::Error &error) { tell(sessionsPage, error); });
    connect(panel, &SessionsPanel::libraryChanged, this, [this] {
        if (auto *results = static_cast<Results::ResultsPanel *>(
                m_window.pages().widget(u"results"_s)))
            results->refresh();
    });
    connect(m_sendFlow.get(), &SendFlow::ended, panel, &SessionsPanel::refresh);
    connect(m_sendFlow.get(), &SendFlow::runEnded, panel, &SessionsPanel::refresh);
    connect(panel, &SessionsPanel::composeRequested, this, &Workbench::composer);
    if (store) {
        m_comparisonFlow->setPanel(panel);
        m_replayFlow->setPanel(panel);
        m_tableFlow->setPanel(panel);
        m_textImportFlow->setPanel(panel);
    }
    if (m_keeper) {
        const auto setDays = [this, panel] { panel->setBinDays(m_keeper->rules().binDays); };
        setDays();
        connect(m_keeper.get(), &LibraryKeeper::rulesChanged, panel, setDays);
        connect(m_keeper.get(), &LibraryKeeper::removed, panel, &SessionsPanel::forgetRemoved);
        connect(panel, &SessionsPanel::keepRulesRequested, m_keeper.get(),
            [this, panel] { m_keeper->editRules(panel); });
    }
    return panel;
}

// Before the pages are made: the one of the sessions uses all of them.
void Workbench::useLibrary(Transcript::SessionLibrary &library)
{
    m_comparisonFlow = std::make_unique<ComparisonFlow>(library, m_theme);
    m_replayFlow = std::make_unique<ReplayFlow>(
        library, m_services.profiles(), *m_sendFlow, m_services.sandbox());
    m_tableFlow = std::make_unique<TableFlow>(library, m_services.profiles());
    connectLibraryFlows();
    m_keeper = std::make_unique<LibraryKeeper>(library, m_settings);
    connect(m_keeper.get(), &LibraryKeeper::removed, this, [this](const QString &sentence) {
        m_window.messages().post(u"keep"_s, MessageBar::Kind::Info, sentence);
        refresh();
    });
    connect(m_keeper.get(), &LibraryKeeper::failed, this,
        [this](const Base::Error &error) { tell(u"keep"_s, error); });
    m_keeper->start();
}

void Workbench::connectImport()
{
    connect(m_importFlow.get(), &ImportFlow::opened, m_sessionFlow.get(), &SessionFlow::opened);
    connect(m_importFlow.get(), &ImportFlow::failed, this,
        [this](const QString &path, const Base::Error &error, qsizetype missing) {
            const QString name = QFileInfo(path).fileName();
            const QString why = Explain::explain(error).withNextStep();
            m_window.messages().post(u"import.failed"_s, MessageBar::Kind::Error,
                missing == 0 ? tr("%1 was not imported: %2").arg(name, why)
                             : tr("%n session(s) of %1 were not imported: %2", nullptr,
                                   static_cast<int>(missing))
                                   .arg(name, why));
        });
    connect(
        m_importFlow.get(), &ImportFlow::openRequested, m_sessionFlow.get(), &SessionFlow::open);
    connect(
        m_importFlow.get(), &ImportFlow::imported, this, [this](qsizetype added, qsizetype same) {
            refresh();
            m_window.messages().post(u"import"_s, MessageBar::Kind::Success,
                added == 0      ? tr("Already kept, the same: %1. Nothing was changed.").arg(same)
                    : same == 0 ? tr("Sessions imported: %1.").arg(added)
                                : tr("Sessions imported: %1. Already kept, the same: %2.")
                                      .arg(added)
                                      .arg(same));
        });
    connect(m_importFlow.get(), &ImportFlow::taken, this,
        [this](const QString &path, const ImportFlow::Sessions &sessions) {
            const QString name = u"import.taken"_s;
            auto *both = new QAction(tr("Keep both"));
            connect(both, &QAction::triggered, this, [this, name, path, sessions] {
                m_window.messages().withdraw(name); // Once is enough.
                m_importFlow->keepBoth(path, sessions);
            });
            auto *kept = new QAction(tr("Show the kept one"));
            connect(kept, &QAction::triggered, this,
                [this, name, id = sessions.constFirst().session.record.id] {
                    m_window.messages().withdraw(name);
                    showSession(id);
                });
            m_window.messages().post(name, MessageBar::Kind::Warning,
                tr("Sessions whose ids are in use by others: %1. They were not imported.")
                    .arg(sessions.size()),
                {both, kept});
        });
    connect(m_textImportFlow.get(), &TextImportFlow::foreign, this,
        [this](const QString &file) { composer()->openFiles({file}); });
    connect(m_textImportFlow.get(), &TextImportFlow::failed, this,
        [this](const Base::Error &error) { tell(sessionsPage, error); });
    connect(m_textImportFlow.get(), &TextImportFlow::imported, this,
        [this](const QUuid &, int count, const QString &format) {
            m_window.messages().post(u"import"_s, MessageBar::Kind::Success,
                tr("%n session(s) imported, read as %1.", nullptr, count).arg(format));
            m_window.pages().show(sessionsPage);
        });
}

void Workbench::connectLibraryFlows()
{
    const auto failed = [this](const Base::Error &error) { tell(sessionsPage, error); };
    connect(m_comparisonFlow.get(), &ComparisonFlow::failed, this, failed);
    connect(m_replayFlow.get(), &ReplayFlow::failed, this, failed);
    connect(m_tableFlow.get(), &TableFlow::failed, this, failed);
    connect(m_tableFlow.get(), &TableFlow::exported, this, [this](const QString &path) {
        m_window.messages().post(
            u"export"_s, MessageBar::Kind::Success, tr("Table saved to %1.").arg(path));
    });
    connect(m_comparisonFlow.get(), &ComparisonFlow::shown, this,
        [this] { m_window.pages().show(sessionsPage); });
    connect(m_comparisonFlow.get(), &ComparisonFlow::lineRequested, m_sessionFlow.get(),
        &SessionFlow::openAt);
    connect(m_comparisonFlow.get(), &ComparisonFlow::exported, this, [this](const QString &path) {
        m_window.messages().post(
            u"export"_s, MessageBar::Kind::Success, tr("Comparison exported to %1.").arg(path));
    });
    connect(m_replayFlow.get(), &ReplayFlow::begun, this,
        [this] { m_window.messages().withdraw(u"replay.notes"_s); });
    connect(m_replayFlow.get(), &ReplayFlow::noted, this, [this](const QStringList &sentences) {
        m_window.messages().post(u"replay.notes"_s, MessageBar::Kind::Info, sentences.join(u' '));
    });
    connect(m_replayFlow.get(), &ReplayFlow::replayed, this,
        [this](const QUuid &original, const Transcript::SessionRecord &record) {
            auto *compare = new QAction(tr("Compare with the original"));
            connect(compare, &QAction::triggered, this,
                [this, original, id = record.id] { m_comparisonFlow->compare(original, id); });
            m_window.messages().post(
                u"replay"_s, MessageBar::Kind::Info, tr("The replay is over and kept."), {compare});
        });
    connect(m_replayFlow.get(), &ReplayFlow::served, this, [this](const QString &title) {
        m_window.messages().post(
            u"replay"_s, MessageBar::Kind::Success, tr("The sandbox now plays: %1.").arg(title));
        m_window.pages().show(u"sandbox"_s);
    });
}

} // namespace Mailgauge::Gui
