// SPDX-License-Identifier: GPL-3.0-or-later
#include "bundle/bundletexts.h"

#include "base/literals.h"
#include "explain/explain.h"
#include "explain/provider.h"

namespace Mailgauge::Bundle {

namespace {

using Transcript::SessionRecord;

constexpr qsizetype PemLine = 64;

QByteArray visible(const QByteArray &bytes)
{
    return Transcript::visibleText(bytes).toUtf8();
}

QByteArray line(const QByteArray &label, const QByteArray &value)
{
    return value.isEmpty() ? QByteArray() : label + ": " + visible(value) + '\n';
}

QByteArray indented(const QString &text)
{
    return text.isEmpty() ? QByteArray() : "    " + visible(text.toUtf8()) + '\n';
}

QByteArray explained(const Explain::Explanation &explanation)
{
    return indented(explanation.text) + indented(explanation.cause) + indented(explanation.nextStep)
        + indented(explanation.rfc);
}

QByteArray titleOf(const SessionRecord &record)
{
    return "Session " + record.id.toByteArray(QUuid::WithoutBraces) + '\n'
        + line("Relay", (record.host + u':' + QString::number(record.port)).toUtf8());
}

QByteArray date(const QDateTime &time)
{
    return time.toUTC().toString(Qt::ISODate).toLatin1();
}

QByteArray certificateText(const Tls::CertificateFacts &facts, qsizetype depth)
{
    return "\nCertificate " + QByteArray::number(depth) + '\n'
        + line("  Subject", facts.subject.toUtf8()) + line("  Issuer", facts.issuer.toUtf8())
        + line("  Names", facts.names.join(u", "_s).toUtf8())
        + line("  Valid from", date(facts.notBefore)) + line("  Valid to", date(facts.notAfter))
        + line("  Key", facts.keyType.toUtf8()) + line("  SHA-256", facts.sha256)
        + line("  SHA-256 of the key", facts.keySha256);
}

} // namespace

QByteArray outcomeText(const SessionRecord &record)
{
    QByteArray out = titleOf(record)
        + line("Outcome", Transcript::wholeOutcomeName(record.outcome).toByteArray())
        + line("Decided at", Smtp::stageName(record.stage).toByteArray())
        + line("Exit code", QByteArray::number(record.exitCode))
        + line("AUTH", record.authMechanism) + line("Queue id", record.queueId)
        + line("Message-ID", record.messageId);
    const auto isRefused = [](const Smtp::RecipientOutcome &one) {
        return one.reply && one.outcome != Smtp::Outcome::Accepted;
    };
    const QByteArray provider = std::ranges::any_of(record.recipients, isRefused)
        ? Explain::providerOf(record.host, record.greeting)
        : QByteArray();
    if (!record.recipients.isEmpty())
        out += "\nRecipients\n";
    for (const Smtp::RecipientOutcome &one : record.recipients) {
        out += "  " + Smtp::outcomeName(one.outcome).toByteArray().leftJustified(10)
            + visible(one.recipient.address());
        if (one.reply)
            out += "  " + QByteArray::number(one.reply->code) + ' ' + visible(one.reply->text());
        out += '\n';
        if (isRefused(one))
            out += explained(Explain::explain(*one.reply, one.stage, provider));
    }
    if (record.failure) {
        out += "\nFailed at " + Smtp::stageName(record.failure->stage).toByteArray() + '\n'
            + explained(Explain::explain(*record.failure)) + indented(record.failure->error.detail)
            + indented(Transcript::visibleText(record.failure->error.evidence));
    }
    if (!record.findings.isEmpty())
        out += "\nFindings\n";
    for (const Transcript::SessionFinding &finding : record.findings) {
        out += "  " + visible(finding.id) + " at " + Smtp::stageName(finding.stage).toByteArray()
            + '\n' + explained(Explain::explainFinding(finding.id, finding.evidence));
        if (!finding.evidence.isEmpty())
            out += indented(Transcript::visibleText(finding.evidence));
    }
    if (!record.timings.isEmpty())
        out += "\nTime\n";
    for (const auto &[stage, us] : record.timings.asKeyValueRange()) {
        out += "  " + Smtp::stageName(stage).toByteArray().leftJustified(10)
            + QByteArray::number(static_cast<double>(us) / 1000.0, 'f', 1) + " ms\n";
    }
    return out;
}

QByteArray tlsText(const SessionRecord &record)
{
    QByteArray out = titleOf(record) + line("Asked for", record.tlsPolicy);
    if (!record.tls)
        return out + "No TLS was used.\n";
    const Tls::TlsFacts &facts = *record.tls;
    const auto yesNo = [](bool yes) { return yes ? "yes"_ba : "no"_ba; };
    out += line("Version", facts.version) + line("Cipher", facts.cipher)
        + line("Name checked", facts.serverName.toUtf8())
        + line("Chain trusted", yesNo(facts.chainTrusted))
        + line("Name matches", yesNo(facts.nameMatches)) + line("Accepted", yesNo(facts.accepted));
    for (const Tls::VerifyReason &reason : facts.reasons) {
        out += "\nProblem: " + Tls::reasonName(reason.kind).toByteArray() + " (certificate "
            + QByteArray::number(reason.depth) + ")\n" + explained(Explain::explain(reason))
            + indented(reason.detail);
    }
    for (qsizetype i = 0; i < facts.chain.size(); ++i)
        out += certificateText(facts.chain.at(i), i);
    return out;
}

QByteArray chainPem(const SessionRecord &record)
{
    QByteArray out;
    for (const Tls::CertificateFacts &facts :
        record.tls ? record.tls->chain : QList<Tls::CertificateFacts>()) {
        if (facts.der.isEmpty())
            continue;
        const QByteArray encoded = facts.der.toBase64();
        out += "-----BEGIN CERTIFICATE-----\n";
        for (qsizetype at = 0; at < encoded.size(); at += PemLine)
            out += encoded.sliced(at, std::min(PemLine, encoded.size() - at)) + '\n';
        out += "-----END CERTIFICATE-----\n";
    }
    return out;
}

QByteArray factsText(const Facts &facts)
{
    QByteArray out;
    for (const auto &[name, value] : facts)
        out += visible(name.toUtf8()) + ": " + visible(value.toUtf8()) + '\n';
    return out;
}

} // namespace Mailgauge::Bundle
