// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QProcess>
#include <QStringList>
#include <QTemporaryDir>

namespace Mailgauge::Test {

/// What one run of mailgauge-cli left.
struct CliResult {
    int exitCode = -1; ///< -1: it did not end by itself.
    QByteArray output;
    QByteArray diagnostics;

    /// The only (or last) line of the output.
    [[nodiscard]] QJsonObject json() const;
    [[nodiscard]] QList<QJsonObject> jsonLines() const;
};

/// Runs the program that was built, with a data directory of its own. The event loop runs
/// meanwhile, so that a FakeRelay in the same process can answer.
class CliRunner final {
public:
    CliRunner();

    [[nodiscard]] CliResult run(const QStringList &arguments, const QByteArray &input = {});
    /// Like run(), but with `--json`.
    [[nodiscard]] CliResult runJson(QStringList arguments, const QByteArray &input = {});
    /// A process with the same surroundings, not started.
    void prepare(QProcess &process, const QStringList &arguments) const;

    /// A vault in the data directory: there is no keyring, so that it is the only place for
    /// secrets.
    void makeVault(const QByteArray &passphrase) const;
    void setVariable(const QString &name, const QString &value);
    [[nodiscard]] QString path(const QString &name) const { return m_directory.filePath(name); }
    /// A file in the test's directory.
    [[nodiscard]] QString file(const QString &name, const QByteArray &bytes) const;

private:
    QTemporaryDir m_directory;
    QProcessEnvironment m_environment;
};

} // namespace Mailgauge::Test
