// SPDX-License-Identifier: GPL-3.0-or-later
#include "replayflow.h"

#include "base/literals.h"
#include "sendflow.h"
#include "sessions/sessionactions.h"
#include "sessions/sessionspanel.h"

#include <QAction>
#include <QApplication>
#include <QMenu>
#include <QTimer>
#include <QtConcurrentRun>

namespace Mailgauge::Gui {

ReplayFlow::ReplayFlow(Transcript::SessionRepository &sessions, Relay::ProfileService &profiles,
    SendFlow &sending, Sandbox::SandboxService &sandbox)
    : m_sessions(sessions)
    , m_profiles(profiles)
    , m_sending(sending)
    , m_sandbox(sandbox)
{
    connect(&m_sending, &SendFlow::ended, this, &ReplayFlow::ended);
}

void ReplayFlow::setPanel(Sessions::SessionsPanel *panel)
{
    m_panel = panel;
    auto *against = new QAction(
        QIcon::fromTheme(u"media-playback-start"_s), tr("Replay against"), panel);
    auto *menu = new QMenu(panel);
    against->setMenu(menu);
    connect(menu, &QMenu::aboutToShow, this, [this, menu] { fillProfiles(menu); });
    panel->offer(against, Sessions::Needs::One);
    const auto serveAction = [this, panel](const QString &text, bool delays) {
        auto *action = new QAction(QIcon::fromTheme(u"network-server"_s), text, panel);
        connect(action, &QAction::triggered, this, [this, delays] {
            if (const QList<QUuid> ids = m_panel->selection(); ids.size() == 1)
                serve(ids.first(), delays);
        });
        panel->offer(action, Sessions::Needs::One);
    };
    serveAction(tr("Serve this in the sandbox"), false);
    serveAction(tr("Serve this in the sandbox, as slowly as it was"), true);
}

void ReplayFlow::fillProfiles(QMenu *menu)
{
    menu->clear();
    const QList<Relay::RelayProfile> all = m_profiles.profiles();
    for (const Relay::RelayProfile &profile : all) {
        QString title = profile.name;
        connect(menu->addAction(title.replace(u'&', u"&&"_s)), &QAction::triggered, this,
            [this, id = profile.id] {
                if (const QList<QUuid> ids = m_panel->selection(); ids.size() == 1)
                    replay(ids.first(), id);
            });
    }
    if (menu->isEmpty())
        menu->addAction(tr("There is no relay"))->setEnabled(false);
}

bool ReplayFlow::begin(const QUuid &session)
{
    if (m_preparing.contains(session))
        return false;
    m_preparing.insert(session);
    Q_EMIT begun();
    return true;
}

// Preparing takes less than a double click does.
void ReplayFlow::prepared(const QUuid &session)
{
    QTimer::singleShot(QApplication::doubleClickInterval(), this,
        [this, session] { m_preparing.remove(session); });
}

void ReplayFlow::giveUp(const QUuid &session, const Base::Error &error)
{
    prepared(session);
    Q_EMIT failed(error);
}

void ReplayFlow::replay(const QUuid &session, const QUuid &profile)
{
    if (!begin(session))
        return;
    loadSession(m_sessions, session, this,
        [this, session, profile](const Base::Result<Transcript::StoredSession> &loaded) {
            if (loaded)
                load(*loaded, profile);
            else
                giveUp(session, loaded.error());
        });
}

void ReplayFlow::load(const Transcript::StoredSession &session, const QUuid &profile)
{
    if (session.record.message.isNull()) {
        send(session, std::nullopt, profile);
        return;
    }
    m_sessions.message(session.record.message)
        .then(this, [this, session, profile](const Base::Result<QByteArray> &message) {
            send(session, message ? std::optional(*message) : std::nullopt, profile);
        });
}

void ReplayFlow::send(const Transcript::StoredSession &session,
    const std::optional<QByteArray> &message, const QUuid &profile)
{
    const auto relay = m_profiles.profile(profile);
    if (!relay) {
        prepared(session.record.id);
        return;
    }
    m_profiles.secrets(*relay).then(
        this, [this, session, message, relay](const Base::Result<Relay::ProfileSecrets> &secrets) {
            // Not without them: the relay would tell a wrong reason.
            if (!secrets) {
                giveUp(session.record.id, secrets.error());
                return;
            }
            prepared(session.record.id);
            const Delivery::SendRequest base = Delivery::requestFor(*relay, *secrets);
            auto made = Delivery::replay(
                session, message, base, {.ehloName = !relay->ehloName.isEmpty()});
            if (!made) {
                Q_EMIT failed(made.error());
                return;
            }
            QStringList sentences;
            for (const Delivery::ReplayNote &note : made->notes)
                sentences.append(Delivery::noteText(note));
            if (!sentences.isEmpty())
                Q_EMIT noted(sentences);
            made->request.id = QUuid::createUuid();
            m_running.insert(made->request.id, session.record.id);
            m_sending.send(made->request);
        });
}

void ReplayFlow::ended(const Transcript::SessionRecord &record)
{
    const auto original = m_running.constFind(record.id);
    if (original == m_running.constEnd())
        return;
    const QUuid id = *original;
    m_running.erase(original);
    Q_EMIT replayed(id, record);
}

void ReplayFlow::serve(const QUuid &session, bool delays)
{
    if (!begin(session))
        return;
    loadSession(m_sessions, session, this,
        [this, session, delays](const Base::Result<Transcript::StoredSession> &loaded) {
            if (!loaded) {
                giveUp(session, loaded.error());
                return;
            }
            QtConcurrent::run(
                &Sandbox::scenarioFrom, *loaded, Sandbox::ScenarioMakerOptions {delays})
                .then(this, [this, session](const Sandbox::MadeScenario &made) {
                    prepared(session);
                    QStringList sentences;
                    for (const Sandbox::ScenarioNote &note : made.notes)
                        sentences.append(Sandbox::noteText(note));
                    if (!sentences.isEmpty())
                        Q_EMIT noted(sentences);
                    m_sandbox.setScenario(made.scenario);
                    Q_EMIT served(made.scenario.title);
                });
        });
}

} // namespace Mailgauge::Gui
