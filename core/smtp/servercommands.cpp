// SPDX-License-Identifier: GPL-3.0-or-later
// The commands of ServerSession, and what their replies change.
#include "smtp/serversession.h"

#include "base/literals.h"
#include "sasl/mechanism.h"

#include <algorithm>

namespace Mailgauge::Smtp {

namespace {

bool isHelloName(QByteArrayView name)
{
    return !name.isEmpty() && name.size() <= 255 && std::ranges::all_of(name, [](char c) {
        const auto u = static_cast<uchar>(c);
        return u > 0x20 && u != 0x7f && c != '<' && c != '>';
    });
}

QByteArray outOfOrderText(Verb verb, ServerState state)
{
    if (state == ServerState::AwaitHello)
        return "5.5.1 Say EHLO first"_ba;
    if (verb == Verb::Mail)
        return "5.5.1 A transaction is open already"_ba;
    if (verb == Verb::Rcpt || verb == Verb::Data)
        return "5.5.1 Say MAIL first"_ba;
    return "5.5.1 Not within a transaction"_ba;
}

std::optional<qint64> sizeValue(const QByteArray &value)
{
    if (value.isEmpty() || value.size() > 18
        || !std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; }))
        return std::nullopt;
    return value.toLongLong();
}

} // namespace

void ServerSession::handleCommand(const ServerCommand &command)
{
    const Verb verb = command.verb;
    if (verb == Verb::Foreign)
        return refuseAndClose({554, {"5.5.1 This is SMTP, closing"_ba}});
    if (verb == Verb::Unknown)
        return refuse({500, {"5.5.1 Unknown command"_ba}});
    if (verb == Verb::Known)
        return refuse({502, {"5.5.1 Not implemented"_ba}});
    if (m_greetingRefused && verb != Verb::Quit)
        return refuse({503, {"5.5.1 The greeting was a refusal; only QUIT is left"_ba}});
    // RFC 2033 4.1: LMTP knows neither HELO nor EHLO, SMTP no LHLO.
    const bool hello = verb == Verb::Ehlo || verb == Verb::Helo || verb == Verb::Lhlo;
    if (hello && m_options.lmtp != (verb == Verb::Lhlo))
        return refuse({500, {"5.5.1 Unknown command"_ba}});
    if (!isInOrder(verb, m_state))
        return refuse({503, {outOfOrderText(verb, m_state)}});
    const bool takesArgument = verb != Verb::StartTls && verb != Verb::Data && verb != Verb::Rset
        && verb != Verb::Quit;
    if (!takesArgument && !command.argument.isEmpty())
        return refuse({501, {"5.5.4 No argument allowed"_ba}});

    switch (verb) {
    case Verb::Ehlo:
    case Verb::Helo:
    case Verb::Lhlo:
        handleHello(command);
        break;
    case Verb::StartTls:
        if (m_tls)
            refuse({503, {"5.5.1 TLS is active already"_ba}});
        else if (!m_options.offerStartTls)
            refuse({502, {"5.5.1 Not offered"_ba}});
        else
            ask(Stage::StartTls, Reply {220, {"2.0.0 Ready to start TLS"_ba}});
        break;
    case Verb::Auth:
        handleAuth(command.argument);
        break;
    case Verb::Mail:
        handleMail(command.argument);
        break;
    case Verb::Rcpt:
        handleRcpt(command.argument);
        break;
    case Verb::Bdat:
        handleBdat(command.argument);
        break;
    case Verb::Data:
        if (m_transaction.chunks > 0 || m_transaction.binary) // RFC 3030 2, 3
            refuse({503, {"5.5.1 Go on with BDAT"_ba}});
        else if (m_transaction.forwardPaths.isEmpty())
            // Asked all the same: a scenario may invite the content although nobody is to get it.
            ask(Stage::Data,
                m_anyRecipient ? Reply {554, {"5.5.1 No valid recipients"_ba}}
                               : Reply {503, {"5.5.1 Say RCPT first"_ba}});
        else
            ask(Stage::Data, Reply {354, {"End with CRLF.CRLF"_ba}});
        break;
    case Verb::Rset:
        ask(Stage::Rset, Reply {250, {"2.0.0 Ok"_ba}});
        break;
    case Verb::Noop:
        say({250, {"2.0.0 Ok"_ba}});
        break;
    case Verb::Vrfy:
        if (command.argument.isEmpty())
            refuse({501, {"5.5.4 Whom?"_ba}});
        else
            say({252, {"2.1.5 Not verified; send and see"_ba}});
        break;
    case Verb::Help:
        say({214, {"2.0.0 EHLO HELO STARTTLS AUTH MAIL RCPT DATA RSET NOOP VRFY HELP QUIT"_ba}});
        break;
    case Verb::Quit:
        ask(Stage::Quit, Reply {221, {"2.0.0 Goodbye"_ba}});
        break;
    case Verb::Known:
    case Verb::Foreign:
    case Verb::Unknown:
        break;
    }
}

