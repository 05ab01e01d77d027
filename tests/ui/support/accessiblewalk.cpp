// SPDX-License-Identifier: GPL-3.0-or-later
#include "accessiblewalk.h"

#include "base/literals.h"

#include <QAccessible>
#include <QWidget>

namespace Mailgauge::Test {

namespace {
bool isControl(QAccessible::Role role)
{
    switch (role) {
    case QAccessible::Button:
    case QAccessible::ButtonMenu:
    case QAccessible::ButtonDropDown:
    case QAccessible::CheckBox:
    case QAccessible::RadioButton:
    case QAccessible::ComboBox:
    case QAccessible::EditableText:
    case QAccessible::SpinBox:
    case QAccessible::Slider:
    case QAccessible::Table:
    case QAccessible::Tree:
    case QAccessible::List:
    case QAccessible::PageTab:
    case QAccessible::ProgressBar:
    case QAccessible::MenuItem:
    case QAccessible::Graphic:
        return true;
    default:
        return false;
    }
}

bool hasCells(QAccessible::Role role)
{
    return role == QAccessible::Table || role == QAccessible::Tree || role == QAccessible::List;
}

QString describe(QAccessibleInterface *interface)
{
    const QObject *object = interface->object();
    const QAccessibleInterface *parent = interface->parent();
    const QObject *above = parent != nullptr ? parent->object() : nullptr;
    return u"role %1 %2 (%3) in %4 (%5)"_s.arg(static_cast<int>(interface->role()))
        .arg(object != nullptr ? QLatin1StringView(object->metaObject()->className()) : "?"_L1,
            object != nullptr ? object->objectName() : QString(),
            above != nullptr ? QLatin1StringView(above->metaObject()->className()) : "?"_L1,
            above != nullptr ? above->objectName() : QString());
}

void walk(QAccessibleInterface *interface, QStringList &found)
{
    if (interface == nullptr || !interface->isValid() || interface->state().invisible)
        return;
    const QAccessible::Role role = interface->role();
    // What Qt builds into its own controls carries the control's name.
    const QObject *object = interface->object();
    const bool internal = object != nullptr && object->objectName().startsWith(u"qt_"_s);
    if (!internal && isControl(role) && interface->text(QAccessible::Name).isEmpty()
        && !interface->state().invisible)
        found.append(describe(interface));
    if (hasCells(role) || role == QAccessible::ComboBox || role == QAccessible::SpinBox)
        return;
    for (int i = 0; i < interface->childCount(); ++i)
        walk(interface->child(i), found);
}
} // namespace

QStringList namelessControls(QWidget *root)
{
    QStringList found;
    walk(QAccessible::queryAccessibleInterface(root), found);
    return found;
}

} // namespace Mailgauge::Test
