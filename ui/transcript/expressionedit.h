// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/filterexpression.h"

#include <QLineEdit>

class QStringListModel;

namespace Mailgauge::Theme {
class Theme;
}

namespace Mailgauge::Transcript {

/// A line in which a filter expression is written: green while it is right, red while it is not,
/// with a symbol for those who do not tell the colours apart. Completes fields, values and what was
/// written before.
class ExpressionEdit final : public QLineEdit {
    Q_OBJECT

public:
    explicit ExpressionEdit(const Theme::Theme &theme, QWidget *parent = nullptr);

    [[nodiscard]] const std::expected<LineConditions, ExpressionError> &conditions() const
    {
        return m_conditions;
    }
    /// What is wrong, as a sentence; empty where nothing is.
    [[nodiscard]] QString problem() const;
    /// Newest first; what completion offers besides fields.
    void setHistory(const QStringList &history) { m_history = history; }

private:
    void read();
    void showState();
    void offer(const QString &text);

    const Theme::Theme &m_theme;
    std::expected<LineConditions, ExpressionError> m_conditions;
    QStringListModel *m_offers;
    QAction *m_state;
    QStringList m_history;
};

} // namespace Mailgauge::Transcript
