// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "theme/theme.h"

#include <QStyledItemDelegate>

namespace Mailgauge::Smtp {
enum class Outcome : quint8;
}

namespace Mailgauge::Theme {

/// The colour of an outcome. Stopped is muted: the user asked for it.
[[nodiscard]] Role roleOf(Smtp::Outcome outcome);

/// Paints a cell in the colour of its row's Models::OutcomeRole; the model's text says the same
/// without colour.
class OutcomeDelegate final : public QStyledItemDelegate {
    Q_OBJECT

public:
    explicit OutcomeDelegate(const Theme &theme, QObject *parent = nullptr);

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override;

private:
    const Theme &m_theme;
};

} // namespace Mailgauge::Theme
