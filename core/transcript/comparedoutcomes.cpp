// SPDX-License-Identifier: GPL-3.0-or-later
// ComparedFacts, the part that the records alone decide: TLS, outcome, timing.
#include "transcript/comparedfacts.h"

#include "base/literals.h"

#include <algorithm>

namespace Mailgauge::Transcript {

namespace {

using Base::Severity;
using Smtp::Stage;

QByteArray reasonsOf(const Tls::TlsFacts &facts)
{
    QList<QByteArray> names;
    for (const Tls::VerifyReason &reason : facts.reasons) {
        const QByteArray name = Tls::reasonName(reason.kind).toByteArray();
        if (!names.contains(name))
            names.append(name);
    }
    std::ranges::sort(names);
    return names.join(", ");
}

QByteArray certificateText(const Tls::CertificateFacts &facts)
{
    return (facts.subject + u", "_s + facts.names.join(u' ') + u", "_s + facts.keyType
        + u", until "_s + facts.notAfter.toUTC().date().toString(Qt::ISODate))
        .toUtf8();
}

QByteArray failureText(const std::optional<Smtp::Failure> &failure)
{
    if (!failure)
        return {};
    return Smtp::stageName(failure->stage).toByteArray() + ": "
        + Base::kindName(failure->error.kind).toByteArray() + ": " + failure->error.detail.toUtf8();
}

bool isSameFailure(
    const std::optional<Smtp::Failure> &left, const std::optional<Smtp::Failure> &right)
{
    if (!left || !right)
        return left.has_value() == right.has_value();
    return left->stage == right->stage && left->error.kind == right->error.kind;
}

} // namespace

void ComparedFacts::compareTls()
{
    if (std::exchange(m_tlsDone, true))
        return;
    const auto differ = [this](const char *id, Severity severity, const QByteArray &left,
                            const QByteArray &right) {
        if (left != right)
            add({.id = id,
                .severity = severity,
                .stage = Stage::Tls,
                .left = left,
                .right = right});
    };
    if (!m_left.tls || !m_right.tls) {
        if (m_left.tls)
            differ("tls.lost", Severity::Error, m_left.tls->version, {});
        else if (m_right.tls)
            differ("tls.gained", Severity::Warning, {}, m_right.tls->version);
        return;
    }
    const Tls::TlsFacts &left = *m_left.tls;
    const Tls::TlsFacts &right = *m_right.tls;
    differ("tls.version", Severity::Warning, left.version, right.version);
    differ("tls.cipher", Severity::Info, left.cipher, right.cipher);
    differ("tls.verdict", Severity::Error, left.accepted ? "accepted" : "not accepted",
        right.accepted ? "accepted" : "not accepted");
    differ("tls.reasons", Severity::Warning, reasonsOf(left), reasonsOf(right));
    const Tls::CertificateFacts leftLeaf = left.chain.value(0);
    const Tls::CertificateFacts rightLeaf = right.chain.value(0);
    if (leftLeaf.sha256 != rightLeaf.sha256) {
        const bool renewed = leftLeaf.subject == rightLeaf.subject
            && leftLeaf.names == rightLeaf.names && leftLeaf.keyType == rightLeaf.keyType
            && leftLeaf.issuer == rightLeaf.issuer;
        add({.id = renewed ? "tls.renewed"_ba : "tls.certificate"_ba,
            .severity = renewed ? Severity::Info : Severity::Warning,
            .stage = Stage::Tls,
            .left = certificateText(leftLeaf),
            .right = certificateText(rightLeaf)});
    }
    differ("tls.issuer", Severity::Warning, leftLeaf.issuer.toUtf8(), rightLeaf.issuer.toUtf8());
    differ("tls.chainLength", Severity::Info, QByteArray::number(left.chain.size()),
        QByteArray::number(right.chain.size()));
}

void ComparedFacts::compareOutcome()
{
    for (const Smtp::RecipientOutcome &left : m_left.recipients) {
        const auto right = std::ranges::find(
            m_right.recipients, left.recipient, &Smtp::RecipientOutcome::recipient);
        if (right == m_right.recipients.end() || right->outcome == left.outcome)
            continue;
        add({.id = "outcome.recipient"_ba,
            .severity = Severity::Error,
            .stage = right->stage,
            .subject = left.recipient.address(),
            .left = Smtp::outcomeName(left.outcome).toByteArray(),
            .right = Smtp::outcomeName(right->outcome).toByteArray()});
    }
    compareFailure();
    compareFindings();
    if (m_left.outcome != m_right.outcome) {
        add({.id = "outcome.whole"_ba,
            .severity = Severity::Error,
            .stage = m_right.stage,
            .left = wholeOutcomeName(m_left.outcome).toByteArray(),
            .right = wholeOutcomeName(m_right.outcome).toByteArray()});
    }
    if (m_left.queueId != m_right.queueId && !m_left.queueId.isEmpty()
        && !m_right.queueId.isEmpty())
        m_noise.append({.id = "noise.queueId"_ba,
            .stage = Stage::Dot,
            .left = m_left.queueId,
            .right = m_right.queueId});
    if (m_left.messageId != m_right.messageId)
        m_noise.append({.id = "noise.messageId"_ba,
            .stage = Stage::Content,
            .left = m_left.messageId,
            .right = m_right.messageId});
}

void ComparedFacts::compareFailure()
{
    if (m_left.failure == m_right.failure)
        return;
    Difference difference {.id = "failure"_ba,
        .severity = Severity::Error,
        .stage = m_right.failure ? m_right.failure->stage
            : m_left.failure     ? m_left.failure->stage
                                 : Stage::Quit,
        .left = failureText(m_left.failure),
        .right = failureText(m_right.failure)};
    if (!isSameFailure(m_left.failure, m_right.failure)) {
        add(difference);
        return;
    }
    difference.severity = Severity::Info;
    if (m_leftNoise.apply(difference.left) == m_rightNoise.apply(difference.right))
        m_noise.append(difference);
    else
        add(difference);
}

void ComparedFacts::compareFindings()
{
    // Certificates have a comparison of their own; where a session comes from is no part of it.
    const auto counts = [](const SessionFinding &finding) {
        return !finding.id.startsWith("certificate.") && !finding.id.startsWith("imported.");
    };
    const auto missing = [](const SessionRecord &in, const SessionFinding &finding) {
        return std::ranges::none_of(in.findings, [&finding](const SessionFinding &one) {
            return one.id == finding.id && one.stage == finding.stage;
        });
    };
    for (const SessionFinding &finding : m_left.findings) {
        if (counts(finding) && missing(m_right, finding))
            add({.id = "finding.lost"_ba,
                .stage = finding.stage,
                .subject = finding.id,
                .left = finding.evidence.isEmpty() ? finding.id : finding.evidence});
    }
    for (const SessionFinding &finding : m_right.findings) {
        if (counts(finding) && missing(m_left, finding))
            add({.id = "finding.gained"_ba,
                .severity = Severity::Warning,
                .stage = finding.stage,
                .subject = finding.id,
                .right = finding.evidence.isEmpty() ? finding.id : finding.evidence});
    }
}

void ComparedFacts::compareTimings(const CompareOptions &options)
{
    const auto text = [](qint64 us) { return QByteArray::number(us / 1000) + " ms"; };
    const qint64 least = std::chrono::microseconds(options.timing).count();
    const auto differ = [&](const QByteArray &id, Stage stage, qint64 left, qint64 right) {
        const auto [shorter, longer] = std::minmax(left, right);
        if (longer - shorter < std::max<qint64>(least, 1) || longer < 2 * shorter)
            return;
        add({.id = id,
            .severity = right > left ? Severity::Warning : Severity::Info,
            .stage = stage,
            .subject = Smtp::stageName(stage).toByteArray(),
            .left = text(left),
            .right = text(right)});
    };
    for (const auto &[stage, left] : m_left.timings.asKeyValueRange()) {
        if (m_right.timings.contains(stage))
            differ("timing.stage"_ba, stage, left, m_right.timings.value(stage));
    }
    if (m_left.totalUs > 0 && m_right.totalUs > 0)
        differ("timing.total"_ba, Stage::Quit, m_left.totalUs, m_right.totalUs);
}

} // namespace Mailgauge::Transcript
