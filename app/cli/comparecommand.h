// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sessionscommands.h"

#include "base/filewriter.h"
#include "delivery/comparisonreport.h"

namespace Mailgauge::Cli {

/// `sessions compare ID ID`: exit code 0 where nothing that means something differs, else 1.
class SessionsCompareCommand final : public SessionsCommand {
    Q_OBJECT

public:
    using SessionsCommand::SessionsCommand;

protected:
    void read(Transcript::SessionLibrary &sessions) override;

private:
    [[nodiscard]] Checked<Delivery::ReportFormat> format() const;
    void compare(const QList<Transcript::StoredSession> &sessions);

    Transcript::CompareOptions m_compare;
    std::unique_ptr<Base::FileWriter> m_output;
};

[[nodiscard]] QList<OptionSpec> sessionsCompareOptions();

} // namespace Mailgauge::Cli
