// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/hostlookup.h"
#include "net/target.h"
#include "net/transport.h"
#include "smtp/outcome.h"

#include <QObject>
#include <QTimer>

#include <chrono>

namespace Mailgauge::Net {

/// From a target to an open transport: finds the addresses and tries one after the other, each
/// within its own limit (faults A1 to A5).
class Opener final : public QObject {
    Q_OBJECT

public:
    /// `transport` must live as long as the opener.
    Opener(const Target &target, std::chrono::milliseconds limit, LookUp lookUp,
        Transport &transport, QObject *parent);

    void start();
    /// Without a further signal.
    void abort();
    [[nodiscard]] Smtp::Stage stage() const { return m_stage; }

Q_SIGNALS:
    void stageEntered(Mailgauge::Smtp::Stage stage);
    /// Something for the transcript.
    void noted(const QString &text, Mailgauge::Smtp::Stage stage);
    void opened(const QString &address);
    void failed(const Mailgauge::Base::Error &error);

private:
    void enter(Smtp::Stage stage);
    void resolved(const Base::Result<QList<QHostAddress>> &addresses);
    void tryNext();
    void attemptFailed(const Base::Error &error);
    void attemptDone();
    void limitPassed();
    void fail(const Base::Error &error);
    [[nodiscard]] QString placeName() const;

    Target m_target;
    std::chrono::milliseconds m_limit;
    LookUp m_lookUp;
    Transport &m_transport;
    QTimer m_timer;
    Smtp::Stage m_stage = Smtp::Stage::Resolve;
    bool m_active = false;
    QList<QHostAddress> m_addresses;
    qsizetype m_next = 0;
    Base::Error m_lastError;
};

} // namespace Mailgauge::Net
