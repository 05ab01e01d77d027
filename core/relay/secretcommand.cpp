// SPDX-License-Identifier: GPL-3.0-or-later
#include "relay/secretcommand.h"

#include "base/literals.h"

#include <QProcess>
#include <QPromise>
#include <QTimer>

#include <csignal>
#include <sys/prctl.h>
#include <unistd.h>

namespace Mailgauge::Relay {

namespace {

constexpr qint64 MostOutput = 64 * 1024;

using Kind = Base::Error::Kind;
using Printed = Base::Result<Base::Secret>;

/// Deletes itself once it has told.
class Run final : public QProcess {
public:
    Run(const QString &command, const QString &name, std::chrono::milliseconds limit)
        : m_name(name)
    {
        m_promise.start();
        setProcessChannelMode(ForwardedErrorChannel);
        setStandardInputFile(nullDevice());
        // What it starts ends with it.
        setChildProcessModifier([] {
            setpgid(0, 0);
            prctl(PR_SET_PDEATHSIG, SIGTERM); // an interrupt reaches us alone
        });
        connect(this, &QProcess::readyReadStandardOutput, this, [this] {
            if (bytesAvailable() <= MostOutput || m_tooMuch)
                return;
            m_tooMuch = true;
            ::kill(-static_cast<pid_t>(processId()), SIGKILL);
        });
        connect(this, &QProcess::finished, this, &Run::ended);
        connect(this, &QProcess::errorOccurred, this, [this](ProcessError error) {
            if (error == FailedToStart)
                tell(Base::fail(Kind::Io, m_name + u": "_s + errorString()));
        });
        m_limit.setSingleShot(true);
        connect(&m_limit, &QTimer::timeout, this, [this] {
            m_late = true;
            ::kill(-static_cast<pid_t>(processId()), SIGKILL);
        });
        m_limit.start(limit);
        QProcess::start(u"/bin/sh"_s, {u"-c"_s, command});
    }

    [[nodiscard]] QFuture<Printed> printed() { return m_promise.future(); }

private:
    void ended(int code, ExitStatus status)
    {
        if (m_tooMuch)
            return tell(Base::fail(
                Kind::Io, u"%1: it printed more than %2 octets"_s.arg(m_name).arg(MostOutput)));
        if (m_late)
            return tell(Base::fail(Kind::Timeout, m_name + u": it did not end in time"_s));
        if (status != NormalExit || code != 0)
            return tell(
                Base::fail(Kind::Io, u"%1: it failed with status %2"_s.arg(m_name).arg(code)));
        Base::Secret secret = firstLine(readAllStandardOutput());
        if (secret.isEmpty())
            return tell(Base::fail(Kind::Io, m_name + u": it printed nothing"_s));
        tell(std::move(secret));
    }
    void tell(Printed printed)
    {
        m_limit.stop();
        m_promise.addResult(std::move(printed));
        m_promise.finish();
        deleteLater();
    }

    QString m_name;
    QPromise<Printed> m_promise;
    QTimer m_limit;
    bool m_late = false;
    bool m_tooMuch = false;
};

} // namespace

Base::Secret firstLine(const QByteArray &bytes)
{
    const qsizetype end = bytes.indexOf('\n');
    QByteArray line = end < 0 ? bytes : bytes.first(end);
    if (line.endsWith('\r'))
        line.chop(1);
    return Base::Secret(std::move(line));
}

QFuture<Printed> runTokenCommand(const QString &command, std::chrono::milliseconds limit)
{
    auto *run = new Run(command, u"token command"_s, limit); // see its destruction there
    return run->printed();
}

QFuture<Printed> runPasswordCommand(const QString &command, std::chrono::milliseconds limit)
{
    auto *run = new Run(command, u"password command"_s, limit);
    return run->printed();
}

} // namespace Mailgauge::Relay
