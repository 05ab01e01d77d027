// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/messagebar.h"

#include <QTimer>
#include <QWidget>

class QAction;

namespace Mailgauge::Sessions {

/// Above the list while it shows deleted sessions: what becomes of them, restore, empty, back.
/// Emptying cannot be undone and asks once, in the same place.
class BinBar final : public QWidget {
    Q_OBJECT

public:
    explicit BinBar(QWidget *parent = nullptr);

    /// Days until a deleted session is removed for good.
    void setDays(int days);
    void setCount(int count);
    [[nodiscard]] QAction *restoreAction() const { return m_restore; }

Q_SIGNALS:
    void restoreRequested();
    void emptyRequested();
    void leaveRequested();

private:
    void explain();
    void ask();

    Widgets::MessageBar *m_bar;
    QAction *m_restore;
    QAction *m_empty;
    QAction *m_leave;
    QAction *m_sure;
    QAction *m_cancel;
    QTimer m_pause; ///< While it runs, nothing is removed.
    int m_days = 30;
    bool m_asking = false;
};

} // namespace Mailgauge::Sessions
