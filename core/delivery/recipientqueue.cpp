// SPDX-License-Identifier: GPL-3.0-or-later
#include "delivery/recipientqueue.h"

#include "base/literals.h"

#include <algorithm>
#include <utility>

namespace Mailgauge::Delivery {

namespace {

using Smtp::RecipientOutcome;
using Smtp::Stage;

/// Transactions that are begun for those whom the one before had no room for. A server that takes
/// one recipient at a time is asked no more often.
constexpr int MostReturns = 100;

/// 452 is also said of a full mailbox or disk (4.2.2, 4.3.1): that does not get better in another
/// transaction.
bool isTooMany(const RecipientOutcome &outcome)
{
    if (outcome.stage != Stage::Rcpt || !outcome.reply || outcome.reply->code != 452)
        return false;
    const auto enhanced = outcome.reply->enhanced();
    return !enhanced || (enhanced->subject == 5 && enhanced->detail == 3);
}

bool isTurnedAway(const RecipientOutcome &outcome)
{
    return outcome.reply && outcome.reply->code == 421
        && (outcome.stage == Stage::Rset || outcome.stage == Stage::Mail
            || outcome.stage == Stage::Rcpt);
}

} // namespace

RecipientQueue::RecipientQueue(QList<Smtp::Mailbox> recipients)
    : m_waiting(std::move(recipients))
{
}

QList<Smtp::Mailbox> RecipientQueue::take(Smtp::RecipientSplitter &session)
{
    m_further = false;
    m_batch = session.take(m_waiting);
    return m_batch;
}

void RecipientQueue::forget(const Smtp::Mailbox &recipient)
{
    const auto found = std::ranges::find(m_last, recipient, &RecipientOutcome::recipient);
    if (found != m_last.end())
        m_last.erase(found);
}

bool RecipientQueue::keeps(const RecipientOutcome &outcome, bool used)
{
    if (outcome.stage == Stage::Data || outcome.stage == Stage::Content
        || outcome.stage == Stage::Dot)
        m_further = true;
    if (!isTooMany(outcome) && !(used && isTurnedAway(outcome))) {
        forget(outcome.recipient);
        return false;
    }
    m_kept.append(outcome);
    m_batch.removeOne(outcome.recipient);
    return true;
}

QList<RecipientOutcome> RecipientQueue::settle()
{
    QList<RecipientOutcome> decided;
    QList<Smtp::Mailbox> again;
    const bool mayReturn = m_further && m_returns < MostReturns;
    for (const RecipientOutcome &outcome : std::exchange(m_kept, {})) {
        forget(outcome.recipient);
        if (isTurnedAway(outcome) || mayReturn) {
            again.append(outcome.recipient);
            m_last.append(outcome);
        } else {
            decided.append(outcome);
        }
    }
    if (!again.isEmpty())
        ++m_returns;
    m_waiting = again + m_waiting;
    return decided;
}

QList<RecipientOutcome> RecipientQueue::leftovers()
{
    m_waiting.clear();
    return std::exchange(m_last, {});
}

QList<QByteArray> RecipientQueue::sentNow(const QList<QByteArray> &addresses) const
{
    QList<QByteArray> result = addresses;
    result.removeIf([this](const QByteArray &address) {
        return std::ranges::none_of(
            m_batch, [&address](const Smtp::Mailbox &one) { return one.address() == address; });
    });
    return result;
}

std::optional<Transcript::SessionFinding> RecipientQueue::finding(
    const Smtp::Capabilities &capabilities) const
{
    if (m_returns > 0 && !m_last.isEmpty())
        return Transcript::SessionFinding {
            "recipients.split"_ba, Stage::Rcpt, m_last.first().reply->lines.value(0)};
    // Of a later session all that is left may fit, or another host may answer, without LIMITS.
    const Smtp::Capability *limits = capabilities.find("LIMITS");
    if (limits && !m_waiting.isEmpty())
        return Transcript::SessionFinding {
            "limits.split"_ba, Stage::Rcpt, "LIMITS " + limits->parameters.join(' ')};
    return std::nullopt;
}

} // namespace Mailgauge::Delivery
