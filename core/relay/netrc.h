// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "base/secret.h"
#include "relay/relayprofile.h"

#include <QFuture>

#include <optional>

namespace Mailgauge::Relay {

/// What a netrc file says about one machine (the form of ftp(1) and curl: `machine`, `default`,
/// `login`, `password`, `account`, `macdef`; words in quotes may hold blanks and \" \\ \n \r \t;
/// where an entry may begin, `#` begins a comment).
struct NetrcLogin {
    QString user; ///< Empty: the entry names none.
    Base::Secret password;
    QString exposedFile {}; ///< Where group or others can read it: the file.
};

/// The first entry for `host`, in any case, that has a password and is for `user`, if one is
/// asked for; else the default one. Nothing where there is none. InvalidInput begins with the
/// line's number and repeats nothing of the file.
[[nodiscard]] Base::Result<std::optional<NetrcLogin>> findInNetrc(
    const QByteArray &text, const QString &host, const QString &user);

/// "~/.netrc", as a path.
[[nodiscard]] QString defaultNetrcFile();

/// What the file says of a profile's host and user; an empty path: defaultNetrcFile(). InvalidInput
/// where it is malformed or says nothing of them, Io where it cannot be read; `detail` begins with
/// "netrc:" and the path.
[[nodiscard]] Base::Result<NetrcLogin> readNetrc(const QString &path, const RelayProfile &profile);
/// On another thread: no window waits for a disk.
[[nodiscard]] QFuture<Base::Result<NetrcLogin>> readNetrcLater(
    const QString &path, const RelayProfile &profile);

} // namespace Mailgauge::Relay
