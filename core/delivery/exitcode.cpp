// SPDX-License-Identifier: GPL-3.0-or-later
#include "delivery/exitcode.h"

#include "base/literals.h"

#include <algorithm>

namespace Mailgauge::Delivery {

namespace {

using Smtp::Outcome;
using Smtp::Stage;
using Transcript::WholeOutcome;
using ErrorKind = Base::Error::Kind;

// sysexits, and the two of our own.
enum Code : int {
    Ok = 0,
    Input = 65,
    NoInput = 66,
    NoHost = 68,
    Unavailable = 69,
    Internal = 70,
    Output = 74,
    TemporaryFailure = 75,
    ProtocolError = 76,
    NoPermission = 77,
    TlsRefused = 78,
    SomeAccepted = 79,
    MaybeAccepted = 80,
};

bool isTlsStage(Stage stage)
{
    return stage == Stage::StartTls || stage == Stage::Tls;
}

bool isTlsRequired(Smtp::TlsPolicy policy)
{
    return Smtp::isStartTlsRequired(policy) || policy == Smtp::TlsPolicy::ImplicitTls
        || policy == Smtp::TlsPolicy::OpportunisticStrict;
}

int codeOfRefusal(const Smtp::Reply &reply, Stage stage, Smtp::TlsPolicy policy)
{
    if (reply.code == 421)
        return TemporaryFailure;
    if (isTlsStage(stage) && isTlsRequired(policy))
        return TlsRefused;
    if (reply.replyClass() != Smtp::ReplyClass::Permanent)
        return TemporaryFailure;
    return stage == Stage::Auth ? NoPermission : Unavailable;
}

int codeOfError(const Base::Error &error, Stage stage, Smtp::TlsPolicy policy)
{
    switch (error.kind) {
    case ErrorKind::Resolve:
        return Base::isTemporary(error) ? TemporaryFailure : NoHost;
    case ErrorKind::Connect:
    case ErrorKind::Timeout:
    case ErrorKind::ConnectionClosed:
        return TemporaryFailure;
    case ErrorKind::TlsHandshake:
        if (stage == Stage::Proxy) // nobody who asks for https:// does without
            return TlsRefused;
        return isTlsRequired(policy) ? TlsRefused : TemporaryFailure;
    case ErrorKind::MalformedReply:
    case ErrorKind::ReplyTooLong:
        return ProtocolError;
    case ErrorKind::InvalidInput:
        return Input;
    case ErrorKind::Io:
        return error.detail.startsWith(storePrefix) ? Output : NoInput;
    case ErrorKind::Full:
    case ErrorKind::Corrupt:
        return Output;
    case ErrorKind::Denied:
        return error.detail.startsWith(storePrefix) ? Output : NoPermission;
    case ErrorKind::Unsupported:
        if (isTlsStage(stage))
            return TlsRefused;
        return stage == Stage::Auth ? NoPermission : Unavailable;
    case ErrorKind::Cancelled:
        return Ok;
    }
    Q_UNREACHABLE_RETURN(Internal);
}

WholeOutcome outcomeOf(int code)
{
    switch (code) {
    case TemporaryFailure:
        return WholeOutcome::Deferred;
    case Unavailable:
        return WholeOutcome::Rejected;
    default: // every other code means that the mail was never offered
        return WholeOutcome::Failed;
    }
}

} // namespace

OutcomeCounts &OutcomeCounts::operator+=(const OutcomeCounts &more)
{
    accepted += more.accepted;
    deferred += more.deferred;
    rejected += more.rejected;
    uncertain += more.uncertain;
    others += more.others;
    return *this;
}

OutcomeCounts countsOf(const QList<Smtp::RecipientOutcome> &recipients)
{
    OutcomeCounts counts;
    for (const Smtp::RecipientOutcome &recipient : recipients) {
        switch (recipient.outcome) {
        case Outcome::Accepted:
            ++counts.accepted;
            break;
        case Outcome::Deferred:
            ++counts.deferred;
            break;
        case Outcome::Rejected:
            ++counts.rejected;
            break;
        case Outcome::Uncertain:
            ++counts.uncertain;
            break;
        case Outcome::Failed:
        case Outcome::Stopped:
            ++counts.others;
            break;
        }
    }
    return counts;
}

Verdict verdictOf(const SessionFacts &facts)
{
    const OutcomeCounts counts = countsOf(facts.recipients);
    // A refusal stands when the session breaks behind it: every recipient has the reply that
    // decided.
    const bool decided = !facts.recipients.isEmpty() && counts.others == 0
        && std::ranges::all_of(facts.recipients,
            [](const Smtp::RecipientOutcome &one) { return one.reply.has_value(); });
    if (!decided)
        return verdictOf(counts, facts);
    SessionFacts settled = facts;
    settled.failure.reset();
    return verdictOf(counts, settled);
}

Verdict verdictOf(const OutcomeCounts &counts, const SessionFacts &facts)
{
    const qint64 refused = counts.deferred + counts.rejected;
    if (counts.uncertain > 0)
        return {WholeOutcome::Uncertain, MaybeAccepted};
    if (facts.stopped && refused == 0 && !facts.failure)
        return {WholeOutcome::Stopped, Ok};
    // Whatever breaks behind the last reply changes nothing for the mail (B29).
    if (counts.accepted > 0 && refused + counts.others == 0)
        return {WholeOutcome::Accepted, Ok};
    if (counts.accepted > 0)
        return {WholeOutcome::Partial, SomeAccepted};
    if (facts.failure) {
        const auto &[error, stage] = *facts.failure;
        if (error.kind == ErrorKind::Cancelled)
            return {WholeOutcome::Stopped, Ok};
        const int code = facts.refusal ? codeOfRefusal(*facts.refusal, stage, facts.tls)
                                       : codeOfError(error, stage, facts.tls);
        return {outcomeOf(code), code};
    }
    if (counts.deferred > 0)
        return {WholeOutcome::Deferred, TemporaryFailure};
    if (counts.rejected > 0)
        return {WholeOutcome::Rejected, Unavailable};
    if (counts.others == 0)
        return {WholeOutcome::Accepted, Ok};
    return {WholeOutcome::Failed, Internal};
}

QByteArrayView errorKindName(const Smtp::Failure &failure)
{
    const Stage stage = failure.stage;
    const bool fromStore = failure.error.detail.startsWith(storePrefix);
    switch (failure.error.kind) {
    case ErrorKind::Resolve:
        return "dns";
    case ErrorKind::Connect:
        return "connect";
    case ErrorKind::TlsHandshake:
        return "tls";
    case ErrorKind::Timeout:
        return "timeout";
    case ErrorKind::ConnectionClosed:
        return "lost";
    case ErrorKind::MalformedReply:
    case ErrorKind::ReplyTooLong:
        return "protocol";
    case ErrorKind::InvalidInput:
        return "input";
    case ErrorKind::Io:
        return fromStore ? "output" : "noinput";
    case ErrorKind::Full:
    case ErrorKind::Corrupt:
        return "output";
    case ErrorKind::Denied:
        if (fromStore)
            return "output";
        if (isTlsStage(stage))
            return "tls";
        return stage == Stage::Auth ? "auth" : "connect";
    case ErrorKind::Unsupported:
        if (isTlsStage(stage))
            return "tls";
        return stage == Stage::Auth ? "authUnsupported" : "unsupported";
    case ErrorKind::Cancelled:
        return "state";
    }
    Q_UNREACHABLE_RETURN("internal");
}

} // namespace Mailgauge::Delivery
