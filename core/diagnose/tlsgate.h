// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// One connection up to the point where TLS begins: at once, or behind greeting, EHLO and STARTTLS
/// as smtp::Session speaks them. From there on the bytes are its owner's.
#include "base/clock.h"
#include "net/opener.h"
#include "net/transport.h"
#include "smtp/session.h"

#include <QObject>
#include <QTimer>

#include <optional>

namespace Mailgauge::Diagnose {

struct GateOptions {
    Net::Target target;
    bool implicitTls = false;
    QByteArray ehloName;
    Smtp::Deadlines deadlines;
    Net::LookUp lookUp = &Net::lookUp;
};

/// Why TLS gave no answer.
struct GateFailure {
    Base::Error error;
    Smtp::Stage stage = Smtp::Stage::Connect;
    std::optional<Smtp::Reply> reply; ///< The refusal that decided.

    /// "421 4.7.0 Too many connections", or the error's own words.
    [[nodiscard]] QByteArray text() const;
    /// The server asks to come back later, or does as those that are asked too often do.
    [[nodiscard]] bool isBusy() const;
};

class TlsGate final : public QObject {
    Q_OBJECT

public:
    TlsGate(GateOptions options, const Base::Clock &clock, QObject *parent = nullptr);
    ~TlsGate() override;

    void open();
    /// Behind opened(). The answer must be there within the limit of stage tls.
    void write(const QByteArray &bytes);
    /// Sends these bytes and FIN; no further signal comes.
    void leave(const QByteArray &farewell);
    /// At once and without a signal.
    void abort();
    /// Empty before opened().
    [[nodiscard]] const QString &address() const { return m_address; }

Q_SIGNALS:
    /// TLS may begin.
    void opened();
    void received(const QByteArray &bytes);
    /// The last signal. After opened() the stage is tls.
    void failed(const Mailgauge::Diagnose::GateFailure &failure);

private:
    enum class Phase : quint8 {
        Opening,
        Session,
        Tls,
        Over,
    };

    void reached(const QString &address);
    void takeBytes(const QByteArray &bytes);
    void pump();
    void timePassed();
    void ended(const std::optional<Base::Error> &error);
    void fail(GateFailure failure);

    GateOptions m_options;
    const Base::Clock &m_clock;
    Net::Transport m_transport;
    Net::Opener m_opener;
    std::optional<Smtp::Session> m_session;
    QTimer m_deadline;
    Phase m_phase = Phase::Opening;
    QString m_address;
    QByteArray m_greetingHead; // until the greeting is known to be one
    bool m_greeted = false;
};

} // namespace Mailgauge::Diagnose
