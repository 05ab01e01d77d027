// SPDX-License-Identifier: GPL-3.0-or-later
#include "sendjob.h"

#include "addresses.h"
#include "connectoptions.h"
#include "controloptions.h"
#include "extensionoptions.h"
#include "messageoptions.h"
#include "optionvalues.h"
#include "secretoptions.h"
#include "templateoptions.h"

#include "base/paths.h"
#include "delivery/bouncepath.h"
#include "delivery/messagetemplate.h"
#include "explain/explain.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

namespace Mailgauge::Cli {

namespace {

/// The session is to end before MAIL, or is about lines by hand, so that no envelope is needed.
bool needsNoEnvelope(const Smtp::SessionOptions &session, bool hasRecipients)
{
    return (session.stop && session.stop->stage < Smtp::Stage::Mail)
        || (!hasRecipients && !session.commands.isEmpty());
}

QList<OptionSpec> repeatOptions()
{
    using Values = OptionSpec::Values;
    return {
        {"repeat", "N", Values::One, "send N times and print one summary"},
        {"sessions", "S", Values::One, "over S sessions kept open (default: 1)"},
    };
}

/// Fills the template with values of the program's own that are new each time.
Delivery::MakeAnew makerOf(const Options &options, const Smtp::Envelope &envelope,
    const QByteArray &heloName, const MessageInput &input, const Mime::TemplateValues &values)
{
    return [=] {
        Mime::TemplateValues fresh = values;
        Delivery::addRunDefaults(fresh);
        return messageFrom(options, envelope, heloName, input, MessageFiller(fresh))
            .transform_error([](const Problem &problem) {
                return Base::Error {Base::Error::Kind::InvalidInput, problem.detail, {}};
            });
    };
}

} // namespace

QList<OptionSpec> sendOptions()
{
    using Values = OptionSpec::Values;
    const QList<OptionSpec> profile {
        {"profile", "NAME", Values::One,
            "the relay profile to use; further options change it for this run", 'p'},
        {"pipe", "COMMAND", Values::One,
            "start this shell command and speak to its standard input and output"},
    };
    return profile + profileOptions() + secretOptions() + tokenOptions() + envelopeOptions()
        + extensionOptions() + mailExtensionOptions() + contentOptions() + templateOptions()
        + stopOptions() + traceOptions() + controlOptions() + repeatOptions() + outputOptions();
}

int SendAnswer::exitCode() const
{
    if (summary)
        return summary->verdict.exitCode;
    return record ? exitCodeOf(*record, problem) : problem ? problem->exitCode : Exit::Internal;
}

Json SendAnswer::toJson() const
{
    if (summary)
        return summaryJson(*summary);
    if (record)
        return sessionJson(*record, stored, problem, commands);
    return problemJson(problem.value_or(Problem {"internal"_ba, Exit::Internal, {}}), recipients);
}

SendJob::SendJob(
    Context &context, Workspace &workspace, Options options, std::optional<QByteArray> raw)
    : m_context(context)
    , m_workspace(workspace)
    , m_options(std::move(options))
    , m_raw(std::move(raw))
    , m_prompt(context.console)
{
    for (const TypedAddress &address : typedAddresses(m_options.values("to")))
        m_answer.recipients.append(address.path);
}

void SendJob::start()
{
    if (!m_options.has("profile")) {
        prepare({}, false);
        return;
    }
    m_workspace.profile(m_options.value("profile")).then(this, [this](const FoundProfile &profile) {
        if (!profile)
            return fail(profile.error());
        m_profile = *profile;
        prepare(*profile, true);
    });
}

void SendJob::cancel()
{
    m_cancelled = true;
    if (m_sender)
        m_sender->cancel(m_session);
    if (m_repeater)
        m_repeater->cancel(m_session);
}

void SendJob::fail(const Problem &problem)
{
    m_answer.problem = problem;
    Q_EMIT finished();
}

Checked<Delivery::SendRequest> SendJob::build(const Relay::RelayProfile &profile)
{
    auto request = requestFrom(m_options, profile);
    if (!request)
        return request;
    request->keepSecrets = m_options.has("show-secrets");
    request->record = !m_options.has("no-store");
    if (m_adapt) {
        if (const auto adapted = m_adapt(*request); !adapted)
            return std::unexpected(adapted.error());
        return request;
    }
    const bool senderMissing = !m_options.has("from") && profile.defaultFrom.isEmpty();
    const bool envelopeNeeded = !needsNoEnvelope(request->session, !m_answer.recipients.isEmpty());
    if (envelopeNeeded && (senderMissing || m_answer.recipients.isEmpty()))
        return usage(senderMissing ? u"--from is missing"_s : u"--to is missing"_s);
    const auto envelope = envelopeFrom(m_options, profile.defaultFrom.toUtf8(), request->session);
    if (!envelope)
        return std::unexpected(envelope.error());
    request->envelope = *envelope;
    for (const auto &[name, list] : {std::pair {"mail-param", &request->mailParameters},
             std::pair {"rcpt-param", &request->rcptParameters}}) {
        auto parameters = parametersFrom(m_options, name);
        if (!parameters)
            return std::unexpected(parameters.error());
        *list = std::move(*parameters);
    }
    const auto extensions = mailExtensionsFrom(m_options);
    if (!extensions)
        return std::unexpected(extensions.error());
    request->extensions = *extensions;
    if (!envelope->forwardPaths.isEmpty()) {
        MessageInput input {.raw = m_raw};
        const bool again = m_template && m_messages > 1;
        if (again) {
            auto read = readForRepeats(m_options, input);
            if (!read)
                return std::unexpected(read.error());
            input = *std::move(read);
        }
        const QByteArray &heloName = request->session.ehloName;
        auto message = messageFrom(
            m_options, *envelope, heloName, input, MessageFiller(m_template));
        if (!message)
            return std::unexpected(message.error());
        if (again)
            request->makeAnew = makerOf(m_options, *envelope, heloName, input, *m_template);
        request->content = std::move(message->content);
        request->messageId = message->messageId;
        request->madeMessageId = message->madeId;
        request->subject = message->subject;
    }
    // One that was given stays; repeated ones are sessions of their own, which nobody can name yet.
    if (!m_options.has("from") && m_messages == 0 && !profile.bounceAddress.isEmpty()) {
        const auto named = m_workspace.bounceKey().and_then([&](const Base::Secret &key) {
            return Delivery::nameSessionInReversePath(*request, profile.bounceAddress, key);
        });
        if (!named)
            return badInput(Explain::explain(named.error()).withNextStep(), Smtp::Stage::Mail);
    }
    return request;
}

void SendJob::prepare(const Relay::RelayProfile &base, bool stored)
{
    if (m_options.has("break") && !m_mayAsk) {
        fail(usage(u"--break needs somebody to answer"_s).error());
        return;
    }
    if (const auto done = checkReaders(m_options, m_options.has("break") ? 1 : 0); !done) {
        fail(done.error());
        return;
    }
    if (const auto done = readRepeat(); !done) {
        fail(done.error());
        return;
    }
    if (const auto done = fillTemplate(); !done) {
        fail(done.error());
        return;
    }
    const auto profile = profileForRun(m_options, base, stored);
    if (!profile) {
        fail(profile.error());
        return;
    }
    if (m_sessions > 1 && profile->route.localPort != 0) {
        fail(usage(u"--sessions: a local port carries one session at a time"_s).error());
        return;
    }
    auto request = build(*profile);
    if (!request) {
        fail(request.error());
        return;
    }
    m_request = std::move(*request);
    auto files = OutputFiles::open(m_options);
    if (!files) {
        fail(files.error());
        return;
    }
    m_files = std::move(*files);
    useToken(*profile, stored && !namesOtherRelay(m_options));
}

void SendJob::useToken(const Relay::RelayProfile &profile, bool stored)
{
    tokenFrom(m_options).then(
        this, [this, profile, stored](const Checked<std::optional<Base::Secret>> &token) {
            if (!token) {
                fail(token.error());
                return;
            }
            Relay::RelayProfile used = profile;
            if (*token) {
                used.tokenCommand = m_options.text("token-command");
                used.tokenSource = used.tokenCommand.isEmpty() ? Relay::TokenSource::Kept
                                                               : Relay::TokenSource::Command;
            }
            useSecrets(used, {.token = *token}, stored);
        });
}

void SendJob::useSecrets(const Relay::RelayProfile &profile, Relay::TypedSecrets given, bool stored)
{
    const auto password = passwordFrom(m_options);
    const auto passphrase = vaultPassphraseFrom(m_options);
    if (!password || !passphrase) {
        fail(!password ? password.error() : passphrase.error());
        return;
    }
    given.password = *password;
    if (m_options.has("proxy") || m_options.has("proxy-password-file")
        || m_options.has("proxy-password-env") || !m_options.has("profile"))
        given.proxyPassword = m_request.target.proxy ? m_request.target.proxy->password
                                                     : Base::Secret();
    const bool asked = Relay::needsSecret(profile);
    const bool kept = profile.passwordSource == Relay::PasswordSource::Kept;
    if (asked && !stored && kept && !*password && !Relay::needsToken(profile)) {
        fail(usage(u"--user needs --password-file, --password-env, --password-command or --netrc, "
                   u"or a token by --token-file, --token-env or --token-command"_s)
                .error());
        return;
    }
    // Of no profile nothing is kept.
    if (!stored && kept && !*password)
        given.password = Base::Secret();
    m_workspace.secrets(profile, given, *passphrase)
        .then(this, [this, profile](const Checked<Relay::ProfileSecrets> &secrets) {
            if (!secrets) {
                fail(secrets.error());
                return;
            }
            if (m_messages > 0 && !secrets->token.isEmpty())
                m_freshToken = m_workspace.freshToken(profile);
            Delivery::giveSecrets(m_request, *secrets);
            send();
        });
}

Checked<void> SendJob::readRepeat()
{
    static constexpr int MostMessages = 10'000'000;
    static constexpr int MostSessions = 1000;
    for (const auto &[name, target, most] : {std::tuple {"repeat", &m_messages, MostMessages},
             std::tuple {"sessions", &m_sessions, MostSessions}}) {
        if (!m_options.has(name))
            continue;
        bool isNumber = false;
        *target = m_options.value(name).toInt(&isNumber);
        if (!isNumber || *target < 1 || *target > most)
            return usage(u"--%1 %2: expected a number from 1 to %3"_s.arg(
                QLatin1StringView(name), m_options.text(name), QString::number(most)));
    }
    if (m_messages == 0)
        return m_options.has("sessions") ? usage(u"--sessions needs --repeat"_s) : Checked<void>();
    for (const char *name : {"transcript", "tls-save-chain", "show-secrets", "quit-after",
             "drop-after", "drop-after-send", "break"}) {
        if (m_options.has(name))
            return usage(u"--repeat and --%1 exclude each other"_s.arg(QLatin1StringView(name)));
    }
    return {};
}

Checked<void> SendJob::fillTemplate()
{
    auto values = templateFrom(m_options);
    if (!values || !*values)
        return values.transform([](const auto &) { });
    auto filled = fillEnvelope(m_options, **values);
    if (!filled)
        return std::unexpected(filled.error());
    m_template = std::move(*values);
    m_options = std::move(*filled);
    m_answer.recipients.clear();
    for (const TypedAddress &address : typedAddresses(m_options.values("to")))
        m_answer.recipients.append(address.path);
    return {};
}

/// Lines by hand and breakpoints.
void SendJob::listenForControl()
{
    using Delivery::SendService;
    connect(m_sender, &SendService::commandAnswered, this,
        [this](const QUuid &session, const QByteArray &line, const Smtp::Reply &reply) {
            if (session == m_session)
                m_answer.commands.append({line, reply});
        });
    connect(m_sender, &SendService::paused, this,
        [this](const QUuid &session, const QByteArray &line, Smtp::Stage stage) {
            if (session == m_session)
                m_prompt.ask(line, stage);
        });
    connect(m_sender, &SendService::lineRefused, this,
        [this](const QUuid &session, const Base::Error &error) {
            if (session == m_session)
                m_prompt.refused(error.detail);
        });
    connect(&m_prompt, &BreakPrompt::resumed, this, [this](const std::optional<QByteArray> &line) {
        if (m_sender)
            m_sender->resume(m_session, line);
    });
    connect(&m_prompt, &BreakPrompt::stopped, this, [this] {
        if (m_sender)
            m_sender->cancel(m_session);
    });
}

void SendJob::sendRepeatedly()
{
    m_repeater = &m_workspace.repeater(m_request.record);
    m_answer.stored = m_request.record && m_workspace.hasStore();
    connect(m_repeater, &Delivery::RepeatService::storeFailed, this, &SendJob::storeFailed);
    connect(m_repeater, &Delivery::RepeatService::finished, this,
        [this](const Delivery::RepeatSummary &summary) {
            disconnect(m_repeater, nullptr, this, nullptr);
            m_repeater = nullptr;
            m_answer.summary = summary;
            Q_EMIT finished();
        });
    m_session = m_repeater->start({.request = std::move(m_request),
        .messages = m_messages,
        .sessions = qMin(m_sessions, m_messages),
        .transcripts = Delivery::RepeatRequest::KeptTranscripts,
        .freshToken = std::exchange(m_freshToken, {})});
    if (m_cancelled)
        m_repeater->cancel(m_session);
}

void SendJob::send()
{
    if (m_messages > 0) {
        sendRepeatedly();
        return;
    }
    m_sender = &m_workspace.sender(m_request.record);
    m_answer.stored = m_request.record && m_workspace.hasStore();
    if (m_request.id.isNull())
        m_request.id = QUuid::createUuid();
    m_session = m_request.id;
    connect(m_sender, &Delivery::SendService::entriesRecorded, this,
        [this](const QUuid &session, const QList<Transcript::Entry> &entries) {
            if (session == m_session && m_files.wantsTranscript())
                m_entries.append(entries);
        });
    listenForControl();
    connect(m_sender, &Delivery::SendService::storeFailed, this, &SendJob::storeFailed);
    connect(m_sender, &Delivery::SendService::finished, this, &SendJob::sessionFinished);
    m_sender->send(std::move(m_request));
    if (m_cancelled)
        m_sender->cancel(m_session);
}

void SendJob::storeFailed(const Base::Error &error)
{
    if (m_answer.stored)
        m_context.console.complain(u"the session is not saved: "_s + error.detail);
    m_answer.stored = false;
}

void SendJob::remember(const Transcript::SessionRecord &record)
{
    // With --no-store nothing is to be left behind.
    const auto mechanism = m_profile && m_request.record && !namesOtherRelay(m_options)
        ? Delivery::mechanismToRemember(*m_profile, record)
        : std::nullopt;
    Store::Database *store = mechanism ? m_workspace.database() : nullptr;
    if (!store) {
        Q_EMIT finished();
        return;
    }
    m_profile->strongestMechanism = *mechanism;
    store->profiles().save(*m_profile).then(this, [this](const Base::Result<void> &saved) {
        if (!saved)
            m_context.console.complain(u"the profile is not changed: "_s + saved.error().detail);
        Q_EMIT finished();
    });
}

void SendJob::sessionFinished(const Transcript::SessionRecord &record)
{
    if (record.id != m_session)
        return;
    disconnect(m_sender, nullptr, this, nullptr);
    m_sender = nullptr;
    m_answer.record = record;
    // Not what `stopped` means to a script: nobody asked for it beforehand.
    if (m_cancelled && record.outcome == Transcript::WholeOutcome::Stopped)
        m_answer.problem = Problem {"state"_ba, Exit::Interrupted, u"interrupted"_s, record.stage};
    if (const auto written = m_files.write(record, m_entries, m_context.console); !written) {
        m_answer.problem = written.error();
        m_context.console.complain(written.error().detail);
    }
    remember(record);
}

} // namespace Mailgauge::Cli
