// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bundle/sessiontable.h"
#include "transcript/redaction.h"

#include <QDialog>

class QComboBox;
class QLabel;

namespace Mailgauge::Sessions {

/// Which sessions to save as a table, what a row of it is, and what is left out.
class TableDialog final : public QDialog {
    Q_OBJECT

public:
    /// `selected` sessions can be chosen instead of all that are listed; more than one are offered
    /// first.
    explicit TableDialog(qsizetype selected, QWidget *parent = nullptr);

    [[nodiscard]] bool onlySelected() const;
    [[nodiscard]] Bundle::TableShape shape() const;
    [[nodiscard]] Transcript::RedactionLevel level() const;

private:
    void explain();

    QComboBox *m_scope;
    QComboBox *m_shape;
    QComboBox *m_level;
    QLabel *m_explanation;
};

} // namespace Mailgauge::Sessions
