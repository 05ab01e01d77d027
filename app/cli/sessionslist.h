// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sessionscommands.h"

#include "bundle/sessiontable.h"

#include <optional>

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
    [[nodiscard]] Checked<std::optional<Bundle::TableShape>> table() const;
    void list(const QList<Transcript::SessionRecord> &records);

    std::optional<Bundle::TableShape> m_table; ///< None: lines for people, or JSON.
};

[[nodiscard]] QList<OptionSpec> sessionsListOptions();

} // namespace Mailgauge::Cli
