// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/sequence.h"

#include <QCoreApplication>

namespace Mailgauge::Models {

/// The plain words for a conversation's arrows, for people who are not engineers.
class SequenceText {
    Q_DECLARE_TR_FUNCTIONS(SequenceText)

public:
    /// "We introduced ourselves as a.example", "It refused ann@example.org: no such mailbox".
    [[nodiscard]] static QString of(
        const Transcript::SequenceArrow &arrow, const Transcript::SessionRecord &record);
    /// The name above the other line: the profile's, else the host.
    [[nodiscard]] static QString relayName(const Transcript::SessionRecord &record);
    /// "no such mailbox", "try again later" …; the server's own words where nothing is known.
    [[nodiscard]] static QString reason(
        const Smtp::Reply &reply, const Transcript::SessionRecord &record);
    /// How it went, in a word, for those who see no colours or shapes.
    [[nodiscard]] static QString tone(Transcript::SequenceArrow::Tone tone);

private:
    [[nodiscard]] static QString ours(
        const Transcript::SequenceArrow &arrow, const Transcript::SessionRecord &record);
    [[nodiscard]] static QString agreed(
        const Transcript::SequenceArrow &arrow, const Transcript::SessionRecord &record);
    [[nodiscard]] static QString refused(
        const Transcript::SequenceArrow &arrow, const Transcript::SessionRecord &record);
    [[nodiscard]] static QString happened(
        const Transcript::SequenceArrow &arrow, const Transcript::SessionRecord &record);
};

} // namespace Mailgauge::Models
