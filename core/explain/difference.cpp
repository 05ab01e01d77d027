// SPDX-License-Identifier: GPL-3.0-or-later
#include "explain/difference.h"

#include "base/literals.h"
#include "explain/knowledge.h"
#include "explain/sentence.h"
#include "explain/translation.h"

namespace Mailgauge::Explain {

Explanation explainDifference(const QByteArray &id, const QByteArray &subject,
    const QByteArray &left, const QByteArray &right)
{
    const KnowledgeFile &differences = knowledge().differences;
    const auto shown = [&differences](const QByteArray &value) {
        return value.isEmpty() ? translated(differences.words.value("nothing"), "word.nothing"_ba)
                               : quotable(value, 160);
    };
    Explanation result;
    result.id = id;
    result.parameters = {shown(subject), shown(left), shown(right)};
    const Entry *entry = differences.find(id);
    if (!entry)
        entry = differences.find("difference.unknown");
    if (!entry)
        return result;
    result.text = filled(translated(entry->text, entry->id + ".text"), result.parameters);
    result.cause = translated(entry->cause, entry->id + ".cause");
    result.nextStep = translated(entry->nextStep, entry->id + ".nextStep");
    return result;
}

} // namespace Mailgauge::Explain
