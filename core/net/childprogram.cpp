// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/childprogram.h"

#include "base/literals.h"

#include <QProcess>

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace Mailgauge::Net {

Base::Result<int> startProgram(const QString &command)
{
    std::array<int, 2> ends {};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return Base::fail(Base::Error::Kind::Connect, u"socketpair: "_s + qt_error_string(errno));
    const auto [ours, theirs] = ends;
    QProcess process;
    process.setProgram(u"/bin/sh"_s);
    process.setArguments({u"-c"_s, command});
    // A pair of pipes could not be adopted as one stream. Only ours does not block.
    process.setChildProcessModifier([theirs] {
        ::dup2(theirs, STDIN_FILENO);
        ::dup2(theirs, STDOUT_FILENO);
    });
    const bool started = process.startDetached();
    const QString why = process.errorString();
    ::close(theirs);
    if (!started) {
        ::close(ours);
        return Base::fail(Base::Error::Kind::Connect, u"/bin/sh: "_s + why);
    }
    ::fcntl(ours, F_SETFL, ::fcntl(ours, F_GETFL) | O_NONBLOCK);
    return ours;
}

} // namespace Mailgauge::Net
