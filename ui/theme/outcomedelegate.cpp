// SPDX-License-Identifier: GPL-3.0-or-later
#include "theme/outcomedelegate.h"

#include "models/roles.h"
#include "smtp/outcome.h"

namespace Mailgauge::Theme {

Role roleOf(Smtp::Outcome outcome)
{
    switch (outcome) {
    case Smtp::Outcome::Accepted:
        return Role::Accepted;
    case Smtp::Outcome::Deferred:
        return Role::Deferred;
    case Smtp::Outcome::Rejected:
        return Role::Rejected;
    case Smtp::Outcome::Uncertain:
        return Role::Uncertain;
    case Smtp::Outcome::Failed:
        return Role::Rejected;
    case Smtp::Outcome::Stopped:
        return Role::Muted;
    }
    Q_UNREACHABLE_RETURN(Role::Muted);
}

OutcomeDelegate::OutcomeDelegate(const Theme &theme, QObject *parent)
    : QStyledItemDelegate(parent)
    , m_theme(theme)
{
}

void OutcomeDelegate::initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const
{
    QStyledItemDelegate::initStyleOption(option, index);
    const QVariant outcome = index.data(Models::OutcomeRole);
    if (!outcome.isValid() || option->state.testFlag(QStyle::State_Selected))
        return;
    option->palette.setColor(
        QPalette::Text, m_theme.color(roleOf(static_cast<Smtp::Outcome>(outcome.toInt()))));
}

} // namespace Mailgauge::Theme
