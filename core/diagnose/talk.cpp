// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/talk.h"

#include "delivery/exitcode.h"
#include "diagnose/celljudge.h"

#include <utility>

namespace Mailgauge::Diagnose {

Talk::Talk(const Net::StepOptions &options, Transcript::SessionRecord record,
    Transcript::SessionRepository *sessions, const Base::Clock &clock, QObject *parent)
    : QObject(parent)
    , m_session(options)
    , m_record(std::move(record))
    , m_sessions(sessions)
    , m_clock(clock)
    , m_start(clock.now())
{
    m_record.id = QUuid::createUuid();
    m_record.startedAt = clock.utcNow();
    connect(&m_session, &Net::StepSession::finished, this, &Talk::stepOver);
    if (m_sessions)
        watch(m_sessions->begin(m_record, {}));
}

Talk::~Talk()
{
    end();
}

void Talk::watch(const QFuture<Base::Result<void>> &kept)
{
    QFuture<Base::Result<void>>(kept).then(this, [this](const Base::Result<void> &result) {
        if (!result && !std::exchange(m_storeFailed, true))
            Q_EMIT storeFailed(result.error());
    });
}

void Talk::keepEntries()
{
    const QList<Transcript::Entry> entries = m_session.takeEntries();
    m_entries += entries;
    if (m_sessions && !entries.isEmpty())
        watch(m_sessions->append(m_record.id, entries));
}

Evidence Talk::lastLine() const
{
    return lastLineOf(m_record.id, m_entries).value_or(Evidence {.session = m_record.id});
}

void Talk::expect(Then then)
{
    m_then = std::move(then);
}

void Talk::stepOver(const Net::StepResult &result)
{
    if (m_ended)
        return;
    keepEntries();
    if (result.reply && m_session.stage() == Smtp::Stage::Greeting)
        m_record.greeting = result.reply->lines.value(0);
    if (result.failure)
        m_record.failure = result.failure;
    m_record.stage = m_session.stage();
    if (const Then then = std::exchange(m_then, {}))
        then(result);
}

void Talk::open(Then then)
{
    expect(std::move(then));
    m_session.open();
}

void Talk::ehlo(const QByteArray &name, Then then)
{
    expect(std::move(then));
    m_session.ehlo(name);
}

void Talk::startTls(Then then)
{
    expect(std::move(then));
    m_session.startTls();
}

void Talk::startTlsWith(const Smtp::Command &behind, Then then)
{
    expect(std::move(then));
    m_session.startTlsWith(behind);
}

void Talk::auth(const Smtp::AuthOptions &auth, Then then)
{
    expect(std::move(then));
    m_session.auth(auth);
}

void Talk::command(const Base::Result<Smtp::Command> &command, Then then)
{
    expect(std::move(then));
    m_session.command(command);
}

void Talk::group(const QList<Smtp::Command> &commands, Then then)
{
    expect(std::move(then));
    m_session.group(commands);
}

void Talk::dataAsIs(const QByteArray &bytes, Then then)
{
    expect(std::move(then));
    m_session.dataAsIs(bytes);
}

void Talk::quit(Then then)
{
    expect(std::move(then));
    m_session.quit();
}

void Talk::end()
{
    if (std::exchange(m_ended, true))
        return;
    m_then = {};
    m_session.close();
    keepEntries();
    m_record.address = m_session.address();
    m_record.capabilities = m_session.capabilities();
    m_record.tls = m_session.tlsFacts();
    m_record.authMechanism = m_session.mechanism();
    const Delivery::Verdict verdict = Delivery::verdictOf({.recipients = {},
        .failure = m_record.failure,
        .refusal = {},
        .stopped = false,
        .tls = Smtp::TlsPolicy::None});
    m_record.outcome = verdict.outcome;
    m_record.exitCode = verdict.exitCode;
    m_record.totalUs
        = std::chrono::duration_cast<std::chrono::microseconds>(m_clock.now() - m_start).count();
    if (m_sessions)
        watch(m_sessions->finish(m_record));
}

} // namespace Mailgauge::Diagnose

#include "moc_talk.cpp"
