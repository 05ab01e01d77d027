// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "theme/theme.h"

#include <QStyledItemDelegate>

#include <optional>

namespace Mailgauge::Sessions {

/// Paints a row of a comparison: different cells tinted by severity, and in the column between the
/// sides the line that joins what belongs together.
class ComparisonDelegate final : public QStyledItemDelegate {
    Q_OBJECT

public:
    /// `linkColumn`: -1 where the list has none.
    ComparisonDelegate(const Theme::Theme &theme, int linkColumn, QObject *parent);

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
        const QModelIndex &index) const override;

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override;

private:
    [[nodiscard]] std::optional<Theme::Role> roleOf(const QModelIndex &index) const;

    const Theme::Theme &m_theme;
    int m_linkColumn;
};

} // namespace Mailgauge::Sessions
