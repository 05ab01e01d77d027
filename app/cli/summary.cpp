// SPDX-License-Identifier: GPL-3.0-or-later
#include "summary.h"

#include "explain/explain.h"
#include "explain/provider.h"
#include "transcript/entry.h"

#include <algorithm>

namespace Mailgauge::Cli {

namespace {

using Smtp::Outcome;

constexpr qsizetype Indent = 10;

const char *styleOf(Outcome outcome)
{
    switch (outcome) {
    case Outcome::Accepted:
        return "32";
    case Outcome::Deferred:
    case Outcome::Stopped:
        return "33";
    case Outcome::Uncertain:
        return "35";
    case Outcome::Rejected:
    case Outcome::Failed:
        return "31";
    }
    Q_UNREACHABLE_RETURN("0");
}

QByteArray visible(const QByteArray &bytes)
{
    return Transcript::visibleText(bytes).toUtf8();
}

void printIndented(const QString &text, Console &console)
{
    if (!text.isEmpty())
        console.printLine(QByteArray(Indent, ' ') + text.toUtf8());
}

void printExplanation(const Explain::Explanation &explanation, Console &console)
{
    printIndented(explanation.text, console);
    printIndented(explanation.nextStep, console);
}

QByteArray replyText(const Smtp::Reply &reply)
{
    return QByteArray::number(reply.code) + ' ' + visible(reply.text());
}

bool isRefused(const Smtp::RecipientOutcome &one)
{
    return one.reply && one.outcome != Outcome::Accepted;
}

/// `explained` is what was said last: the same for many recipients is said once.
void printRecipient(const Smtp::RecipientOutcome &one, qsizetype width, const QByteArray &provider,
    Explain::Explanation &explained, Console &console)
{
    const QByteArray word = Smtp::outcomeName(one.outcome).toByteArray().leftJustified(Indent - 1);
    QByteArray line = console.styled(styleOf(one.outcome), word) + ' '
        + visible(one.recipient.address()).leftJustified(width);
    if (one.reply)
        line += "  " + replyText(*one.reply);
    console.printLine(line);
    if (!isRefused(one))
        return;
    const Explain::Explanation explanation = Explain::explain(*one.reply, one.stage, provider);
    if (explanation != explained)
        printExplanation(explanation, console);
    explained = explanation;
}

/// The recipients' reply is the refusal that ended the session, and has been explained.
bool isToldByRecipients(const Transcript::SessionRecord &record)
{
    return record.failure->error.kind == Base::Error::Kind::Denied
        && std::ranges::any_of(record.recipients, [&record](const Smtp::RecipientOutcome &one) {
               return one.reply && one.stage == record.failure->stage;
           });
}

QByteArray whereTo(const Transcript::SessionRecord &record)
{
    QByteArray text = visible(record.host.toUtf8());
    if (record.port != 0)
        text += ':' + QByteArray::number(record.port);
    if (record.tls && record.tls->accepted && !record.tls->version.isEmpty())
        text += ", " + record.tls->version;
    if (!record.authMechanism.isEmpty())
        text += ", AUTH " + record.authMechanism;
    return text;
}

} // namespace

void printSummary(const Transcript::SessionRecord &record, bool stored, Console &console)
{
    qsizetype width = 0;
    for (const Smtp::RecipientOutcome &one : record.recipients)
        width = qMin<qsizetype>(qMax(width, one.recipient.address().size()), 48);
    const QByteArray provider = std::ranges::any_of(record.recipients, isRefused)
        ? Explain::providerOf(record.host, record.greeting)
        : QByteArray();
    Explain::Explanation explained;
    for (const Smtp::RecipientOutcome &one : record.recipients)
        printRecipient(one, width, provider, explained, console);
    if (record.failure && !isToldByRecipients(record)) {
        console.printLine(console.styled("31", "failed at ")
            + Smtp::stageName(record.failure->stage).toByteArray());
        printExplanation(Explain::explain(*record.failure), console);
        for (const Tls::VerifyReason &reason :
            record.tls && !record.tls->accepted ? record.tls->reasons : QList<Tls::VerifyReason>())
            printExplanation(Explain::explain(reason), console);
    }
    for (const Transcript::SessionFinding &finding : record.findings) {
        console.printLine(console.styled("33", "note      ")
            + Explain::explainFinding(finding.id, finding.evidence).text.toUtf8());
    }
    const auto accepted = std::ranges::count(
        record.recipients, Outcome::Accepted, &Smtp::RecipientOutcome::outcome);
    QByteArray last = console.styled("1", Transcript::wholeOutcomeName(record.outcome));
    if (!record.recipients.isEmpty())
        last += ": " + QByteArray::number(qint64(accepted)) + " of "
            + QByteArray::number(record.recipients.size()) + " accepted";
    last += " (" + whereTo(record) + ", "
        + QByteArray::number(static_cast<double>(record.totalUs) / 1e6, 'f', 2) + " s)";
    if (stored)
        last += ", session " + record.id.toByteArray(QUuid::WithoutBraces);
    console.printLine(last);
}

void printCommands(const QList<CommandAnswer> &commands, Console &console)
{
    for (const CommandAnswer &command : commands) {
        console.printLine(console.styled("1", visible(command.line)));
        for (const QByteArray &line : command.reply.lines)
            printIndented(
                QString::fromUtf8(QByteArray::number(command.reply.code) + ' ' + visible(line)),
                console);
    }
}

void printSummary(const Delivery::RepeatSummary &summary, Console &console)
{
    const auto number = [](qint64 value) { return QByteArray::number(value); };
    const auto decimals = [](double value) {
        return QByteArray::number(value, 'f', value < 10 ? 2 : 0);
    };
    const auto ms = [&](double percent) {
        return decimals(static_cast<double>(summary.latencyUs(percent)) / 1000.0);
    };
    console.printLine(console.styled("1", Transcript::wholeOutcomeName(summary.verdict.outcome))
        + ": " + number(summary.messages) + " messages, recipients "
        + number(summary.counts.accepted) + " accepted, " + number(summary.counts.deferred)
        + " deferred, " + number(summary.counts.rejected) + " rejected, "
        + number(summary.counts.uncertain) + " uncertain");
    console.printLine(decimals(static_cast<double>(summary.duration.count()) / 1e6) + " s, "
        + decimals(summary.perSecond()) + " messages/s, latency p50 " + ms(50) + " ms, p95 "
        + ms(95) + " ms, p99 " + ms(99) + " ms");
}

} // namespace Mailgauge::Cli
