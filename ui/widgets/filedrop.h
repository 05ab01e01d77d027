// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

class QDropEvent;

namespace Mailgauge::Widgets {

/// The files of this machine that are dragged; nothing else can be opened.
[[nodiscard]] QStringList droppedFiles(const QDropEvent &event);

/// Takes files as copies, whatever was proposed: whoever gave them away by a move would delete
/// them. Returns what came; where that is nothing the event is left alone.
QStringList takeFiles(QDropEvent &event);

} // namespace Mailgauge::Widgets
