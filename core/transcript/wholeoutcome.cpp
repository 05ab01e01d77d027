// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/wholeoutcome.h"

#include <QtGlobal>

namespace Mailgauge::Transcript {

QByteArrayView wholeOutcomeName(WholeOutcome outcome)
{
    switch (outcome) {
    case WholeOutcome::Accepted:
        return "accepted";
    case WholeOutcome::Partial:
        return "partial";
    case WholeOutcome::Deferred:
        return "deferred";
    case WholeOutcome::Rejected:
        return "rejected";
    case WholeOutcome::Uncertain:
        return "uncertain";
    case WholeOutcome::Failed:
        return "failed";
    case WholeOutcome::Stopped:
        return "stopped";
    }
    Q_UNREACHABLE_RETURN("");
}

std::optional<WholeOutcome> wholeOutcomeFromName(QByteArrayView name)
{
    for (const WholeOutcome outcome : allWholeOutcomes) {
        if (wholeOutcomeName(outcome) == name)
            return outcome;
    }
    return std::nullopt;
}

} // namespace Mailgauge::Transcript
