// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sessionscommands.h"

#include "base/filewriter.h"
#include "bundle/export.h"

namespace Mailgauge::Cli {

/// `sessions export ID`: a transcript, or a support bundle.
class SessionsExportCommand final : public SessionsCommand {
    Q_OBJECT

public:
    using SessionsCommand::SessionsCommand;

protected:
    void read(Transcript::SessionLibrary &sessions) override;
    void show(
        const Transcript::SessionRecord &record, const QList<Transcript::Entry> &entries) override;

private:
    [[nodiscard]] Checked<Bundle::ExportRequest> request() const;
    [[nodiscard]] Checked<std::optional<Transcript::ExportFormat>> format() const;
    void addMessage();
    void addProfile();
    void write();

    Transcript::SessionLibrary *m_sessions = nullptr;
    Bundle::ExportRequest m_request;
    std::unique_ptr<Base::FileWriter> m_output; ///< Null: standard output.
};

[[nodiscard]] QList<OptionSpec> sessionsExportOptions();

} // namespace Mailgauge::Cli
