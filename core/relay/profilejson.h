// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "relay/relayprofile.h"

#include <QByteArray>
#include <QJsonObject>
#include <QList>

namespace Mailgauge::Relay {

/// One profile as JSON, without id, secret, built-in mark and trusted certificates of the moment.
[[nodiscard]] QJsonObject profileToJson(const RelayProfile &profile);

/// Strict: an unknown key, a wrong type, an unknown name, a limit out of range or control
/// characters are InvalidInput, and `detail` names the key. A key that would carry a secret is
/// refused too. The id is left null.
[[nodiscard]] Base::Result<RelayProfile> profileFromJson(const QJsonObject &object);

/// Whether profileFromJson() would take it back: what is stored or exported must be readable
/// again. InvalidInput as there.
[[nodiscard]] Base::Result<void> checkProfile(const RelayProfile &profile);

/// The exchange format: `{"format": "mailgauge-relay-profiles", "version": 1, "profiles": […]}`.
/// It never carries secrets, nor ids: an imported profile must not take over the password that
/// belongs to another. Nor does it carry the command that prints a token: it would be run where
/// the file comes to.
[[nodiscard]] QByteArray exportProfiles(const QList<RelayProfile> &profiles);

/// Each profile gets a new id. InvalidInput as profileFromJson(), for what is no such file, for
/// more than 1000 profiles, for a name twice, or a command to run; Unsupported for a newer version.
[[nodiscard]] Base::Result<QList<RelayProfile>> importProfiles(const QByteArray &json);

/// "full", "ca", "host", "none": the names of `--tls-verify`.
[[nodiscard]] QByteArrayView verifyModeName(Tls::VerifyMode mode);
[[nodiscard]] std::optional<Tls::VerifyMode> verifyModeFromName(QByteArrayView name);

/// "never", "ifOffered", "required".
[[nodiscard]] QByteArrayView authNeedName(Smtp::AuthOptions::Need need);
[[nodiscard]] std::optional<Smtp::AuthOptions::Need> authNeedFromName(QByteArrayView name);

} // namespace Mailgauge::Relay
