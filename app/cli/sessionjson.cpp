// SPDX-License-Identifier: GPL-3.0-or-later
#include "sessionjson.h"

#include "delivery/exitcode.h"

#include <algorithm>

namespace Mailgauge::Cli {

namespace {

using Kind = Base::Error::Kind;

Json stageJson(Smtp::Stage stage)
{
    return Json::text(Smtp::stageName(stage));
}

Json certificateJson(const Tls::CertificateFacts &certificate)
{
    QList<Json> names;
    for (const QString &name : certificate.names)
        names.append(Json::text(name));
    const auto date = [](const QDateTime &time) {
        return Json::text(time.toUTC().toString(Qt::ISODate));
    };
    return Json::object({
        {"subject", Json::text(certificate.subject)},
        {"issuer", Json::text(certificate.issuer)},
        {"names", Json::array(names)},
        {"notBefore", date(certificate.notBefore)},
        {"notAfter", date(certificate.notAfter)},
        {"sha256", Json::text(certificate.sha256)},
        {"keySha256", Json::text(certificate.keySha256)},
        {"keyType", Json::text(certificate.keyType)},
    });
}

Json daneJson(const QList<Tls::TlsaResult> &results)
{
    QList<Json> records;
    for (const Tls::TlsaResult &one : results) {
        records.append(Json::object({
            {"record", Json::text(Tls::toText(one.record))},
            {"result", Json::text(Tls::tlsaResultName(one.kind))},
            {"depth", one.depth < 0 ? Json() : Json::number(qint64(one.depth))},
            {"detail", Json::textOrNull(one.detail.toUtf8())},
        }));
    }
    return Json::object({
        {"matched", Json::boolean(Tls::isAnyMatching(results))},
        {"records", Json::array(records)},
    });
}

Json timingsJson(const QMap<Smtp::Stage, qint64> &timings, qint64 totalUs)
{
    QList<Json::Member> members;
    for (const auto &[stage, us] : timings.asKeyValueRange())
        members.append({Smtp::stageName(stage), Json::milliseconds(us)});
    members.append({"total", Json::milliseconds(totalUs)});
    return Json::object(members);
}

Json findingsJson(const QList<Transcript::SessionFinding> &findings)
{
    QList<Json> list;
    for (const Transcript::SessionFinding &finding : findings) {
        list.append(Json::object({
            {"id", Json::text(finding.id)},
            {"stage", stageJson(finding.stage)},
            {"evidence", Json::textOrNull(finding.evidence)},
        }));
    }
    return Json::array(list);
}

Json serverJson(const Transcript::SessionRecord &record)
{
    return Json::object({
        {"host", Json::text(record.host)},
        {"address", Json::textOrNull(record.address.toUtf8())},
        {"port", Json::number(qint64(record.port))},
        {"greeting", Json::textOrNull(record.greeting)},
        {"capabilities", capabilitiesJson(record.capabilities)},
    });
}

/// A reply is a result, not an error: where a refused greeting, EHLO or MAIL decided, the
/// recipients say so. Refused AUTH and STARTTLS stay errors, because they are not about the mail.
bool isToldByReply(const Transcript::SessionRecord &record)
{
    const Smtp::Stage stage = record.failure->stage;
    return record.failure->error.kind == Kind::Denied && stage != Smtp::Stage::Auth
        && stage != Smtp::Stage::StartTls && stage != Smtp::Stage::Tls
        && std::ranges::any_of(record.recipients,
            [](const Smtp::RecipientOutcome &one) { return one.reply.has_value(); });
}

Json authJson(const QByteArray &mechanism)
{
    return mechanism.isEmpty() ? Json() : Json::object({{"mechanism", Json::text(mechanism)}});
}

} // namespace

Json replyJson(const std::optional<Smtp::Reply> &reply)
{
    if (!reply)
        return {};
    const auto enhanced = reply->enhanced();
    return Json::object({
        {"code", Json::number(qint64(reply->code))},
        {"enhanced", enhanced ? Json::text(enhanced->toByteArray()) : Json()},
        {"lines", Json::texts(reply->lines)},
    });
}

Json recipientsJson(const QList<Smtp::RecipientOutcome> &recipients)
{
    QList<Json> list;
    for (const Smtp::RecipientOutcome &one : recipients) {
        list.append(Json::object({
            {"address", Json::text(one.recipient.address())},
            {"outcome", Json::text(Smtp::outcomeName(one.outcome))},
            {"reply", replyJson(one.reply)},
        }));
    }
    return Json::array(list);
}

Json capabilitiesJson(const Smtp::Capabilities &capabilities)
{
    // A server may announce a keyword twice; JSON must not have a key twice.
    QList<std::pair<QByteArray, QList<QByteArray>>> merged;
    for (const Smtp::Capability &capability : capabilities.all()) {
        const auto known = std::ranges::find(
            merged, capability.keyword, [](const auto &row) { return row.first; });
        if (known == merged.end())
            merged.append({capability.keyword, capability.parameters});
        else
            known->second.append(capability.parameters);
    }
    QList<Json::Member> members;
    for (const auto &[keyword, parameters] : std::as_const(merged))
        members.append({keyword, Json::texts(parameters)});
    return Json::object(members);
}

Json tlsJson(const std::optional<Tls::TlsFacts> &facts)
{
    if (!facts)
        return {};
    QList<Json> reasons;
    for (const Tls::VerifyReason &reason : facts->reasons) {
        reasons.append(Json::object({
            {"kind", Json::text(Tls::reasonName(reason.kind))},
            {"depth", Json::number(qint64(reason.depth))},
            {"detail", Json::text(reason.detail)},
        }));
    }
    QList<Json> chain;
    for (const Tls::CertificateFacts &certificate : facts->chain)
        chain.append(certificateJson(certificate));
    QList<Json::Member> members {
        {"version", Json::textOrNull(facts->version)},
        {"cipher", Json::textOrNull(facts->cipher)},
        {"verified", Json::boolean(facts->isAuthenticated())},
        {"reasons", Json::array(reasons)},
        {"chain", Json::array(chain)},
    };
    if (!facts->tlsa.isEmpty()) // Only where DANE had a say.
        members.append({"dane", daneJson(facts->tlsa)});
    return Json::object(members);
}

Json errorJson(const Smtp::Failure &failure)
{
    return Json::object({
        {"kind", Json::text(Delivery::errorKindName(failure))},
        {"stage", stageJson(failure.stage)},
        {"detail", Json::text(failure.error.detail)},
    });
}

Json errorJson(const Problem &problem)
{
    return Json::object({
        {"kind", Json::text(problem.kind)},
        {"stage", stageJson(problem.stage)},
        {"detail", Json::text(problem.detail)},
    });
}

Json sessionJson(const Transcript::SessionRecord &record, bool stored,
    const std::optional<Problem> &problem, const QList<CommandAnswer> &commands)
{
    const Json error = record.failure && !isToldByReply(record) ? errorJson(*record.failure)
        : problem                                               ? errorJson(*problem)
                                                                : Json();
    QList<Json::Member> members {
        {"outcome", Json::text(Transcript::wholeOutcomeName(record.outcome))},
        {"stage", stageJson(record.stage)},
        {"error", error},
        {"server", serverJson(record)},
        {"tls", tlsJson(record.tls)},
        {"auth", authJson(record.authMechanism)},
        {"recipients", recipientsJson(record.recipients)},
        {"finalReply", replyJson(record.finalReply)},
        {"queueId", Json::textOrNull(record.queueId)},
        {"exit", Json::number(qint64(exitCodeOf(record, problem)))},
        {"timings", timingsJson(record.timings, record.totalUs)},
        {"findings", findingsJson(record.findings)},
        {"session", stored ? Json::text(record.id.toString(QUuid::WithoutBraces)) : Json()},
    };
    QList<Json> answers;
    for (const CommandAnswer &command : commands)
        answers.append(Json::object(
            {{"command", Json::text(command.line)}, {"reply", replyJson(command.reply)}}));
    if (!answers.isEmpty())
        members.append({"commands", Json::array(answers)});
    return Json::object(members);
}

Json problemJson(const Problem &problem, const QList<QByteArray> &recipients)
{
    QList<Json> list;
    for (const QByteArray &address : recipients) {
        list.append(Json::object({
            {"address", Json::text(address)},
            {"outcome", Json::text(Smtp::outcomeName(Smtp::Outcome::Failed))},
            {"reply", Json()},
        }));
    }
    const Json nothing = Json::object({});
    return Json::object({
        {"outcome", Json::text("failed")},
        {"stage", stageJson(problem.stage)},
        {"error", errorJson(problem)},
        {"server",
            Json::object({{"host", Json()}, {"address", Json()}, {"port", Json()},
                {"greeting", Json()}, {"capabilities", nothing}})},
        {"tls", Json()},
        {"auth", Json()},
        {"recipients", Json::array(list)},
        {"finalReply", Json()},
        {"queueId", Json()},
        {"exit", Json::number(qint64(problem.exitCode))},
        {"timings", timingsJson({}, 0)},
        {"findings", Json::array({})},
        {"session", Json()},
    });
}

Json summaryJson(const Delivery::RepeatSummary &summary)
{
    const double seconds = static_cast<double>(summary.duration.count()) / 1e6;
    return Json::object({
        {"messages", Json::number(summary.messages)},
        {"accepted", Json::number(summary.counts.accepted)},
        {"deferred", Json::number(summary.counts.deferred)},
        {"rejected", Json::number(summary.counts.rejected)},
        {"uncertain", Json::number(summary.counts.uncertain)},
        {"seconds", Json::number(seconds, 6)},
        {"perSecond", Json::number(summary.perSecond(), 3)},
        {"latencyMs",
            Json::object({
                {"p50", Json::milliseconds(summary.latencyUs(50))},
                {"p95", Json::milliseconds(summary.latencyUs(95))},
                {"p99", Json::milliseconds(summary.latencyUs(99))},
            })},
    });
}

int exitCodeOf(const Transcript::SessionRecord &record, const std::optional<Problem> &problem)
{
    // What became of the mail is told first: a script must not send again because a log was full.
    return record.exitCode == Exit::Ok && problem ? problem->exitCode : record.exitCode;
}

} // namespace Mailgauge::Cli
