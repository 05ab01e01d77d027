// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/outcometext.h"

#include "base/literals.h"

#include <QLocale>

#include <utility>

namespace Mailgauge::Models {

QString OutcomeText::of(Smtp::Outcome outcome)
{
    switch (outcome) {
    case Smtp::Outcome::Accepted:
        return tr("accepted");
    case Smtp::Outcome::Deferred:
        return tr("deferred");
    case Smtp::Outcome::Rejected:
        return tr("rejected");
    case Smtp::Outcome::Uncertain:
        return tr("uncertain");
    case Smtp::Outcome::Failed:
        return tr("not sent");
    case Smtp::Outcome::Stopped:
        return tr("stopped");
    }
    Q_UNREACHABLE_RETURN({});
}

QString OutcomeText::of(Transcript::WholeOutcome outcome)
{
    return outcome == Transcript::WholeOutcome::Partial ? tr("partly accepted")
                                                        : of(toRecipientOutcome(outcome));
}

QString OutcomeText::symbol(Smtp::Outcome outcome)
{
    switch (outcome) {
    case Smtp::Outcome::Accepted:
        return u"✓"_s;
    case Smtp::Outcome::Deferred:
        return u"…"_s;
    case Smtp::Outcome::Rejected:
        return u"✕"_s;
    case Smtp::Outcome::Uncertain:
        return u"?"_s;
    case Smtp::Outcome::Failed:
        return u"!"_s;
    case Smtp::Outcome::Stopped:
        return u"■"_s;
    }
    Q_UNREACHABLE_RETURN({});
}

QString OutcomeText::symbol(Transcript::WholeOutcome outcome)
{
    return outcome == Transcript::WholeOutcome::Partial ? u"◐"_s
                                                        : symbol(toRecipientOutcome(outcome));
}

QString OutcomeText::hardness(const std::optional<bool> &hard)
{
    if (!hard)
        return tr("unclear");
    return *hard ? tr("hard") : tr("soft");
}

QString OutcomeText::doing(Smtp::Stage stage)
{
    switch (stage) {
    case Smtp::Stage::Resolve:
        return tr("looking up the relay");
    case Smtp::Stage::Connect:
    case Smtp::Stage::Proxy:
        return tr("connecting");
    case Smtp::Stage::Greeting:
        return tr("waiting for the greeting");
    case Smtp::Stage::Helo:
        return tr("saying hello");
    case Smtp::Stage::StartTls:
    case Smtp::Stage::Tls:
        return tr("starting TLS");
    case Smtp::Stage::Auth:
        return tr("authenticating");
    case Smtp::Stage::Mail:
    case Smtp::Stage::Rcpt:
    case Smtp::Stage::Data:
        return tr("giving the envelope");
    case Smtp::Stage::Content:
        return tr("sending the message");
    case Smtp::Stage::Dot:
        return tr("waiting for the final reply");
    case Smtp::Stage::Rset:
    case Smtp::Stage::Quit:
        return tr("closing the session");
    }
    std::unreachable();
}

QString OutcomeText::duration(qint64 microseconds)
{
    const QLocale locale;
    if (microseconds < 1000)
        return tr("%1 µs").arg(locale.toString(microseconds));
    if (microseconds < 1'000'000)
        return tr("%1 ms").arg(locale.toString(double(microseconds) / 1000.0, 'f', 1));
    return tr("%1 s").arg(locale.toString(double(microseconds) / 1e6, 'f', 2));
}

Smtp::Outcome toRecipientOutcome(Transcript::WholeOutcome outcome)
{
    switch (outcome) {
    case Transcript::WholeOutcome::Accepted:
        return Smtp::Outcome::Accepted;
    case Transcript::WholeOutcome::Partial:
    case Transcript::WholeOutcome::Deferred:
        return Smtp::Outcome::Deferred;
    case Transcript::WholeOutcome::Rejected:
        return Smtp::Outcome::Rejected;
    case Transcript::WholeOutcome::Uncertain:
        return Smtp::Outcome::Uncertain;
    case Transcript::WholeOutcome::Failed:
        return Smtp::Outcome::Failed;
    case Transcript::WholeOutcome::Stopped:
        return Smtp::Outcome::Stopped;
    }
    Q_UNREACHABLE_RETURN({});
}

} // namespace Mailgauge::Models
