// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// What a session leaves behind beside its answer (`--transcript`, `--tls-save-chain`): opened
/// before anything is connected, written when it is over.

#include "options.h"

#include "base/filewriter.h"
#include "transcript/formatter.h"
#include "transcript/sessionrecord.h"

#include <memory>
#include <vector>

namespace Mailgauge::Cli {

class Console;

class OutputFiles final {
public:
    [[nodiscard]] static Checked<OutputFiles> open(const Options &options);

    [[nodiscard]] bool wantsTranscript() const
    {
        return m_standardOutput || !m_transcripts.empty();
    }
    /// Problem kind "output" for the first that could not be written; the others are tried all the
    /// same.
    [[nodiscard]] Checked<void> write(const Transcript::SessionRecord &record,
        const QList<Transcript::Entry> &entries, Console &console);

private:
    struct Target {
        QString path;
        Transcript::ExportFormat format = Transcript::ExportFormat::Text;
        std::unique_ptr<Base::FileWriter> writer;
    };

    std::vector<Target> m_transcripts;
    Target m_chain;
    bool m_standardOutput = false;
    Transcript::ExportOptions m_options;
    QList<Transcript::Direction> m_hidden;
};

[[nodiscard]] QList<OptionSpec> outputOptions();

/// The file that an option names, opened before anything else is done. Null: standard output, as
/// the option is not given or is "-". Problem kind "output".
[[nodiscard]] Checked<std::unique_ptr<Base::FileWriter>> openOutput(
    const Options &options, const char *option);

/// The whole transcript in the format that suits a terminal or a file.
void printTranscript(const Transcript::SessionRecord &record,
    const QList<Transcript::Entry> &entries, const Transcript::ExportOptions &options,
    Console &console);

} // namespace Mailgauge::Cli
