// SPDX-License-Identifier: GPL-3.0-or-later
#include "clirunner.h"

#include "base/literals.h"
#include "base/paths.h"
#include "relay/vaultcredentialstore.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QTest>

namespace Mailgauge::Test {

QJsonObject CliResult::json() const
{
    const QList<QJsonObject> lines = jsonLines();
    return lines.isEmpty() ? QJsonObject() : lines.last();
}

QList<QJsonObject> CliResult::jsonLines() const
{
    QList<QJsonObject> objects;
    for (const QByteArray &line : output.split('\n')) {
        if (!line.isEmpty())
            objects.append(QJsonDocument::fromJson(line).object());
    }
    return objects;
}

CliRunner::CliRunner()
    : m_environment(QProcessEnvironment::systemEnvironment())
{
    // No keyring and no home of the machine's.
    m_environment.remove(u"DBUS_SESSION_BUS_ADDRESS"_s);
    m_environment.insert(u"HOME"_s, m_directory.path());
    m_environment.insert(u"LC_ALL"_s, u"C.UTF-8"_s);
}

void CliRunner::makeVault(const QByteArray &passphrase) const
{
    static constexpr Relay::KdfCost Cheap {10, 8, 1};
    const QString file = Base::Paths::standard(path(u"data"_s)).vaultFile();
    QVERIFY(QDir().mkpath(QFileInfo(file).path()));
    Relay::VaultCredentialStore vault(file, Cheap);
    auto made = vault.create(Base::Secret(passphrase));
    QVERIFY(Test::waitFor([&made] { return made.isFinished(); }));
    QVERIFY(made.takeResult());
}

void CliRunner::setVariable(const QString &name, const QString &value)
{
    m_environment.insert(name, value);
}

QString CliRunner::file(const QString &name, const QByteArray &bytes) const
{
    QFile file(path(name));
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
        QTest::qFail("cannot write", __FILE__, __LINE__);
    return file.fileName();
}

void CliRunner::prepare(QProcess &process, const QStringList &arguments) const
{
    process.setProgram(QStringLiteral(MAILGAUGE_BIN) + u"/mailgauge-cli"_s);
    process.setArguments(QStringList {u"--data-dir"_s, path(u"data"_s)} + arguments);
    process.setProcessEnvironment(m_environment);
}

CliResult CliRunner::run(const QStringList &arguments, const QByteArray &input)
{
    QProcess process;
    prepare(process, arguments);
    process.start();
    process.write(input);
    process.closeWriteChannel();
    const bool ended = Test::waitFor(
        [&process] { return process.state() == QProcess::NotRunning; }, 30'000);
    CliResult result;
    result.output = process.readAllStandardOutput();
    result.diagnostics = process.readAllStandardError();
    if (ended && process.exitStatus() == QProcess::NormalExit)
        result.exitCode = process.exitCode();
    else
        process.kill();
    return result;
}

CliResult CliRunner::runJson(QStringList arguments, const QByteArray &input)
{
    arguments.append(u"--json"_s);
    return run(arguments, input);
}

} // namespace Mailgauge::Test
