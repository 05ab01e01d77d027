// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnose/hostpolicies.h"
#include "theme/theme.h"

#include <QWidget>

class QAction;
class QLabel;
class QTableView;

namespace Mailgauge::Models {
class PoliciesModel;
}
namespace Mailgauge::Widgets {
class EmptyState;
}

namespace Mailgauge::Diagnose {

class FactsView;

/// What senders that take care do here, and why; below it what is published about the chosen
/// address: TLSA records against the certificate that was shown, and the domain's MTA-STS policy.
class PoliciesView final : public QWidget {
    Q_OBJECT

public:
    explicit PoliciesView(Theme::Theme &theme, QWidget *parent = nullptr);

    void setPolicies(const QList<HostPolicies> &policies);

private:
    void makeTable(Theme::Theme &theme);
    void showSelected();
    void showDane(const HostPolicies &policies);
    void showMtaSts(const HostPolicies &policies);
    void copyTlsa();
    [[nodiscard]] const HostPolicies *selected() const;

    QList<HostPolicies> m_policies;
    Models::PoliciesModel *m_model;
    QTableView *m_table;
    QLabel *m_title;
    FactsView *m_facts;
    QAction *m_copy;
    Widgets::EmptyState *m_empty;
};

} // namespace Mailgauge::Diagnose
