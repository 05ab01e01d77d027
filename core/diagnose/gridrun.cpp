// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/gridrun.h"

#include <algorithm>

namespace Mailgauge::Diagnose {

namespace {

using std::chrono::milliseconds;

// Where implicit TLS works on a port, whoever comes in clear has waited long enough by then.
constexpr milliseconds ClearGreeting {5'000};

Smtp::TlsPolicy policyOf(TlsMode mode)
{
    switch (mode) {
    case TlsMode::Clear:
        return Smtp::TlsPolicy::None;
    case TlsMode::StartTls:
        return Smtp::TlsPolicy::RequireStartTls;
    case TlsMode::Implicit:
        return Smtp::TlsPolicy::ImplicitTls;
    }
    Q_UNREACHABLE_RETURN(Smtp::TlsPolicy::None);
}

// An address was named, and it is not of this family.
bool hasOtherFamily(const Delivery::Target &target, Family family)
{
    const QHostAddress address = target.pinnedAddress.value_or(QHostAddress(target.host));
    return !address.isNull()
        && (address.protocol() == QAbstractSocket::IPv6Protocol) != (family == Family::IPv6);
}

} // namespace

QByteArray cellName(const CellKey &key)
{
    const QByteArray name = QByteArray::number(key.port) + ' '
        + familyName(key.family).toByteArray() + ' ' + tlsModeName(key.mode).toByteArray();
    return key.host.isEmpty() ? name : key.host.toUtf8() + ' ' + name;
}

Smtp::Deadlines shortened(const Smtp::Deadlines &asked)
{
    Smtp::Deadlines limits = asked;
    const auto atMost = [](milliseconds &limit, milliseconds most) {
        limit = std::min(limit, most);
    };
    atMost(limits.connect, milliseconds(10'000));
    // Some greet late on purpose (postscreen: 6 s; others up to half a minute).
    for (milliseconds *limit : {&limits.greeting, &limits.helo, &limits.startTls, &limits.tls,
             &limits.auth, &limits.mail, &limits.rcpt, &limits.data, &limits.dot})
        atMost(*limit, milliseconds(40'000));
    return limits;
}

GridRun::GridRun(
    const CheckOptions &options, const QStringList &exchangers, Delivery::SendService &sender)
    : m_options(options)
    , m_sender(sender)
{
    if (exchangers.isEmpty())
        addCells({});
    for (const QString &host : exchangers)
        addCells(host);

    connect(&m_sender, &Delivery::SendService::entriesRecorded, this,
        [this](const QUuid &session, const QList<Transcript::Entry> &entries) {
            if (m_running.contains(session))
                m_transcripts[session] += entries;
        });
    connect(&m_sender, &Delivery::SendService::finished, this, &GridRun::sessionOver);
}

void GridRun::addCells(const QString &host)
{
    QList<Cell> cells;
    for (const quint16 port : m_options.ports) {
        for (const Family family : m_options.families) {
            for (const TlsMode mode : m_options.modes)
                cells.append({.key = {port, family, mode, host},
                    .state = hasOtherFamily(m_options.relay.target, family) ? CellState::NoAddress
                                                                            : CellState::Waiting});
        }
    }
    std::ranges::sort(cells, {}, &Cell::key);
    const auto repeated = std::ranges::unique(cells, {}, &Cell::key);
    cells.erase(repeated.begin(), repeated.end());
    m_cells += cells;
}

void GridRun::start()
{
    startMore();
}

Cell *GridRun::find(const CellKey &key)
{
    const auto found = std::ranges::find(m_cells, key, &Cell::key);
    return found == m_cells.end() ? nullptr : &*found;
}

bool GridRun::mayStart(const Cell &cell) const
{
    const Side side = sideOf(cell.key);
    if (cell.state != CellState::Waiting || m_resting.contains(side))
        return false;
    return !m_careful.contains(side)
        || std::ranges::none_of(
            m_running, [&side](const CellKey &key) { return sideOf(key) == side; });
}

void GridRun::startMore()
{
    if (m_over)
        return;
    if (m_running.isEmpty()
        && std::ranges::all_of(m_cells, [](const Cell &cell) { return isOver(cell.state); })) {
        m_over = true;
        compareCells(m_cells);
        for (const Cell &cell : std::as_const(m_cells))
            change(cell);
        Q_EMIT finished();
        return;
    }
    // Implicit TLS first: it tells whether a silent port waits for TLS.
    for (const bool implicit : {true, false}) {
        for (Cell &cell : m_cells) {
            if (m_running.size() >= m_options.parallel)
                return;
            if ((cell.key.mode == TlsMode::Implicit) == implicit && mayStart(cell))
                startCell(cell);
        }
    }
}

Delivery::SendRequest GridRun::requestFor(const CellKey &key) const
{
    Delivery::SendRequest request = m_options.relay;
    request.id = QUuid::createUuid();
    if (!key.host.isEmpty())
        request.target.host = key.host;
    request.target.port = key.port;
    request.target.family = key.family == Family::IPv6 ? QAbstractSocket::IPv6Protocol
                                                       : QAbstractSocket::IPv4Protocol;
    request.content.reset();
    request.envelope = {};
    request.extensions = {};
    request.mailParameters.clear();
    request.rcptParameters.clear();
    request.session.tls = policyOf(key.mode);
    request.session.auth = {}; // no secret leaves for a look
    request.exposedFile.clear();
    request.session.stop.reset();
    request.session.protocol = Smtp::Protocol::Esmtp;
    request.session.deadlines = shortened(request.session.deadlines);
    // The certificate is a fact here; it must not keep us from seeing what is behind it.
    request.tlsOptions.verify = Tls::VerifyMode::None;
    request.record = m_options.record;
    request.isLook = true;
    const auto implicit = std::ranges::find(
        m_cells, CellKey {key.port, key.family, TlsMode::Implicit, key.host}, &Cell::key);
    if (key.mode != TlsMode::Implicit && implicit != m_cells.end()
        && implicit->state == CellState::Works)
        request.session.deadlines.greeting = std::min(
            request.session.deadlines.greeting, ClearGreeting);
    return request;
}

void GridRun::startCell(Cell &cell)
{
    Delivery::SendRequest request = requestFor(cell.key);
    cell.state = CellState::Running;
    cell.session = request.id;
    ++cell.tries;
    m_running.insert(request.id, cell.key);
    m_sender.send(std::move(request));
    change(cell);
}

void GridRun::sessionOver(const Transcript::SessionRecord &record)
{
    if (!m_running.contains(record.id))
        return;
    Cell *cell = find(m_running.take(record.id));
    const QList<Transcript::Entry> &entries = m_transcripts[record.id];
    const int tries = cell->tries;
    *cell = judgedCell(cell->key, record, entries);
    cell->tries = tries;
    noteQuirks(record);
    if (m_cancelled)
        cell->state = CellState::Cancelled;
    if (const auto slow = slowDownIn(entries); slow && !m_cancelled)
        tryAgain(*cell, *slow);
    change(*cell);
    startMore();
}

void GridRun::noteQuirks(const Transcript::SessionRecord &record)
{
    for (const Transcript::SessionFinding &finding : record.findings) {
        if (finding.id.startsWith("quirk.")
            && std::ranges::find(m_quirks, finding.id, &Finding::id) == m_quirks.end())
            m_quirks.append({finding.id, Base::Severity::Info, finding.evidence,
                {{Evidence::Kind::Line, record.id, -1, Transcript::Direction::Server,
                    finding.evidence}}});
    }
}

void GridRun::tryAgain(Cell &cell, const Smtp::Reply &reply)
{
    const Side side = sideOf(cell.key);
    m_careful.insert(side);
    if (cell.tries >= m_options.tries)
        return; // Busy
    cell.state = CellState::Waiting;
    const Pause pause {.where = cellName(cell.key),
        .reply = reply.oneLine(),
        .length = m_options.pause * (1 << (cell.tries - 1))};
    m_resting.insert(side);
    QTimer::singleShot(pause.length, this, [this, side] {
        m_resting.remove(side);
        startMore();
    });
    Q_EMIT paused(pause);
}

void GridRun::change(const Cell &cell)
{
    Q_EMIT cellChanged(cell);
}

void GridRun::cancel()
{
    m_cancelled = true;
    for (Cell &cell : m_cells) {
        if (cell.state == CellState::Waiting) {
            cell.state = CellState::Cancelled;
            change(cell);
        }
    }
    for (const QUuid &session : m_running.keys())
        m_sender.cancel(session);
    startMore();
}

} // namespace Mailgauge::Diagnose

#include "moc_gridrun.cpp"
