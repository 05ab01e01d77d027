// SPDX-License-Identifier: GPL-3.0-or-later
#include "bundle/bundlefiles.h"

#include "base/literals.h"
#include "base/paths.h"
#include "bundle/bundletexts.h"
#include "bundle/messageredaction.h"
#include "relay/profilejson.h"

#include <QBuffer>
#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <array>

namespace Mailgauge::Bundle {

namespace {

using Transcript::ExportedSession;
using Transcript::ExportFormat;
using Transcript::Progress;
using Transcript::RedactionLevel;

/// Each step's share of the time, as it was measured with a million lines.
constexpr double AfterRedaction = 0.25;
struct Rendering {
    ExportFormat format;
    QLatin1StringView name;
    double until;
};
constexpr std::array renderings {
    Rendering {ExportFormat::Text, "transcript.txt"_L1, 0.35},
    Rendering {ExportFormat::Html, "transcript.html"_L1, 0.85},
    Rendering {ExportFormat::JsonLines, "transcript.jsonl"_L1, 1.0},
};

/// A redacted message is longer or shorter: the stretches of it that entries name move along.
void moveRanges(QList<Transcript::Entry> &entries, qint64 before, qint64 now)
{
    for (Transcript::Entry &entry : entries) {
        if (!entry.content)
            continue;
        const auto moved = [before, now](
                               qint64 at) { return at >= before ? now : std::min(at, now); };
        entry.content->from = moved(entry.content->from);
        entry.content->to = moved(entry.content->to);
    }
}

QByteArray profileText(Relay::RelayProfile profile, Transcript::Redactor &redactor)
{
    if (redactor.level() != RedactionLevel::Secrets) {
        Transcript::Pseudonyms &names = redactor.pseudonyms();
        profile.user = QString::fromUtf8(names.applyToAddress(profile.user.toUtf8()));
        profile.name = names.apply(profile.name);
        profile.defaultFrom = names.apply(profile.defaultFrom);
        profile.bounceAddress = names.apply(profile.bounceAddress);
        profile.caFile = names.apply(Base::withoutHome(profile.caFile));
        if (profile.unixSocket)
            profile.host = Base::withoutHome(profile.host);
    }
    return Relay::exportProfiles({profile});
}

Facts redactedFacts(Facts facts, Transcript::Redactor &redactor)
{
    if (redactor.level() == RedactionLevel::Secrets)
        return facts;
    for (auto &[name, value] : facts)
        value = redactor.pseudonyms().apply(value);
    return facts;
}

QByteArray manifest(const QList<BundleFile> &files, RedactionLevel level)
{
    QJsonArray list;
    for (const BundleFile &file : files) {
        const QByteArray digest
            = QCryptographicHash::hash(file.bytes, QCryptographicHash::Sha256).toHex();
        list.append(QJsonObject {{u"name"_s, file.name}, {u"size"_s, qint64(file.bytes.size())},
            {u"sha256"_s, QString::fromLatin1(digest)}});
    }
    return QJsonDocument(
        QJsonObject {{u"format"_s, bundleFormat}, {u"version"_s, bundleVersion},
            {u"redaction"_s, QString::fromLatin1(Transcript::redactionLevelName(level))},
            {u"files"_s, list}})
        .toJson();
}

QByteArray joined(const QList<BundledSession> &sessions,
    QByteArray (*text)(const Transcript::SessionRecord &), const QByteArray &separator)
{
    QByteArrayList texts;
    for (const BundledSession &one : sessions) {
        if (const QByteArray bytes = text(one.session.record); !bytes.isEmpty())
            texts.append(bytes);
    }
    return texts.join(separator);
}

Base::Result<void> addTranscripts(
    QList<BundleFile> &files, const QList<BundledSession> &sessions, const Progress &progress)
{
    QList<ExportedSession> transcripts;
    for (const BundledSession &one : sessions)
        transcripts.append(one.session);
    double from = AfterRedaction;
    for (const Rendering &rendering : renderings) {
        QBuffer buffer;
        buffer.open(QIODevice::WriteOnly);
        const auto written = Transcript::SessionExporter::write(transcripts, rendering.format, {},
            buffer, Transcript::partOf(progress, from, rendering.until));
        if (!written)
            return written;
        files.append({rendering.name, buffer.data()});
        from = rendering.until;
    }
    return {};
}

} // namespace

Transcript::Redactor redactorFor(const BundleSource &source, Transcript::RedactionLevel level)
{
    QList<Transcript::SessionRecord> records;
    for (const BundledSession &one : source.sessions)
        records.append(one.session.record);
    QList<QByteArray> logins = source.logins;
    if (source.profile)
        logins.prepend(source.profile->user.toUtf8());
    return Transcript::Redactor(level, records, logins);
}

Base::Result<QList<BundledSession>> redacted(
    const BundleSource &source, Transcript::Redactor &redactor, const Progress &progress)
{
    QList<BundledSession> sessions;
    double done = 0;
    for (const BundledSession &one : source.sessions) {
        const double next = done + 1.0 / static_cast<double>(source.sessions.size());
        auto session = redactor.apply(one.session, Transcript::partOf(progress, done, next));
        if (!session)
            return std::unexpected(session.error());
        done = next;
        std::optional<QByteArray> message;
        if (one.message) {
            message = redactMessage(*one.message, redactor);
            if (message->size() != one.message->size())
                moveRanges(session->entries, one.message->size(), message->size());
        }
        sessions.append(BundledSession {*std::move(session), std::move(message)});
    }
    return sessions;
}

Base::Result<QList<BundleFile>> bundleFiles(
    const BundleSource &source, RedactionLevel level, const Progress &progress)
{
    Transcript::Redactor redactor = redactorFor(source, level);
    const auto sessions = redacted(
        source, redactor, Transcript::partOf(progress, 0, AfterRedaction));
    if (!sessions)
        return std::unexpected(sessions.error());

    QList<BundleFile> files;
    if (auto added = addTranscripts(files, *sessions, progress); !added)
        return std::unexpected(added.error());
    files.append({u"outcome.txt"_s, joined(*sessions, outcomeText, "\n"_ba)});
    files.append({u"tls.txt"_s, joined(*sessions, tlsText, "\n"_ba)});
    if (const QByteArray pem = joined(*sessions, chainPem, {}); !pem.isEmpty())
        files.append({u"chain.pem"_s, pem});
    files.append({u"versions.txt"_s, factsText(source.versions)});
    if (!source.settings.isEmpty())
        files.append({u"settings.txt"_s, factsText(redactedFacts(source.settings, redactor))});
    if (source.profile)
        files.append({u"profile.json"_s, profileText(*source.profile, redactor)});
    for (const BundledSession &one : *sessions) {
        if (one.message) {
            files.append({u"messages/%1.eml"_s.arg(
                              one.session.record.message.toString(QUuid::WithoutBraces)),
                *one.message});
        }
    }
    files.prepend({manifestName, manifest(files, level)});
    return files;
}

} // namespace Mailgauge::Bundle
