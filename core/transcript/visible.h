// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>
#include <QString>

namespace Mailgauge::Transcript {

/// One step of reading bytes as UTF-8 (RFC 3629): a character, or one byte that is part of none.
struct Utf8Step {
    char32_t character = 0; ///< The byte's value where `valid` is false.
    qsizetype length = 1; ///< Bytes read, at least 1.
    bool valid = false;
};

/// Reads at `at`, which must be inside `bytes`. Overlong forms, surrogates and values above
/// U+10FFFF are not valid.
[[nodiscard]] Utf8Step readUtf8(QByteArrayView bytes, qsizetype at);

[[nodiscard]] bool isUtf8(QByteArrayView bytes);

/// Whether a reader could be misled by it: control characters, bidi controls, zero-width, filler
/// and format characters, line and paragraph separators, noncharacters (faults B6).
[[nodiscard]] bool isHidden(char32_t character);

/// See visibleText().
[[nodiscard]] QString visible(QByteArrayView bytes);

} // namespace Mailgauge::Transcript
