// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "relay/relayprofile.h"

#include <QDate>
#include <QList>

#include <optional>

namespace Mailgauge::Relay {

/// A port that a provider offers, and how TLS works there.
struct PresetPort {
    quint16 port = 587;
    Smtp::TlsPolicy tls = Smtp::TlsPolicy::RequireStartTls;

    bool operator==(const PresetPort &) const = default;
};

/// How to reach a well-known provider: facts with a date, shown as a hint, never as a limit.
/// Names and notes are English source text; the window translates by `id`.
struct ProviderPreset {
    QByteArray id; ///< "sendgrid"
    QString name;
    QString host; ///< May hold one place to fill in: `{region}`, `{service}`.
    QStringList choices; ///< What may stand there; empty: the user knows.
    QList<PresetPort> ports; ///< The advised one first.
    QList<QByteArray> mechanisms; ///< SASL names that the provider documents; empty: unknown.
    /// How its tokens are had, without a client id: that is the user's own. None: not known.
    std::optional<OAuthClient> oauth;
    QString user; ///< A user name that is always the same ("apikey"); empty: the user's own.
    QString userHint;
    QString passwordHint;
    QString note;
    QDate asOf; ///< The date of the provider's page that told; invalid: undated.

    /// Whether the host has a place to fill in.
    [[nodiscard]] bool needsChoice() const { return host.contains(u'{'); }

    bool operator==(const ProviderPreset &) const = default;
};

/// The presets of resources/providers.json, in its order.
[[nodiscard]] QList<ProviderPreset> providerPresets();

/// Strict; InvalidInput names what is wrong, Unsupported for a newer version.
[[nodiscard]] Base::Result<QList<ProviderPreset>> presetsFromJson(const QByteArray &json);

/// A profile to start from, at the advised port; `choice` goes into the host's place.
/// Authentication is required where the provider has a user name.
[[nodiscard]] RelayProfile profileFrom(const ProviderPreset &preset, const QString &choice = {});

/// The one whose relay that host is, whatever stands in its place; none for other hosts.
[[nodiscard]] std::optional<ProviderPreset> presetOfHost(const QString &host);

/// How that provider's tokens are had; none where it is not known.
[[nodiscard]] std::optional<OAuthClient> oauthOfHost(const QString &host);

} // namespace Mailgauge::Relay
