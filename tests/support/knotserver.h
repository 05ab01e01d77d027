// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// A private name server (Knot DNS) for the zones of a test, signed or not, on 127.0.0.1 in the
/// test's network namespace.
#include "mailservers.h"

#include <QByteArrayList>

namespace Mailgauge::Test {

class KnotServer {
public:
    static constexpr quint16 Port = 5300;

    struct Zone {
        QString name;
        QByteArray records; ///< Below `$ORIGIN name.`; SOA and NS are added. Null: a zone without a
                            ///< file, which answers SERVFAIL.
        bool isSigned = false;
    };

    /// Why it cannot run here, for MAILGAUGE_MISSING.
    [[nodiscard]] static QString whyNot();
    /// What went wrong, or an empty text.
    [[nodiscard]] QString start(const QList<Zone> &zones);
    void stop() { m_knot.stop(); }
    [[nodiscard]] QString address() const { return QStringLiteral("127.0.0.1:%1").arg(Port); }
    /// The DS of a signed zone, as a trust anchor.
    [[nodiscard]] QByteArrayList anchors(const QString &zone) const;

private:
    [[nodiscard]] QByteArray run(const QString &program, const QStringList &arguments) const;

    QTemporaryDir m_dir {QStringLiteral("/tmp/mailgauge-knot-XXXXXX")};
    ServerProcess m_knot;
};

} // namespace Mailgauge::Test
