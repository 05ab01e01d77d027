// SPDX-License-Identifier: GPL-3.0-or-later
#include "faultgrid.h"

#include "base/literals.h"

namespace Mailgauge::Test {

namespace {

constexpr std::array table {
    GridFault {Fault::Rst, "RST", R"("drop":"rst")"},
    GridFault {Fault::Fin, "FIN", R"("drop":"fin")"},
    GridFault {Fault::Silence, "silence", R"("silence":true)"},
    GridFault {
        Fault::Transient, "4xx", R"("reply":{"code":451,"enhanced":"4.3.0","text":"Later"})"},
    GridFault {Fault::Permanent, "5xx", R"("reply":{"code":550,"enhanced":"5.3.0","text":"No"})"},
    GridFault {Fault::ClosingDown, "421 and close",
        R"("reply":{"code":421,"enhanced":"4.3.2","text":"Closing"},"drop":"fin")"},
    GridFault {Fault::Garbage, "garbage line", R"("raw":{"text":"@!# garbage\r\n"})"},
    GridFault {Fault::Nul, "NUL", R"("raw":{"text":"250 \u0000ok\r\n"})"},
    GridFault {Fault::HugeLine, "100 MB line", R"("raw":{"text":"%1","repeat":10000})"},
    GridFault {Fault::Endless, "endless multi-line", R"("endless":"250-more\r\n")"},
    // Stands for a byte per second.
    GridFault {Fault::Trickle, "1 byte/s", R"("split":{"every":1,"intervalMs":5})"},
    GridFault {
        Fault::Extra, "extra reply", R"("raw":{"text":"250 2.0.0 Extra\r\n","position":"after"})"},
};

QByteArray actionOf(Smtp::Stage stage, const GridFault &fault)
{
    QByteArray action = fault.action;
    if (fault.fault == Fault::HugeLine)
        action.replace("%1", QByteArray(10'000, 'x'));
    // In the middle of the content there is no reply to cut: it needs one of its own.
    if (stage == Smtp::Stage::Content && fault.fault == Fault::Trickle)
        action += R"(,"reply":{"code":552,"enhanced":"5.3.4","text":"Too large"})";
    // A handshake has a thousand bytes.
    if (stage == Smtp::Stage::Tls && fault.fault == Fault::Trickle)
        action.replace(R"("every":1)", R"("every":16)");
    return action;
}

} // namespace

std::span<const GridFault> gridFaults()
{
    return table;
}

QByteArray gridScenario(Smtp::Stage stage, const GridFault &fault)
{
    // A muted session ends by itself, which proves that nothing came until then.
    const QByteArray idle = fault.fault == Fault::Silence ? "1500"_ba : "60000"_ba;
    return R"({"format":"mailgauge-scenario","version":1,"name":"cell","title":"Cell",
        "settings":{"tls":"starttls","authBeforeTls":true,"idleMs":)"
        + idle + R"(},"rules":[{"stage":")" + Smtp::stageName(stage).toByteArray() + R"(","do":{)"
        + actionOf(stage, fault) + "}}]}";
}

} // namespace Mailgauge::Test
