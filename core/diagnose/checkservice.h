// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// Diagnoses a relay: tries the grid by the SendService, asks the behaviour checks in sessions led
/// step by step, looks up what is published about TLS there, inspects TLS where the options say so,
/// and tells what it finds as it goes.
///
/// The defaults are harmless: nothing is sent beyond RCPT, no credentials are used, and what is
/// intrusive runs only where the options say so. One connection at a time goes to an address that
/// answered 421 or 4yz, after a pause that is told.
#include "base/clock.h"
#include "delivery/sendservice.h"
#include "diagnose/report.h"
#include "diagnose/reportrepository.h"
#include "net/router.h"

#include <QObject>

#include <chrono>
#include <memory>

namespace Mailgauge::Diagnose {

struct CheckOptions {
    QUuid id; ///< The report's; made by CheckService where null.
    /// Host, route, names, limits, credentials: as requestFor() makes it. Port and TLS policy are
    /// replaced cell by cell; content, envelope, stop rule and local port are not looked at.
    Delivery::SendRequest relay;
    QList<quint16> ports {25, 465, 587, 2525};
    QList<Family> families {Family::IPv4, Family::IPv6};
    QList<TlsMode> modes {TlsMode::Clear, TlsMode::StartTls, TlsMode::Implicit};
    QSet<Check> checks = harmlessChecks();
    /// A mailbox of one's own behind this relay; for checks that need one.
    QByteArray recipient;
    /// Whom the open-relay wizard names: mailboxes that are not the relay's business. Nothing is
    /// sent.
    QByteArray foreignSender = "relay-test@example.com";
    QByteArray foreignRecipient = "relay-test@example.org";
    bool ownServer = false; ///< The user says that the server is his own.
    bool authenticate = false; ///< The credentials of `relay` may be used.
    int parallel = 4; ///< Sessions at the same time.
    int recipients = 200; ///< At most so many RCPT to find the limit.
    int tries = 3; ///< Per cell and check, where a 421 or 4yz comes.
    std::chrono::milliseconds pause {
        5'000}; ///< Before the second try; doubled for each further one.
    Net::MakeResolver makeResolver = &Net::makeResolver; ///< For MX, PTR and what leads back.
    bool tlsInspection = false; ///< Versions, cipher suites and chains: some hundred connections.
    std::chrono::milliseconds pace {200}; ///< Between two connections of the TLS inspection.
    bool record = true; ///< Sessions and report are kept where there is a store.
};

/// Lives where its signals are wanted; sessions run on I/O threads.
class CheckService final : public QObject {
    Q_OBJECT

public:
    /// The repositories may be null: then nothing is kept.
    CheckService(Delivery::SendService &sender, Transcript::SessionRepository *sessions,
        ReportRepository *reports, const Base::Clock &clock, QObject *parent = nullptr);
    /// Cancels what runs.
    ~CheckService() override;

    void setSessions(Transcript::SessionRepository *sessions);
    /// Returns the report's id at once; everything else comes by signal.
    QUuid start(CheckOptions options);
    /// What is under way is ended, nothing more is begun; then finished().
    void cancel(const QUuid &report);
    [[nodiscard]] bool isRunning(const QUuid &report) const;

Q_SIGNALS:
    /// All cells and checks, waiting.
    void started(const Mailgauge::Diagnose::RelayReport &report);
    void cellChanged(const QUuid &report, const Mailgauge::Diagnose::Cell &cell);
    void checkChanged(const QUuid &report, const Mailgauge::Diagnose::CheckResult &result);
    void findingAdded(const QUuid &report, const Mailgauge::Diagnose::Finding &finding);
    void paused(const QUuid &report, const Mailgauge::Diagnose::Pause &pause);
    /// What senders make of one address.
    void policiesFound(const QUuid &report, const Mailgauge::Diagnose::HostPolicies &policies);
    /// Questions that the inspection of the cell of this name asked, of all it is going to ask.
    void inspecting(const QUuid &report, const QByteArray &where, int done, int total);
    void inspected(const QUuid &report, const Mailgauge::Diagnose::TlsInspection &inspection);
    /// Cells, checks and inspections that are over, of all.
    void progressed(const QUuid &report, int done, int total);
    /// Always the last signal of a diagnosis.
    void finished(const Mailgauge::Diagnose::RelayReport &report);
    /// The report, or a session of its checks, could not be kept.
    void storeFailed(const Mailgauge::Base::Error &error);

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace Mailgauge::Diagnose