bool ServerSession::announces(QByteArrayView keyword) const
{
    return std::ranges::any_of(m_options.keywords, [keyword](const QByteArray &line) {
        const qsizetype space = line.indexOf(' ');
        return QByteArrayView(line)
                   .first(space < 0 ? line.size() : space)
                   .compare(keyword, Qt::CaseInsensitive)
            == 0;
    });
}

bool ServerSession::announcesAuth() const
{
    return !m_options.authMechanisms.isEmpty() && (m_tls || m_options.authInClear);
}

QList<QByteArray> ServerSession::offeredMechanisms() const
{
    QList<QByteArray> offered = m_options.authMechanisms;
    if (m_bindings.isEmpty())
        offered.removeIf([](const QByteArray &name) { return Sasl::bindsChannel(name); });
    return offered;
}

Reply ServerSession::helloReply(bool extended) const
{
    Reply reply {250, {m_options.hostName}};
    if (!extended)
        return reply;
    reply.lines[0] += " greets " + m_pendingHelo;
    reply.lines += m_options.keywords;
    if (m_options.announceSize)
        reply.lines += "SIZE " + QByteArray::number(m_options.limits.message);
    if (m_options.offerStartTls && !m_tls)
        reply.lines += "STARTTLS"_ba;
    if (announcesAuth())
        reply.lines += "AUTH " + offeredMechanisms().join(' ');
    return reply;
}

void ServerSession::handleHello(const ServerCommand &command)
{
    if (!isHelloName(command.argument))
        return refuse({501, {"5.5.4 Give your host name"_ba}});
    m_pendingHelo = command.argument;
    ask(Stage::Helo, helloReply(command.verb != Verb::Helo));
}

void ServerSession::handleAuth(const QByteArray &argument)
{
    if (m_authenticated)
        return refuse({503, {"5.5.1 Authenticated already"_ba}});
    if (m_options.authMechanisms.isEmpty())
        return refuse({502, {"5.5.1 Not offered"_ba}});
    if (!announcesAuth())
        return refuse({538, {"5.7.11 Encryption required: say STARTTLS first"_ba}});
    const QList<QByteArray> words = argument.split(' ');
    const QByteArray mechanism = words[0].toUpper();
    if (mechanism.isEmpty() || words.size() > 2)
        return refuse({501, {"5.5.4 Syntax: AUTH mechanism [initial-response]"_ba}});
    m_user.clear();
    const QByteArray nonce = m_options.nonce + '.' + QByteArray::number(++m_exchanges);
    const QList<QByteArray> offered = offeredMechanisms();
    if (offered.contains(mechanism)) {
        const bool announced = std::ranges::any_of(offered, Sasl::bindsChannel);
        m_exchange = Sasl::makeServerExchange(mechanism, m_options.account, nonce,
            m_options.hostName, {.values = m_bindings, .announced = announced});
    }
    if (!m_exchange)
        return refuse({504, {"5.5.4 Mechanism not offered"_ba}});
    if (words.size() == 1)
        return authStep(m_exchange->start(std::nullopt));
    // A single equals sign is an empty initial response (RFC 4954 4).
    const auto initial = QByteArray::fromBase64Encoding(
        words[1] == "=" ? QByteArray() : words[1], QByteArray::AbortOnBase64DecodingErrors);
    authStep(initial ? m_exchange->start(*initial)
                     : Sasl::ServerStep {Sasl::ServerStep::Kind::Malformed, {}});
}

