// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sessionscommands.h"

namespace Mailgauge::Cli {

/// `sessions list`
class SessionsListCommand final : public SessionsCommand {
    Q_OBJECT

public:
    using SessionsCommand::SessionsCommand;

protected:
    void read(Transcript::SessionLibrary &sessions) override;

private:
    [[nodiscard]] Checked<Transcript::SessionQuery> query() const;
    void list(const QList<Transcript::SessionRecord> &records);
};

[[nodiscard]] QList<OptionSpec> sessionsListOptions();

} // namespace Mailgauge::Cli
