// SPDX-License-Identifier: GPL-3.0-or-later
#include "delivery/recordbuilder.h"

#include "base/literals.h"
#include "delivery/deliveryoptions.h"
#include "delivery/exitcode.h"
#include "delivery/queueid.h"

#include <algorithm>

namespace Mailgauge::Delivery {

namespace {

using Smtp::Outcome;
using Smtp::Stage;

constexpr qsizetype MaxLine = 998; // RFC 5322 2.1.1
constexpr qsizetype MaxFindings = 200; // a hostile server can be odd in every line (B4)

qint64 toUs(Base::TimePoint::duration duration)
{
    return std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
}

} // namespace

Smtp::Transaction transactionOf(const SendRequest &request, const Base::Content &content)
{
    return {.envelope = request.envelope,
        .size = content.size(),
        .eightBit = content.eightBit,
        .utf8Header = content.utf8Header,
        .extensions = request.extensions,
        .mailParameters = request.mailParameters,
        .rcptParameters = request.rcptParameters};
}

Net::ConnectionOptions connectionOptionsOf(const SendRequest &request)
{
    Net::ConnectionOptions options;
    options.target = request.target;
    options.tls = request.tlsOptions;
    options.session = request.session;
    options.mtaSts = request.mtaSts;
    options.keepSecrets = request.keepSecrets;
    return options;
}

Base::Result<void> checkRequest(const SendRequest &request)
{
    if (auto options = Smtp::Session::check(request.session); !options)
        return options;
    return request.content ? Smtp::Session::check(transactionOf(request, *request.content))
                           : Base::Result<void>();
}

void removeKeptSecrets(QList<Transcript::Entry> &entries)
{
    for (Transcript::Entry &entry : entries) {
        for (Transcript::Redaction &redaction : entry.redactions)
            redaction.kept = {};
    }
}

RecordBuilder::RecordBuilder(const SendRequest &request, const Base::Clock &clock)
    : m_clock(clock)
    , m_tlsPolicy(request.session.tls)
    , m_wantsChunking(request.session.chunking != Smtp::Chunking::Off)
    , m_wantsPrdr(request.session.prdr && request.session.protocol != Smtp::Protocol::Lmtp)
    , m_parameters(request.mailParameters + request.rcptParameters)
    , m_start(clock.now())
{
    m_record.id = request.id;
    m_record.startedAt = clock.utcNow();
    m_record.profile = request.profile;
    m_record.profileName = request.profileName;
    m_record.host = request.target.name();
    m_record.port = request.target.isLocal() ? quint16(0) : request.target.port;
    m_record.tlsPolicy = Smtp::tlsPolicyName(m_tlsPolicy).toByteArray();
    m_record.subject = request.subject;
    m_record.messageId = request.messageId;
    if (request.envelope.reversePath)
        m_record.reversePath = request.envelope.reversePath->address();
    for (const Smtp::Mailbox &mailbox : request.envelope.forwardPaths)
        m_record.recipients.append({mailbox, Outcome::Failed, Stage::Connect, {}, {}});
    m_decided = QList<bool>(m_record.recipients.size(), false);
    if (!request.content)
        return;
    m_record.message = QUuid::createUuid();
    if (request.content->longestLine > MaxLine) {
        addFinding("content.longLine"_ba, Stage::Content,
            QByteArray::number(request.content->longestLine) + " octets");
    }
    if (request.content->eightBit)
        addFinding("content.eightBit"_ba, Stage::Content, {});
    if (!request.exposedFile.isEmpty())
        addFinding("credentials.exposed"_ba, Stage::Auth, request.exposedFile.toUtf8());
}

void RecordBuilder::setMessageId(const QByteArray &id)
{
    m_record.messageId = id;
}

void RecordBuilder::setSubject(const QString &subject)
{
    m_record.subject = subject;
}

RecordBuilder RecordBuilder::again(const QUuid &session, const QUuid &message) const
{
    RecordBuilder next = *this;
    next.m_record.id = session;
    if (!m_record.message.isNull())
        next.m_record.message = message;
    next.m_record.startedAt = m_clock.utcNow();
    next.m_start = m_clock.now();
    return next;
}

void RecordBuilder::apply(const Smtp::SessionEvent &event)
{
    std::visit([this](const auto &e) { on(e); }, event);
}

void RecordBuilder::addFinding(const QByteArray &id, Stage stage, const QByteArray &evidence)
{
    const Transcript::SessionFinding finding {id, stage, evidence.left(Base::Error::MaxEvidence)};
    if (m_record.findings.size() < MaxFindings && !m_record.findings.contains(finding))
        m_record.findings.append(finding);
}

void RecordBuilder::setHost(const QString &host, quint16 port)
{
    m_record.host = host;
    m_record.port = port;
    m_record.tls.reset(); // of another host, which was passed over
}

void RecordBuilder::setTls(const Tls::TlsFacts &facts)
{
    m_record.tls = facts;
    if (!facts.accepted)
        return; // the failure tells
    if (facts.version == "TLSv1" || facts.version == "TLSv1.1")
        addFinding("tls.oldVersion"_ba, Stage::Tls, facts.version);
    for (const Tls::VerifyReason &reason : facts.reasons) {
        addFinding("certificate." + Tls::reasonName(reason.kind).toByteArray(), Stage::Tls,
            reason.detail.toUtf8());
    }
}

void RecordBuilder::on(const Smtp::Event::ReplyReceived &event)
{
    if (event.stage == Stage::Greeting)
        m_record.greeting = event.reply.lines.value(0);
}

void RecordBuilder::on(const Smtp::Event::CapabilitiesChanged &event)
{
    m_record.capabilities = event.capabilities;
}

void RecordBuilder::on(const Smtp::Event::Authenticated &event)
{
    m_record.authMechanism = event.mechanism;
}

void RecordBuilder::on(const Smtp::Event::QuirkSeen &event)
{
    addFinding("quirk." + Smtp::quirkName(event.quirk).toByteArray(), event.stage, event.evidence);
}

void RecordBuilder::closeStage()
{
    if (m_open)
        m_record.timings[m_open->first] += toUs(m_clock.now() - m_open->second);
    m_open.reset();
}

void RecordBuilder::on(const Smtp::Event::StageEntered &event)
{
    closeStage();
    m_open = std::pair(event.stage, m_clock.now());
    m_record.timings[event.stage] += 0; // reached, however short
    if (event.stage == Stage::Mail)
        noteDowngrades();
    if (!m_failed && !m_stopped)
        m_record.stage = event.stage;
}

void RecordBuilder::noteDowngrades()
{
    if (m_wantsChunking && !m_record.capabilities.has("CHUNKING"))
        addFinding("chunking.none"_ba, Stage::Mail, {});
    if (m_wantsPrdr && !m_record.capabilities.has("PRDR"))
        addFinding("prdr.none"_ba, Stage::Mail, {});
    if (const QByteArray odd = parametersNotOffered(m_parameters, m_record.capabilities);
        !odd.isEmpty())
        addFinding("parameters.notOffered"_ba, Stage::Mail, odd);
}

void RecordBuilder::decide(const Smtp::RecipientOutcome &outcome)
{
    for (qsizetype i = 0; i < m_decided.size(); ++i) {
        if (m_decided[i] || !(m_record.recipients[i].recipient == outcome.recipient))
            continue;
        m_record.recipients[i] = outcome;
        m_decided[i] = true;
        return;
    }
}

void RecordBuilder::on(const Smtp::Event::RecipientDecided &event)
{
    decide(event.outcome);
}

void RecordBuilder::on(const Smtp::Event::TransactionDone &event)
{
    // Of several transactions (LIMITS), the first that was accepted.
    const bool better = !m_record.finalReply
        || (event.finalReply && event.finalReply->isPositive()
            && !m_record.finalReply->isPositive());
    if (better) {
        m_record.finalReply = event.finalReply;
        if (event.finalReply)
            m_record.queueId = queueIdOf(*event.finalReply);
    }
    if (event.failure && !m_failed)
        m_record.failure = event.failure;
}

void RecordBuilder::on(const Smtp::Event::CommandAnswered &event)
{
    switch (event.reply.replyClass()) {
    case Smtp::ReplyClass::Transient:
        ++m_commands.deferred;
        break;
    case Smtp::ReplyClass::Permanent:
        ++m_commands.rejected;
        break;
    case Smtp::ReplyClass::Preliminary:
    case Smtp::ReplyClass::Completion:
    case Smtp::ReplyClass::Intermediate:
        ++m_commands.accepted;
        break;
    }
}

void RecordBuilder::on(const Smtp::Event::Stopped &event)
{
    m_stopped = true;
    m_record.stage = event.stage;
}

void RecordBuilder::on(const Smtp::Event::Failed &event)
{
    m_failed = event;
    m_record.failure = event.failure;
    m_record.stage = event.failure.stage;
}

void RecordBuilder::restart(const QByteArray &findingId)
{
    if (m_failed)
        addFinding(findingId, m_failed->failure.stage, m_failed->failure.error.detail.toUtf8());
    m_failed.reset();
    m_record.failure.reset();
    m_record.finalReply.reset();
    // What the first try deferred is decided anew by the second.
    for (qsizetype i = 0; i < m_decided.size(); ++i) {
        m_record.recipients[i] = {
            m_record.recipients[i].recipient, Outcome::Failed, Stage::Connect, {}, {}};
        m_decided[i] = false;
    }
    m_record.tls.reset();
    m_record.capabilities = {};
    m_record.greeting.clear();
}

void RecordBuilder::inherit(const Transcript::SessionRecord &session)
{
    m_record.host = session.host;
    m_record.port = session.port;
    m_record.address = session.address;
    m_record.greeting = session.greeting;
    m_record.capabilities = session.capabilities;
    m_record.authMechanism = session.authMechanism;
    m_record.tls = session.tls;
    m_record.stage = Stage::Mail;
}

std::optional<Smtp::Reply> RecordBuilder::refusal() const
{
    return m_failed ? m_failed->reply : std::nullopt;
}

QList<QByteArray> RecordBuilder::undecided() const
{
    QList<QByteArray> result;
    for (qsizetype i = 0; i < m_decided.size(); ++i) {
        if (!m_decided[i])
            result.append(m_record.recipients[i].recipient.address());
    }
    return result;
}

bool RecordBuilder::hasDecided() const
{
    return m_decided.contains(true);
}

void RecordBuilder::finish()
{
    closeStage();
    m_record.totalUs = toUs(m_clock.now() - m_start);
    for (qsizetype i = 0; i < m_decided.size(); ++i) {
        if (m_decided[i])
            continue;
        Smtp::RecipientOutcome &outcome = m_record.recipients[i];
        if (m_failed)
            outcome = Smtp::undecidedOutcome(outcome.recipient, *m_failed);
        else if (m_stopped)
            outcome.outcome = Outcome::Stopped;
        outcome.stage = m_record.stage;
        // The session's rule knows Resolve as one kind; a SERVFAIL may pass (A3).
        if (m_failed && m_failed->failure.error.kind == Base::Error::Kind::Resolve
            && Base::isTemporary(m_failed->failure.error))
            outcome.outcome = Outcome::Deferred;
    }
    const auto &all = m_record.recipients;
    if (!all.isEmpty() && std::ranges::all_of(all, [](const Smtp::RecipientOutcome &one) {
            return one.outcome == Outcome::Stopped;
        }))
        m_stopped = true; // at a breakpoint: replaced by hand
    const SessionFacts facts {
        all, m_record.failure, m_failed ? m_failed->reply : std::nullopt, m_stopped, m_tlsPolicy};
    // Without a message the commands by hand are what it was about.
    const Verdict verdict = all.isEmpty() && !facts.failure ? verdictOf(m_commands, facts)
                                                            : verdictOf(facts);
    m_record.outcome = verdict.outcome;
    m_record.exitCode = verdict.exitCode;
    // QUIT came later, but where somebody was refused is what people look for.
    if (!m_failed && !m_stopped) {
        const auto refused = std::ranges::find_if(m_record.recipients,
            [](const Smtp::RecipientOutcome &one) { return one.outcome != Outcome::Accepted; });
        if (refused != m_record.recipients.end())
            m_record.stage = refused->stage;
    }
}

} // namespace Mailgauge::Delivery