void ServerSession::handleAuthLine(QByteArrayView line)
{
    if (line == "*") {
        m_exchange.reset();
        ask(Stage::Auth, Reply {501, {"5.7.0 Authentication cancelled"_ba}});
        return;
    }
    const auto response = QByteArray::fromBase64Encoding(
        line.toByteArray(), QByteArray::AbortOnBase64DecodingErrors);
    if (!m_exchange)
        authStep({Sasl::ServerStep::Kind::Denied, {}});
    else if (!response)
        authStep({Sasl::ServerStep::Kind::Malformed, {}});
    else
        authStep(m_exchange->step(*response));
}

void ServerSession::authStep(const Sasl::ServerStep &step)
{
    if (m_exchange)
        m_user = m_exchange->user();
    Reply reply {501, {"5.5.2 Not what the mechanism asks for"_ba}};
    switch (step.kind) {
    case Sasl::ServerStep::Kind::Challenge:
        ask(Stage::Auth, Reply {334, {step.challenge.toBase64()}});
        return;
    case Sasl::ServerStep::Kind::Success:
        reply = {235, {"2.7.0 Authenticated"_ba}};
        break;
    case Sasl::ServerStep::Kind::Denied:
        reply = {535, {"5.7.8 User name or password is wrong"_ba}};
        break;
    case Sasl::ServerStep::Kind::Malformed:
        break;
    }
    if (!reply.isPositive() && m_authFailures + 1 >= m_options.limits.authFailures)
        reply = {421, {"4.7.0 Too many failed authentications, closing"_ba}};
    ask(Stage::Auth, reply);
    m_exchange.reset();
}

void ServerSession::handleMail(const QByteArray &argument)
{
    if (m_options.authRequired && !m_authenticated)
        return refuse({530, {"5.7.0 Authentication required"_ba}});
    auto path = parsePathArgument(argument, "FROM:");
    if (!path)
        return refuse({501, {"5.1.7 Syntax: MAIL FROM:<address>"_ba}});
    m_path = *path;
    m_transaction = {};
    if (const auto refusal = applyMailParameters()) {
        m_transaction = {};
        return refuse(*refusal);
    }
    if (m_path.mailbox && m_path.mailbox->needsSmtpUtf8() && !m_transaction.smtpUtf8)
        return refuse({553, {"5.6.7 This address needs SMTPUTF8"_ba}});
    ask(Stage::Mail, Reply {250, {"2.1.0 Ok"_ba}});
}

std::optional<Reply> ServerSession::applyMailParameters()
{
    for (const auto &[keyword, value] : std::as_const(m_path.parameters)) {
        if (keyword == "SIZE" && (m_options.announceSize || announces("SIZE"))) {
            const auto size = sizeValue(value);
            if (!size)
                return Reply {501, {"5.5.4 SIZE is no number"_ba}};
            if (*size > m_options.limits.message)
                return Reply {552, {"5.3.4 Message too large"_ba}};
            m_transaction.declaredSize = *size;
        } else if (keyword == "BODY" && announces("BINARYMIME") && announces("CHUNKING")
            && value.compare("BINARYMIME", Qt::CaseInsensitive) == 0) {
            m_transaction.binary = true;
        } else if (keyword == "BODY" && announces("8BITMIME")) {
            if (value.compare("7BIT", Qt::CaseInsensitive) != 0
                && value.compare("8BITMIME", Qt::CaseInsensitive) != 0)
                return Reply {501, {"5.5.4 BODY is 7BIT or 8BITMIME"_ba}};
        } else if (keyword == "SMTPUTF8" && announces("SMTPUTF8") && value.isEmpty()) {
            m_transaction.smtpUtf8 = true;
        } else if (keyword == "PRDR" && announces("PRDR") && value.isEmpty()) {
            m_transaction.prdr = true;
        } else if (keyword == "AUTH" && !m_options.authMechanisms.isEmpty()) {
            continue; // RFC 4954 5: who submitted it first; nothing to do with it here
        } else if ((keyword == "RET" || keyword == "ENVID") && announces("DSN")) {
            continue;
        } else if (const auto refusal = checkExtension({keyword, value})) {
            return refusal;
        }
    }
    return std::nullopt;
}

