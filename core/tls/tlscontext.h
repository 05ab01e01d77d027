// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "tls/opensslptr.h"
#include "tls/tlsstream.h"

namespace Mailgauge::Tls {

/// Settings of OpenSSL for one stream: no renegotiation, tickets, compression or key log; roots,
/// certificates, versions as asked. InvalidInput names the option that is unusable, Io the file.
[[nodiscard]] Base::Result<ContextPtr> clientContext(const ClientOptions &options);
[[nodiscard]] Base::Result<ContextPtr> serverContext(const ServerOptions &options);

} // namespace Mailgauge::Tls
