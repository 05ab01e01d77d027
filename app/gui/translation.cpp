// SPDX-License-Identifier: GPL-3.0-or-later
#include "translation.h"

#include "base/literals.h"
#include "explain/translation.h"

#include <QCoreApplication>
#include <QLocale>
#include <QTranslator>

namespace Mailgauge::Gui {

void translateExplanations()
{
    // Catalogues find a text without its comment as well: a translator may do a sentence that
    // stands in many places once.
    Explain::setTranslator([](const char *english, const char *about) {
        return QCoreApplication::translate("Explain", english, about);
    });
}

void installTranslations(QTranslator &translator)
{
    if (translator.load(QLocale(), u"mailgauge"_s, u"_"_s, u":/i18n"_s)
        || translator.load(u":/i18n/mailgauge_en.qm"_s))
        QCoreApplication::installTranslator(&translator);
    translateExplanations();
}

} // namespace Mailgauge::Gui
