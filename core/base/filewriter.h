// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QByteArrayView>

#include <memory>

class QIODevice;

namespace Mailgauge::Base {

/// Writes all of `bytes`. A short write is an error too: QSaveFile alone takes it for success and
/// replaces a good file by a truncated one (faults Q5). Error kinds: Full, Io.
[[nodiscard]] Result<void> writeAll(QIODevice &device, QByteArrayView bytes);

/// A file that appears whole or not at all: the old one stays until commit() succeeds. Without
/// commit() nothing is left behind.
///
/// Devices and FIFOs (`/dev/stdout`) are written directly, since replacing them by a file would be
/// wrong. Opening early tells that a path is not writable before the work that fills it.
/// Error kinds: Full, Denied, Io.
class FileWriter final {
public:
    enum class Access : quint8 {
        Default, ///< What the umask gives.
        OwnerOnly, ///< Mode 0600, from the first byte on.
    };

    [[nodiscard]] static Result<std::unique_ptr<FileWriter>> open(
        const QString &path, Access access = Access::Default);
    ~FileWriter();

    /// For those that produce bytes piece by piece; they write through writeAll().
    [[nodiscard]] QIODevice &device() { return *m_device; }
    [[nodiscard]] Result<void> write(QByteArrayView bytes);
    /// Fails too if an earlier write failed.
    [[nodiscard]] Result<void> commit();

private:
    explicit FileWriter(std::unique_ptr<QIODevice> device);

    std::unique_ptr<QIODevice> m_device;
};

/// Writes `bytes` as the whole content of the file at `path`.
[[nodiscard]] Result<void> writeFile(const QString &path, QByteArrayView bytes,
    FileWriter::Access access = FileWriter::Access::Default);

} // namespace Mailgauge::Base
