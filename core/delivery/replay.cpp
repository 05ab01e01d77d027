// SPDX-License-Identifier: GPL-3.0-or-later
#include "delivery/replay.h"

#include "base/literals.h"
#include "mime/builder.h"

#include <algorithm>

namespace Mailgauge::Delivery {

namespace {

using Kind = ReplayNote::Kind;
using Smtp::Stage;
using Transcript::Exchange;

constexpr qsizetype MaxShown = 80;

/// Those that the session adds by itself, as the new server needs them.
bool isAutomatic(const QByteArray &parameter)
{
    const QByteArray upper = parameter.toUpper();
    return upper.startsWith("SIZE=") || upper.startsWith("BODY=") || upper == "SMTPUTF8"
        || upper.startsWith("AUTH=");
}

// Names one recipient, so that it is wrong for every other one (RFC 3461 4.2).
bool isOriginalRecipient(const QByteArray &parameter)
{
    return parameter.toUpper().startsWith("ORCPT=");
}

QList<QByteArray> ownParameters(const QByteArray &command)
{
    QList<QByteArray> parameters = Transcript::pathParametersOf(command);
    parameters.removeIf(isAutomatic);
    return parameters;
}

class Replayer final {
public:
    Replayer(const Transcript::StoredSession &session, const SendRequest &base)
        : m_record(session.record)
        , m_steps(Transcript::exchangesOf(session.entries))
        , m_entries(session.entries)
    {
        m_replay.request = base;
        m_replay.request.id = {};
        m_replay.request.messageId = session.record.messageId;
        m_replay.request.subject = session.record.subject;
    }

    void takeHello(const ReplayChoices &choices)
    {
        Smtp::SessionOptions &options = m_replay.request.session;
        const auto hello = std::ranges::find(m_steps, Stage::Helo, &Exchange::stage);
        if (hello != m_steps.end()) {
            const QByteArray name = hello->command.mid(5).trimmed();
            if (!choices.ehloName && !name.isEmpty() && !name.contains(' '))
                options.ehloName = name;
            if (!choices.protocol && hello->command.toUpper().startsWith("HELO "))
                options.protocol = Smtp::Protocol::Smtp;
        }
        if (!choices.pipelining)
            options.pipelining = options.pipelining && wasPipelined();
    }

    void takeEnvelope()
    {
        Smtp::Envelope &envelope = m_replay.request.envelope;
        envelope = {};
        QByteArray sender = m_record.reversePath;
        QList<QByteArray> recipients;
        QList<QList<QByteArray>> recipientParameters; // of each
        for (const Exchange &step : m_steps) {
            if (step.transaction > 0)
                continue;
            if (step.stage == Stage::Mail) {
                sender = Transcript::pathOf(step.command).value_or(sender);
                m_replay.request.mailParameters = ownParameters(step.command);
            } else if (step.stage == Stage::Rcpt) {
                recipients.append(Transcript::pathOf(step.command).value_or(QByteArray()));
                recipientParameters.append(ownParameters(step.command));
            }
        }
        takeRecipientParameters(std::move(recipientParameters));
        // One that ended before RCPT still knows whom it was for.
        if (recipients.size() < m_record.recipients.size()
            && std::ranges::none_of(
                m_steps, [](const Exchange &step) { return step.transaction > 0; })) {
            recipients.clear();
            for (const Smtp::RecipientOutcome &recipient : m_record.recipients)
                recipients.append(recipient.recipient.address());
        }
        if (!sender.isEmpty()) {
            if (auto path = Smtp::Mailbox::parse(sender))
                envelope.reversePath = *path;
            else
                note(Kind::BadAddress, sender);
        }
        for (const QByteArray &recipient : std::as_const(recipients)) {
            if (auto path = Smtp::Mailbox::parse(recipient))
                envelope.forwardPaths.append(*path);
            else
                note(Kind::BadAddress, recipient);
        }
        if (recipients.isEmpty())
            note(Kind::NoEnvelope, {});
    }

    /// The replay has the same ones for all of its recipients.
    void takeRecipientParameters(QList<QList<QByteArray>> ofEach)
    {
        for (QList<QByteArray> &parameters : ofEach) {
            const auto original = std::ranges::find_if(parameters, isOriginalRecipient);
            if (original == parameters.end())
                continue;
            note(Kind::RecipientParameters, *original);
            parameters.removeIf(isOriginalRecipient);
        }
        const bool alike = std::ranges::all_of(
            ofEach, [&ofEach](const auto &one) { return one == ofEach.first(); });
        if (alike) {
            m_replay.request.rcptParameters = ofEach.value(0);
            return;
        }
        m_replay.request.rcptParameters.clear();
        for (const QList<QByteArray> &parameters : std::as_const(ofEach)) {
            if (!parameters.isEmpty())
                note(Kind::RecipientParameters, parameters.join(' '));
        }
    }

