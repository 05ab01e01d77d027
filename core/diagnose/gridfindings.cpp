// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/celljudge.h"

#include "diagnose/gridrun.h"

#include <algorithm>
#include <utility>

namespace Mailgauge::Diagnose {

namespace {

using Base::Severity;

bool isSubmission(quint16 port)
{
    return port == 465 || port == 587;
}

/// "25", "25 of mx2.example.org"; `family`: "25 ipv6 …".
QByteArray placeOf(const CellKey &key, QByteArrayView family = {})
{
    QByteArray place = QByteArray::number(key.port);
    if (!family.isEmpty())
        place += ' ' + family.toByteArray();
    return key.host.isEmpty() ? place : place + " of " + key.host.toUtf8();
}

QList<Evidence> linesOf(const Cell &cell, const Transcripts &transcripts)
{
    const auto line = lastLineOf(cell.session, transcripts.value(cell.session));
    return line ? QList {*line} : QList<Evidence>();
}

void addCertificate(QList<Finding> &findings, const Cell &cell)
{
    if (!cell.tls)
        return;
    // A client of one's own checks; a sender to an MX host does not, unless DANE or MTA-STS say so.
    const Severity severity = isSubmission(cell.key.port) ? Severity::Error : Severity::Warning;
    for (const Tls::VerifyReason &reason : cell.tls->reasons) {
        Evidence evidence {.kind = Evidence::Kind::Certificate, .session = cell.session};
        if (reason.depth < cell.tls->chain.size())
            evidence.text = cell.tls->chain.at(reason.depth).subject.toUtf8();
        addFinding(findings,
            {"certificate." + Tls::reasonName(reason.kind).toByteArray(), severity,
                reason.detail.toUtf8(), {evidence}});
    }
}

void addCell(QList<Finding> &findings, const Cell &cell, const Transcripts &transcripts)
{
    const QList<Evidence> lines = linesOf(cell, transcripts);
    const QByteArray port = placeOf(cell.key);
    switch (cell.state) {
    case CellState::NotOffered:
        addFinding(findings, {"grid.noStartTls", Severity::Warning, port, lines});
        break;
    case CellState::TlsFailed:
        addFinding(findings, {"grid.tlsFailed", Severity::Warning, port, lines});
        break;
    case CellState::NotSmtp:
        addFinding(findings, {"grid.notSmtp", Severity::Warning, port, lines});
        break;
    case CellState::Rejected:
        addFinding(findings, {"grid.rejected", Severity::Warning, port, lines});
        break;
    case CellState::Busy:
        addFinding(findings, {"grid.busy", Severity::Warning, port, lines});
        break;
    case CellState::Works:
        addCertificate(findings, cell);
        break;
    default:
        break;
    }
}

/// A host that has addresses of both families should answer at both.
void addFamilies(QList<Finding> &findings, const QList<Cell> &cells)
{
    for (const Cell &cell : cells) {
        const bool silent = cell.state == CellState::Refused || cell.state == CellState::TimedOut;
        if (!silent)
            continue;
        CellKey other = cell.key;
        other.family = cell.key.family == Family::IPv4 ? Family::IPv6 : Family::IPv4;
        const auto twin = std::ranges::find(cells, other, &Cell::key);
        if (twin != cells.end() && twin->state == CellState::Works)
            addFinding(findings,
                {"grid.oneFamily", Severity::Warning,
                    placeOf(cell.key, familyName(cell.key.family))});
    }
}

/// Of several exchangers one that nobody gets through to.
void addSilentHosts(QList<Finding> &findings, const QList<Cell> &cells)
{
    QStringList silent;
    for (const Cell &cell : cells)
        silent.append(cell.key.host);
    silent.removeDuplicates();
    for (const Cell &cell : cells) {
        if (cell.state == CellState::Works || cell.state == CellState::Cancelled)
            silent.removeAll(cell.key.host);
    }
    for (const QString &host : std::as_const(silent))
        findings.append({"route.hostNotReached", Severity::Warning, host.toUtf8(), {}});
}

} // namespace

QList<Finding> findingsOf(const QList<Cell> &cells, const Transcripts &transcripts)
{
    QList<Finding> findings;
    const auto works = [](const Cell &cell) { return cell.state == CellState::Works; };
    const auto given = [](const Cell &cell) { return cell.state == CellState::Cancelled; };
    if (!cells.isEmpty() && std::ranges::none_of(cells, works)
        && std::ranges::none_of(cells, given))
        findings.append({"grid.nothingWorks", Severity::Error, {}, {}});
    else
        addSilentHosts(findings, cells);
    for (const Cell &cell : cells)
        addCell(findings, cell, transcripts);
    addFamilies(findings, cells);
    return findings;
}

} // namespace Mailgauge::Diagnose
