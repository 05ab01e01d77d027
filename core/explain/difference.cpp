// SPDX-License-Identifier: GPL-3.0-or-later
#include "explain/difference.h"

#include "base/literals.h"
#include "explain/knowledge.h"
#include "explain/sentence.h"

namespace Mailgauge::Explain {

Explanation explainDifference(const QByteArray &id, const QByteArray &subject,
    const QByteArray &left, const QByteArray &right)
{
    const auto shown = [](const QByteArray &value) {
        return value.isEmpty() ? u"nothing"_s : quotable(value, 160);
    };
    const QStringList parameters {shown(subject), shown(left), shown(right)};
    Explanation result;
    result.id = id;
    result.parameters = parameters;
    if (const Entry *entry = knowledge().differences.find(id)) {
        result.text = filled(entry->text, parameters);
        result.cause = entry->cause;
        result.nextStep = entry->nextStep;
    } else {
        result.text = filled(u"The sessions differ in %1: “%2” first, “%3” second."_s, parameters);
    }
    return result;
}

} // namespace Mailgauge::Explain
