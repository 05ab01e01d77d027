// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

namespace Mailgauge::Shell {

class Actions;

/// Every action with its keys, with a field to find one. Closes with Escape; not modal.
class ShortcutsDialog final : public QDialog {
    Q_OBJECT

public:
    explicit ShortcutsDialog(const Actions &actions, QWidget *parent);
};

} // namespace Mailgauge::Shell
