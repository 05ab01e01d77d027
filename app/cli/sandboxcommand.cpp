// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandboxcommand.h"

#include "json.h"
#include "optionvalues.h"

#include "sandbox/scenariocatalogue.h"
#include "sasl/serverexchange.h"

#include <QDir>
#include <QFileInfo>

namespace Mailgauge::Cli {

namespace {

Checked<Sandbox::Scenario> scenarioFrom(const QByteArray &nameOrFile)
{
    const QString name = QFile::decodeName(nameOrFile);
    auto scenario = Sandbox::loadScenario(name);
    if (scenario)
        return *scenario;
    const QString &detail = scenario.error().detail;
    if (QFileInfo::exists(name) && scenario.error().kind != Base::Error::Kind::Io)
        return badInput(name + u": "_s + detail);
    if (name.contains(u'/') || scenario.error().kind == Base::Error::Kind::Io)
        return noInput(detail);
    return usage(detail);
}

Checked<QList<QByteArray>> announcedFrom(const QByteArray &text)
{
    if (text == "none")
        return QList<QByteArray>();
    const QList<QByteArray> known = Sasl::serverMechanisms();
    QList<QByteArray> mechanisms;
    for (const QByteArray &word : text.toUpper().split(',')) {
        if (!known.contains(word))
            return usage(u"--auth %1: the sandbox plays %2"_s.arg(
                QString::fromUtf8(word), QString::fromLatin1(known.join(", "))));
        mechanisms.append(word);
    }
    return mechanisms;
}

const char *tlsName(Sandbox::TlsMode mode)
{
    switch (mode) {
    case Sandbox::TlsMode::None:
        return "none";
    case Sandbox::TlsMode::StartTls:
        return "starttls";
    case Sandbox::TlsMode::Implicit:
        return "implicit";
    }
    Q_UNREACHABLE_RETURN("none");
}

} // namespace

QList<OptionSpec> sandboxOptions()
{
    using Values = OptionSpec::Values;
    return {
        {"port", "N", Values::One, "listen on this loopback port (default: one that is free)"},
        {"tls", "MODE", Values::One, "none, starttls or implicit (default: starttls)"},
        {"scenario", "NAME|FILE", Values::One,
            "what it does to its clients (default: accept everything)"},
        {"maildir", "DIR", Values::One, "write what it accepts into this Maildir"},
        {"user", "NAME", Values::One, "who may authenticate (default: sandbox)"},
        {"password", "WORD", Values::One, "with what; it guards nothing (default: open-sesame)"},
        {"auth", "MECH[,MECH...]|none", Values::One,
            "announce these SASL mechanisms, whatever the scenario says"},
        {"token", "WORD", Values::One,
            "the access token that XOAUTH2 and OAUTHBEARER take (default: open-sesame)"},
        {"ca-file", "FILE", Values::One, "write the root of its certificate (PEM)"},
    };
}

SandboxCommand::SandboxCommand(Context &context, Options options)
    : Command(context, std::move(options))
    , m_service(context.clock)
{
    connect(&m_service, &Sandbox::SandboxService::started, this, &SandboxCommand::announce);
    connect(&m_service, &Sandbox::SandboxService::failed, this, [this](const Base::Error &error) {
        fail({"connect"_ba, 75, error.detail, Smtp::Stage::Connect});
    });
}

Checked<Sandbox::SandboxOptions> SandboxCommand::read() const
{
    Sandbox::SandboxOptions settings;
    if (options().has("port")) {
        bool ok = false;
        settings.port = options().value("port").toUShort(&ok);
        if (!ok)
            return usage(u"--port %1: a number from 0 to 65535"_s.arg(options().text("port")));
    }
    if (options().has("tls")) {
        const auto word = parseWord(options(), "tls", {"none", "starttls", "implicit"});
        if (!word)
            return std::unexpected(word.error());
        settings.tls = *word == "none" ? Sandbox::TlsMode::None
            : *word == "implicit"      ? Sandbox::TlsMode::Implicit
                                       : Sandbox::TlsMode::StartTls;
    }
    if (options().has("user"))
        settings.user = options().value("user");
    if (options().has("password"))
        settings.password = options().value("password");
    if (options().has("token"))
        settings.token = options().value("token");
    if (options().has("maildir"))
        settings.maildir = QDir().absoluteFilePath(QFile::decodeName(options().value("maildir")));
    if (options().has("scenario")) {
        auto scenario = scenarioFrom(options().value("scenario"));
        if (!scenario)
            return std::unexpected(scenario.error());
        settings.scenario = std::move(*scenario);
    }
    if (options().has("auth")) {
        const auto mechanisms = announcedFrom(options().value("auth"));
        if (!mechanisms)
            return std::unexpected(mechanisms.error());
        settings.scenario.settings.authMechanisms = *mechanisms;
    }
    return settings;
}

void SandboxCommand::start()
{
    auto settings = read();
    if (!settings) {
        fail(settings.error());
        return;
    }
    if (options().has("ca-file")) {
        auto writer = Base::FileWriter::open(QFile::decodeName(options().value("ca-file")));
        if (!writer) {
            fail(noOutput(writer.error().detail).error());
            return;
        }
        m_caFile = std::move(*writer);
    }
    m_settings = *settings;
    m_service.start(std::move(*settings));
}

void SandboxCommand::interrupt()
{
    m_service.stop();
    Q_EMIT finished(Exit::Ok);
}

void SandboxCommand::announce(const Sandbox::SandboxAddress &address)
{
    if (m_caFile) {
        const auto written = m_caFile->write(address.caPem).and_then([this] {
            return m_caFile->commit();
        });
        m_caFile.reset();
        if (!written) {
            fail(noOutput(written.error().detail).error());
            return;
        }
    }
    const QByteArray caFile = options().value("ca-file");
    const Sandbox::TlsMode tls = m_settings.scenario.settings.tls.value_or(m_settings.tls);
    console().printLine(
        Json::object({
                         {"address", Json::text(address.host)},
                         {"port", Json::number(qint64(address.port))},
                         {"tls", Json::text(tlsName(tls))},
                         {"scenario", Json::textOrNull(m_settings.scenario.name.toUtf8())},
                         {"user", Json::text(m_settings.user)},
                         {"password", Json::text(m_settings.password)},
                         {"token", Json::text(m_settings.token)},
                         {"caFile", Json::textOrNull(caFile)},
                     })
            .toLine());
    if (console().hasFailed())
        interrupt();
}

} // namespace Mailgauge::Cli
