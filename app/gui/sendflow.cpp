// SPDX-License-Identifier: GPL-3.0-or-later
#include "sendflow.h"

#include "base/literals.h"
#include "explain/explain.h"
#include "models/outcometext.h"
#include "services.h"
#include "shell/mainwindow.h"
#include "shell/statusfacts.h"
#include "widgets/messagestack.h"

#include <QAction>
#include <QtConcurrentRun>

#include <utility>

namespace Mailgauge::Gui {

namespace {

using Widgets::MessageBar;

QString tlsText(const Transcript::SessionRecord &record)
{
    return record.tls ? QString::fromLatin1(record.tls->version + ", " + record.tls->cipher)
                      : SendFlow::tr("clear text");
}

} // namespace

SendFlow::SendFlow(Services &services, Shell::MainWindow &window)
    : m_profiles(services.profiles())
    , m_service(services.sending())
    , m_window(window)
    , m_news(services.profiles(), window.messages())
    , m_repeating(services, window)
{
    Delivery::SendService &service = m_service;
    connect(&m_repeating, &RepeatFlow::ended, this, [this] {
        updateFacts();
        Q_EMIT runEnded();
        tellIfIdle();
    });
    connect(&service, &Delivery::SendService::started, this, &SendFlow::started);
    connect(&service, &Delivery::SendService::stageEntered, this, &SendFlow::showStage);
    connect(&service, &Delivery::SendService::contentProgress, this, &SendFlow::showProgress);
    connect(&service, &Delivery::SendService::finished, this, &SendFlow::finished);
    connect(&service, &Delivery::SendService::storeFailed, this, [this](const Base::Error &error) {
        m_window.messages().post(
            u"store"_s, MessageBar::Kind::Error, Explain::explain(error).withNextStep());
    });
    connect(&m_profiles, &Relay::ProfileService::currentChanged, this, &SendFlow::relayChanged);
    connect(&m_profiles, &Relay::ProfileService::wantedMissing, this, &SendFlow::stopWaiting);
}

void SendFlow::compose(const Delivery::Composition &composition)
{
    if (!askAboutPauses(composition))
        go(composition);
}

bool SendFlow::askAboutPauses(const Delivery::Composition &composition)
{
    const QString name = u"pauses"_s;
    m_window.messages().withdraw(name);
    if (composition.options.messages <= 1 || !m_pauses || !m_pauses())
        return false;
    auto *all = new QAction(tr("Send them without a pause"));
    connect(all, &QAction::triggered, this, [this, name, composition] {
        go(composition);
        m_window.messages().withdraw(name); // and with it this function
    });
    m_window.messages().post(name, MessageBar::Kind::Warning,
        tr("Not sent: the next session is to pause, and many messages cannot be paused. Send one, "
           "or take the pause under the transcript back."),
        {all});
    Q_EMIT notSent();
    return true;
}

void SendFlow::go(const Delivery::Composition &composition)
{
    // The relay that is shown now is the one that is meant, whatever is in use when it goes.
    Delivery::Composition whole = composition;
    const auto profile = m_profiles.profile(m_profiles.current());
    if (profile)
        whole.profile = *profile;
    if (!profile && m_profiles.wanted().isNull())
        tellNoRelay();
    else if (!profile || !m_storeDecided)
        wait(whole);
    else
        prepare(whole);
}

void SendFlow::wait(const Delivery::Composition &composition)
{
    m_waiting.append(composition);
    if (composition.profile.id.isNull())
        m_waitingFor = m_profiles.wanted();
    updateFacts();
    m_window.facts().setActivity(
        m_storeDecided ? tr("Waiting for the relay …") : tr("Sending waits for the store …"));
}

void SendFlow::goOn()
{
    for (const Delivery::Composition &waiting : std::exchange(m_waiting, {})) {
        // Not go(): one that has its relay keeps it.
        if (waiting.profile.id.isNull())
            go(waiting);
        else if (m_storeDecided)
            prepare(waiting);
        else
            wait(waiting);
    }
}

void SendFlow::storeDecided(const Base::Secret &bounceKey)
{
    m_bounceKey = bounceKey;
    m_storeDecided = true;
    goOn();
}

void SendFlow::prepare(const Delivery::Composition &composition)
{
    ++m_preparing;
    updateFacts();
    m_window.facts().setActivity(tr("Building the message …"));
    m_profiles.secrets(composition.profile)
        .then(this,
            [this, whole = composition, generation = m_generation](
                const Base::Result<Relay::ProfileSecrets> &secrets) mutable {
                if (generation != m_generation)
                    return;
                if (!secrets) {
                    prepared(std::unexpected(secrets.error()), whole);
                    return;
                }
                whole.secrets = *secrets;
                whole.bounceKey = m_bounceKey;
                build(whole);
            });
}

void SendFlow::build(const Delivery::Composition &composition)
{
    QtConcurrent::run(&Delivery::prepare, composition)
        .then(this,
            [this, composition, generation = m_generation](
                const Base::Result<Delivery::SendRequest> &request) {
                if (generation == m_generation)
                    prepared(request, composition);
            });
}

void SendFlow::relayChanged(const QUuid &relay)
{
    if (relay != m_waitingFor)
        stopWaiting();
    goOn();
}

void SendFlow::stopWaiting()
{
    const auto lost = m_waiting.removeIf(
        [](const Delivery::Composition &waiting) { return waiting.profile.id.isNull(); });
    if (lost == 0)
        return;
    m_window.facts().clearActivity(tr("Not sent"));
    updateFacts();
    tellNoRelay();
    tellIfIdle();
}

void SendFlow::tellNoRelay()
{
    m_window.messages().post(u"send"_s, MessageBar::Kind::Warning,
        tr("Not sent: the relay is not there. Choose one at the left of Send, then send again."));
    Q_EMIT notSent();
}

void SendFlow::prepared(
    const Base::Result<Delivery::SendRequest> &request, const Delivery::Composition &composition)
{
    const Delivery::DeliveryOptions &options = composition.options;
    --m_preparing;
    if (request) {
        m_window.messages().withdraw(u"send"_s);
        if (options.messages <= 1) {
            send(*request);
            return;
        }
        m_repeating.start({.request = *request,
            .messages = options.messages,
            .sessions = qMin(options.sessions, options.messages),
            .transcripts = Delivery::RepeatRequest::KeptTranscripts,
            .freshToken = m_profiles.freshToken(composition.profile)});
        updateFacts();
        return;
    }
    m_window.facts().clearActivity(tr("Not sent"));
    m_window.messages().post(
        u"send"_s, MessageBar::Kind::Error, Explain::explain(request.error()).withNextStep());
    updateFacts();
    Q_EMIT notSent();
    tellIfIdle();
}

void SendFlow::tellIfIdle()
{
    if (running() == 0)
        Q_EMIT idle();
}

void SendFlow::send(const Delivery::SendRequest &request)
{
    Delivery::SendRequest paused = request;
    if (m_pauses)
        paused.session.breaks = m_pauses();
    const QUuid id = m_service.send(std::move(paused));
    if (id.isNull())
        return;
    m_running.insert(id, request.profileName.isEmpty() ? request.target.host : request.profileName);
    ++m_total;
    updateFacts();
}

void SendFlow::cancelAll()
{
    if (m_preparing > 0 || !m_waiting.isEmpty())
        m_window.facts().clearActivity(tr("Not sent"));
    ++m_generation;
    m_preparing = 0;
    m_waiting.clear();
    const QList<QUuid> sessions = m_running.keys();
    for (const QUuid &session : sessions)
        m_service.cancel(session);
    m_repeating.cancelAll();
    updateFacts();
    tellIfIdle();
}

void SendFlow::started(const Transcript::SessionRecord &record)
{
    // Relay tests run through the same service and are told here, too; a diagnosis tells itself.
    if (m_service.isLook(record.id))
        return;
    if (!m_running.contains(record.id)) {
        m_running.insert(
            record.id, record.profileName.isEmpty() ? record.host : record.profileName);
        ++m_total;
    }
    m_window.facts().setActivity(tr("Connecting to %1 …").arg(m_running.value(record.id)));
    updateFacts();
}

void SendFlow::showStage(const QUuid &session, Smtp::Stage stage)
{
    if (m_running.contains(session))
        m_window.facts().setActivity(
            u"%1: %2"_s.arg(m_running.value(session), Models::OutcomeText::doing(stage)));
}

void SendFlow::showProgress(const QUuid &session, qint64 written, qint64 total)
{
    if (m_running.contains(session))
        m_window.facts().setActivity(
            tr("Sending to %1 …").arg(m_running.value(session)), written, total);
}

void SendFlow::finished(const Transcript::SessionRecord &record)
{
    if (!m_running.contains(record.id))
        return;
    m_running.remove(record.id);
    m_window.facts().setTls(tlsText(record));
    if (m_running.isEmpty() && m_preparing == 0)
        m_window.facts().clearActivity(tr("%1 after %2")
                .arg(Models::OutcomeText::of(record.outcome),
                    Models::OutcomeText::duration(record.totalUs)));
    updateFacts();
    if (!record.message.isNull())
        m_news.tell(record);
    remember(record);
    Q_EMIT ended(record);
    tellIfIdle();
}

// Faults C16: a weaker offer can only be noticed by who knows of the stronger one.
void SendFlow::remember(const Transcript::SessionRecord &record)
{
    auto profile = m_profiles.profile(record.profile);
    if (!profile || profile->builtin)
        return;
    // It may have been a test of what is typed and not saved: another relay.
    const bool sameRelay = profile->route.by != Relay::RouteBy::Host
        || (record.host == profile->host && (profile->unixSocket || record.port == profile->port));
    const auto mechanism = sameRelay ? Delivery::mechanismToRemember(*profile, record)
                                     : std::nullopt;
    if (!mechanism)
        return;
    profile->strongestMechanism = *mechanism;
    m_profiles.save(*profile);
}

void SendFlow::updateFacts()
{
    m_window.facts().setSessions(static_cast<int>(m_running.size()), m_total);
    m_window.setRunning(running());
}

} // namespace Mailgauge::Gui
