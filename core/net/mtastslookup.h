// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/enquiry.h"
#include "net/mtastscache.h"
#include "net/mtastsoptions.h"
#include "net/policyfetch.h"

namespace Mailgauge::Net {

/// Finds the MTA-STS policy that counts for a domain now (RFC 8461 3): asks for the record, takes
/// the kept policy where its id is still the same, else fetches the new one and keeps it. A kept
/// policy stands until its time is over, whatever goes wrong. One domain at a time.
class MtaStsLookup final : public QObject {
    Q_OBJECT

public:
    explicit MtaStsLookup(QObject *parent);

    /// Ends in found(), never before control is back in the event loop. The resolver must live
    /// until then.
    void start(Dns::Resolver &resolver, const QString &domain, const MtaStsOptions &options);
    void abort();
    /// No longer waits: what was kept counts.
    void giveUp();

Q_SIGNALS:
    /// For a transcript.
    void noted(const QString &text);
    void found(const Mailgauge::Net::MtaStsFacts &facts);

private:
    void answered(const Dns::Answer &answer);
    void haveRecord(const Dns::Answer &answer);
    void haveAddresses();
    void fetch(const QList<QHostAddress> &addresses);
    void fetched(const Base::Result<QByteArray> &text);
    void find(const QByteArray &id, const QByteArray &evidence);
    /// Goes by what was kept, if anything was.
    void finishKept();
    void finish();

    Enquiry m_enquiry;
    PolicyFetch m_fetch;
    Dns::Resolver *m_resolver = nullptr;
    MtaStsOptions m_options;
    std::optional<KeptMtaSts> m_kept;
    MtaStsFacts m_facts;
    QByteArray m_id; ///< In the record.
    bool m_haveRecord = false;
    quint64 m_round = 0;
};

} // namespace Mailgauge::Net
