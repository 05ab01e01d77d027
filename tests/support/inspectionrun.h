// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// Inspections of TLS to their end, without pauses worth mentioning.
#include "diagnose/tlsprobe.h"

#include <QTest>

namespace Mailgauge::Test {

inline Diagnose::TlsProbeOptions inspectionOf(quint16 port)
{
    Diagnose::TlsProbeOptions options;
    options.target.host = QStringLiteral("localhost");
    options.target.port = port;
    options.target.pinnedAddress = QHostAddress(QHostAddress::LocalHost);
    options.ehloName = "probe.example";
    options.pace = std::chrono::milliseconds(0);
    options.pause = std::chrono::milliseconds(1);
    options.longestPause = std::chrono::milliseconds(2);
    return options;
}

inline Diagnose::TlsInspection inspect(const Diagnose::TlsProbeOptions &options)
{
    static const Base::SystemClock clock;
    Diagnose::TlsProbe probe(options, clock);
    std::optional<Diagnose::TlsInspection> result;
    QObject::connect(&probe, &Diagnose::TlsProbe::finished, &probe,
        [&result](const Diagnose::TlsInspection &inspection) { result = inspection; });
    probe.start();
    if (!Test::waitFor([&result] { return result.has_value(); }, 60'000))
        qWarning("the inspection does not end");
    return result.value_or(Diagnose::TlsInspection());
}

inline QList<quint16> codesOf(const QList<Diagnose::AcceptedSuite> &accepted)
{
    QList<quint16> codes;
    for (const Diagnose::AcceptedSuite &one : accepted)
        codes.append(one.code);
    return codes;
}

inline QByteArrayList findingsOf(const Diagnose::TlsInspection &inspection)
{
    QByteArrayList ids;
    for (const Diagnose::Finding &finding : inspection.findings)
        ids.append(finding.id);
    return ids;
}

} // namespace Mailgauge::Test