void ServerSession::handleRcpt(const QByteArray &argument)
{
    m_anyRecipient = true;
    auto path = parsePathArgument(argument, "TO:");
    if (!path || !path->mailbox)
        return refuse({501, {"5.1.3 Syntax: RCPT TO:<address>"_ba}});
    for (const PathParameter &parameter : std::as_const(path->parameters)) {
        if ((parameter.keyword != "NOTIFY" && parameter.keyword != "ORCPT") || !announces("DSN"))
            return refuse({555, {"5.5.4 RCPT parameter not understood"_ba}});
    }
    if (path->mailbox->needsSmtpUtf8() && !m_transaction.smtpUtf8)
        return refuse({553, {"5.6.7 This address needs SMTPUTF8"_ba}});
    // A good client splits the transaction: no error of its own.
    if (m_transaction.forwardPaths.size() >= m_options.limits.recipients)
        return say({452, {"4.5.3 Too many recipients"_ba}});
    m_path = *path;
    ask(Stage::Rcpt, Reply {250, {"2.1.5 Ok"_ba}});
}

void ServerSession::applyAnswer(Stage stage, const Reply &reply)
{
    const bool positive = reply.replyClass() == ReplyClass::Completion;
    switch (stage) {
    case Stage::Greeting:
        m_greetingRefused = !positive;
        m_state = ServerState::AwaitHello;
        break;
    case Stage::Helo:
        if (!positive)
            break;
        resetTransaction();
        m_heloName = m_pendingHelo;
        m_state = ServerState::Ready;
        break;
    case Stage::StartTls:
        if (!positive)
            break;
        m_state = ServerState::AwaitTls;
        ask(Stage::Tls, std::nullopt);
        break;
    case Stage::Auth:
        applyAuth(reply);
        break;
    case Stage::Mail:
        if (!positive)
            break;
        m_transaction.reversePath = m_path.mailbox;
        m_transaction.queueId = m_options.sessionId + '-' + QByteArray::number(++m_transactions);
        m_anyRecipient = false;
        m_state = ServerState::Transaction;
        break;
    case Stage::Rcpt:
        if (positive)
            m_transaction.forwardPaths.append(*m_path.mailbox);
        break;
    case Stage::Data:
        if (reply.code == 354)
            m_state = ServerState::Content;
        break;
    case Stage::Dot:
        if (reply.code != 421)
            afterVerdict();
        break;
    case Stage::Rset:
        resetTransaction();
        if (m_state == ServerState::Transaction)
            m_state = ServerState::Ready;
        break;
    case Stage::Quit:
        close();
        return;
    case Stage::Resolve:
    case Stage::Connect:
    case Stage::Proxy:
    case Stage::Tls:
    case Stage::Content:
        break;
    }
    // 421 tells that the server closes (RFC 5321 3.8).
    if (reply.code == 421)
        close();
}

void ServerSession::applyAuth(const Reply &reply)
{
    if (reply.code == 334) {
        m_state = ServerState::Auth;
        return;
    }
    m_exchange.reset();
    m_state = ServerState::Ready;
    m_authenticated = reply.replyClass() == ReplyClass::Completion;
    if (m_authenticated)
        return;
    m_user.clear();
    ++m_authFailures;
}

} // namespace Mailgauge::Smtp
