// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "relay/vaultcredentialstore.h"

#include <QDialog>

class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;

namespace Mailgauge::Gui {

/// Makes, unlocks or locks the vault that keeps passwords where there is no keyring. Closing it
/// gives up what is under way.
class VaultDialog final : public QDialog {
    Q_OBJECT

public:
    explicit VaultDialog(Relay::VaultCredentialStore &vault, QWidget *parent = nullptr);

    void done(int result) override;

private:
    [[nodiscard]] bool isBusy() const;
    void setBusy(bool busy);
    void showState();
    void updateButton();
    void act();
    void finished(const Base::Result<void> &result);

    Relay::VaultCredentialStore &m_vault;
    QLabel *m_explanation;
    QLabel *m_repeatLabel;
    QLineEdit *m_passphrase;
    QLineEdit *m_repeat;
    QProgressBar *m_progress;
    QLabel *m_problem;
    QPushButton *m_act;
};

} // namespace Mailgauge::Gui
