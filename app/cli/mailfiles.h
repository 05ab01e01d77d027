// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// Messages in files: one message, an mbox, a Maildir, any folder, standard input.

#include "problem.h"

#include <QByteArray>
#include <QString>

#include <functional>

namespace Mailgauge::Cli {

/// Calls `each` with the name of the file and the octets of every message below `path` ("-" is
/// standard input), in the order of the names. Hidden files and Maildir's `tmp` are left out, and
/// what is no regular file; links to folders are not followed. An unreadable file ends nothing: the
/// first such problem is returned at the end.
[[nodiscard]] Checked<void> readMessages(const QByteArray &path,
    const std::function<void(const QByteArray &file, const QByteArray &message)> &each);

/// The messages of an mbox: each begins with "From " behind an empty line (or at the start);
/// `>From` loses its quoting. Text that does not begin so is one message.
[[nodiscard]] QList<QByteArray> splitMbox(const QByteArray &bytes);

} // namespace Mailgauge::Cli
