// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// What leaves this machine and what comes back: exports in every format, the support bundle, and
/// reading them again. makeExport() (export.h) makes files as values, redacted; the preview shows
/// those very bytes and saveExport() writes them. readSessions() (sessionimport.h) takes what
/// others send and trusts nothing in it. Values in, values out: any thread.
#include "bundle/versions.h"
#include "relay/relayprofile.h"
#include "transcript/redaction.h"

#include <optional>

namespace Mailgauge::Bundle {

struct BundledSession {
    Transcript::ExportedSession session;
    /// The message's octets as handed to the session; nothing where it had none or none is kept.
    std::optional<QByteArray> message;

    bool operator==(const BundledSession &) const = default;
};

/// Everything that may go into a bundle, as it is.
struct BundleSource {
    QList<BundledSession> sessions;
    std::optional<Relay::RelayProfile> profile; ///< The one the first session used, if it is there.
    Facts settings;
    Facts versions;
    /// User names of the profiles that the sessions used, and others that replies may tell.
    QList<QByteArray> logins {};
};

struct BundleFile {
    QString name; ///< Within the archive: "transcript.txt", "messages/ID.eml".
    QByteArray bytes;

    bool operator==(const BundleFile &) const = default;
};

/// The name and form of the first file, which lists the others.
inline constexpr QLatin1StringView manifestName("manifest.json");
inline constexpr QLatin1StringView bundleFormat("mailgauge-bundle");
inline constexpr int bundleVersion = 1;

/// What takes out of a source's sessions what the level says, all logins known to it.
[[nodiscard]] Transcript::Redactor redactorFor(
    const BundleSource &source, Transcript::RedactionLevel level);

/// The sessions with messages, redacted as one export. Error kind: Cancelled.
[[nodiscard]] Base::Result<QList<BundledSession>> redacted(const BundleSource &source,
    Transcript::Redactor &redactor, const Transcript::Progress &progress = {});

/// The files of a support bundle, the manifest first: transcript as text, HTML and JSON Lines,
/// outcome and findings, TLS facts and chain, versions, settings, the relay profile, the messages.
/// The manifest names each with its size and SHA-256. Error kinds: Cancelled.
[[nodiscard]] Base::Result<QList<BundleFile>> bundleFiles(const BundleSource &source,
    Transcript::RedactionLevel level, const Transcript::Progress &progress = {});

} // namespace Mailgauge::Bundle
