// SPDX-License-Identifier: GPL-3.0-or-later
#include "theme/meaningdelegate.h"

namespace Mailgauge::Theme {

Role roleOf(Models::Meaning meaning)
{
    switch (meaning) {
    case Models::Meaning::Plain:
        return Role::Client;
    case Models::Meaning::Good:
        return Role::Accepted;
    case Models::Meaning::Careful:
        return Role::Deferred;
    case Models::Meaning::Bad:
        return Role::Rejected;
    case Models::Meaning::Unknown:
        return Role::Uncertain;
    case Models::Meaning::Muted:
        return Role::Muted;
    case Models::Meaning::Running:
        return Role::Accent;
    }
    Q_UNREACHABLE_RETURN(Role::Client);
}

MeaningDelegate::MeaningDelegate(const Theme &theme, QObject *parent)
    : QStyledItemDelegate(parent)
    , m_theme(theme)
{
}

void MeaningDelegate::initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const
{
    QStyledItemDelegate::initStyleOption(option, index);
    const QVariant meaning = index.data(Models::MeaningRole);
    if (!meaning.isValid() || option->state.testFlag(QStyle::State_Selected))
        return;
    option->palette.setColor(
        QPalette::Text, m_theme.color(roleOf(meaning.value<Models::Meaning>())));
}

} // namespace Mailgauge::Theme
