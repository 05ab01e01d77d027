// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnose/checkservice.h"
#include "diagnose/talk.h"

#include <QTimer>

#include <memory>

namespace Mailgauge::Diagnose {

/// Where and how the checks ask: the cell of the grid that was found to work.
struct Ground {
    CheckOptions options;
    Net::StepOptions step; ///< The address is fixed, so that all ask the same machine.
    Cell cell;
    bool announcesStartTls = false;
    /// An unsigned DNS answer named the host (net::isNamedByStranger()): no credentials go there.
    bool isNamedByStranger = false;
    QByteArray serverName {}; ///< As it calls itself in EHLO's reply; may be empty.
    QByteArray domain {}; ///< The mail domain it is for, as far as known.
    Transcript::SessionRecord record; ///< What the sessions' records have in common.
    Transcript::SessionRepository *sessions = nullptr;
    const Base::Clock *clock = nullptr;
};

/// One check on its way, on the I/O thread. Sub-classes say what to ask; what all have in common is
/// here: getting there, a new try behind a pause where a 421 or 4yz comes, and the result.
class BehaviourCheck : public QObject {
    Q_OBJECT

public:
    BehaviourCheck(const Ground &ground, Check check, QObject *parent);
    ~BehaviourCheck() override;

    void start();
    /// Ends at once; finished() is told, with what is known.
    void cancel();
    [[nodiscard]] const CheckResult &result() const { return m_result; }

Q_SIGNALS:
    void paused(const Mailgauge::Diagnose::Pause &pause);
    void storeFailed(const Mailgauge::Base::Error &error);
    void finished(const Mailgauge::Diagnose::CheckResult &result);

protected:
    enum class Level : quint8 {
        Greeted,
        Clear, ///< Behind EHLO, without STARTTLS.
        Secure, ///< As the cell has it: inside TLS where it has TLS, behind EHLO.
    };
    using OnReply = std::function<void(const Smtp::Reply &)>;
    using Next = std::function<void()>;

    /// Asks, from the beginning or from where a pause interrupted it.
    virtual void begin() = 0;

    /// How its sessions are made. A look at a server minds no certificate: what is wrong with it is
    /// a finding of its own.
    [[nodiscard]] virtual Net::StepOptions stepOptions() const { return m_ground.step; }
    /// A new session up to there; what keeps it from that ends the try.
    void reach(Level level, Next next);
    /// What keeps a step from a reply, and a 421, ends the try.
    void ask(const Base::Result<Smtp::Command> &command, OnReply then);
    /// Any result, for steps whose failure tells something.
    [[nodiscard]] Talk &talk() { return *m_talk; }
    [[nodiscard]] const Ground &ground() const { return m_ground; }
    /// Where the step failed or told to slow down, ends the try and is true.
    [[nodiscard]] bool broke(const Net::StepResult &result);
    /// QUIT, without minding the reply.
    void leave(Next next);

    void addProbe(const QByteArray &what, const Base::Result<Smtp::Command> &command,
        const Smtp::Reply &reply, Verdict verdict);
    void addProbe(const QByteArray &what, Verdict verdict, const QByteArray &answer = {});
    void addFinding(const QByteArray &id, Base::Severity severity, const QByteArray &subject = {},
        const QList<Evidence> &evidence = {});
    /// With the server's last line for evidence.
    void addFindingHere(
        const QByteArray &id, Base::Severity severity, const QByteArray &subject = {});
    /// The same, but one finding for all that show the same: the subject lists them, the evidence
    /// has a line of each.
    void joinFindingHere(const QByteArray &id, Base::Severity severity, const QByteArray &part);
    /// Leaves, and tells the result: a finding where there is one, NotTested where every probe is,
    /// else Ok.
    void done();
    void notTested(const QByteArray &reason, const QByteArray &detail = {});

private:
    void greeted(Level level, const Next &next);
    void secured(const Next &next);
    void hello(const Next &next);
    void slowDown(const Smtp::Reply &reply);
    void finish();
    void dropTalk();

    const Ground &m_ground;
    CheckResult m_result;
    std::unique_ptr<Talk> m_talk;
    QTimer m_pause;
    Base::TimePoint m_start;
    int m_tries = 0;
    bool m_over = false;
};

/// The reply as probes and findings show it: "550 5.7.1 no".
[[nodiscard]] QByteArray shownReply(const Smtp::Reply &reply);
/// A 4yz decides nothing, nor does what is no end.
[[nodiscard]] Verdict verdictWhere(const Smtp::Reply &reply, Verdict taken, Verdict refused);
/// 530, or an enhanced code that says so: authentication comes first (RFC 4954 6).
[[nodiscard]] bool wantsAuthentication(const Smtp::Reply &reply);
/// "FROM:<>" and the like for commands that no Mailbox would allow.
[[nodiscard]] Base::Result<Smtp::Command> mailFrom(
    const QByteArray &path, const QByteArray &parameters = {});
[[nodiscard]] Base::Result<Smtp::Command> rcptTo(const QByteArray &path);

/// Never null.
[[nodiscard]] BehaviourCheck *makeCheck(Check check, const Ground &ground, QObject *parent);

} // namespace Mailgauge::Diagnose
