// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// Values of options, read one by one. Pure but for what opens a file.

#include "options.h"

#include "net/proxy.h"

#include <QHostAddress>

#include <initializer_list>

namespace Mailgauge::Cli {

/// All values with their commas as separators, trimmed, empty ones left out.
[[nodiscard]] QList<QByteArray> splitList(const QList<QByteArray> &values);

/// The option's value where it is one of `words`.
[[nodiscard]] Checked<QByteArray> parseWord(
    const Options &options, const char *name, std::initializer_list<const char *> words);

/// sha256:HEX, to lower-case hex.
[[nodiscard]] Checked<QByteArray> parsePin(const QByteArray &text);

struct HostAndPort {
    QString host;
    std::optional<quint16> port;

    bool operator==(const HostAndPort &) const = default;
};
/// HOST, HOST:PORT, [IPv6], [IPv6]:PORT, or an IPv6 address alone.
[[nodiscard]] Checked<HostAndPort> parseServer(const QByteArray &text);

/// socks5://, socks5h:// (the proxy looks names up) or http://, [USER@]HOST[:PORT] (1080 unless
/// given). A password is refused: it does not belong on a command line.
[[nodiscard]] Checked<Net::Proxy> parseProxy(const QByteArray &text);

struct ResolveRule {
    QString host;
    quint16 port = 0;
    QHostAddress address;
};
/// HOST:PORT:ADDR; addresses may stand in brackets.
[[nodiscard]] Checked<ResolveRule> parseResolve(const QByteArray &text);

/// Not empty, printable ASCII or UTF-8 without spaces: fit to be one word of a command.
[[nodiscard]] bool isOneWord(QByteArrayView text);

/// The path where it can be opened for reading; else the problem "noinput".
[[nodiscard]] Checked<QString> readableFile(const QByteArray &path);

/// All bytes of a file; "-" is standard input. At most `limit` bytes.
[[nodiscard]] Checked<QByteArray> readInput(
    const QByteArray &path, qint64 limit = Q_INT64_C(1) << 30);

} // namespace Mailgauge::Cli
