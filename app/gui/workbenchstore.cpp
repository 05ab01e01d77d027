// SPDX-License-Identifier: GPL-3.0-or-later
// Workbench, the part about what is kept: the store as it opens, the relay profiles.
#include "workbench.h"

#include "explain/explain.h"
#include "models/commandmodel.h"
#include "pageids.h"
#include "relays/relayspanel.h"
#include "shell/relaychooser.h"
#include "shell/statusfacts.h"
#include "transcript/detailspanel.h"
#include "transcript/transcriptpanel.h"
#include "widgets/messagestack.h"

#include <QAction>

namespace Mailgauge::Gui {

using Widgets::MessageBar;

void Workbench::tellOpening(Store::OpenStep step)
{
    QString sentence;
    switch (step) {
    case Store::OpenStep::Waiting:
        sentence = tr("Another program is opening the store: waiting for it …");
        break;
    case Store::OpenStep::Checking:
        sentence = tr("Checking the store …");
        break;
    case Store::OpenStep::MovingAside:
        sentence = tr("The store is damaged: moving it aside …");
        break;
    case Store::OpenStep::Updating:
        sentence = tr("Bringing the store up to date …");
        break;
    }
    m_window.pages().hold(sentence);
    // What the user asked for stays in front.
    if (m_sendFlow->running() == 0)
        m_window.facts().setActivity(sentence, 0, 0, false);
}

void Workbench::storeDecided()
{
    Store::Database *store = m_services.store();
    m_inboxFlow->setRepositories(store ? &store->inbox() : nullptr,
        store ? &store->bounces() : nullptr, m_services.bounceKey());
    m_sessionFlow->setLibrary(store ? &store->sessions() : nullptr);
    m_transcript->setExportSurroundings({store ? &store->sessions() : nullptr,
        &m_services.profiles(), m_services.paths().settingsFile()});
    if (store) {
        useLibrary(store->sessions());
        m_details->setContentSource(
            [store](const QUuid &message) { return store->sessions().message(message); });
    }
    if (m_sendFlow->running() == 0)
        m_window.facts().clearActivity();
    m_services.profiles().load();
    m_window.pages().release();
    tellAboutStore();
    m_importFlow->setRepository(store ? &store->sessions() : nullptr);
    m_textImportFlow->setRepository(store ? &store->sessions() : nullptr);
    m_sendFlow->storeDecided(m_services.bounceKey());
}

void Workbench::tellAboutStore()
{
    if (const auto &problem = m_services.storeProblem()) {
        m_window.messages().post(u"store"_s, MessageBar::Kind::Warning,
            tr("Nothing will be saved: %1 Sending works all the same.")
                .arg(Explain::explain(*problem).withNextStep()));
    } else if (const Store::OpenReport &report = m_services.store()->report();
        !report.movedAside.isEmpty()) {
        m_window.messages().post(u"store"_s, MessageBar::Kind::Warning,
            tr("The store was damaged (%1). It was kept as %2, and a new one was begun.")
                .arg(report.reason, report.movedAside));
    } else if (report.uncertain > 0) {
        m_window.messages().post(u"store"_s, MessageBar::Kind::Warning,
            tr("The last run ended while %n recipient(s) waited for the final reply: they are "
               "uncertain, and nothing is sent again by itself.",
                nullptr, report.uncertain));
    }
}

void Workbench::tellAboutProfiles(const QList<Relay::UnreadableProfile> &profiles)
{
    for (const Relay::UnreadableProfile &one : profiles) {
        const QString name = u"profile."_s + one.id.toString(QUuid::WithoutBraces);
        auto *discard = new QAction(tr("Delete “%1”").arg(one.name));
        connect(discard, &QAction::triggered, this, [this, name, id = one.id] {
            m_services.profiles().remove(id);
            m_window.messages().withdraw(name);
        });
        m_window.messages().post(
            name, MessageBar::Kind::Warning, Explain::explain(one.error).withNextStep(), {discard});
    }
}

// Once: who closes again means it.
void Workbench::askAboutProfiles(const Relays::RelaysPanel &panel, bool *refuse)
{
    const QString name = u"profiles.unsaved"_s;
    if (*refuse || panel.unsaved() == 0 || m_window.messages().bar(name) != nullptr)
        return;
    *refuse = true;
    auto *look = new QAction(tr("Show them"));
    auto *leave = new QAction(tr("Close anyway"));
    connect(look, &QAction::triggered, this, [this, name] {
        m_window.pages().show(relaysPage);
        m_window.messages().withdraw(name);
    });
    connect(leave, &QAction::triggered, &m_window, &QWidget::close);
    m_window.messages().post(name, MessageBar::Kind::Warning,
        tr("%n relay profile(s) hold changes that are not saved.", nullptr, panel.unsaved()),
        {look, leave});
}

void Workbench::followRelay()
{
    Relay::ProfileService &profiles = m_services.profiles();
    const auto profile = profiles.profile(profiles.current());
    if (profile)
        m_settings.setValue(u"relay/current"_s, profile->id);
    m_window.facts().setRelay(profile ? profile->name : tr("no relay"),
        profile ? Shell::RelayChooser::describe(*profile) : QString());
}

QList<Models::Command> Workbench::relayCommands() const
{
    QList<Models::Command> commands;
    Relay::ProfileService &profiles = m_services.profiles();
    const QList<Relay::RelayProfile> all = profiles.profiles();
    for (const Relay::RelayProfile &profile : all)
        commands.append({.id = u"relay."_s + profile.id.toString(QUuid::WithoutBraces),
            .title = profile.name,
            .group = tr("Relay"),
            .iconName = u"network-server"_s,
            .run = [&profiles, id = profile.id] { profiles.setCurrent(id); }});
    return commands;
}

} // namespace Mailgauge::Gui
