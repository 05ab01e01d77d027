// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/proxy.h"

#include "check.h"

#include <initializer_list>

using namespace Mailgauge;
using Net::Proxy;

namespace {

struct Play {
    bool failed = false;
    bool done = false;
    QByteArray said;
    QByteArray rest;
};

Play play(const Proxy &proxy, std::initializer_list<QByteArrayView> pieces)
{
    Play played;
    const auto handshake = Net::ProxyHandshake::create(proxy, QStringLiteral("relay.example"), 587);
    check(handshake.has_value());
    played.said = (*handshake)->start();
    for (const QByteArrayView piece : pieces) {
        if ((*handshake)->isDone()) { // The server's.
            played.rest += piece;
            continue;
        }
        const auto answer = (*handshake)->receive(piece);
        if (!answer) {
            played.failed = true;
            // Before it was told, it is the proxy's own word.
            const bool told = proxy.kind == Proxy::Kind::HttpConnect
                || played.said.contains("pencil");
            check(!told || !answer.error().evidence.contains("pencil"));
            check(!told || !answer.error().detail.contains(QStringLiteral("pencil")));
            return played;
        }
        played.said += *answer;
        played.done = (*handshake)->isDone();
        if (played.done)
            played.rest = (*handshake)->rest();
    }
    return played;
}

} // namespace

/// The first octet says how the rest is cut in two: a proxy's answers, in each protocol.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const QByteArrayView bytes(data + 1, static_cast<qsizetype>(size) - 1);
    const qsizetype split = bytes.size() * data[0] / 255;
    using enum Proxy::Kind;
    for (const Proxy::Kind kind : {Socks4, Socks5, HttpConnect}) {
        Proxy proxy {.kind = kind, .host = QStringLiteral("proxy.example"), .user = "user"};
        if (kind != Socks4)
            proxy.password = Base::Secret("pencil");
        const Play whole = play(proxy, {bytes});
        const Play halves = play(proxy, {bytes.first(split), bytes.sliced(split)});
        check(whole.failed == halves.failed && whole.done == halves.done);
        // What a failure in one piece leaves unsaid was said between the two.
        check(whole.failed || (whole.said == halves.said && whole.rest == halves.rest));
        check(bytes.endsWith(whole.rest));
    }
    return 0;
}
