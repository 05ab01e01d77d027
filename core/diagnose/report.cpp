// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/report.h"

#include "diagnose/reportrepository.h"

#include <algorithm>

namespace Mailgauge::Diagnose {

const Cell *RelayReport::cell(const CellKey &key) const
{
    const auto found = std::ranges::find(cells, key, &Cell::key);
    return found == cells.end() ? nullptr : &*found;
}

const CheckResult *RelayReport::check(Check check) const
{
    const auto found = std::ranges::find(checks, check, &CheckResult::check);
    return found == checks.end() ? nullptr : &*found;
}

qsizetype RelayReport::count(Base::Severity severity) const
{
    return std::ranges::count(findings, severity, &Finding::severity);
}

int exitCodeOf(const RelayReport &report)
{
    return report.count(Base::Severity::Error) > 0 ? 1 : 0;
}

ReportSummary summaryOf(const RelayReport &report)
{
    return {.id = report.id,
        .startedAt = report.startedAt,
        .host = report.host,
        .domain = report.domain,
        .profileName = report.profileName,
        .errors = report.count(Base::Severity::Error),
        .warnings = report.count(Base::Severity::Warning)};
}

} // namespace Mailgauge::Diagnose
