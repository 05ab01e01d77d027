// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

class QWidget;

namespace Mailgauge::Shell {

/// Takes files that are dropped anywhere on a window. What they are for is decided by whoever
/// listens.
class DropIntake final : public QObject {
    Q_OBJECT

public:
    explicit DropIntake(QWidget &window);

Q_SIGNALS:
    /// Local files only.
    void filesDropped(const QStringList &paths);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
};

} // namespace Mailgauge::Shell
