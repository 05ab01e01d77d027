// SPDX-License-Identifier: GPL-3.0-or-later
#include "steprunner.h"

#include "addresses.h"
#include "connectoptions.h"
#include "extensionoptions.h"
#include "messageoptions.h"
#include "rawmessage.h"
#include "secretoptions.h"
#include "sessionjson.h"

#include "delivery/exitcode.h"
#include "delivery/queueid.h"

#include <algorithm>

namespace Mailgauge::Cli {

namespace {

using Initial = Smtp::AuthOptions::Initial;
using Values = OptionSpec::Values;

Problem noSession(const QString &name)
{
    return {"state"_ba, Exit::Usage, u"session \"%1\" is not open"_s.arg(name)};
}

Checked<Smtp::Mailbox> mailbox(const QByteArray &typed, Smtp::Stage stage)
{
    const QList<TypedAddress> addresses = typedAddresses({typed});
    if (addresses.size() != 1)
        return badInput(u"one address, please"_s, stage);
    auto parsed = Smtp::Mailbox::parse(addresses.first().path);
    if (!parsed)
        return badInput(malformed(addresses.first().path, parsed.error()), stage);
    return *parsed;
}

Json repliesJson(const QList<Smtp::Reply> &replies)
{
    QList<Json> list;
    for (const Smtp::Reply &reply : replies)
        list.append(replyJson(reply));
    return Json::array(list);
}

Json triesJson(const QList<Net::MechanismTry> &tries)
{
    QList<Json> list;
    for (const Net::MechanismTry &one : tries) {
        list.append(Json::object({
            {"mechanism", Json::text(one.mechanism)},
            {"reply", replyJson(one.reply)},
            {"reason", Json::textOrNull(one.reason)},
        }));
    }
    return Json::array(list);
}

} // namespace

StepRunner::StepRunner(Workspace &workspace)
    : m_workspace(workspace)
{
}

StepRunner::~StepRunner()
{
    // Whatever is open ends with the program.
    if (const auto led = m_sessions.find(m_operation.session); m_transaction) {
        m_transaction->stop();
        led->second.record->transaction(m_transaction->envelope().reversePath,
            m_transaction->outcomes(), {}, {}, *led->second.session);
    }
    for (auto &[name, led] : m_sessions)
        led.record->finish(*led.session);
}

Checked<Options> StepRunner::options(const QList<OptionSpec> &table) const
{
    return Options::fromJson(m_operation.op, m_operation.members, table, BatchOperation::frame())
        .and_then([this](const Options &read) -> Checked<Options> {
            return refuseStandardInput(m_operation.op, read).transform([&read] { return read; });
        });
}

void StepRunner::run(const BatchOperation &operation)
{
    m_operation = operation;
    m_path.reset();
    Checked<void> begun;
    if (operation.op == "open") {
        begun = open();
    } else {
        const auto found = m_sessions.find(operation.session);
        const bool known = found != m_sessions.end()
            && (found->second.session->isOpen() || found->second.session->hasNews());
        begun = known ? begin(found->second) : std::unexpected(noSession(operation.session));
    }
    if (!begun)
        refuse(begun.error());
}

Checked<void> StepRunner::begin(Led &led)
{
    const QByteArray &op = m_operation.op;
    if (op == "auth")
        return authenticate(led);
    if (op == "mail")
        return mail(led);
    if (op == "rcpt")
        return rcpt(led);
    if (op == "data")
        return data(led);
    if (op == "send")
        return transact(led);
    if (op == "vrfy" || op == "expn" || op == "help" || op == "command")
        return byHand(led);
    const bool named = op == "ehlo";
    const auto read = options(
        named ? QList<OptionSpec> {{"name", "NAME", Values::One, ""}} : QList<OptionSpec>());
    if (!read)
        return std::unexpected(read.error());
    if (named)
        led.session->ehlo(read->has("name") ? read->value("name") : led.heloName);
    else if (op == "starttls")
        led.session->startTls();
    else if (op == "quit")
        led.session->quit();
    else if (op == "rset")
        led.session->command(Smtp::Command::rset());
    else if (op == "noop")
        led.session->command(Smtp::Command::byHand("NOOP"));
    else {
        if (op == "close")
            led.session->close();
        recordEnd(led);
        answer({}, {});
    }
    return {};
}

Checked<void> StepRunner::open()
{
    const auto found = m_sessions.find(m_operation.session);
    if (found != m_sessions.end() && found->second.session->isOpen())
        return std::unexpected(Problem {
            "state"_ba, Exit::Usage, u"session \"%1\" is open already"_s.arg(m_operation.session)});
    const QList<OptionSpec> profile {{"profile", "NAME", Values::One, ""}};
    const QList<OptionSpec> forget {{"no-store", "", Values::Flag, ""}};
    auto read = options(
        profile + forget + profileOptions() + traceOptions() + secretOptions() + tokenOptions());
    if (!read)
        return std::unexpected(read.error());
    if (!read->has("profile"))
        return openWith(*read, {}, false);
    m_workspace.profile(read->value("profile"))
        .then(this, [this, options = *read](const Checked<Relay::RelayProfile> &stored) {
            const auto begun = stored ? openWith(options, *stored, true)
                                      : Checked<void>(std::unexpected(stored.error()));
            if (!begun)
                refuse(begun.error());
        });
    return {};
}

Checked<void> StepRunner::openWith(
    const Options &options, const Relay::RelayProfile &base, bool stored)
{
    const auto profile = profileForRun(options, base, stored);
    if (!profile)
        return std::unexpected(profile.error());
    const auto request = requestFrom(options, *profile);
    if (!request)
        return std::unexpected(request.error());
    if (!request->session.xclient.isEmpty())
        return usage(u"a session that is led step by step sends XCLIENT by \"command\""_s);
    for (const auto &[name, key] :
        {std::pair {"prdr", "prdr"_L1}, std::pair {"chunk-size", "chunkSize"_L1},
            std::pair {"auth-required", "authRequired"_L1}}) {
        if (options.has(name))
            return usage(u"a session that is led step by step has no use for \"%1\""_s.arg(key));
    }
    if (options.has("chunking") && options.value("chunking") != "off")
        return usage(
            u"a session that is led step by step sends content by DATA: \"chunking\" can "_s
            "only be off");
    if (Smtp::isPublished(request->session.tls))
        return usage(u"a session that is led step by step follows no published policy: give "_s
                     "another --tls");
    const auto password = passwordFrom(options);
    const auto passphrase = vaultPassphraseFrom(options);
    if (!password || !passphrase)
        return std::unexpected(!password ? password.error() : passphrase.error());
    // Passwords of AUTH come with its step.
    Relay::TypedSecrets given {.password = password->value_or(Base::Secret())};
    if (!stored || options.has("proxy")
        || (request->target.proxy && !request->target.proxy->password.isEmpty()))
        given.proxyPassword = request->target.proxy ? request->target.proxy->password
                                                    : Base::Secret();
    tokenFrom(options).then(this,
        [this, given, passphrase = *passphrase, profile = *profile, request = *request,
            noStore = options.has("no-store")](const Checked<std::optional<Base::Secret>> &token) {
            if (!token)
                return refuse(token.error());
            Relay::TypedSecrets all = given;
            all.token = *token;
            if (!all.token && profile.tokenSource == Relay::TokenSource::Browser)
                all.token = Base::Secret();
            m_workspace.secrets(profile, all, passphrase)
                .then(this,
                    [this, profile, request, noStore](
                        const Checked<Relay::ProfileSecrets> &secrets) {
                        if (secrets)
                            openSession(request, profile, *secrets, noStore);
                        else
                            refuse(secrets.error());
                    });
        });
    return {};
}

void StepRunner::openSession(Delivery::SendRequest request, const Relay::RelayProfile &profile,
    const Relay::ProfileSecrets &secrets, bool noStore)
{
    if (request.target.proxy)
        request.target.proxy->password = secrets.proxyPassword;
    Led led;
    led.heloName = request.session.ehloName;
    led.profile = profile;
    led.auth = request.session.auth;
    led.auth.password = secrets.password;
    led.auth.token = secrets.token;
    led.session = std::make_unique<Net::StepSession>(Net::StepOptions {.target = request.target,
        .tls = request.tlsOptions,
        .implicitTls = request.session.tls == Smtp::TlsPolicy::ImplicitTls,
        .deadlines = request.session.deadlines,
        .protocol = request.session.protocol});
    connect(led.session.get(), &Net::StepSession::finished, this, &StepRunner::stepFinished);
    Store::Database *store = noStore ? nullptr : m_workspace.database();
    led.record = std::make_unique<StepRecord>(store ? &store->sessions() : nullptr, request,
        [this](const Base::Error &error) { m_workspace.tellUnsaved(error); });
    if (const auto before = m_sessions.find(m_operation.session); before != m_sessions.end())
        before->second.record->finish(*before->second.session);
    const auto at = m_sessions.insert_or_assign(m_operation.session, std::move(led)).first;
    at->second.session->open();
}

Checked<void> StepRunner::authenticate(Led &led)
{
    QList<OptionSpec> table {{"auth", "MECH", Values::Joined, ""},
        {"auth-without-tls", "", Values::Flag, ""}, {"user", "NAME", Values::One, ""},
        {"authzid", "NAME", Values::One, ""}, {"initial-response", "yes|no", Values::One, ""}};
    const auto read = options(table + secretOptions() + tokenOptions());
    if (!read)
        return std::unexpected(read.error());
    auto auth = authFrom(*read, led.auth);
    if (!auth)
        return std::unexpected(auth.error());
    auto password = passwordFrom(*read);
    const auto passphrase = vaultPassphraseFrom(*read);
    if (!password || !passphrase)
        return std::unexpected(!password ? password.error() : passphrase.error());
    if (*password)
        auth->password = **password;
    Relay::RelayProfile profile = led.profile;
    profile.user = QString::fromUtf8(auth->user);
    if (const auto done = applyPasswordSource(*read, profile); !done)
        return done;
    // What open was given is not what this step asks for.
    if (read->has("password-command") || read->has("netrc")) {
        auth->password = {};
        auth->token = {};
    }
    auth->user = profile.user.toUtf8();
    const bool named = !auth->mechanisms.isEmpty();
    if (auth->user.isEmpty() && (!named || std::ranges::any_of(auth->mechanisms, needsUser)))
        return usage(u"\"user\" is missing"_s);
    const QJsonValue initial = m_operation.members.value("initialResponse"_L1);
    if (!initial.isUndefined() && !initial.isBool())
        return usage(u"\"initialResponse\" is true or false"_s);
    if (initial.isBool())
        auth->initial = initial.toBool() ? Initial::AsUsual : Initial::Never;
    tokenFrom(*read).then(this,
        [this, profile, auth = *auth, passphrase = *passphrase](
            const Checked<std::optional<Base::Secret>> &token) mutable {
            if (!token)
                return refuse(token.error());
            if (*token)
                auth.token = **token;
            const bool fetched = profile.tokenSource == Relay::TokenSource::Browser
                || profile.passwordSource != Relay::PasswordSource::Kept;
            if (fetched && auth.token.isEmpty() && auth.password.isEmpty())
                return authenticateFetched(profile, auth, passphrase);
            m_sessions.at(m_operation.session).session->auth(auth);
        });
    return {};
}

void StepRunner::authenticateFetched(const Relay::RelayProfile &profile,
    const Smtp::AuthOptions &auth, const std::optional<Base::Secret> &passphrase)
{
    Relay::RelayProfile asked = profile;
    asked.auth = Smtp::AuthOptions::Need::Required;
    asked.mechanisms = auth.mechanisms;
    Relay::TypedSecrets typed {.proxyPassword = Base::Secret()};
    if (profile.tokenSource == Relay::TokenSource::Browser)
        typed.password = Base::Secret();
    m_workspace.secrets(asked, typed, passphrase)
        .then(this, [this, with = auth](const Checked<Relay::ProfileSecrets> &secrets) mutable {
            if (!secrets)
                return refuse(secrets.error());
            with.password = secrets->password;
            with.token = secrets->token;
            if (!secrets->exposedFile.isEmpty())
                m_workspace.tellExposed(secrets->exposedFile);
            m_sessions.at(m_operation.session).session->auth(with);
        });
}

Checked<void> StepRunner::mail(Led &led)
{
    const auto read = options({{"from", "ADDRESS", Values::One, ""},
        {"params", "PARAM", Values::Many, ""}, {"smtputf8", "", Values::Flag, ""}});
    if (!read)
        return std::unexpected(read.error());
    if (!read->has("from"))
        return usage(u"\"from\" is missing"_s);
    QList<QByteArray> parameters = read->values("params");
    if (read->has("smtputf8"))
        parameters.append("SMTPUTF8");
    const QByteArray typed = read->value("from").trimmed();
    std::optional<Smtp::Mailbox> path;
    if (!typed.isEmpty() && typed != "<>") {
        const auto parsed = mailbox(typed, Smtp::Stage::Mail);
        if (!parsed)
            return std::unexpected(parsed.error());
        path = *parsed;
    }
    m_path = path;
    led.session->command(Smtp::Command::mail(path, parameters));
    return {};
}

Checked<void> StepRunner::rcpt(Led &led)
{
    const auto read = options(
        {{"to", "ADDRESS", Values::One, ""}, {"params", "PARAM", Values::Many, ""}});
    if (!read)
        return std::unexpected(read.error());
    if (!read->has("to"))
        return usage(u"\"to\" is missing"_s);
    const auto path = mailbox(read->value("to"), Smtp::Stage::Rcpt);
    if (!path)
        return std::unexpected(path.error());
    m_path = *path;
    led.session->command(Smtp::Command::rcpt(*path, read->values("params")));
    return {};
}

Checked<void> StepRunner::data(Led &led)
{
    const auto read = options({{"data", "FILE", Values::One, ""}});
    if (!read)
        return std::unexpected(read.error());
    const auto raw = base64Member(m_operation.members, "dataBase64"_L1);
    if (!raw)
        return std::unexpected(raw.error());
    if (read->has("data") == raw->has_value())
        return usage(u"\"dataBase64\" (or \"data\") is the message"_s);
    const auto message = *raw ? orNoInput(Delivery::rawMessage(**raw, Delivery::RawForm::Text))
                              : rawMessageFromFile(read->value("data"));
    if (!message)
        return std::unexpected(message.error());
    led.record->commit(led.record->openRecipients())
        .then(this, [this, content = message->content](const Base::Result<void> &committed) {
            if (committed)
                m_sessions.at(m_operation.session).session->data(content);
            else
                answer({}, errorJson(Smtp::Failure {committed.error(), Smtp::Stage::Data}));
        });
    return {};
}

Checked<void> StepRunner::byHand(Led &led)
{
    const bool whole = m_operation.op == "command";
    const char *key = whole ? "line" : "text";
    const auto read = options({{key, "TEXT", Values::One, ""}});
    if (!read)
        return std::unexpected(read.error());
    QByteArray line = read->value(key);
    if (whole && line.isEmpty())
        return usage(u"\"line\" is missing"_s);
    if (!whole)
        line = (m_operation.op.toUpper() + ' ' + line).trimmed();
    led.session->command(Smtp::Command::byHand(line));
    return {};
}

Checked<void> StepRunner::transact(Led &led)
{
    const auto read = options(
        envelopeOptions() + beyondAsciiOptions() + extensionOptions() + contentOptions());
    if (!read)
        return std::unexpected(read.error());
    const auto raw = base64Member(m_operation.members, "dataBase64"_L1);
    if (!raw)
        return std::unexpected(raw.error());
    if (!read->has("from") || !read->has("to"))
        return usage(u"\"from\" and \"to\" are needed"_s);
    if (read->has("binary")) // RFC 3030 3: never by DATA, which is what the steps have
        return usage(u"\"binary\" needs BDAT: send it without a session that stays open"_s);
    Relay::RelayProfile profile = led.profile;
    if (const auto done = applyBeyondAscii(*read, profile); !done)
        return std::unexpected(done.error());
    Smtp::SessionOptions session;
    session.smtpUtf8 = profile.smtpUtf8;
    session.eightBitAnyway = profile.eightBitAnyway;
    const auto envelope = envelopeFrom(*read, {}, session);
    const auto mailParameters = parametersFrom(*read, "mail-param");
    const auto rcptParameters = parametersFrom(*read, "rcpt-param");
    for (const auto &problem : {envelope ? std::nullopt : std::optional(envelope.error()),
             mailParameters ? std::nullopt : std::optional(mailParameters.error()),
             rcptParameters ? std::nullopt : std::optional(rcptParameters.error())}) {
        if (problem)
            return std::unexpected(*problem);
    }
    auto message = messageFrom(*read, *envelope, led.heloName, {.raw = *raw}, MessageFiller({}));
    if (!message)
        return std::unexpected(message.error());
    disconnect(led.session.get(), nullptr, this, nullptr);
    m_transaction = std::make_unique<StepTransaction>(*led.session,
        Smtp::Transaction {.envelope = *envelope,
            .size = message->content.size(),
            .eightBit = message->content.eightBit,
            .utf8Header = message->content.utf8Header,
            .mailParameters = *mailParameters,
            .rcptParameters = *rcptParameters},
        message->content, session,
        [record = led.record.get()](
            const QList<QByteArray> &recipients) { return record->commit(recipients); });
    led.record->claim(envelope->forwardPaths);
    connect(
        m_transaction.get(), &StepTransaction::finished, this, &StepRunner::transactionFinished);
    m_transaction->start();
    return {};
}

void StepRunner::transactionFinished()
{
    const StepTransaction &done = *m_transaction;
    const Delivery::Verdict verdict = Delivery::verdictOf({.recipients = done.outcomes(),
        .failure = done.failure(),
        .refusal = {},
        .stopped = false,
        .tls = Smtp::TlsPolicy::None});
    const QByteArray queueId = done.finalReply() ? Delivery::queueIdOf(*done.finalReply())
                                                 : QByteArray();
    const QList<Json::Member> more {
        {"outcome", Json::text(Transcript::wholeOutcomeName(verdict.outcome))},
        {"recipients", recipientsJson(done.outcomes())},
        {"finalReply", replyJson(done.finalReply())},
        {"queueId", Json::textOrNull(queueId)},
        {"exit", Json::number(qint64(verdict.exitCode))},
    };
    const Json error = done.failure() ? errorJson(*done.failure()) : Json();
    const Json reply = replyJson(done.finalReply() ? done.finalReply() : done.lastReply());
    const auto found = m_sessions.find(m_operation.session);
    found->second.record->transaction(done.envelope().reversePath, done.outcomes(),
        done.finalReply(), done.failure(), *found->second.session);
    recordEnd(found->second);
    m_transaction.release()->deleteLater();
    disconnect(found->second.session.get(), nullptr, nullptr, nullptr);
    connect(
        found->second.session.get(), &Net::StepSession::finished, this, &StepRunner::stepFinished);
    answer(reply, error, more);
}

// Its last step may have ended it.
void StepRunner::recordEnd(Led &led)
{
    if (!led.session->isOpen() && !led.session->hasNews())
        led.record->finish(*led.session);
}

void StepRunner::stepFinished(const Net::StepResult &result)
{
    Led &led = m_sessions.at(m_operation.session);
    led.record->step(m_operation.op, m_path, result, *led.session);
    recordEnd(led);
    QList<Json::Member> more;
    if (m_operation.op == "auth")
        more.append({"tried", triesJson(result.tries)});
    if (!result.replies.isEmpty())
        more.append({"replies", repliesJson(result.replies)});
    answer(replyJson(result.reply), result.failure ? errorJson(*result.failure) : Json(), more);
}

void StepRunner::refuse(const Problem &problem)
{
    answer({}, errorJson(problem));
}

void StepRunner::answer(const Json &reply, const Json &error, const QList<Json::Member> &more)
{
    const auto found = m_sessions.find(m_operation.session);
    const bool connected = found != m_sessions.end() && found->second.session->isOpen();
    const Smtp::Capabilities capabilities = connected ? found->second.session->capabilities()
                                                      : Smtp::Capabilities();
    const QList<Json::Member> frame {
        {"op", Json::text(m_operation.op)},
        {"session", Json::text(m_operation.session)},
        {"reply", reply},
        {"error", error},
        {"connected", Json::boolean(connected)},
        {"capabilities", capabilitiesJson(capabilities)},
    };
    Q_EMIT answered(withId(m_operation, frame + more));
}

} // namespace Mailgauge::Cli
