// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/channelbinding.h"

#include <QList>

#include <openssl/types.h>

namespace Mailgauge::Tls {

/// Of an established connection, the best first: tls-exporter (RFC 9266) from TLS 1.3 on, which
/// has no tls-unique; below it tls-unique (RFC 5929 3), and both only with the extended master
/// secret (RFC 7627), without which a man in the middle can have the same values; last
/// tls-server-end-point (RFC 5929 4), unless the certificate's signature has no hash of its own.
[[nodiscard]] QList<Base::ChannelBinding> channelBindingsOf(SSL *ssl);

} // namespace Mailgauge::Tls
