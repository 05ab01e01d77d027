// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/checklane.h"

#include "diagnose/gridrun.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

namespace Mailgauge::Diagnose {

namespace {

constexpr std::array<quint16, 4> usualPorts {25, 587, 465, 2525};

auto rank(const Cell &cell, quint16 port)
{
    const auto *usual = std::ranges::find(usualPorts, cell.key.port);
    const int mode = cell.key.mode == TlsMode::StartTls ? 0
        : cell.key.mode == TlsMode::Implicit            ? 1
                                                        : 2;
    return std::tuple(
        cell.key.port != port, usual - usualPorts.begin(), cell.key.port, mode, cell.key.family);
}

/// "mx.example.org" serves "example.org", as far as a name can tell.
QByteArray domainOf(const QByteArray &serverName)
{
    if (serverName.startsWith('[') || serverName.count('.') < 2)
        return serverName.startsWith('[') ? QByteArray() : serverName;
    return serverName.sliced(serverName.indexOf('.') + 1);
}

} // namespace

const Cell *groundIn(const QList<Cell> &cells, quint16 port)
{
    const Cell *best = nullptr;
    for (const Cell &cell : cells) {
        if (cell.state != CellState::Works)
            continue;
        const bool isBetter = !best
            || (cell.key.host == best->key.host && rank(cell, port) < rank(*best, port));
        if (isBetter)
            best = &cell;
    }
    return best;
}

Ground groundOn(const Cell &cell, const CheckOptions &options, const RelayReport &report)
{
    Ground ground {.options = options, .step = {}, .cell = cell, .record = {}};
    ground.step.target = options.relay.target;
    ground.step.target.port = cell.key.port;
    // Where a proxy looks names up there is none.
    if (const QHostAddress address(cell.address); !address.isNull())
        ground.step.target.pinnedAddress = address;
    ground.step.tls = options.relay.tlsOptions;
    ground.step.tls.verify = Tls::VerifyMode::None;
    ground.step.implicitTls = cell.key.mode == TlsMode::Implicit;
    ground.step.deadlines = shortened(options.relay.session.deadlines);
    ground.announcesStartTls = cell.inClear && cell.inClear->has("STARTTLS");
    if (const Smtp::Capabilities *offered = capabilitiesOf(cell))
        ground.serverName = offered->domain();
    const qsizetype at = options.recipient.lastIndexOf('@');
    ground.domain = !report.domain.isEmpty() ? report.domain.toUtf8()
        : at >= 0                            ? options.recipient.sliced(at + 1)
                                             : domainOf(ground.serverName);
    ground.record.profile = report.profile;
    ground.record.profileName = report.profileName;
    ground.record.host = options.relay.target.host;
    ground.record.port = cell.key.port;
    return ground;
}

CheckLane::CheckLane(Ground ground, QList<Check> checks)
    : m_ground(std::move(ground))
    , m_checks(std::move(checks))
{
}

void CheckLane::start()
{
    next();
}

void CheckLane::next()
{
    if (m_running)
        std::exchange(m_running, nullptr)->deleteLater();
    if (m_cancelled || m_checks.isEmpty()) {
        Q_EMIT finished();
        return;
    }
    if (m_busy >= MostBusy)
        return skipRest();
    m_running = makeCheck(m_checks.takeFirst(), m_ground, this);
    connect(m_running, &BehaviourCheck::paused, this, &CheckLane::paused);
    connect(m_running, &BehaviourCheck::storeFailed, this, &CheckLane::storeFailed);
    connect(m_running, &BehaviourCheck::finished, this, [this](const CheckResult &result) {
        if (result.reason == "notTested.busy") {
            ++m_busy;
            m_why = result.detail;
        }
        Q_EMIT changed(result);
        next();
    });
    CheckResult running;
    running.check = m_running->result().check;
    running.host = m_running->result().host;
    running.verdict = Verdict::Running;
    Q_EMIT changed(running);
    m_running->start();
}

/// A server that puts us off again and again is left alone.
void CheckLane::skipRest()
{
    for (const Check check : std::exchange(m_checks, {})) {
        CheckResult result;
        result.check = check;
        result.host = m_ground.cell.key.host;
        result.verdict = Verdict::NotTested;
        result.reason = "notTested.busy";
        result.detail = m_why;
        Q_EMIT changed(result);
    }
    Q_EMIT finished();
}

void CheckLane::cancel()
{
    m_cancelled = true;
    if (m_running)
        m_running->cancel();
}

} // namespace Mailgauge::Diagnose

#include "moc_checklane.cpp"
