// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workspace.h"

#include "transcript/comparison.h"

#include <functional>

namespace Mailgauge::Cli {

/// What `sessions …` have in common: a store that must be there.
class SessionsCommand : public Command {
    Q_OBJECT

public:
    SessionsCommand(Context &context, Options options,
        Transcript::SessionQuery::From from = Transcript::SessionQuery::From::Kept);

    void start() final;

protected:
    virtual void read(Transcript::SessionLibrary &sessions) = 0;
    /// Finds the one session that `name` means (an id, the beginning of one, or "last") and calls
    /// found().
    void find(Transcript::SessionLibrary &sessions, const QByteArray &name);
    /// find() by the only argument.
    void find(Transcript::SessionLibrary &sessions);
    /// Reads the transcript and calls show(), unless a subclass wants something else.
    virtual void found(
        Transcript::SessionLibrary &sessions, const Transcript::SessionRecord &record);
    virtual void show(
        const Transcript::SessionRecord &record, const QList<Transcript::Entry> &entries);
    using Loaded = std::function<void(const QList<Transcript::StoredSession> &)>;
    /// The sessions that `names` mean, with their transcripts, in that order.
    void load(
        Transcript::SessionLibrary &sessions, const QList<QByteArray> &names, const Loaded &use);
    void failStore(const Base::Error &error);
    [[nodiscard]] Transcript::SessionQuery::From from() const { return m_from; }
    [[nodiscard]] Workspace &workspace() { return m_workspace; }

private:
    using Sought = std::function<void(const Transcript::SessionRecord &)>;
    void seek(Transcript::SessionLibrary &sessions, const QByteArray &name, const Sought &use);
    void loadNext(Transcript::SessionLibrary &sessions, QList<QByteArray> names,
        const QList<Transcript::StoredSession> &loaded, const Loaded &use);

    Workspace m_workspace;
    Transcript::SessionQuery::From m_from; ///< Where find() looks.
};

/// `sessions show ID`
class SessionsShowCommand final : public SessionsCommand {
    Q_OBJECT

public:
    using SessionsCommand::SessionsCommand;

protected:
    void read(Transcript::SessionLibrary &sessions) override;
    void show(
        const Transcript::SessionRecord &record, const QList<Transcript::Entry> &entries) override;
};

/// The id as people and scripts write it.
[[nodiscard]] QByteArray sessionId(const Transcript::SessionRecord &record);

} // namespace Mailgauge::Cli
