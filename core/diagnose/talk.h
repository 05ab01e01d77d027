// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "diagnose/finding.h"
#include "net/stepsession.h"
#include "transcript/sessionrecord.h"

#include <functional>

namespace Mailgauge::Diagnose {

/// A session of a check: led step by step, each with what to do behind it, its transcript kept like
/// that of any session. No ledger: nothing that a check sends is anybody's mail.
class Talk final : public QObject {
    Q_OBJECT

public:
    using Then = std::function<void(const Net::StepResult &)>;

    /// `record`: what is known before (host, port, profile); its id is the session's. `sessions`
    /// may be null: then nothing is kept.
    Talk(const Net::StepOptions &options, Transcript::SessionRecord record,
        Transcript::SessionRepository *sessions, const Base::Clock &clock, QObject *parent);
    ~Talk() override;

    void open(Then then);
    void ehlo(const QByteArray &name, Then then);
    void startTls(Then then);
    void startTlsWith(const Smtp::Command &behind, Then then);
    void auth(const Smtp::AuthOptions &auth, Then then);
    void command(const Base::Result<Smtp::Command> &command, Then then);
    void group(const QList<Smtp::Command> &commands, Then then);
    void dataAsIs(const QByteArray &bytes, Then then);
    void quit(Then then);
    /// Ends what is open, and the record. Once; nothing is told behind it.
    void end();

    [[nodiscard]] const QUuid &id() const { return m_record.id; }
    [[nodiscard]] const Net::StepSession &session() const { return m_session; }
    [[nodiscard]] const QByteArray &greeting() const { return m_record.greeting; }
    /// The server's last line.
    [[nodiscard]] Evidence lastLine() const;

Q_SIGNALS:
    void storeFailed(const Mailgauge::Base::Error &error);

private:
    void expect(Then then);
    void stepOver(const Net::StepResult &result);
    void keepEntries();
    void watch(const QFuture<Base::Result<void>> &kept);

    Net::StepSession m_session;
    Transcript::SessionRecord m_record;
    Transcript::SessionRepository *m_sessions;
    const Base::Clock &m_clock;
    Base::TimePoint m_start;
    QList<Transcript::Entry> m_entries;
    Then m_then;
    bool m_ended = false;
    bool m_storeFailed = false;
};

} // namespace Mailgauge::Diagnose
