// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/recordjson.h"

#include "base/literals.h"
#include "transcript/json.h"
#include "transcript/sessionlibrary.h"
#include "transcript/tlsajson.h"
#include "transcript/wholerecordjson.h"

#include <QJsonArray>

#include <array>

namespace Mailgauge::Transcript {

namespace {

constexpr int Version = 1;
constexpr qsizetype MaxChain = 64;
constexpr qsizetype MaxTags = 100;

constexpr std::array allReasons {Tls::VerifyReason::Kind::Untrusted,
    Tls::VerifyReason::Kind::SelfSigned, Tls::VerifyReason::Kind::Expired,
    Tls::VerifyReason::Kind::NotYetValid, Tls::VerifyReason::Kind::NameMismatch,
    Tls::VerifyReason::Kind::WeakKey, Tls::VerifyReason::Kind::PinMismatch,
    Tls::VerifyReason::Kind::TlsaMismatch, Tls::VerifyReason::Kind::Other};

/// Members of the whole record that stand elsewhere in the file.
const QStringList toldByHeader {u"id"_s, u"startedAt"_s, u"host"_s, u"port"_s, u"address"_s,
    u"tls"_s, u"outcome"_s, u"stage"_s, u"exit"_s, u"marks"_s, u"unknown"_s};

QString latin1(QByteArrayView bytes)
{
    return QString::fromLatin1(bytes);
}

QJsonObject certificateToJson(const Tls::CertificateFacts &facts)
{
    return {{u"subject"_s, facts.subject}, {u"issuer"_s, facts.issuer},
        {u"names"_s, QJsonArray::fromStringList(facts.names)},
        {u"notBefore"_s, facts.notBefore.toUTC().toString(Qt::ISODate)},
        {u"notAfter"_s, facts.notAfter.toUTC().toString(Qt::ISODate)},
        {u"sha256"_s, latin1(facts.sha256)}, {u"keySha256"_s, latin1(facts.keySha256)},
        {u"keyType"_s, facts.keyType}, {u"der"_s, latin1(facts.der.toBase64())}};
}

Tls::CertificateFacts certificateFromJson(const QJsonObject &object)
{
    Tls::CertificateFacts facts;
    facts.subject = object.value("subject"_L1).toString();
    facts.issuer = object.value("issuer"_L1).toString();
    for (const QJsonValue &name : object.value("names"_L1).toArray())
        facts.names.append(name.toString());
    facts.notBefore = QDateTime::fromString(object.value("notBefore"_L1).toString(), Qt::ISODate);
    facts.notAfter = QDateTime::fromString(object.value("notAfter"_L1).toString(), Qt::ISODate);
    facts.sha256 = object.value("sha256"_L1).toString().toLatin1();
    facts.keySha256 = object.value("keySha256"_L1).toString().toLatin1();
    facts.keyType = object.value("keyType"_L1).toString();
    facts.der = QByteArray::fromBase64(object.value("der"_L1).toString().toLatin1());
    return facts;
}

Tls::VerifyReason reasonFromJson(const QJsonObject &object)
{
    const QByteArray kind = object.value("kind"_L1).toString().toLatin1();
    const auto found = std::ranges::find_if(
        allReasons, [&kind](Tls::VerifyReason::Kind k) { return Tls::reasonName(k) == kind; });
    return {found == allReasons.end() ? Tls::VerifyReason::Kind::Other : *found,
        object.value("depth"_L1).toInt(), object.value("detail"_L1).toString()};
}

QJsonObject serverToJson(const SessionRecord &record)
{
    QJsonObject server {
        {u"host"_s, record.host}, {u"port"_s, record.port}, {u"address"_s, record.address}};
    // JSON has text only; a greeting that is none stays in its entry.
    if (record.greeting.isValidUtf8())
        server.insert(u"greeting"_s, QString::fromUtf8(record.greeting));
    return server;
}

/// What is no tag is left out: a file may claim anything.
QStringList tagsFrom(const QJsonValue &value)
{
    QStringList tags;
    const QJsonArray array = value.toArray();
    for (const QJsonValue &one : array) {
        const auto tag = tagFrom(one.toString());
        if (tag && !tags.contains(*tag, Qt::CaseInsensitive) && tags.size() < MaxTags)
            tags.append(*tag);
    }
    tags.sort(Qt::CaseInsensitive);
    return tags;
}

/// The record of "session" with what stands beside it.
Base::Result<SessionRecord> wholeRecord(const QJsonObject &object)
{
    QJsonObject whole = object.value("session"_L1).toObject();
    whole.remove("unknown"_L1);
    for (const QString &name : {u"id"_s, u"outcome"_s, u"stage"_s})
        whole.insert(name, object.value(name));
    return recordFromJson(whole);
}

} // namespace

QJsonObject tlsToJson(const Tls::TlsFacts &facts)
{
    QJsonArray reasons;
    for (const Tls::VerifyReason &reason : facts.reasons) {
        reasons.append(QJsonObject {{u"kind"_s, latin1(Tls::reasonName(reason.kind))},
            {u"depth"_s, reason.depth}, {u"detail"_s, reason.detail}});
    }
    QJsonArray chain;
    for (const Tls::CertificateFacts &certificate : facts.chain)
        chain.append(certificateToJson(certificate));
    QJsonObject object {{u"version"_s, latin1(facts.version)}, {u"cipher"_s, latin1(facts.cipher)},
        {u"verified"_s, facts.isAuthenticated()}, {u"accepted"_s, facts.accepted},
        {u"chainTrusted"_s, facts.chainTrusted}, {u"nameMatches"_s, facts.nameMatches},
        {u"serverName"_s, facts.serverName}, {u"reasons"_s, reasons}, {u"chain"_s, chain}};
    if (!facts.tlsa.isEmpty())
        object.insert(u"tlsa"_s, tlsaListToJson(facts.tlsa));
    return object;
}

Tls::TlsFacts tlsFromJson(const QJsonObject &object)
{
    Tls::TlsFacts facts;
    facts.version = object.value("version"_L1).toString().toLatin1();
    facts.cipher = object.value("cipher"_L1).toString().toLatin1();
    facts.serverName = object.value("serverName"_L1).toString();
    facts.chainTrusted = object.value("chainTrusted"_L1).toBool();
    facts.nameMatches = object.value("nameMatches"_L1).toBool();
    facts.accepted = object.value("accepted"_L1).toBool();
    for (const QJsonValue &reason : object.value("reasons"_L1).toArray()) {
        if (facts.reasons.size() < MaxChain)
            facts.reasons.append(reasonFromJson(reason.toObject()));
    }
    for (const QJsonValue &certificate : object.value("chain"_L1).toArray()) {
        if (facts.chain.size() < MaxChain)
            facts.chain.append(certificateFromJson(certificate.toObject()));
    }
    facts.tlsa = tlsaListFrom(object.value("tlsa"_L1));
    return facts;
}

QJsonObject headerToJson(const SessionRecord &record)
{
    QJsonObject session = recordToJson(record);
    for (const QString &name : toldByHeader)
        session.remove(name);
    QJsonObject header {{u"format"_s, u"mailgauge-transcript"_s}, {u"version"_s, Version},
        {u"id"_s, record.id.toString(QUuid::WithoutBraces)},
        {u"start"_s, record.startedAt.toUTC().toString(Qt::ISODateWithMs)},
        {u"server"_s, serverToJson(record)},
        {u"tls"_s, record.tls ? QJsonValue(tlsToJson(*record.tls)) : QJsonValue()},
        {u"outcome"_s, latin1(wholeOutcomeName(record.outcome))},
        {u"stage"_s, latin1(Smtp::stageName(record.stage))}, {u"exit"_s, record.exitCode},
        {u"session"_s, session}};
    if (!record.tags.isEmpty())
        header.insert(u"tags"_s, QJsonArray::fromStringList(record.tags));
    if (!record.note.isEmpty())
        header.insert(u"note"_s, record.note);
    return header;
}

Base::Result<SessionRecord> headerFromJson(const QJsonObject &object)
{
    if (object.value("format"_L1).toString() != "mailgauge-transcript"_L1)
        return Base::fail(Base::Error::Kind::InvalidInput, u"not a Mailgauge transcript"_s);
    const qint64 version = object.value("version"_L1).toInteger(0);
    if (version > Version) {
        return Base::fail(Base::Error::Kind::Unsupported,
            u"transcript version %1, this program reads %2"_s.arg(version).arg(Version));
    }
    SessionRecord record;
    if (object.value("session"_L1).isObject()) {
        auto whole = wholeRecord(object);
        if (!whole)
            return Base::fail(Base::Error::Kind::Corrupt, u"session"_s);
        record = *std::move(whole);
    } else {
        record.outcome = wholeOutcomeFromName(object.value("outcome"_L1).toString().toLatin1())
                             .value_or(WholeOutcome::Failed);
        record.stage = Smtp::stageFromName(object.value("stage"_L1).toString().toLatin1())
                           .value_or(Smtp::Stage::Connect);
    }
    record.id = QUuid::fromString(object.value("id"_L1).toString());
    record.startedAt
        = QDateTime::fromString(object.value("start"_L1).toString(), Qt::ISODateWithMs).toUTC();
    if (version < 1 || record.id.isNull() || !record.startedAt.isValid())
        return Base::fail(Base::Error::Kind::Corrupt, u"version, id or start"_s);
    const QJsonObject server = object.value("server"_L1).toObject();
    record.host = server.value("host"_L1).toString();
    record.port = static_cast<quint16>(qBound(0, server.value("port"_L1).toInt(), 0xffff));
    record.address = server.value("address"_L1).toString();
    if (server.value("greeting"_L1).isString())
        record.greeting = server.value("greeting"_L1).toString().toUtf8();
    if (object.value("tls"_L1).isObject())
        record.tls = tlsFromJson(object.value("tls"_L1).toObject());
    record.exitCode = object.value("exit"_L1).toInt(record.exitCode);
    record.tags = tagsFrom(object.value("tags"_L1));
    record.note = noteFrom(object.value("note"_L1).toString());
    record.unknown.header = unknownIn(object, headerToJson(record));
    // What of them is not as they are kept is known all the same.
    record.unknown.header.remove("tags"_L1);
    record.unknown.header.remove("note"_L1);
    return record;
}

} // namespace Mailgauge::Transcript
