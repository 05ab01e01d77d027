// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/sessionrecord.h"

namespace Mailgauge::Transcript {

/// Takes out of a server's text what is different every time and means nothing: queue ids, dates,
/// addresses and names of the two hosts, session ids, Message-IDs, MIME boundaries, counts and
/// durations. What is left can be compared.
class NoiseFilter final {
public:
    /// The session's own values (queue id, host names, what EHLO said) are known by the record.
    NoiseFilter(const SessionRecord &record, const QByteArray &ehloName);

    /// `text` with marks such as `<id>` in place of noise. At most 4096 octets are looked at.
    [[nodiscard]] QByteArray apply(const QByteArray &text) const;

private:
    struct Known {
        QByteArray value;
        QByteArray mark;
    };
    QList<Known> m_known; ///< Longest first.
    QList<QByteArray> m_addresses; ///< Of the envelope: these mean something.
};

} // namespace Mailgauge::Transcript
