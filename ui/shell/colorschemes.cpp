// SPDX-License-Identifier: GPL-3.0-or-later
#include "shell/colorschemes.h"

#include "base/literals.h"
#include "shell/actions.h"
#include "shell/settings.h"

#include <KColorSchemeManager>

#include <QAbstractItemModel>

#include <QActionGroup>
#include <QMetaEnum>

namespace Mailgauge::Shell {

ColorSchemes::ColorSchemes(Actions &actions, Settings &settings, QObject *parent)
    : QObject(parent)
    , m_settings(settings)
    , m_group(new QActionGroup(this))
{
    // The choice is ours to keep, in the one settings file.
    KColorSchemeManager::instance()->setAutosaveChanges(false);
    const QString group = tr("View");
    const std::tuple<Scheme, QString, QString, QString> entries[] {
        {Scheme::System, u"view.schemeSystem"_s, tr("Colours: As the &System"), u"contrast"_s},
        {Scheme::Light, u"view.schemeLight"_s, tr("Colours: &Light"), u"weather-clear"_s},
        {Scheme::Dark, u"view.schemeDark"_s, tr("Colours: &Dark"), u"weather-clear-night"_s},
        {Scheme::HighContrast, u"view.schemeHighContrast"_s, tr("Colours: High &Contrast"),
            u"preferences-desktop-accessibility"_s},
    };
    const QString name = m_settings.value(u"view/colorScheme"_s, u"System"_s).toString();
    bool known = false;
    const int stored = QMetaEnum::fromType<Scheme>().keyToValue(
        name.toLatin1().constData(), &known);
    const auto chosen = known ? static_cast<Scheme>(stored) : Scheme::System;
    for (const auto &[scheme, id, text, icon] : entries) {
        QAction *action = actions.add(id, group, text, icon);
        action->setCheckable(true);
        action->setActionGroup(m_group);
        action->setChecked(scheme == chosen);
        connect(action, &QAction::triggered, this, [this, scheme] { choose(scheme); });
    }
    if (chosen != Scheme::System)
        apply(chosen);
}

void ColorSchemes::apply(Scheme scheme)
{
    auto *manager = KColorSchemeManager::instance();
    switch (scheme) {
    case Scheme::System:
        manager->activateScheme(manager->indexForSchemeId({}));
        break;
    case Scheme::Light:
        manager->activateScheme(manager->indexForScheme(u"Breeze Light"_s));
        break;
    case Scheme::Dark:
        manager->activateScheme(manager->indexForScheme(u"Breeze Dark"_s));
        break;
    case Scheme::HighContrast:
        manager->activateScheme(manager->indexForScheme(u"Mailgauge High Contrast"_s));
        break;
    }
}

void ColorSchemes::choose(Scheme scheme)
{
    m_settings.setValue(u"view/colorScheme"_s,
        QString::fromLatin1(QMetaEnum::fromType<Scheme>().valueToKey(static_cast<int>(scheme))));
    apply(scheme);
}

} // namespace Mailgauge::Shell
