// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/chartdata.h"

namespace Mailgauge::Widgets {

double ChartData::total(qsizetype category) const
{
    double sum = 0;
    for (const ChartSeries &one : series)
        sum += one.values.value(category);
    return sum;
}

} // namespace Mailgauge::Widgets
