// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

#include <optional>

namespace Mailgauge::Transcript {

/// A mail address as it stands in some text.
struct FoundAddress {
    qsizetype at = 0; ///< Where the local part begins.
    qsizetype localLength = 0;
    qsizetype separatorLength = 1; ///< Of "@", or of what stands for it: "%40", "&#64;".
    qsizetype domainLength = 0;

    bool operator==(const FoundAddress &) const = default;
};

/// The first address in `text` whose separator is not before `from`: dot-atoms and quoted local
/// parts (RFC 5321 4.1.2), UTF-8 (RFC 6531) and bytes that are none, domains and address literals;
/// the separator also as `%40`, `=40`, `&#64;`, `&#x40;`, `\x{40}` and in full width. Rather too
/// much than too little is taken for an address; names of log fields (`to=`) and paths of links
/// before it are not. Linear in the length of the text.
[[nodiscard]] std::optional<FoundAddress> findAddress(QByteArrayView text, qsizetype from = 0);

} // namespace Mailgauge::Transcript
