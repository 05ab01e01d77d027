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

CheckKey RelayReport::keyOf(const CheckResult &result) const
{
    const QString only = domain.isEmpty() ? QString() : host;
    return {result.check, result.host.isEmpty() ? only : result.host};
}

const CheckResult *RelayReport::check(const CheckKey &key) const
{
    const auto found = std::ranges::find(
        checks, key, [this](const CheckResult &one) { return keyOf(one); });
    return found == checks.end() ? nullptr : &*found;
}

const CheckResult *RelayReport::check(Check check) const
{
    CheckResult one;
    one.check = check;
    return this->check(keyOf(one));
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
