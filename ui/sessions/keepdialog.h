// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/sessionlibrary.h"

#include <QDialog>
#include <QTimer>

class QAction;
class QCheckBox;
class QPushButton;
class QSpinBox;

namespace Mailgauge::Widgets {
class MessageBar;
}

namespace Mailgauge::Sessions {

/// How long sessions are kept, and how large the store may become. Asks once, in place, before it
/// saves rules that may take more than those before.
class KeepDialog final : public QDialog {
    Q_OBJECT

public:
    explicit KeepDialog(const Transcript::KeepRules &rules, QWidget *parent = nullptr);

    [[nodiscard]] Transcript::KeepRules rules() const;
    /// While these rules are asked about: how many sessions they would remove now for their age.
    void setConcerned(const Transcript::KeepRules &rules, int sessions, bool more);

Q_SIGNALS:
    /// The user is asked whether to save them; answer with setConcerned() if it can be known.
    void asked(const Mailgauge::Transcript::KeepRules &rules);

private:
    void updateFields();
    void withdrawQuestion();
    [[nodiscard]] bool mayTakeMore() const;
    void save();
    void ask(const QString &concerned);

    Transcript::KeepRules m_before;
    QCheckBox *m_byAge;
    QSpinBox *m_days;
    QCheckBox *m_bySize;
    QSpinBox *m_megabytes;
    QCheckBox *m_marked;
    QSpinBox *m_binDays;
    Widgets::MessageBar *m_question;
    QAction *m_leave;
    QAction *m_sure;
    QPushButton *m_save;
    QTimer m_pause; ///< While it runs, nothing is removed.
};

} // namespace Mailgauge::Sessions
