// SPDX-License-Identifier: GPL-3.0-or-later
#include "explain/translation.h"

#include <atomic>

namespace Mailgauge::Explain {

namespace {
std::atomic<Translator> current = nullptr;
}

void setTranslator(Translator translator)
{
    current = translator;
}

QString translated(const QString &english, const QByteArray &about)
{
    const Translator translator = current;
    if (!translator || english.isEmpty())
        return english;
    return translator(english.toUtf8().constData(), about.constData());
}

} // namespace Mailgauge::Explain
