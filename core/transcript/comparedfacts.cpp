// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/comparedfacts.h"

#include "base/literals.h"

#include <QSet>

#include <algorithm>

namespace Mailgauge::Transcript {

namespace {

using Base::Severity;
using Smtp::Stage;

QByteArray ehloNameOf(const QList<Entry> &entries)
{
    const auto hello = std::ranges::find_if(entries, [](const Entry &entry) {
        return entry.direction == Direction::Client && entry.stage == Stage::Helo;
    });
    if (hello == entries.end())
        return {};
    const QList<QByteArray> words = hello->text.simplified().split(' ');
    return words.value(1);
}

bool isLoopback(const SessionRecord &record)
{
    for (const QString &host : {record.host, record.address}) {
        if (host == "localhost"_L1 || host == "::1"_L1 || host.startsWith("127."_L1))
            return true;
    }
    return false;
}

/// The step's lines, for a difference that is about it.
Difference about(const ComparedStep &step, const QByteArray &id, Severity severity)
{
    Difference difference;
    difference.id = id;
    difference.severity = severity;
    difference.stage = step.any().stage;
    const auto lineOf = [](const std::optional<Exchange> &exchange) {
        if (!exchange)
            return qint64(-1);
        return exchange->replyEntry >= 0 ? exchange->replyEntry : exchange->commandEntry;
    };
    difference.leftEntry = lineOf(step.left);
    difference.rightEntry = lineOf(step.right);
    if (step.any().stage == Stage::Rcpt)
        difference.subject = pathOf(step.any().command).value_or(QByteArray());
    return difference;
}

QByteArray replyText(const std::optional<Smtp::Reply> &reply)
{
    return reply ? reply->oneLine() : QByteArray();
}

/// Without SIZE=, which follows the content, and in one order.
QByteArray comparableParameters(const QByteArray &command)
{
    QList<QByteArray> words = pathParametersOf(command);
    words.removeIf([](const QByteArray &word) { return word.toUpper().startsWith("SIZE="); });
    std::ranges::sort(words);
    return words.join(' ');
}

} // namespace

ComparedFacts::ComparedFacts(const StoredSession &left, const StoredSession &right)
    : m_left(left.record)
    , m_right(right.record)
    , m_leftNoise(left.record, ehloNameOf(left.entries))
    , m_rightNoise(right.record, ehloNameOf(right.entries))
{
}

void ComparedFacts::add(Difference difference)
{
    m_differences.append(std::move(difference));
}

void ComparedFacts::compareServer()
{
    if (m_left.host.compare(m_right.host, Qt::CaseInsensitive) != 0)
        add({.id = "server.host"_ba,
            .stage = Stage::Connect,
            .left = m_left.host.toUtf8(),
            .right = m_right.host.toUtf8()});
    if (m_left.port == m_right.port)
        return;
    const Difference port {.id = "server.port"_ba,
        .stage = Stage::Connect,
        .left = QByteArray::number(m_left.port),
        .right = QByteArray::number(m_right.port)};
    // On this machine ports are whatever was free.
    if (isLoopback(m_left) && isLoopback(m_right))
        m_noise.append(port);
    else
        add(port);
}

void ComparedFacts::compareStep(const ComparedStep &step)
{
    const Stage stage = step.any().stage;
    if (!step.left || !step.right) {
        Difference difference = about(step, step.left ? "step.onlyLeft"_ba : "step.onlyRight"_ba,
            stage == Stage::Quit || stage == Stage::Content ? Severity::Info : Severity::Warning);
        if (stage == Stage::Rcpt)
            difference.id = step.left ? "recipient.onlyLeft"_ba : "recipient.onlyRight"_ba;
        const QByteArray text = step.any().command + (step.any().command.isEmpty() ? "" : " → ")
            + replyText(step.any().reply);
        (step.left ? difference.left : difference.right) = text;
        add(difference);
        return;
    }
    if (stage == Stage::Tls)
        return; // facts, not texts: compareTls()
    compareCommand(step);
    if (stage == Stage::Greeting)
        compareGreeting(step);
    compareReply(step);
    if (stage == Stage::Helo)
        compareCapabilities(step);
}

void ComparedFacts::compareCommand(const ComparedStep &step)
{
    const QByteArray &left = step.left->command;
    const QByteArray &right = step.right->command;
    Difference difference = about(step, {}, Severity::Info);
    difference.leftEntry = step.left->commandEntry;
    difference.rightEntry = step.right->commandEntry;
    const auto differ = [&](const QByteArray &id, const QByteArray &l, const QByteArray &r,
                            Severity severity) {
        if (l == r)
            return;
        difference.id = id;
        difference.severity = severity;
        difference.left = l;
        difference.right = r;
        add(difference);
    };
    switch (step.any().stage) {
    case Stage::Helo:
        differ("helo.verb"_ba, left.left(4).toUpper(), right.left(4).toUpper(), Severity::Warning);
        differ("helo.name"_ba, left.mid(5).trimmed(), right.mid(5).trimmed(), Severity::Info);
        break;
    case Stage::Auth:
        differ(
            "auth.mechanism"_ba, authMechanismOf(left), authMechanismOf(right), Severity::Warning);
        break;
    case Stage::Mail:
        differ("mail.sender"_ba, '<' + pathOf(left).value_or(QByteArray()) + '>',
            '<' + pathOf(right).value_or(QByteArray()) + '>', Severity::Warning);
        [[fallthrough]];
    case Stage::Rcpt:
        differ("command.parameters"_ba, comparableParameters(left), comparableParameters(right),
            Severity::Info);
        break;
    default:
        break;
    }
}

void ComparedFacts::compareReply(const ComparedStep &step)
{
    const auto &left = step.left->reply;
    const auto &right = step.right->reply;
    Difference difference = about(step, "reply.code"_ba, Severity::Error);
    difference.left = replyText(left);
    difference.right = replyText(right);
    if (left.has_value() != right.has_value()) {
        difference.id = "reply.missing"_ba;
        add(difference);
    } else if (left && left->code != right->code) {
        difference.severity = left->replyClass() == right->replyClass() ? Severity::Warning
                                                                        : Severity::Error;
        add(difference);
    } else if (left && left->enhanced() != right->enhanced() && step.any().stage != Stage::Helo) {
        difference.id = "reply.enhanced"_ba;
        difference.severity = Severity::Warning;
        add(difference);
    } else if (left) {
        compareReplyText(step, difference);
    }
    if (step.left->strayLines.isEmpty() != step.right->strayLines.isEmpty()) {
        difference.id = "reply.stray"_ba;
        difference.severity = Severity::Warning;
        difference.left = step.left->strayLines.join(" / "_ba);
        difference.right = step.right->strayLines.join(" / "_ba);
        add(difference);
    }
}

void ComparedFacts::compareReplyText(const ComparedStep &step, Difference difference)
{
    if (difference.left == difference.right)
        return;
    difference.id = "reply.text"_ba;
    difference.severity = Severity::Info;
    // Keywords are compared one by one, the greeting by its host and the rest.
    const Stage stage = step.any().stage;
    if (stage == Stage::Greeting || (stage == Stage::Helo && step.left->reply->isPositive()))
        return;
    const bool noise = m_leftNoise.apply(difference.left) == m_rightNoise.apply(difference.right);
    if (noise)
        m_noise.append(difference);
    else
        add(difference);
}

void ComparedFacts::compareGreeting(const ComparedStep &step)
{
    if (!step.left->reply || !step.right->reply)
        return;
    Difference difference = about(step, "greeting.host"_ba, Severity::Info);
    const QByteArray left = step.left->reply->lines.value(0);
    const QByteArray right = step.right->reply->lines.value(0);
    const auto host = [](const QByteArray &text) { return text.simplified().split(' ').first(); };
    const auto rest = [&host](const NoiseFilter &filter, const QByteArray &text) {
        const QByteArray line = text.simplified();
        return filter.apply(line.sliced(host(text).size()).trimmed());
    };
    difference.left = host(left);
    difference.right = host(right);
    if (difference.left.compare(difference.right, Qt::CaseInsensitive) != 0)
        add(difference);
    difference.id = "greeting.text"_ba;
    difference.left = left;
    difference.right = right;
    if (rest(m_leftNoise, left) != rest(m_rightNoise, right))
        add(difference);
    else if (left != right)
        m_noise.append(difference);
}

// --- Capabilities -------------------------------------------------------------------------------

void ComparedFacts::compareCapabilities(const ComparedStep &step)
{
    if (!step.left->reply || !step.right->reply || !step.left->reply->isPositive()
        || !step.right->reply->isPositive())
        return;
    const auto left = Smtp::Capabilities::fromEhlo(*step.left->reply);
    const auto right = Smtp::Capabilities::fromEhlo(*step.right->reply);
    QSet<QByteArray> seen;
    for (const Smtp::Capability &capability : left.all()) {
        if (seen.contains(capability.keyword))
            continue;
        seen.insert(capability.keyword);
        compareCapability(&capability, right.find(capability.keyword), step);
    }
    for (const Smtp::Capability &capability : right.all()) {
        if (seen.contains(capability.keyword))
            continue;
        seen.insert(capability.keyword);
        compareCapability(nullptr, &capability, step);
    }
}

void ComparedFacts::compareCapability(
    const Smtp::Capability *left, const Smtp::Capability *right, const ComparedStep &step)
{
    Difference difference = about(step, "capability.changed"_ba, Severity::Info);
    difference.subject = left ? left->keyword : right->keyword;
    if (!right) {
        difference.id = "capability.lost"_ba;
        difference.severity = difference.subject == "STARTTLS" ? Severity::Error
                                                               : Severity::Warning;
    } else if (!left) {
        difference.id = "capability.gained"_ba;
    }
    const auto inOrder = [](const Smtp::Capability *capability) {
        QList<QByteArray> words = capability ? capability->parameters : QList<QByteArray>();
        std::ranges::sort(words);
        return words;
    };
    if (left && right && inOrder(left) == inOrder(right))
        return;
    if (left && right && difference.subject == "AUTH")
        difference.severity = Severity::Warning;
    difference.left = left ? left->parameters.join(' ') : QByteArray();
    difference.right = right ? right->parameters.join(' ') : QByteArray();
    // What EHLO said in clear and says again inside TLS is told once.
    const bool told = std::ranges::any_of(m_differences, [&difference](const Difference &one) {
        return one.id == difference.id && one.subject == difference.subject
            && one.left == difference.left && one.right == difference.right;
    });
    if (!told)
        add(difference);
}

} // namespace Mailgauge::Transcript
