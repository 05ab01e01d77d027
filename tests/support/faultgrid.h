// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "smtp/stage.h"

#include <QByteArray>

#include <array>
#include <span>

/// The fault grid of faults.md (R1): every stage meets every fault, each cell a scenario file of
/// the sandbox.
namespace Mailgauge::Test {

constexpr std::array gridStages {Smtp::Stage::Connect, Smtp::Stage::Greeting, Smtp::Stage::Helo,
    Smtp::Stage::StartTls, Smtp::Stage::Tls, Smtp::Stage::Auth, Smtp::Stage::Mail,
    Smtp::Stage::Rcpt, Smtp::Stage::Data, Smtp::Stage::Content, Smtp::Stage::Dot, Smtp::Stage::Rset,
    Smtp::Stage::Quit};

enum class Fault : quint8 {
    Rst,
    Fin,
    Silence,
    Transient,
    Permanent,
    ClosingDown,
    Garbage,
    Nul,
    HugeLine,
    Endless,
    Trickle,
    Extra,
};

struct GridFault {
    Fault fault;
    const char *name;
    const char *action; ///< JSON, without the braces of "do".
};

/// In their order.
[[nodiscard]] std::span<const GridFault> gridFaults();

/// The file of one cell.
[[nodiscard]] QByteArray gridScenario(Smtp::Stage stage, const GridFault &fault);

} // namespace Mailgauge::Test
