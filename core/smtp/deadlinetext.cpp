// SPDX-License-Identifier: GPL-3.0-or-later
#include "smtp/deadlinetext.h"

#include "base/literals.h"

namespace Mailgauge::Smtp {

Base::Result<Deadlines> deadlinesFromText(QByteArrayView text, Deadlines base)
{
    for (const QByteArray &one : text.toByteArray().split(',')) {
        const QByteArray item = one.trimmed();
        if (item.isEmpty())
            continue;
        const qsizetype equals = item.indexOf('=');
        const auto stage = stageFromName(item.first(qMax(equals, 0)));
        bool isNumber = false;
        const double milliseconds = item.sliced(equals + 1).toDouble(&isNumber) * 1000.0;
        if (!stage || !isNumber
            || !(milliseconds >= 1.0
                && milliseconds <= static_cast<double>(LongestDeadline.count())))
            return Base::fail(Base::Error::Kind::InvalidInput,
                u"%1: expected STAGE=SECONDS"_s.arg(QString::fromUtf8(item)));
        base.set(*stage, std::chrono::milliseconds(static_cast<qint64>(milliseconds + 0.5)));
    }
    return base;
}

QByteArray deadlinesToText(const Deadlines &deadlines, const Deadlines &base)
{
    QByteArrayList items;
    for (const Stage stage : allStages) {
        // These two share the limit of connect.
        if (stage == Stage::Resolve || stage == Stage::Proxy
            || deadlines.of(stage) == base.of(stage))
            continue;
        const qint64 milliseconds = deadlines.of(stage).count();
        QByteArray seconds = QByteArray::number(milliseconds / 1000);
        if (const qint64 rest = milliseconds % 1000; rest != 0) {
            seconds += '.' + QByteArray::number(rest).rightJustified(3, '0');
            while (seconds.endsWith('0'))
                seconds.chop(1);
        }
        items.append(stageName(stage).toByteArray() + '=' + seconds);
    }
    return items.join(", ");
}

} // namespace Mailgauge::Smtp
