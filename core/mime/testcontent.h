// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <optional>

namespace Mailgauge::Mime {

/// Harmless text that filters are made to stop.
enum class TestContent : quint8 {
    Eicar, ///< For virus scanners: the 68 octets of the Anti-Malware Testfile of EICAR. They must
           ///< be the first of a part.
    Gtube, ///< For spam filters: the 68 octets that SpamAssassin and others score with 1000.
};

/// In pieces until it is asked for: a scanner would take this program for what it sends.
[[nodiscard]] QByteArray testContent(TestContent kind);

/// "eicar", "gtube".
[[nodiscard]] std::optional<TestContent> testContentFromName(QByteArrayView name);

} // namespace Mailgauge::Mime
