// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/tlsinspection.h"

#include "diagnose/names.h"

#include <algorithm>

namespace Mailgauge::Diagnose {

namespace {

constexpr std::array acceptances {
    Named {Acceptance::NotTested, "notTested"},
    Named {Acceptance::Accepted, "accepted"},
    Named {Acceptance::Refused, "refused"},
};
constexpr std::array choices {
    Named {SuiteChoice::Unknown, "unknown"},
    Named {SuiteChoice::Server, "server"},
    Named {SuiteChoice::Client, "client"},
};

constexpr std::array resumptions {
    Named {Resumption::NotTested, "notTested"},
    Named {Resumption::NothingGiven, "nothingGiven"},
    Named {Resumption::NotResumed, "notResumed"},
    Named {Resumption::Resumed, "resumed"},
};

} // namespace

QByteArrayView acceptanceName(Acceptance acceptance)
{
    return nameIn(acceptances, acceptance);
}

std::optional<Acceptance> acceptanceFromName(QByteArrayView name)
{
    return valueIn(acceptances, name);
}

QByteArrayView suiteChoiceName(SuiteChoice choice)
{
    return nameIn(choices, choice);
}

std::optional<SuiteChoice> suiteChoiceFromName(QByteArrayView name)
{
    return valueIn(choices, name);
}

QByteArrayView resumptionName(Resumption resumption)
{
    return nameIn(resumptions, resumption);
}

std::optional<Resumption> resumptionFromName(QByteArrayView name)
{
    return valueIn(resumptions, name);
}

const ProbedVersion *TlsInspection::version(quint16 code) const
{
    const auto at = std::ranges::find(versions, code, &ProbedVersion::code);
    return at == versions.end() ? nullptr : &*at;
}

const ProbedVersion *TlsInspection::newestAccepted() const
{
    const auto at = std::ranges::find_if(versions.crbegin(), versions.crend(),
        [](const ProbedVersion &one) { return one.judged.acceptance == Acceptance::Accepted; });
    return at == versions.crend() ? nullptr : &*at;
}

} // namespace Mailgauge::Diagnose
