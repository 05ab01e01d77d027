// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sendjob.h"
#include "sessionscommands.h"

#include "base/filewriter.h"

#include <memory>

namespace Mailgauge::Cli {

/// `sessions replay ID`: once more against another relay, or as a scenario for the sandbox.
class SessionsReplayCommand final : public SessionsCommand {
    Q_OBJECT

public:
    using SessionsCommand::SessionsCommand;

    void interrupt() override;

protected:
    void read(Transcript::SessionLibrary &sessions) override;

private:
    void writeScenario(const Transcript::StoredSession &session);
    void readMessage(
        Transcript::SessionLibrary &sessions, const Transcript::StoredSession &session);
    void play(const Transcript::StoredSession &session, const std::optional<QByteArray> &message);
    void answer();

    std::unique_ptr<Base::FileWriter> m_output;
    std::unique_ptr<SendJob> m_job;
    QUuid m_original;
    QList<QByteArray> m_notes;
};

[[nodiscard]] QList<OptionSpec> sessionsReplayOptions();

} // namespace Mailgauge::Cli
