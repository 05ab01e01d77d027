// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "batchoperation.h"
#include "steprecord.h"
#include "steptransaction.h"
#include "workspace.h"

#include "net/stepsession.h"

#include <map>

namespace Mailgauge::Cli {

/// The step operations of `batch` on sessions that stay open, by their names.
class StepRunner final : public QObject {
    Q_OBJECT

public:
    explicit StepRunner(Workspace &workspace);
    ~StepRunner() override;

    /// Ends in answered(), perhaps before it returns. One at a time.
    void run(const BatchOperation &operation);

Q_SIGNALS:
    void answered(const QByteArray &line);

private:
    struct Led {
        std::unique_ptr<Net::StepSession> session;
        std::unique_ptr<StepRecord> record;
        QByteArray heloName;
        Smtp::AuthOptions auth; ///< As `open` had them; `auth` may say otherwise.
        Relay::RelayProfile profile; ///< Whose provider gives a token where `auth` names none.
    };

    [[nodiscard]] Checked<void> begin(Led &led);
    [[nodiscard]] Checked<void> open();
    [[nodiscard]] Checked<void> openWith(
        const Options &options, const Relay::RelayProfile &base, bool stored);
    void openSession(Delivery::SendRequest request, const Relay::RelayProfile &profile,
        const Relay::ProfileSecrets &secrets, bool noStore);
    [[nodiscard]] Checked<void> authenticate(Led &led);
    /// A session that is led by hand may be older than a token lasts: one is got at its AUTH, and
    /// so is a password that a command prints or a netrc file holds.
    void authenticateFetched(const Relay::RelayProfile &profile, const Smtp::AuthOptions &auth,
        const std::optional<Base::Secret> &passphrase);
    [[nodiscard]] Checked<void> mail(Led &led);
    [[nodiscard]] Checked<void> rcpt(Led &led);
    [[nodiscard]] Checked<void> data(Led &led);
    [[nodiscard]] Checked<void> byHand(Led &led);
    [[nodiscard]] Checked<void> transact(Led &led);
    [[nodiscard]] Checked<Options> options(const QList<OptionSpec> &table) const;

    void stepFinished(const Net::StepResult &result);
    void transactionFinished();
    void refuse(const Problem &problem);
    void recordEnd(Led &led);
    void answer(const Json &reply, const Json &error, const QList<Json::Member> &more = {});

    Workspace &m_workspace;
    BatchOperation m_operation;
    std::optional<Smtp::Mailbox> m_path; ///< Of the MAIL or RCPT that is on its way.
    std::map<QString, Led> m_sessions;
    std::unique_ptr<StepTransaction> m_transaction;
};

} // namespace Mailgauge::Cli
