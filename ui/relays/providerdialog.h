// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "relay/presets.h"

#include <QDialog>

class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QListView;
class QPushButton;
class QSortFilterProxyModel;

namespace Mailgauge::Models {
class ProvidersModel;
}

namespace Mailgauge::Relays {

/// A chooser of well-known providers, with search: what is known of one, and a profile made from
/// it, complete but for user and password.
class ProviderDialog final : public QDialog {
    Q_OBJECT

public:
    explicit ProviderDialog(QWidget *parent = nullptr);

    void accept() override;

Q_SIGNALS:
    /// The profile has no id yet.
    void chosen(const Mailgauge::Relay::RelayProfile &profile);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    [[nodiscard]] QWidget *makeChooser();
    [[nodiscard]] QWidget *makeFacts();
    [[nodiscard]] const Relay::ProviderPreset *current() const;
    void filter(const QString &text);
    void showCurrent();
    void updateHost();

    Models::ProvidersModel *m_model;
    QSortFilterProxyModel *m_found;
    QLineEdit *m_search;
    QListView *m_list;
    QFormLayout *m_form;
    QLabel *m_name;
    QLabel *m_host;
    QComboBox *m_choice; ///< What stands in the host's place: a region, a service.
    QComboBox *m_port;
    QLabel *m_mechanisms;
    QLabel *m_user;
    QLabel *m_password;
    QLabel *m_note;
    QLabel *m_asOf;
    QPushButton *m_use;
};

} // namespace Mailgauge::Relays
