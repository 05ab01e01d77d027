// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/messagebar.h"

#include <QHash>
#include <QWidget>

class QVBoxLayout;

namespace Mailgauge::Widgets {

/// Where a window shows its messages, one above the other. Each has a name, so that the same
/// trouble is told once and can be taken back when it is over.
class MessageStack final : public QWidget {
    Q_OBJECT

public:
    explicit MessageStack(QWidget *parent = nullptr);

    /// Shows a message, or replaces the one of that name. Above three the oldest success or
    /// information gives way; a warning or an error stays until it is dismissed or withdrawn.
    MessageBar *post(const QString &name, MessageBar::Kind kind, const QString &text,
        const QList<QAction *> &actions = {});
    void withdraw(const QString &name);
    [[nodiscard]] MessageBar *bar(const QString &name) const { return m_bars.value(name); }

private:
    void makeRoom();

    static constexpr int Most = 3;

    QVBoxLayout *m_layout;
    QHash<QString, MessageBar *> m_bars;
    QStringList m_order;
};

} // namespace Mailgauge::Widgets
