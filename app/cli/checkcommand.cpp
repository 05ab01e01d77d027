// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkcommand.h"

#include "checkoptions.h"
#include "outputfiles.h"
#include "secretoptions.h"

#include "base/paths.h"
#include "diagnose/reportcomparison.h"
#include "diagnose/reportexport.h"
#include "diagnose/reportjson.h"
#include "diagnose/securitytables.h"
#include "transcript/json.h"

#include <QFile>
#include <QJsonArray>

#include <algorithm>

#include <unistd.h>

namespace Mailgauge::Cli {

namespace {

using Diagnose::Cell;
using Diagnose::CheckResult;
using Diagnose::RelayReport;
using Diagnose::ReportDifference;

QJsonObject differenceJson(const ReportDifference &difference)
{
    const auto shown = [](const QByteArray &bytes) { return Transcript::visibleText(bytes); };
    return {{u"id"_s, shown(difference.id)},
        {u"severity"_s, QString::fromLatin1(Delivery::severityName(difference.severity))},
        {u"subject"_s, shown(difference.subject)}, {u"former"_s, shown(difference.former)},
        {u"later"_s, shown(difference.later)}, {u"text"_s, Diagnose::sentenceOf(difference)}};
}

} // namespace

CheckRelayCommand::CheckRelayCommand(Context &context, Options options)
    : Command(context, std::move(options))
    , m_workspace(context)
{
}

CheckRelayCommand::~CheckRelayCommand() = default;

void CheckRelayCommand::start()
{
    if (!options().has("profile"))
        return prepare({});
    m_workspace.profile(options().value("profile")).then(this, [this](const FoundProfile &profile) {
        if (profile)
            prepare(*profile);
        else
            fail(profile.error());
    });
}

void CheckRelayCommand::prepare(const std::optional<Relay::RelayProfile> &profile)
{
    auto plan = checkOptionsFrom(options(), profile);
    if (!plan)
        return fail(plan.error());
    m_check = std::move(plan->check);
    if (options().has("output")) {
        const auto format = Delivery::reportFormatFromFileName(
            QFile::decodeName(options().value("output")));
        if (!format)
            return fail(
                usage(u"--output %1: expected a name that ends in .txt, .html or .json"_s.arg(
                          options().text("output")))
                    .error());
        m_format = *format;
    }
    auto output = openOutput(options(), "output");
    if (!output)
        return fail(output.error());
    m_output = std::move(*output);
    useSecrets(plan->profile, profile.has_value());
}

void CheckRelayCommand::useSecrets(const Relay::RelayProfile &profile, bool stored)
{
    const auto password = passwordFrom(options());
    const auto passphrase = vaultPassphraseFrom(options());
    if (!password || !passphrase)
        return fail(password ? passphrase.error() : password.error());
    const bool kept = profile.passwordSource == Relay::PasswordSource::Kept;
    if (m_check.authenticate && !stored && kept && !*password)
        return fail(usage(u"--user needs --password-file, --password-env, --password-command or "
                          u"--netrc"_s)
                .error());
    Relay::TypedSecrets given {.password = *password};
    if (!m_check.authenticate) // nothing logs in
        given = {.password = Base::Secret(), .token = Base::Secret()};
    const auto &proxy = m_check.relay.target.proxy;
    if (!stored || !proxy || !proxy->password.isEmpty())
        given.proxyPassword = proxy ? proxy->password : Base::Secret();
    m_workspace.secrets(profile, given, *passphrase)
        .then(this, [this](const Checked<Relay::ProfileSecrets> &secrets) {
            if (!secrets)
                return fail(secrets.error());
            Delivery::giveSecrets(m_check.relay, *secrets);
            if (!secrets->exposedFile.isEmpty())
                m_workspace.tellExposed(secrets->exposedFile);
            findFormer();
        });
}

// --- What to compare with -----------------------------------------------------------------------

void CheckRelayCommand::findFormer()
{
    const Base::Paths paths = Base::Paths::standard(context().dataDir);
    m_reports = std::make_unique<Store::ReportStore>(paths.reportsDir());
    if (!options().has("compare"))
        return run();
    const QByteArray which = options().value("compare");
    const QUuid id = QUuid::fromString(QString::fromUtf8(which));
    if (which == "last") {
        m_reports->list(m_check.relay.target.host)
            .then(this, [this](const Base::Result<QList<Diagnose::ReportSummary>> &found) {
                if (!found)
                    return useFormer(std::unexpected(found.error()));
                if (found->isEmpty())
                    return useFormer(Base::fail(Base::Error::Kind::InvalidInput,
                        u"there is no former report of this relay"_s));
                m_reports->report(found->first().id).then(this, [this](const Former &former) {
                    useFormer(former);
                });
            });
    } else if (!id.isNull()) {
        m_reports->report(id).then(this, [this](const Former &former) { useFormer(former); });
    } else {
        useFormer(Diagnose::readReportFile(QFile::decodeName(which)));
    }
}

void CheckRelayCommand::useFormer(const Former &former)
{
    if (!former)
        return fail(
            noInput(u"--compare %1: %2"_s.arg(options().text("compare"), former.error().detail))
                .error());
    m_former = *former;
    run();
}

// --- Running ------------------------------------------------------------------------------------

void CheckRelayCommand::run()
{
    Store::Database *store = m_check.record ? m_workspace.database() : nullptr;
    m_service = std::make_unique<Diagnose::CheckService>(m_workspace.sender(m_check.record),
        store ? &store->sessions() : nullptr, store ? m_reports.get() : nullptr, context().clock);
    tell();
    connect(m_service.get(), &Diagnose::CheckService::finished, this,
        [this](const RelayReport &report) { over(report); });
    m_id = m_service->start(m_check);
}

void CheckRelayCommand::tell()
{
    using Diagnose::CheckService;
    connect(m_service.get(), &CheckService::storeFailed, this,
        [this](const Base::Error &error) { m_workspace.tellUnsaved(error); });
    connect(m_service.get(), &CheckService::paused, this,
        [this](const QUuid &, const Diagnose::Pause &pause) {
            console().complain(u"%1: %2; waiting %3 ms"_s.arg(QString::fromUtf8(pause.where),
                QString::fromUtf8(pause.reply), QString::number(pause.length.count())));
        });
    if (!isatty(STDERR_FILENO))
        return;
    connect(m_service.get(), &CheckService::inspected, this,
        [this](const QUuid &, const Diagnose::TlsInspection &inspection) {
            console().complain(Diagnose::placeOf(inspection) + u": inspected"_s);
        });
    connect(
        m_service.get(), &CheckService::cellChanged, this, [this](const QUuid &, const Cell &cell) {
            if (Diagnose::isOver(cell.state))
                console().complain(u"%1: %2"_s.arg(Diagnose::cellTitle(cell.key),
                    QLatin1StringView(Diagnose::cellStateName(cell.state))));
        });
    connect(m_service.get(), &CheckService::checkChanged, this,
        [this](const QUuid &, const CheckResult &result) {
            const QString host = result.host.isEmpty() ? QString() : result.host + u' ';
            console().complain(
                u"%1%2: %3"_s.arg(host, QLatin1StringView(Diagnose::checkName(result.check)),
                    QLatin1StringView(Diagnose::verdictName(result.verdict))));
        });
}

void CheckRelayCommand::interrupt()
{
    if (m_service)
        m_service->cancel(m_id);
    else
        Q_EMIT finished(Exit::Interrupted);
}

void CheckRelayCommand::over(const RelayReport &report)
{
    if (const auto written = write(report); !written)
        return fail(written.error());
    print(report);
    Q_EMIT finished(report.cancelled ? Exit::Interrupted : Diagnose::exitCodeOf(report));
}

Checked<void> CheckRelayCommand::write(const RelayReport &report)
{
    if (!m_output)
        return {};
    const auto written = m_output->write(Diagnose::exportReport(report, m_format)).and_then([this] {
        return m_output->commit();
    });
    return written ? Checked<void>() : noOutput(written.error().detail);
}

void CheckRelayCommand::print(const RelayReport &report) const
{
    if (context().json) {
        QJsonObject object = Diagnose::reportToJson(report);
        object.insert(u"exit"_s, Diagnose::exitCodeOf(report));
        if (m_former) {
            QJsonArray differences;
            for (const ReportDifference &one : Diagnose::compareReports(*m_former, report))
                differences.append(differenceJson(one));
            object.insert(u"differences"_s, differences);
        }
        console().printLine(Transcript::jsonValue(object));
        return;
    }
    if (!m_output)
        console().print(Diagnose::exportReport(report, Delivery::ReportFormat::Text));
    if (m_former)
        console().print('\n' + Diagnose::comparisonText(*m_former, report));
}

} // namespace Mailgauge::Cli
