// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workspace.h"

#include "base/filewriter.h"
#include "transcript/formatter.h"

namespace Mailgauge::Cli {

/// What `sessions …` have in common: a store that must be there.
class SessionsCommand : public Command {
    Q_OBJECT

public:
    SessionsCommand(Context &context, Options options);

    void start() final;

protected:
    virtual void read(Transcript::SessionRepository &sessions) = 0;
    /// Finds the session that the first argument names (an id, the beginning of one, or "last"),
    /// reads its transcript and calls show().
    void find(Transcript::SessionRepository &sessions);
    virtual void show(
        const Transcript::SessionRecord &record, const QList<Transcript::Entry> &entries);
    void failStore(const Base::Error &error);

private:
    void fetch(Transcript::SessionRepository &sessions, const Transcript::SessionRecord &record);

    Workspace m_workspace;
};

/// `sessions list`
class SessionsListCommand final : public SessionsCommand {
    Q_OBJECT

public:
    using SessionsCommand::SessionsCommand;

protected:
    void read(Transcript::SessionRepository &sessions) override;

private:
    void list(const QList<Transcript::SessionRecord> &records);
};

/// `sessions show ID`
class SessionsShowCommand final : public SessionsCommand {
    Q_OBJECT

public:
    using SessionsCommand::SessionsCommand;

protected:
    void read(Transcript::SessionRepository &sessions) override;
    void show(
        const Transcript::SessionRecord &record, const QList<Transcript::Entry> &entries) override;
};

/// `sessions export ID`
class SessionsExportCommand final : public SessionsCommand {
    Q_OBJECT

public:
    using SessionsCommand::SessionsCommand;

protected:
    void read(Transcript::SessionRepository &sessions) override;
    void show(
        const Transcript::SessionRecord &record, const QList<Transcript::Entry> &entries) override;

private:
    [[nodiscard]] Checked<Transcript::ExportFormat> format() const;

    std::unique_ptr<Base::FileWriter> m_output;
};

[[nodiscard]] QList<OptionSpec> sessionsListOptions();
[[nodiscard]] QList<OptionSpec> sessionsExportOptions();

} // namespace Mailgauge::Cli
