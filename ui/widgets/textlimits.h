// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringView>

class QPlainTextEdit;

namespace Mailgauge::Widgets {

/// What a text editor lays out within a second; it does all of it at once, in the GUI thread.
inline constexpr qsizetype MaxEditable = 2 << 20;
inline constexpr qsizetype MaxEditableLines = 100'000;
[[nodiscard]] bool isEditable(QStringView text);

/// To call before such a text is put in: a word of some hundred thousand letters (a picture in
/// base64) is laid out forty times as fast where lines may break anywhere.
void fitWrapping(QPlainTextEdit &edit, QStringView text);

} // namespace Mailgauge::Widgets
