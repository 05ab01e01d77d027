// SPDX-License-Identifier: GPL-3.0-or-later
#include "vaultdialog.h"

#include "base/literals.h"
#include "explain/explain.h"

#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>

namespace Mailgauge::Gui {

using State = Relay::VaultCredentialStore::State;

VaultDialog::VaultDialog(Relay::VaultCredentialStore &vault, QWidget *parent)
    : QDialog(parent)
    , m_vault(vault)
    , m_explanation(new QLabel(this))
    , m_repeatLabel(new QLabel(tr("&Again"), this))
    , m_passphrase(new QLineEdit(this))
    , m_repeat(new QLineEdit(this))
    , m_progress(new QProgressBar(this))
    , m_problem(new QLabel(this))
{
    setWindowTitle(tr("Password Vault"));
    m_explanation->setWordWrap(true);
    m_explanation->setMinimumWidth(400);
    m_explanation->setObjectName(u"vaultExplanation"_s);
    m_passphrase->setObjectName(u"vaultPassphrase"_s);
    m_repeat->setObjectName(u"vaultRepeat"_s);
    m_problem->setObjectName(u"vaultProblem"_s);
    // How long it takes is the machine's: a bar that only moves.
    m_progress->setRange(0, 0);
    m_progress->setTextVisible(false);
    m_progress->setMaximumHeight(10);
    m_progress->setAccessibleName(tr("Working on the vault"));
    QSizePolicy keeps = m_progress->sizePolicy();
    keeps.setRetainSizeWhenHidden(true);
    m_progress->setSizePolicy(keeps);
    m_progress->hide();
    m_problem->setWordWrap(true);
    m_problem->setTextFormat(Qt::PlainText);
    for (QLineEdit *edit : {m_passphrase, m_repeat}) {
        edit->setEchoMode(QLineEdit::Password);
        connect(edit, &QLineEdit::textChanged, this, &VaultDialog::updateButton);
    }
    m_repeatLabel->setBuddy(m_repeat);
    auto *form = new QFormLayout;
    form->addRow(tr("&Passphrase"), m_passphrase);
    form->addRow(m_repeatLabel, m_repeat);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    m_act = buttons->addButton(QString(), QDialogButtonBox::ActionRole);
    m_act->setObjectName(u"vaultAct"_s);
    m_act->setDefault(true);
    auto *layout = new QVBoxLayout(this);
    layout->setSpacing(12);
    layout->addWidget(m_explanation);
    layout->addLayout(form);
    layout->addWidget(m_progress);
    layout->addWidget(m_problem);
    layout->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_act, &QPushButton::clicked, this, &VaultDialog::act);
    connect(&m_vault, &Relay::VaultCredentialStore::stateChanged, this, &VaultDialog::showState);
    showState();
}

void VaultDialog::showState()
{
    const State state = m_vault.state();
    switch (state) {
    case State::None:
        m_explanation->setText(tr("Where no keyring is available, passwords of relays can be kept "
                                  "in a vault: a file that only your "
                                  "passphrase opens. Without it, passwords are forgotten when "
                                  "Mailgauge ends. A lost passphrase cannot be recovered."));
        m_act->setText(tr("Create the vault"));
        break;
    case State::Locked:
        m_explanation->setText(
            tr("The vault is locked. Enter its passphrase to use the passwords in it."));
        m_act->setText(tr("Unlock"));
        break;
    case State::Unlocked:
        m_explanation->setText(
            tr("The vault is open: passwords of relays are read from it and kept in it."));
        m_act->setText(tr("Lock"));
        break;
    }
    const bool asks = state != State::Unlocked;
    m_passphrase->setVisible(asks);
    if (auto *form = qobject_cast<QFormLayout *>(layout()->itemAt(1)->layout()))
        form->labelForField(m_passphrase)->setVisible(asks);
    m_repeat->setVisible(state == State::None);
    m_repeatLabel->setVisible(state == State::None);
    updateButton();
}

void VaultDialog::updateButton()
{
    const State state = m_vault.state();
    const bool differ = state == State::None && m_passphrase->text() != m_repeat->text();
    m_problem->setText(
        differ && !m_repeat->text().isEmpty() ? tr("The two passphrases differ.") : QString());
    m_act->setEnabled(
        !isBusy() && (state == State::Unlocked || (!m_passphrase->text().isEmpty() && !differ)));
}

void VaultDialog::act()
{
    if (m_vault.state() == State::Unlocked) {
        m_vault.lock();
        return;
    }
    const Base::Secret passphrase(m_passphrase->text().toUtf8());
    auto making = m_vault.state() == State::None ? m_vault.create(passphrase)
                                                 : m_vault.unlock(passphrase);
    setBusy(true);
    making.then(this, [this](const Base::Result<void> &result) { finished(result); });
}

bool VaultDialog::isBusy() const
{
    return !m_passphrase->isEnabled();
}

void VaultDialog::setBusy(bool busy)
{
    m_passphrase->setEnabled(!busy);
    m_repeat->setEnabled(!busy);
    m_progress->setVisible(busy);
    m_problem->clear();
    updateButton();
}

void VaultDialog::done(int result)
{
    if (isBusy())
        m_vault.cancel();
    QDialog::done(result);
}

void VaultDialog::finished(const Base::Result<void> &result)
{
    setBusy(false);
    m_passphrase->clear();
    m_repeat->clear();
    if (result) {
        accept();
        return;
    }
    showState();
    m_problem->setText(Explain::explain(result.error()).withNextStep());
    m_passphrase->setFocus();
}

} // namespace Mailgauge::Gui
