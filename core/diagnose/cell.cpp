// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/cell.h"

#include "diagnose/names.h"

namespace Mailgauge::Diagnose {

namespace {

constexpr std::array families {
    Named {Family::IPv4, "ipv4"},
    Named {Family::IPv6, "ipv6"},
};
constexpr std::array modes {
    Named {TlsMode::Clear, "clear"},
    Named {TlsMode::StartTls, "starttls"},
    Named {TlsMode::Implicit, "implicit"},
};
constexpr std::array states {
    Named {CellState::Waiting, "waiting"},
    Named {CellState::Running, "running"},
    Named {CellState::Works, "works"},
    Named {CellState::NoAddress, "noAddress"},
    Named {CellState::Refused, "refused"},
    Named {CellState::TimedOut, "timedOut"},
    Named {CellState::Lost, "lost"},
    Named {CellState::NotSmtp, "notSmtp"},
    Named {CellState::TlsExpected, "tlsExpected"},
    Named {CellState::ClearExpected, "clearExpected"},
    Named {CellState::NotOffered, "notOffered"},
    Named {CellState::TlsFailed, "tlsFailed"},
    Named {CellState::Busy, "busy"},
    Named {CellState::Rejected, "rejected"},
    Named {CellState::Failed, "failed"},
    Named {CellState::Cancelled, "cancelled"},
};

} // namespace

QByteArrayView familyName(Family family)
{
    return nameIn(families, family);
}

std::optional<Family> familyFromName(QByteArrayView name)
{
    return valueIn(families, name);
}

QByteArrayView tlsModeName(TlsMode mode)
{
    return nameIn(modes, mode);
}

std::optional<TlsMode> tlsModeFromName(QByteArrayView name)
{
    return valueIn(modes, name);
}

QByteArrayView cellStateName(CellState state)
{
    return nameIn(states, state);
}

std::optional<CellState> cellStateFromName(QByteArrayView name)
{
    return valueIn(states, name);
}

const Smtp::Capabilities *capabilitiesOf(const Cell &cell)
{
    if (cell.inTls)
        return &*cell.inTls;
    return cell.inClear ? &*cell.inClear : nullptr;
}

} // namespace Mailgauge::Diagnose
