// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// Values of options, read one by one. Pure but for what opens a file.

#include "options.h"

#include "base/error.h"

#include <array>
#include <initializer_list>

namespace Mailgauge::Cli {

/// The options whose value "-" is standard input.
inline constexpr std::array inputOptions {"data", "text", "html", "template-data", "password-file",
    "token-file", "client-secret-file", "proxy-password-file", "vault-passphrase-file"};

/// Standard input can be read once: by one of those, or by `others` who read it anyway.
[[nodiscard]] Checked<void> checkReaders(const Options &options, int others = 0);

/// All values with their commas as separators, trimmed, empty ones left out.
[[nodiscard]] QList<QByteArray> splitList(const QList<QByteArray> &values);

/// The option's value where it is one of `words`.
[[nodiscard]] Checked<QByteArray> parseWord(
    const Options &options, const char *name, std::initializer_list<const char *> words);

/// sha256:HEX, to lower-case hex.
[[nodiscard]] Checked<QByteArray> parsePin(const QByteArray &text);

/// What the core reads of an option's value, or its words for what is wrong with it.
template <typename T>
[[nodiscard]] Checked<T> orUsage(const char *option, Base::Result<T> read)
{
    if (read)
        return *std::move(read);
    return usage(u"--%1: %2"_s.arg(QLatin1StringView(option), read.error().detail));
}

/// The path where it can be opened for reading; else the problem "noinput".
[[nodiscard]] Checked<QString> readableFile(const QByteArray &path);
/// The same, of an option; '' takes away what `path` holds.
[[nodiscard]] Checked<void> applyFile(const Options &options, const char *option, QString &path);

/// All bytes of a file; "-" is standard input. At most `limit` bytes.
[[nodiscard]] Checked<QByteArray> readInput(
    const QByteArray &path, qint64 limit = Q_INT64_C(1) << 30);

} // namespace Mailgauge::Cli
