// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/meaning.h"
#include "theme/theme.h"

#include <QStyledItemDelegate>

namespace Mailgauge::Theme {

/// The colour that goes with a meaning.
[[nodiscard]] Role roleOf(Models::Meaning meaning);

/// Paints a cell's text in the colour of its Models::MeaningRole; the text says the same without
/// colour.
class MeaningDelegate final : public QStyledItemDelegate {
    Q_OBJECT

public:
    explicit MeaningDelegate(const Theme &theme, QObject *parent = nullptr);

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override;

private:
    const Theme &m_theme;
};

} // namespace Mailgauge::Theme
