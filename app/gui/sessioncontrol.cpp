// SPDX-License-Identifier: GPL-3.0-or-later
#include "sessioncontrol.h"

#include "sendflow.h"

#include "base/literals.h"
#include "explain/explain.h"
#include "transcript/commandbar.h"
#include "transcript/transcriptpanel.h"

namespace Mailgauge::Gui {

using Delivery::SendService;
using Transcript::CommandBar;

SessionControl::SessionControl(Relay::ProfileService &profiles, SendService &service,
    SendFlow &sending, Transcript::TranscriptPanel &transcript)
    : m_profiles(profiles)
    , m_service(service)
    , m_sending(sending)
    , m_transcript(transcript)
{
    CommandBar &bar = transcript.commandBar();
    connect(&bar, &CommandBar::openRequested, this, &SessionControl::open);
    connect(&bar, &CommandBar::commandEntered, this, [this](const QByteArray &line) {
        m_isBusy = true;
        m_service.command(m_session, line);
    });
    connect(&bar, &CommandBar::resumed, this, &SessionControl::resume);
    connect(&bar, &CommandBar::closeRequested, this, &SessionControl::close);
    connect(&service, &SendService::opened, this, &SessionControl::opened);
    connect(&service, &SendService::capabilitiesChanged, this,
        [this, &bar](const QUuid &session, const Smtp::Capabilities &capabilities) {
            if (session == m_session)
                bar.setCapabilities(capabilities);
        });
    connect(&service, &SendService::commandAnswered, this, &SessionControl::answered);
    connect(&service, &SendService::paused, this, &SessionControl::paused);
    connect(&service, &SendService::lineRefused, this, &SessionControl::refused);
    connect(&service, &SendService::finished, this,
        [this](const Transcript::SessionRecord &record) { finished(record.id); });
    sending.setPauses([&bar] { return bar.pauses(); });
}

void SessionControl::open()
{
    const auto profile = m_profiles.profile(m_profiles.current());
    if (!profile)
        return m_transcript.commandBar().showProblem(tr("No relay is chosen"));
    m_session = QUuid::createUuid();
    showState();
    m_profiles.secrets(*profile).then(this,
        [this, profile = *profile, session = m_session](
            const Base::Result<Relay::ProfileSecrets> &secrets) {
            if (session != m_session)
                return;
            if (!secrets) {
                finished(session);
                return m_transcript.commandBar().showProblem(
                    Explain::explain(secrets.error()).text);
            }
            Delivery::SendRequest request = Delivery::requestFor(profile, *secrets);
            request.id = session;
            request.staysOpen = true;
            m_sending.send(request);
        });
}

void SessionControl::opened(const QUuid &session)
{
    if (session != m_session)
        return;
    m_isOpen = true;
    showState();
    m_transcript.commandBar().setFocus();
}

void SessionControl::answered(
    const QUuid &session, const QByteArray &line, const Smtp::Reply &reply)
{
    if (session != m_session)
        return;
    m_isBusy = false;
    m_transcript.commandBar().answered(line, reply);
    showState();
    m_transcript.commandBar().setFocus();
}

void SessionControl::paused(const QUuid &session, const QByteArray &line, Smtp::Stage stage)
{
    m_resumed.reset();
    m_paused.append({session, line, stage});
    m_transcript.showCommandBar();
    showState();
}

void SessionControl::refused(const QUuid &session, const Base::Error &error)
{
    const bool waits = m_resumed && m_resumed->session == session;
    if (session != m_session && !waits)
        return;
    if (waits)
        m_paused.prepend(*m_resumed);
    m_resumed.reset();
    m_isBusy = false;
    showState();
    m_transcript.commandBar().showProblem(Explain::explain(error).withNextStep());
}

void SessionControl::resume(const std::optional<QByteArray> &line)
{
    if (m_paused.isEmpty())
        return;
    m_resumed = m_paused.takeFirst();
    m_service.resume(m_resumed->session, line);
    showState();
}

void SessionControl::close()
{
    if (!m_paused.isEmpty()) {
        m_service.cancel(m_paused.takeFirst().session);
    } else if (m_isOpen && !m_isBusy) {
        m_service.quit(m_session);
    } else {
        m_service.cancel(m_session);
        m_session = {}; // perhaps it waits for its password only
        m_isOpen = m_isBusy = false;
    }
    showState();
}

void SessionControl::finished(const QUuid &session)
{
    m_paused.removeIf([&session](const Paused &one) { return one.session == session; });
    if (session == m_session) {
        m_session = {};
        m_isOpen = m_isBusy = false;
        m_transcript.commandBar().setCapabilities({});
    }
    showState();
}

void SessionControl::showState()
{
    CommandBar &bar = m_transcript.commandBar();
    if (!m_paused.isEmpty())
        return bar.pause(m_paused.first().line, m_paused.first().stage);
    bar.setState(m_session.isNull() ? CommandBar::State::Closed
            : !m_isOpen             ? CommandBar::State::Opening
            : m_isBusy              ? CommandBar::State::Busy
                                    : CommandBar::State::Idle);
}

} // namespace Mailgauge::Gui
