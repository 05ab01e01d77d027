// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "breakprompt.h"
#include "json.h"
#include "outputfiles.h"
#include "sessionjson.h"
#include "workspace.h"

#include "mime/template.h"

#include <functional>

namespace Mailgauge::Cli {

/// The options of `send`.
[[nodiscard]] QList<OptionSpec> sendOptions();

/// What became of one `send`.
struct SendAnswer {
    std::optional<Transcript::SessionRecord> record; ///< None where no session began.
    std::optional<Delivery::RepeatSummary> summary; ///< Of many messages (`--repeat`).
    std::optional<Problem> problem;
    QList<CommandAnswer> commands; ///< Lines by hand and their replies.
    bool stored = false;
    QList<QByteArray> recipients; ///< As typed.

    [[nodiscard]] int exitCode() const;
    [[nodiscard]] Json toJson() const;
};

/// One message in one session, from its options to its answer: for `send` and for `batch`.
class SendJob final : public QObject {
    Q_OBJECT

public:
    /// `raw`: the message's bytes where they came with the operation.
    SendJob(Context &context, Workspace &workspace, Options options,
        std::optional<QByteArray> raw = {});

    /// Envelope and content come from elsewhere, not from the options: called once with what the
    /// options say of the connection. Before start().
    using Adapt = std::function<Checked<void>(Delivery::SendRequest &)>;
    void setAdapt(Adapt adapt) { m_adapt = std::move(adapt); }

    /// Standard input and error are a person's: breakpoints may ask. Before start().
    void allowBreaks() { m_mayAsk = true; }

    void start();
    void cancel();
    [[nodiscard]] const SendAnswer &answer() const { return m_answer; }

Q_SIGNALS:
    void finished();

private:
    void prepare(const Relay::RelayProfile &base, bool stored);
    [[nodiscard]] Checked<Delivery::SendRequest> build(const Relay::RelayProfile &profile);
    void useToken(const Relay::RelayProfile &profile, bool stored);
    void useSecrets(const Relay::RelayProfile &profile, Relay::TypedSecrets given, bool stored);
    [[nodiscard]] Checked<void> readRepeat();
    void send();
    void sendRepeatedly();
    [[nodiscard]] Checked<void> fillTemplate();
    void listenForControl();
    void storeFailed(const Base::Error &error);
    void sessionFinished(const Transcript::SessionRecord &record);
    void fail(const Problem &problem);
    /// Keeps in the profile what the relay offered, then finished().
    void remember(const Transcript::SessionRecord &record);

    Context &m_context;
    Workspace &m_workspace;
    Options m_options;
    std::optional<QByteArray> m_raw;
    Adapt m_adapt;
    std::optional<Relay::RelayProfile> m_profile; // the stored one, as it is stored
    Delivery::SendRequest m_request;
    std::optional<Mime::TemplateValues> m_template;
    BreakPrompt m_prompt;
    bool m_mayAsk = false;
    OutputFiles m_files;
    QList<Transcript::Entry> m_entries;
    Delivery::SendService *m_sender = nullptr; // the workspace's, once sending
    Delivery::RepeatService *m_repeater = nullptr; // the same, of many messages
    int m_messages = 0; ///< 0: one, without a summary.
    int m_sessions = 1;
    Relay::FreshToken m_freshToken; ///< For those behind the first.
    QUuid m_session;
    bool m_cancelled = false;
    SendAnswer m_answer;
};

} // namespace Mailgauge::Cli
