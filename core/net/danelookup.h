// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/danefacts.h"
#include "net/enquiry.h"

namespace Mailgauge::Net {

/// Asks the DNS what RFC 7672 2.2 asks for one host: whether its addresses are authenticated, what
/// it is an alias of, and the TLSA records. One host at a time.
class DaneLookup final : public QObject {
    Q_OBJECT

public:
    explicit DaneLookup(QObject *parent);

    /// Ends in found(), never before control is back in the event loop. `addresses`: answers to A
    /// and AAAA of the host that are known already; none: they are asked for. The resolver must
    /// live until then.
    void start(Dns::Resolver &resolver, const QString &host, quint16 port,
        const QList<Dns::Answer> &addresses = {});
    /// The same of a host whose addresses come from elsewhere: its own name counts alone.
    void startPinned(Dns::Resolver &resolver, const QString &host, quint16 port);
    void abort();

Q_SIGNALS:
    /// An answer, for a transcript.
    void noted(const QString &text);
    void found(const Mailgauge::Net::DaneFacts &facts);

private:
    enum class Step : quint8 {
        Addresses,
        Alias,
        Records,
    };
    [[nodiscard]] bool begin(Dns::Resolver &resolver, const QString &host, quint16 port);
    void ask(Step step, const QList<Dns::Question> &questions);
    void answered(const Dns::Answer &answer);
    void haveAddresses();
    void haveBases(const std::optional<Dns::Answer> &alias);
    void askRecords();
    void finish(const DaneFacts &facts);

    Enquiry m_enquiry;
    Dns::Resolver *m_resolver = nullptr;
    QByteArray m_host;
    quint16 m_port = 0;
    Step m_step = Step::Addresses;
    QList<Dns::Answer> m_addresses;
    QByteArrayList m_bases; ///< Still to ask.
    quint64 m_round = 0;
};

} // namespace Mailgauge::Net
