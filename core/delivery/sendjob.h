// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "delivery/recipientqueue.h"
#include "delivery/recordbuilder.h"
#include "delivery/sendrequest.h"
#include "net/connection.h"
#include "transcript/sessionrecord.h"

#include <QObject>

#include <memory>

namespace Mailgauge::Delivery {

/// One SendRequest on its way, on the I/O thread: its connection, its ledger rows, its record.
/// SendService forwards the signals.
class SendJob final : public QObject {
    Q_OBJECT

public:
    SendJob(SendRequest request, Transcript::SessionRepository *repository,
        const Base::Clock &clock, QObject *parent);
    ~SendJob() override;

    void start();
    void cancel();
    // As SendService has them.
    void command(const QByteArray &line);
    void resume(const std::optional<QByteArray> &line);
    void quit();
    /// The service goes away: ends everything now, with the ledger told, without a signal after it.
    void abandon();

Q_SIGNALS:
    void started(const Mailgauge::Transcript::SessionRecord &record);
    void entriesRecorded(const QUuid &session, const QList<Mailgauge::Transcript::Entry> &entries);
    void stageEntered(const QUuid &session, Mailgauge::Smtp::Stage stage);
    void contentProgress(const QUuid &session, qint64 written, qint64 total);
    void recipientDecided(const QUuid &session, const Mailgauge::Smtp::RecipientOutcome &outcome);
    void opened(const QUuid &session);
    void capabilitiesChanged(
        const QUuid &session, const Mailgauge::Smtp::Capabilities &capabilities);
    void commandAnswered(
        const QUuid &session, const QByteArray &line, const Mailgauge::Smtp::Reply &reply);
    void paused(const QUuid &session, const QByteArray &line, Mailgauge::Smtp::Stage stage);
    void lineRefused(const QUuid &session, const Mailgauge::Base::Error &error);
    void finished(const Mailgauge::Transcript::SessionRecord &record);
    void storeFailed(const Mailgauge::Base::Error &error);

private:
    /// What the store was told, and what it said.
    enum class Claim : quint8 {
        None,
        Asked,
        Durable,
        Failed
    };

    void connectNow();
    void happened(const Smtp::SessionEvent &event);
    void tell(const Smtp::SessionEvent &event);
    void decided(const Smtp::RecipientOutcome &outcome);
    void answer(const Base::Result<void> &sent);
    void record(const QList<Transcript::Entry> &entries);
    void claim();
    void claimed(const Base::Result<void> &result);
    void sendWhenClaimed();
    void sendNext();
    void commit();
    void committed(const Base::Result<void> &result);
    void refuse(const Base::Error &error);
    void transactionDone();
    void connectionClosed();
    [[nodiscard]] bool mayGoOn() const;
    void finish();
    void noteStoreFailure(const Base::Error &error);
    [[nodiscard]] bool isStored() const;

    SendRequest m_request;
    Transcript::SessionRepository *m_repository;
    const Base::Clock &m_clock;
    RecordBuilder m_builder;
    std::unique_ptr<Net::Connection> m_connection;
    Claim m_claim = Claim::None;
    RecipientQueue m_recipients;
    std::optional<Smtp::RecipientSplitter> m_splitter; ///< Of this connection, once it is ready.
    bool m_sentHere = false; ///< A transaction on this connection.
    bool m_doneHere = false; ///< One of them ended by replies.
    bool m_tookHere = false; ///< This connection's server accepted something.
    int m_fruitless = 0; ///< Connections in a row whose server did not.
    std::optional<Base::Error> m_refused; ///< Cancelled, or not to be recorded.
    bool m_stopped = false;
    bool m_ready = false;
    Smtp::TlsPolicy m_policy; ///< Of the host that is talked to.
    bool m_tlsUsed = false;
    bool m_fellBack = false;
    bool m_finished = false;
    bool m_storeFailed = false;
    std::optional<Smtp::Event::Failed> m_failed;
    qint64 m_entryCount = 0;
    qint64 m_entryBase = 0; ///< Of the second connection, so that numbers go on.
    qint64 m_usBase = 0;
    Base::TimePoint m_start;
};

} // namespace Mailgauge::Delivery
