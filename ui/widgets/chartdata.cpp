// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/chartdata.h"

#include <algorithm>

namespace Mailgauge::Widgets {

double ChartData::total(qsizetype category) const
{
    double sum = 0;
    for (const ChartSeries &one : series)
        sum += one.values.value(category);
    return sum;
}

double ChartData::reach(qsizetype category) const
{
    if (arrangement == Arrangement::Stacked)
        return total(category);
    double most = 0;
    for (const ChartSeries &one : series)
        most = std::max(most, one.values.value(category));
    return most;
}

} // namespace Mailgauge::Widgets
