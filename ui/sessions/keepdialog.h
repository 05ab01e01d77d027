// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/sessionlibrary.h"

#include <QDialog>

class QCheckBox;
class QSpinBox;

namespace Mailgauge::Sessions {

/// How long sessions are kept, and how large the store may become.
class KeepDialog final : public QDialog {
    Q_OBJECT

public:
    explicit KeepDialog(const Transcript::KeepRules &rules, QWidget *parent = nullptr);

    [[nodiscard]] Transcript::KeepRules rules() const;

private:
    void updateFields();

    QCheckBox *m_byAge;
    QSpinBox *m_days;
    QCheckBox *m_bySize;
    QSpinBox *m_megabytes;
    QCheckBox *m_marked;
    QSpinBox *m_binDays;
};

} // namespace Mailgauge::Sessions
