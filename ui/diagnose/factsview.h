// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/meaning.h"
#include "theme/theme.h"

#include <QTreeWidget>

namespace Mailgauge::Diagnose {

/// Names and values, one below the other; what is selected can be copied. Plain text only.
class FactsView final : public QTreeWidget {
    Q_OBJECT

public:
    FactsView(const Theme::Theme &theme, const QString &accessibleName, QWidget *parent = nullptr);

    /// An empty value adds nothing.
    void add(const QString &name, const QString &value,
        Models::Meaning meaning = Models::Meaning::Plain);
    [[nodiscard]] QString value(const QString &name) const;

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    void paint(QTreeWidgetItem *item) const;

    const Theme::Theme &m_theme;
};

} // namespace Mailgauge::Diagnose
