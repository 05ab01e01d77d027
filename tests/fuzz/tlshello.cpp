// SPDX-License-Identifier: GPL-3.0-or-later
#include "tls/serverflight.h"

#include "check.h"

using namespace Mailgauge;
using Tls::ServerFlightReader;

/// The first octet says how the rest is cut in two: a server's answer to a ClientHello.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const QByteArrayView bytes(data + 1, static_cast<qsizetype>(size) - 1);
    const qsizetype split = bytes.size() * data[0] / 255;
    ServerFlightReader whole;
    whole.feed(bytes);
    ServerFlightReader halves;
    halves.feed(bytes.first(split));
    halves.feed(bytes.sliced(split));
    check(whole.state() == halves.state() && whole.flight() == halves.flight());
    check(whole.problem() == halves.problem());
    const Tls::ServerFlight &flight = whole.flight();
    const auto state = whole.state();
    check((state == ServerFlightReader::State::Alerted) == flight.alert.has_value());
    check(state != ServerFlightReader::State::Complete || flight.hello);
    check((state == ServerFlightReader::State::Malformed) == !whole.problem().isEmpty());
    qsizetype total = 0;
    for (const QByteArray &der : flight.certificates)
        total += der.size();
    check(total <= bytes.size());
    return 0;
}