    [[nodiscard]] Base::Result<void> takeContent(const std::optional<QByteArray> &message)
    {
        SendRequest &request = m_replay.request;
        request.content.reset();
        if (request.envelope.forwardPaths.isEmpty())
            return {};
        if (!message || message->isEmpty()) {
            note(Kind::NoContent, {});
            request.content = Base::Content();
            request.session.stop = Smtp::StopRule {Smtp::StopRule::How::QuitAfter, Stage::Rcpt};
            return {};
        }
        auto content = Mime::rawFromBytes(*message);
        if (!content)
            return std::unexpected(content.error());
        request.content = *content;
        return {};
    }

    void noteTheRest()
    {
        int transactions = 0;
        for (const Exchange &step : m_steps) {
            transactions += step.stage == Stage::Mail ? 1 : 0;
            const QByteArray verb = step.command.left(4).toUpper();
            if (verb == "NOOP" || verb == "VRFY" || verb == "EXPN" || verb == "HELP"
                || step.stage == Stage::Rset)
                note(Kind::OtherCommands, step.command);
        }
        if (transactions > 1)
            note(Kind::FurtherTransactions, QByteArray::number(transactions - 1));
        const bool authenticated = std::ranges::any_of(
            m_steps, [](const Exchange &step) { return step.stage == Stage::Auth; });
        const Smtp::AuthOptions &auth = m_replay.request.session.auth;
        if (authenticated && (auth.need == Smtp::AuthOptions::Need::Never || auth.user.isEmpty()))
            note(Kind::NoPassword, m_record.authMechanism);
    }

    [[nodiscard]] Replay take() { return std::move(m_replay); }

private:
    void note(Kind kind, const QByteArray &detail)
    {
        const ReplayNote made {kind, detail.left(MaxShown)};
        if (!m_replay.notes.contains(made))
            m_replay.notes.append(made);
    }

    /// A second command before the first one's reply, as only PIPELINING allows it. A session that
    /// came to no transaction tells nothing.
    [[nodiscard]] bool wasPipelined() const
    {
        bool open = false;
        bool anything = false;
        for (const Transcript::Entry &entry : m_entries) {
            if (entry.stage != Stage::Mail && entry.stage != Stage::Rcpt
                && entry.stage != Stage::Data)
                continue;
            if (entry.direction == Transcript::Direction::Client) {
                if (open)
                    return true;
                open = true;
                anything = anything || entry.stage == Stage::Rcpt;
            } else if (entry.direction == Transcript::Direction::Server) {
                open = false;
            }
        }
        return !anything;
    }

    const Transcript::SessionRecord &m_record;
    QList<Exchange> m_steps;
    const QList<Transcript::Entry> &m_entries;
    Replay m_replay;
};

} // namespace

Base::Result<Replay> replay(const Transcript::StoredSession &session,
    const std::optional<QByteArray> &message, const SendRequest &base, const ReplayChoices &choices)
{
    Replayer replayer(session, base);
    replayer.takeHello(choices);
    replayer.takeEnvelope();
    if (auto taken = replayer.takeContent(message); !taken)
        return std::unexpected(taken.error());
    replayer.noteTheRest();
    return replayer.take();
}

QString noteText(const ReplayNote &note)
{
    const QString detail = Transcript::visibleText(note.detail);
    switch (note.kind) {
    case Kind::NoContent:
        return u"The message was not kept: the replay ends with QUIT behind the recipients."_s;
    case Kind::NoEnvelope:
        return u"The session names no recipient: the replay ends before MAIL."_s;
    case Kind::FurtherTransactions:
        return u"Only the first transaction is played again; left out: %1."_s.arg(detail);
    case Kind::OtherCommands:
        return u"Left out: “%1”."_s.arg(detail);
    case Kind::NoPassword:
        return detail.isEmpty()
            ? u"The session authenticated; passwords are never kept, so the replay does not."_s
            : u"The session authenticated by %1; passwords are never kept, so the replay does not."_s
                  .arg(detail);
    case Kind::RecipientParameters:
        return u"Left out, because it was not said of every recipient: “%1”."_s.arg(detail);
    case Kind::BadAddress:
        return u"Left out, because it is no address that can be sent: “%1”."_s.arg(detail);
    }
    Q_UNREACHABLE_RETURN({});
}

} // namespace Mailgauge::Delivery
