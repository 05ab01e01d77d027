// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/celljudge.h"

#include "transcript/exchange.h"

#include <algorithm>

namespace Mailgauge::Diagnose {

namespace {

using Base::Error;
using Smtp::ReplyClass;
using Smtp::Stage;
using Transcript::Exchange;

bool isOnTheWay(Stage stage)
{
    return stage == Stage::Greeting || stage == Stage::Helo || stage == Stage::StartTls;
}

bool asksToSlowDown(const Exchange &exchange)
{
    return exchange.reply
        && (exchange.reply->code == 421
            || (isOnTheWay(exchange.stage)
                && exchange.reply->replyClass() == ReplyClass::Transient));
}

bool speaksTls(const Error &error)
{
    return error.evidence.startsWith("\x16\x03") || error.evidence.startsWith("\x15\x03");
}

// What TlsStream says where the first bytes are no record of TLS: a greeting, most likely.
bool isClearAnswer(const Error &error)
{
    return error.detail.startsWith(QLatin1StringView("peer answered in clear text"));
}

CellState stateOfTls(const CellKey &key, const Error &error)
{
    if (key.mode == TlsMode::Implicit && isClearAnswer(error))
        return CellState::ClearExpected;
    return CellState::TlsFailed;
}

CellState stateOf(const CellKey &key, const Smtp::Failure &failure)
{
    switch (failure.error.kind) {
    case Error::Kind::Resolve:
        return Base::isTemporary(failure.error) ? CellState::Failed : CellState::NoAddress;
    case Error::Kind::Connect:
        return CellState::Refused;
    case Error::Kind::Timeout:
        return CellState::TimedOut;
    case Error::Kind::ConnectionClosed:
        return failure.stage == Stage::Tls ? stateOfTls(key, failure.error) : CellState::Lost;
    case Error::Kind::MalformedReply:
    case Error::Kind::ReplyTooLong:
        if (speaksTls(failure.error))
            return CellState::TlsExpected;
        if (failure.stage == Stage::StartTls || failure.stage == Stage::Tls)
            return CellState::TlsFailed;
        return failure.stage == Stage::Greeting ? CellState::NotSmtp : CellState::Failed;
    case Error::Kind::TlsHandshake:
        return stateOfTls(key, failure.error);
    case Error::Kind::Cancelled:
        return CellState::Cancelled;
    case Error::Kind::Unsupported:
        return key.mode == TlsMode::StartTls ? CellState::NotOffered : CellState::Failed;
    default:
        return CellState::Failed;
    }
}

} // namespace

std::optional<Smtp::Reply> slowDownIn(const QList<Transcript::Entry> &entries)
{
    std::optional<Smtp::Reply> found;
    for (const Exchange &exchange : Transcript::exchangesOf(entries)) {
        if (asksToSlowDown(exchange))
            found = exchange.reply;
    }
    return found;
}

std::optional<Evidence> lastLineOf(const QUuid &session, const QList<Transcript::Entry> &entries)
{
    const auto last = std::find_if(entries.crbegin(), entries.crend(),
        [](const auto &entry) { return entry.direction == Transcript::Direction::Server; });
    if (last == entries.crend())
        return std::nullopt;
    return Evidence {Evidence::Kind::Line, session, last->n, last->direction, last->text};
}

Cell judgedCell(const CellKey &key, const Transcript::SessionRecord &record,
    const QList<Transcript::Entry> &entries)
{
    Cell cell {.key = key,
        .session = record.id,
        .address = record.address,
        .greeting = record.greeting,
        .tls = record.tls,
        .failure = record.failure,
        .timings = record.timings,
        .totalUs = record.totalUs};
    const QList<Exchange> exchanges = Transcript::exchangesOf(entries);
    for (const Exchange &exchange : exchanges) {
        if (!exchange.reply)
            continue;
        if (exchange.stage == Stage::Helo && exchange.reply->isPositive()) {
            // HELO announces nothing, whatever stands in its reply.
            const bool extended = exchange.command.toUpper().startsWith("EHLO");
            (exchange.tls ? cell.inTls : cell.inClear) = extended
                ? Smtp::Capabilities::fromEhlo(*exchange.reply)
                : Smtp::Capabilities();
        }
        if (isOnTheWay(exchange.stage) && !exchange.reply->isPositive())
            cell.reply = exchange.reply;
    }
    if (const auto slow = slowDownIn(entries)) {
        cell.reply = slow;
        cell.state = CellState::Busy;
    } else if (!record.failure) {
        cell.state = CellState::Works;
        cell.reply.reset(); // EHLO refused, HELO taken
    } else if (cell.reply && cell.reply->replyClass() == ReplyClass::Permanent
        && record.failure->error.kind != Error::Kind::Cancelled) {
        cell.state = record.failure->stage == Stage::StartTls ? CellState::TlsFailed
                                                              : CellState::Rejected;
    } else {
        cell.state = stateOf(key, *record.failure);
    }
    return cell;
}

void compareCells(QList<Cell> &cells)
{
    for (Cell &cell : cells) {
        const bool silent = (cell.state == CellState::TimedOut || cell.state == CellState::Lost)
            && cell.failure && cell.failure->stage == Stage::Greeting
            && cell.key.mode != TlsMode::Implicit;
        if (!silent)
            continue;
        CellKey implicit = cell.key;
        implicit.mode = TlsMode::Implicit;
        const auto other = std::ranges::find(cells, implicit, &Cell::key);
        if (other != cells.end() && other->state == CellState::Works)
            cell.state = CellState::TlsExpected;
    }
}

} // namespace Mailgauge::Diagnose
