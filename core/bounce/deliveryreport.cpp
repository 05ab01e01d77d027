// SPDX-License-Identifier: GPL-3.0-or-later
#include "bounce/deliveryreport.h"

#include "base/literals.h"
#include "bounce/fields.h"
#include "explain/provider.h"
#include "explain/replyreason.h"

namespace Mailgauge::Bounce {

namespace {

constexpr qsizetype MaxRecipients = 10'000;
constexpr qsizetype MaxDiagnostic = 2'000;

bool isRecipientGroup(const FieldGroup &group)
{
    return group.has("Final-Recipient") || group.has("Original-Recipient")
        || (group.has("Action") && group.has("Status"));
}

QByteArray actionOf(const FieldGroup &group, const std::optional<Smtp::EnhancedStatusCode> &status)
{
    QByteArray action = group.value("Action").toLower();
    // "failed (something)", "delayed;…": the first word counts.
    qsizetype end = 0;
    while (end < action.size() && action[end] >= 'a' && action[end] <= 'z')
        ++end;
    action.truncate(end);
    if (action == "failure" || action == "error" || action == "fail")
        return "failed"_ba;
    if (action == "delay" || action == "deferred")
        return "delayed"_ba;
    if (action == "success" || action == "deliverable")
        return "delivered"_ba;
    if (!action.isEmpty() || !status)
        return action.isEmpty() ? "failed"_ba : action;
    return status->klass == 2 ? "delivered"_ba : status->klass == 4 ? "delayed"_ba : "failed"_ba;
}

Kind kindOf(const QByteArray &action)
{
    if (action == "delayed")
        return Kind::Delay;
    if (action == "delivered" || action == "expanded")
        return Kind::Delivered;
    if (action == "relayed")
        return Kind::Relayed;
    return Kind::Bounce;
}

/// x.0.0 and x.1.0 say no more than the class.
bool isVague(const std::optional<Smtp::EnhancedStatusCode> &status)
{
    return !status || (status->subject == 0 && status->detail == 0)
        || (status->subject == 3 && status->detail == 0)
        || (status->subject == 1 && status->detail == 0);
}

QByteArray remoteHost(const FieldGroup &group, const FieldGroup &message)
{
    for (const QByteArray &value : {group.value("Remote-MTA"), message.value("Reporting-MTA")}) {
        const QByteArray host = typedValue(value);
        if (!host.isEmpty())
            return host.first(host.indexOf(' ') < 0 ? host.size() : host.indexOf(' '));
    }
    return {};
}

QByteArray recipientOf(const FieldGroup &group, const ReportContext &context, bool alone)
{
    for (const QByteArrayView name : {QByteArrayView("Final-Recipient"),
             QByteArrayView("X-Actual-Recipient"), QByteArrayView("Original-Recipient")}) {
        const QByteArray address = addressIn(group.value(name));
        // A pipe or a file is where the mail should have gone, not whom it was for.
        if (!address.isEmpty() && !address.startsWith('|') && !address.startsWith('/'))
            return address;
    }
    // Only where nothing else can be meant.
    return alone && !context.failedRecipients.contains(',') ? addressIn(context.failedRecipients)
                                                            : QByteArray();
}

/// What the judgement rests on: the recipient's own words, else those for people if it is the only
/// recipient.
struct Words {
    QByteArray text;
    QByteArray type;
    bool fromNotification = false;
    std::optional<Smtp::Stage> stage;
};

Words wordsFor(
    const Report &report, const FieldGroup &group, const ReportContext &context, bool alone)
{
    Words words;
    words.type = typeOf(group.value("Diagnostic-Code"));
    // A bare number says nothing: sendmail's exit codes, "421".
    words.fromNotification = alone && report.diagnostic.size() <= 4;
    words.text = words.fromNotification ? context.notification : report.diagnostic;
    if (alone)
        words.stage = stageIn(report.diagnostic + '\n' + context.notification);
    return words;
}

std::optional<Smtp::EnhancedStatusCode> statusFor(const FieldGroup &group, const QByteArray &text)
{
    const auto field = statusIn(group.value("Status"));
    const auto quoted = quotedStatusIn(text);
    // The refusing server knows better than the one that reports.
    if (quoted && (!field || quoted->klass == field->klass) && !isVague(quoted))
        return quoted;
    if (!isVague(field))
        return field;
    const auto anywhere = statusIn(text);
    return anywhere && (!field || anywhere->klass == field->klass) ? anywhere : field;
}

void judge(Report *report, const FieldGroup &group, const ReportContext &context, bool alone)
{
    const Words words = wordsFor(*report, group, context, alone);
    const auto status = statusFor(group, words.text);
    report->action = actionOf(group, status);
    report->kind = kindOf(report->action);
    report->status = status ? status->toByteArray() : QByteArray();

    if (report->kind == Kind::Delivered || report->kind == Kind::Relayed) {
        report->reason = report->action;
        report->rule = "rfc3464:action"_ba;
        report->evidence = "Action: " + group.value("Action");
        return;
    }
    if (words.type != "x-unix")
        report->replyCode = replyCodeIn(words.text, status ? status->klass : 0);
    const QByteArray text = (words.type == "x-unix" ? "x-unix; "_ba : ""_ba)
        + withoutRepeatedCodes(words.text);
    const Explain::ReplyReason reason = Explain::reasonOf(
        report->replyCode, status, text, words.stage, Explain::providerOfHost(report->mta));
    report->reason = reason.reason;
    report->hard = report->kind == Kind::Bounce && reason.hard.value_or(false);
    report->rule = (words.fromNotification ? "notification:"_ba : "rfc3464:"_ba) + reason.rule;
    if (!reason.rule.startsWith("text:") && !reason.rule.startsWith("code:"))
        report->evidence = "Status: " + report->status;
    else if (words.fromNotification)
        report->evidence = context.notification.left(MaxDiagnostic).simplified();
    else
        report->evidence = "Diagnostic-Code: " + group.value("Diagnostic-Code");
}

} // namespace

QList<Report> readDeliveryStatus(const QByteArray &body, const ReportContext &context)
{
    QList<FieldGroup> groups = readGroups(body, MaxRecipients + 1);
    FieldGroup message;
    if (!groups.isEmpty()
        && (!isRecipientGroup(groups.first()) || groups.first().has("Reporting-MTA")))
        message = groups.first();
    groups.removeIf([](const FieldGroup &group) { return !isRecipientGroup(group); });

    QList<Report> reports;
    const bool alone = groups.size() == 1;
    for (const FieldGroup &group : std::as_const(groups)) {
        Report report;
        report.recipient = recipientOf(group, context, alone);
        report.originalRecipient = addressIn(group.value("Original-Recipient"));
        report.diagnostic = typedValue(group.value("Diagnostic-Code")).left(MaxDiagnostic);
        report.mta = remoteHost(group, message);
        report.originalMessageId = context.originalMessageId;
        judge(&report, group, context, alone);
        reports.append(report);
        if (reports.size() >= MaxRecipients)
            break;
    }
    return reports;
}

QList<Report> readFeedback(
    const QByteArray &body, const QList<QByteArray> &returnedTo, const ReportContext &context)
{
    const QList<FieldGroup> groups = readGroups(body, 2);
    if (groups.isEmpty())
        return {};
    const FieldGroup &fields = groups.first();
    QList<QByteArray> recipients;
    for (const QByteArrayView name :
        {QByteArrayView("Original-Rcpt-To"), QByteArrayView("Removal-Recipient")})
        for (const QByteArray &value : fields.values(name))
            if (const QByteArray address = addressIn(value); !address.isEmpty())
                recipients.append(address);
    if (recipients.isEmpty())
        recipients = returnedTo.size() == 1 ? returnedTo : QList<QByteArray> {QByteArray()};

    Report report;
    report.kind = Kind::Feedback;
    report.reason = fields.value("Feedback-Type").toLower();
    if (report.reason.isEmpty())
        report.reason = "other"_ba; // RFC 5965 7.3
    report.mta = typedValue(fields.value("Reporting-MTA"));
    report.diagnostic = context.notification.left(MaxDiagnostic).simplified();
    report.originalMessageId = context.originalMessageId;
    report.rule = "rfc5965:feedbackType"_ba;
    report.evidence = "Feedback-Type: " + fields.value("Feedback-Type");
    QList<Report> reports;
    for (const QByteArray &recipient : std::as_const(recipients)) {
        report.recipient = recipient;
        reports.append(report);
        if (reports.size() >= MaxRecipients)
            break;
    }
    return reports;
}

} // namespace Mailgauge::Bounce
