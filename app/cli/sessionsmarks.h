// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sessionscommands.h"

namespace Mailgauge::Cli {

/// `sessions tag ID +TAG -TAG …`; without one it shows the tags.
class SessionsTagCommand final : public SessionsCommand {
    Q_OBJECT

public:
    using SessionsCommand::SessionsCommand;

protected:
    void read(Transcript::SessionLibrary &sessions) override;
    void found(
        Transcript::SessionLibrary &sessions, const Transcript::SessionRecord &record) override;

private:
    void answer(const QStringList &tags);
};

/// `sessions note ID TEXT`; without a text it shows the note, with an empty one it takes it away.
class SessionsNoteCommand final : public SessionsCommand {
    Q_OBJECT

public:
    using SessionsCommand::SessionsCommand;

protected:
    void read(Transcript::SessionLibrary &sessions) override;
    void found(
        Transcript::SessionLibrary &sessions, const Transcript::SessionRecord &record) override;

private:
    void answer(const QString &note);
};

/// `sessions delete ID…` and `sessions restore ID…`: into the bin and out of it.
class SessionsBinCommand : public SessionsCommand {
    Q_OBJECT

public:
    SessionsBinCommand(Context &context, Options options, Transcript::SessionQuery::From from);

protected:
    void read(Transcript::SessionLibrary &sessions) override;
    void found(
        Transcript::SessionLibrary &sessions, const Transcript::SessionRecord &record) override;

private:
    void answer(const QList<QUuid> &moved);

    QList<QByteArray> m_waiting; ///< Names not looked up yet.
    QList<QUuid> m_found;
};

class SessionsDeleteCommand final : public SessionsBinCommand {
    Q_OBJECT

public:
    SessionsDeleteCommand(Context &context, Options options);
};

class SessionsRestoreCommand final : public SessionsBinCommand {
    Q_OBJECT

public:
    SessionsRestoreCommand(Context &context, Options options);
};

} // namespace Mailgauge::Cli
