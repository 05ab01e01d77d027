// SPDX-License-Identifier: GPL-3.0-or-later
#include "optionvalues.h"

#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <array>
#include <cstdio>

namespace Mailgauge::Cli {

namespace {

std::optional<quint16> parsePort(QByteArrayView text)
{
    bool ok = false;
    const uint port = text.toUInt(&ok);
    const bool digits = std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    return ok && digits && port > 0 && port < 65536 ? std::optional(static_cast<quint16>(port))
                                                    : std::nullopt;
}

QByteArray withoutBrackets(const QByteArray &text)
{
    return text.startsWith('[') && text.endsWith(']') ? text.sliced(1, text.size() - 2) : text;
}

std::unexpected<Problem> badServer(const QByteArray &text)
{
    return usage(
        u"--server %1: expected HOST, HOST:PORT or [IPv6]:PORT"_s.arg(QString::fromUtf8(text)));
}

} // namespace

QList<QByteArray> splitList(const QList<QByteArray> &values)
{
    QList<QByteArray> items;
    for (const QByteArray &value : values) {
        for (const QByteArray &item : value.split(',')) {
            if (const QByteArray trimmed = item.trimmed(); !trimmed.isEmpty())
                items.append(trimmed);
        }
    }
    return items;
}

Checked<QByteArray> parseWord(
    const Options &options, const char *name, std::initializer_list<const char *> words)
{
    const QByteArray value = options.value(name);
    QByteArray expected;
    for (const char *word : words) {
        if (value == word)
            return value;
        expected += (expected.isEmpty() ? "" : " or ") + QByteArray(word);
    }
    return usage(u"--%1 %2: expected %3"_s.arg(
        QLatin1StringView(name), QString::fromUtf8(value), QLatin1StringView(expected)));
}

Checked<QByteArray> parsePin(const QByteArray &text)
{
    const QByteArray hex = text.startsWith("sha256:") ? text.sliced(7).toLower() : QByteArray();
    const bool right = hex.size() == 64 && QByteArray::fromHex(hex).toHex() == hex;
    if (!right)
        return usage(u"--tls-pin %1: expected sha256: and 64 hexadecimal digits"_s.arg(
            QString::fromUtf8(text)));
    return hex;
}

Checked<HostAndPort> parseServer(const QByteArray &text)
{
    const bool bracketed = text.startsWith('[');
    const qsizetype close = text.indexOf(']');
    const qsizetype colon = bracketed ? text.indexOf(':', close) : text.lastIndexOf(':');
    QByteArray host = text;
    std::optional<quint16> port;
    // An IPv6 address alone has more than one colon; then none of them starts a port.
    if (colon >= 0 && (bracketed ? close > 0 : text.count(':') == 1)) {
        host = text.first(colon);
        port = parsePort(QByteArrayView(text).sliced(colon + 1));
        if (!port)
            return badServer(text);
    }
    if (bracketed || host.contains(':')) {
        const QHostAddress address(QString::fromUtf8(withoutBrackets(host)));
        if (address.protocol() != QAbstractSocket::IPv6Protocol || bracketed != host.endsWith(']'))
            return badServer(text);
        return HostAndPort {QString::fromUtf8(withoutBrackets(host)), port};
    }
    if (!isOneWord(host) || host.contains('/') || host.contains('@'))
        return badServer(text);
    return HostAndPort {QString::fromUtf8(host), port};
}

Checked<Net::Proxy> parseProxy(const QByteArray &text)
{
    struct Scheme {
        QByteArrayView name;
        Net::Proxy::Kind kind;
        bool remoteNames;
    };
    static constexpr std::array schemes {Scheme {"socks5", Net::Proxy::Kind::Socks5, false},
        Scheme {"socks5h", Net::Proxy::Kind::Socks5, true},
        Scheme {"http", Net::Proxy::Kind::HttpConnect, true}};
    const qsizetype slashes = text.indexOf("://");
    const auto scheme = std::ranges::find_if(schemes, [&](const Scheme &one) {
        return text.first(qMax(slashes, 0)).compare(one.name, Qt::CaseInsensitive) == 0;
    });
    if (scheme == schemes.end())
        return usage(u"--proxy: expected socks5://, socks5h:// or http://, then HOST[:PORT]"_s);
    QByteArray rest = text.sliced(slashes + 3);
    if (rest.endsWith('/'))
        rest.chop(1);
    Net::Proxy proxy {.kind = scheme->kind, .remoteNames = scheme->remoteNames};
    if (const qsizetype at = rest.lastIndexOf('@'); at >= 0) {
        if (rest.first(at).contains(':'))
            return usage(u"--proxy: a password does not belong here; give --proxy-password-file or "
                         "--proxy-password-env"_s);
        proxy.user = QByteArray::fromPercentEncoding(rest.first(at));
        rest.remove(0, at + 1);
    }
    const auto server = parseServer(rest);
    if (!server)
        return usage(u"--proxy %1: not HOST[:PORT]"_s.arg(QString::fromUtf8(rest)));
    proxy.host = server->host;
    proxy.port = server->port.value_or(1080);
    return proxy;
}

Checked<ResolveRule> parseResolve(const QByteArray &text)
{
    const auto wrong = [&text] {
        return usage(u"--resolve %1: expected HOST:PORT:ADDRESS"_s.arg(QString::fromUtf8(text)));
    };
    const qsizetype hostEnd = text.startsWith('[') ? text.indexOf(':', qMax(text.indexOf(']'), 0))
                                                   : text.indexOf(':');
    const qsizetype portEnd = hostEnd < 0 ? -1 : text.indexOf(':', hostEnd + 1);
    if (hostEnd <= 0 || portEnd < 0)
        return wrong();
    const auto port = parsePort(QByteArrayView(text).sliced(hostEnd + 1, portEnd - hostEnd - 1));
    const QHostAddress address(QString::fromUtf8(withoutBrackets(text.sliced(portEnd + 1))));
    if (!port || address.isNull())
        return wrong();
    return ResolveRule {QString::fromUtf8(withoutBrackets(text.first(hostEnd))), *port, address};
}

bool isOneWord(QByteArrayView text)
{
    return !text.isEmpty() && std::ranges::none_of(text, [](char c) {
        return (static_cast<uchar>(c) <= 0x20) || c == 0x7f;
    });
}

Checked<QString> readableFile(const QByteArray &path)
{
    const QString name = QFile::decodeName(path);
    QFile file(name);
    if (QFileInfo(name).isDir())
        return noInput(u"%1: is a directory"_s.arg(name));
    if (!file.open(QIODevice::ReadOnly))
        return noInput(u"%1: %2"_s.arg(name, file.errorString()));
    return name;
}

Checked<QByteArray> readInput(const QByteArray &path, qint64 limit)
{
    QFile file(QFile::decodeName(path));
    const bool standardInput = path == "-";
    if (!standardInput && QFileInfo(file).isDir())
        return noInput(u"%1: is a directory"_s.arg(file.fileName()));
    const bool open = standardInput ? file.open(stdin, QIODevice::ReadOnly | QIODevice::Unbuffered)
                                    : file.open(QIODevice::ReadOnly);
    const QString name = standardInput ? u"standard input"_s : file.fileName();
    if (!open)
        return noInput(u"%1: %2"_s.arg(name, file.errorString()));
    QByteArray bytes;
    while (bytes.size() <= limit) {
        const QByteArray chunk = file.read(qMin<qint64>(limit + 1 - bytes.size(), 1 << 20));
        if (chunk.isEmpty())
            break;
        bytes += chunk;
    }
    if (file.error() != QFileDevice::NoError)
        return noInput(u"%1: %2"_s.arg(name, file.errorString()));
    if (bytes.size() > limit)
        return badInput(u"%1: larger than %2 bytes"_s.arg(name, QString::number(limit)));
    return bytes;
}

} // namespace Mailgauge::Cli
