// SPDX-License-Identifier: GPL-3.0-or-later
#include "comparecommand.h"

#include "optionvalues.h"
#include "outputfiles.h"

#include <QFile>

namespace Mailgauge::Cli {

namespace {

using Delivery::ReportFormat;

constexpr int MostMilliseconds = 86'400'000;

} // namespace

QList<OptionSpec> sessionsCompareOptions()
{
    using Values = OptionSpec::Values;
    return {
        {"noise", "", Values::Flag, "show what differs every time, too: queue ids, dates …"},
        {"timing", "MS", Values::One,
            "times differ from MS milliseconds on, and twice as long (default: 1000)"},
        {"output", "FILE", Values::One, "write to FILE instead of standard output", 'o'},
        {"format", "FORMAT", Values::One, "txt, html or json (default: by FILE's name, else txt)"},
    };
}

Checked<ReportFormat> SessionsCompareCommand::format() const
{
    if (options().has("format")) {
        const auto word = parseWord(options(), "format", {"txt", "html", "json"});
        if (!word)
            return std::unexpected(word.error());
        return *word == "json" ? ReportFormat::Json
            : *word == "html"  ? ReportFormat::Html
                               : ReportFormat::Text;
    }
    if (!m_output)
        return context().json ? ReportFormat::Json : ReportFormat::Text;
    return Delivery::reportFormatFromFileName(QFile::decodeName(options().value("output")))
        .value_or(ReportFormat::Text);
}

void SessionsCompareCommand::read(Transcript::SessionLibrary &sessions)
{
    if (options().positional().size() != 2) {
        fail(usage(u"which sessions? Give two IDs, beginnings of them, or 'last'"_s).error());
        return;
    }
    if (options().has("timing")) {
        bool isNumber = false;
        const int milliseconds = options().value("timing").toInt(&isNumber);
        if (!isNumber || milliseconds < 0 || milliseconds > MostMilliseconds) {
            fail(usage(u"--timing %1: a number of milliseconds"_s.arg(options().text("timing")))
                    .error());
            return;
        }
        m_compare.timing = std::chrono::milliseconds(milliseconds);
    }
    if (const auto wanted = format(); !wanted) {
        fail(wanted.error());
        return;
    }
    auto output = openOutput(options(), "output");
    if (!output) {
        fail(output.error());
        return;
    }
    m_output = *std::move(output);
    load(sessions, options().positional(),
        [this](const QList<Transcript::StoredSession> &found) { compare(found); });
}

void SessionsCompareCommand::compare(const QList<Transcript::StoredSession> &sessions)
{
    const Delivery::ComparedSessions compared {
        sessions[0], sessions[1], Transcript::compare(sessions[0], sessions[1], m_compare)};
    const auto wanted = format();
    if (!wanted) {
        fail(wanted.error());
        return;
    }
    const QByteArray report = Delivery::comparisonReport(compared, *wanted, options().has("noise"));
    if (!m_output) {
        console().print(report);
    } else if (const auto written = Base::writeAll(m_output->device(), report).and_then([this] {
                   return m_output->commit();
               });
        !written) {
        fail(noOutput(written.error().detail).error());
        return;
    }
    Q_EMIT finished(compared.comparison.isEqual() ? Exit::Ok : 1);
}

} // namespace Mailgauge::Cli
