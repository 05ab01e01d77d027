// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QString>

#include <functional>
#include <memory>
#include <stop_token>

namespace Mailgauge::Store {

/// Who works with a store just now, told by locks of the operating system on `FILE.lock`: they
/// vanish with the process, however it ends, and hold across process id namespaces.
///
/// Byte 0 is held while a file is checked and migrated; the byte of a random number for as long as
/// the owner with that number lives.
class FileLock final {
public:
    /// Takes the owner's byte. Denied, or Unsupported where the file system has no locks.
    [[nodiscard]] static Base::Result<std::unique_ptr<FileLock>> create(const QString &path);
    ~FileLock();
    Q_DISABLE_COPY_MOVE(FileLock)

    [[nodiscard]] qint64 owner() const { return m_owner; }
    /// Also true for this one, and for an owner that cannot be asked about.
    [[nodiscard]] bool isAlive(qint64 owner) const;

    /// Waits up to half a minute for other processes that open the same store; `waits` is called
    /// once where it has to. Cancelled when `stop` is asked for.
    [[nodiscard]] Base::Result<void> lockOpening(
        const std::stop_token &stop = {}, const std::function<void()> &waits = {});
    void unlockOpening();

private:
    FileLock(int descriptor, qint64 owner);

    int m_descriptor;
    qint64 m_owner;
};

} // namespace Mailgauge::Store
