// SPDX-License-Identifier: GPL-3.0-or-later
#include "replaycommand.h"

#include "connectoptions.h"
#include "outputfiles.h"
#include "secretoptions.h"
#include "summary.h"

#include "delivery/replay.h"
#include "sandbox/scenariomaker.h"
#include "sandbox/scenariowriter.h"

namespace Mailgauge::Cli {

QList<OptionSpec> sessionsReplayOptions()
{
    using Values = OptionSpec::Values;
    const QList<OptionSpec> own {
        {"profile", "NAME", Values::One,
            "the relay profile to play against; further options change it for this run", 'p'},
        {"as-scenario", "FILE", Values::One,
            "make a scenario for `sandbox --scenario` instead; - is standard output"},
        {"delays", "", Values::Flag, "the scenario answers as slowly as the server did"},
    };
    return own + profileOptions() + secretOptions() + traceOptions() + outputOptions();
}

void SessionsReplayCommand::interrupt()
{
    if (m_job)
        m_job->cancel();
    else
        SessionsCommand::interrupt();
}

void SessionsReplayCommand::read(Transcript::SessionLibrary &sessions)
{
    if (options().positional().size() != 1) {
        fail(usage(u"which session? Give one ID, the beginning of one, or 'last'"_s).error());
        return;
    }
    const bool asScenario = options().has("as-scenario");
    const bool asClient = options().has("profile") || namesOtherRelay(options());
    if (asScenario == asClient) {
        fail(usage(u"give --profile or --server to play against a relay, or --as-scenario FILE"_s)
                .error());
        return;
    }
    auto output = openOutput(options(), "as-scenario");
    if (!output) {
        fail(output.error());
        return;
    }
    m_output = *std::move(output);
    load(sessions, options().positional(),
        [this, &sessions, asScenario](const QList<Transcript::StoredSession> &found) {
            m_original = found.first().record.id;
            if (asScenario)
                writeScenario(found.first());
            else
                readMessage(sessions, found.first());
        });
}

// --- as server ----------------------------------------------------------------------------------

void SessionsReplayCommand::writeScenario(const Transcript::StoredSession &session)
{
    const Sandbox::MadeScenario made = Sandbox::scenarioFrom(
        session, {.delays = options().has("delays")});
    for (const Sandbox::ScenarioNote &note : made.notes) {
        m_notes.append(Sandbox::noteText(note).toUtf8());
        console().complain(Sandbox::noteText(note));
    }
    const QByteArray file = Sandbox::writeScenario(made.scenario);
    if (!m_output) {
        console().print(file);
        Q_EMIT finished(Exit::Ok);
        return;
    }
    const auto written = Base::writeAll(m_output->device(), file).and_then([this] {
        return m_output->commit();
    });
    if (!written) {
        fail(noOutput(written.error().detail).error());
        return;
    }
    if (context().json) {
        console().printLine(
            Json::object({
                             {"scenario", Json::text(made.scenario.name)},
                             {"file", Json::text(options().value("as-scenario"))},
                             {"rules", Json::number(qint64(made.scenario.rules.size()))},
                             {"notes", Json::texts(m_notes)},
                         })
                .toLine());
    } else {
        console().printLine(
            "play it with: mailgauge-cli sandbox --scenario " + options().value("as-scenario"));
    }
    Q_EMIT finished(Exit::Ok);
}

// --- as client ----------------------------------------------------------------------------------

void SessionsReplayCommand::readMessage(
    Transcript::SessionLibrary &sessions, const Transcript::StoredSession &session)
{
    if (session.record.message.isNull())
        return play(session, std::nullopt);
    sessions.message(session.record.message)
        .then(this, [this, session](const Base::Result<QByteArray> &message) {
            // Not kept is one thing; a store that cannot be read is another.
            if (!message && message.error().kind != Base::Error::Kind::InvalidInput)
                failStore(message.error());
            else
                play(session, message ? std::optional(*message) : std::nullopt);
        });
}

void SessionsReplayCommand::play(
    const Transcript::StoredSession &session, const std::optional<QByteArray> &message)
{
    m_job = std::make_unique<SendJob>(context(), workspace(), options());
    m_job->setAdapt([this, session, message](Delivery::SendRequest &request) -> Checked<void> {
        const Delivery::ReplayChoices choices {.ehloName = options().has("helo"),
            .protocol = options().has("protocol"),
            .pipelining = options().has("pipelining")};
        auto made = Delivery::replay(session, message, request, choices);
        if (!made)
            return badInput(made.error().detail);
        for (const Delivery::ReplayNote &note : made->notes) {
            m_notes.append(Delivery::noteText(note).toUtf8());
            console().complain(Delivery::noteText(note));
        }
        request = std::move(made->request);
        return {};
    });
    connect(m_job.get(), &SendJob::finished, this, &SessionsReplayCommand::answer);
    m_job->start();
}

void SessionsReplayCommand::answer()
{
    const SendAnswer &answer = m_job->answer();
    const QByteArray original = m_original.toByteArray(QUuid::WithoutBraces);
    if (!answer.record && answer.problem)
        console().complain(answer.problem->detail);
    if (context().json) {
        console().printLine(Json::object({
                                             {"original", Json::text(original)},
                                             {"notes", Json::texts(m_notes)},
                                             {"replay", answer.toJson()},
                                         })
                .toLine());
    } else if (answer.record) {
        printSummary(*answer.record, answer.stored, console());
        if (answer.stored)
            console().printLine("compare with: mailgauge-cli sessions compare " + original.first(8)
                + ' ' + answer.record->id.toByteArray(QUuid::WithoutBraces).first(8));
    }
    Q_EMIT finished(answer.exitCode());
}

} // namespace Mailgauge::Cli
