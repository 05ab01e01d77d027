// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command.h"
#include "workspace.h"

#include "base/filewriter.h"
#include "delivery/comparisonreport.h"
#include "diagnose/checkservice.h"
#include "store/reportstore.h"

namespace Mailgauge::Cli {

/// `check relay`: finds the relay, loads what to compare with, runs, writes the report.
class CheckRelayCommand final : public Command {
public:
    CheckRelayCommand(Context &context, Options options);
    ~CheckRelayCommand() override;

    void start() override;
    void interrupt() override;

private:
    using Former = Base::Result<Diagnose::RelayReport>;

    void prepare(const std::optional<Relay::RelayProfile> &profile);
    void useSecrets(const Relay::RelayProfile &profile, bool stored);
    void findFormer();
    void useFormer(const Former &former);
    void run();
    void tell();
    void over(const Diagnose::RelayReport &report);
    [[nodiscard]] Checked<void> write(const Diagnose::RelayReport &report);
    void print(const Diagnose::RelayReport &report) const;

    Workspace m_workspace;
    Diagnose::CheckOptions m_check;
    std::unique_ptr<Base::FileWriter> m_output;
    Delivery::ReportFormat m_format = Delivery::ReportFormat::Text;
    std::unique_ptr<Store::ReportStore> m_reports;
    std::optional<Diagnose::RelayReport> m_former;
    std::unique_ptr<Diagnose::CheckService> m_service;
    QUuid m_id;
};

} // namespace Mailgauge::Cli
