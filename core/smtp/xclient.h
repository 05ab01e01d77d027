// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "smtp/capabilities.h"

#include <QByteArray>
#include <QList>

/// Postfix's XCLIENT (its XCLIENT_README): on whose behalf a trusted host connects.
namespace Mailgauge::Smtp {

/// "ADDR=2001:db8::1 NAME=a.example" as the command's attributes: names in upper case,
/// values in xtext, IPv6 with its prefix. InvalidInput for what is none.
[[nodiscard]] Base::Result<QList<QByteArray>> parseXclient(QByteArrayView text);

/// The first attribute that a server does not take; empty where it takes all.
[[nodiscard]] QByteArray unannouncedXclient(
    const Capability &announced, const QList<QByteArray> &attributes);

} // namespace Mailgauge::Smtp
