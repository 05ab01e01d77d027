// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "theme/theme.h"
#include "transcript/highlighter.h"

namespace Mailgauge::Transcript {

/// The highlighter's colours that belong to the palette in use.
[[nodiscard]] inline Tone toneOf(const Theme::Theme &theme)
{
    if (theme.isHighContrast())
        return Tone::HighContrast;
    return theme.isDark() ? Tone::Dark : Tone::Light;
}

} // namespace Mailgauge::Transcript
