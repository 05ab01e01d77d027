// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "json.h"
#include "sessionscommands.h"

#include "bundle/sessionimport.h"
#include "transcript/dialogue.h"

namespace Mailgauge::Cli {

/// `sessions import FILE…`: JSON Lines transcripts and support bundles come into the store, each
/// session under its id, and what other programs wrote (delivery/importtext.h) under new ones. One
/// that is there already is left as it is and told: as the same (fine), or as another (65, unless
/// both are to be kept).
class SessionsImportCommand final : public SessionsCommand {
    Q_OBJECT

public:
    using SessionsCommand::SessionsCommand;

protected:
    void read(Transcript::SessionLibrary &sessions) override;

private:
    enum class Status : quint8 {
        Imported,
        Same,
        Copy,
        Refused,
    };
    struct Waiting {
        QString file;
        Bundle::BundledSession session;
    };

    void readFile(const QByteArray &name);
    void next();
    void compare(const Waiting &one, const Transcript::SessionRecord &kept);
    void add(Waiting one, Status status);
    void tellSame(const QString &file, const QUuid &session);
    void tell(const QString &file, const QUuid &session, Status status, const QString &detail = {});
    void refuse(const QString &file, int exitCode, const QString &detail);

    Transcript::SessionLibrary *m_sessions = nullptr;
    std::optional<Transcript::SourceFormat> m_format; ///< Nothing: what each looks like.
    QList<Waiting> m_waiting;
    QList<Json> m_rows;
    int m_exitCode = 0;
};

[[nodiscard]] QList<OptionSpec> sessionsImportOptions();

} // namespace Mailgauge::Cli
