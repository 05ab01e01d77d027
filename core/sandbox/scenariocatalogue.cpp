// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/scenariocatalogue.h"

#include "base/literals.h"
#include "sandbox/scenarioparser.h"

#include <QFileInfo>

#include <algorithm>
#include <array>

namespace Mailgauge::Sandbox {

namespace {

/// In the order in which lists show them.
constexpr std::array names {"accept-all", "reject-recipients", "greylist", "rate-limit",
    "reject-content", "slow", "drop-after-dot", "no-starttls", "expired-certificate",
    "bounce-later", "demo"};

QString shippedPath(const QString &name)
{
    return u":/mailgauge/scenarios/%1.json"_s.arg(name);
}

} // namespace

QList<ScenarioInfo> shippedScenarios()
{
    QList<ScenarioInfo> result;
    for (const char *name : names) {
        if (const auto scenario = readScenarioFile(shippedPath(QString::fromLatin1(name))))
            result += ScenarioInfo {scenario->name, scenario->title, scenario->description};
    }
    return result;
}

Base::Result<Scenario> loadScenario(const QString &nameOrFile)
{
    const auto shipped = std::ranges::find_if(
        names, [&nameOrFile](const char *name) { return nameOrFile == QLatin1StringView(name); });
    if (shipped != names.end())
        return readScenarioFile(shippedPath(nameOrFile));
    if (QFileInfo::exists(nameOrFile))
        return readScenarioFile(nameOrFile);
    QStringList known;
    for (const char *name : names)
        known += QString::fromLatin1(name);
    return Base::fail(Base::Error::Kind::InvalidInput,
        u"scenario “%1”: neither a file nor one of: %2"_s.arg(nameOrFile, known.join(u", "_s)));
}

} // namespace Mailgauge::Sandbox
