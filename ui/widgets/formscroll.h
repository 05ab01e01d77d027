// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QScrollArea;
class QWidget;

namespace Mailgauge::Widgets {

/// The form in an area that scrolls up and down. The wheel scrolls it over every field: a spin box
/// or a choice takes it only while it has the focus, which no wheel gives. `form` is complete.
[[nodiscard]] QScrollArea *formScroll(QWidget *form, QWidget *parent);

} // namespace Mailgauge::Widgets
