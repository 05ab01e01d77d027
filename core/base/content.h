// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QByteArray>
#include <QDateTime>
#include <QFile>

#include <memory>

namespace Mailgauge::Base {

/// The octets of one message, pulled in chunks, so that a gigabyte needs constant memory.
/// Lines end in CRLF; dots are not stuffed yet. Used by one thread at a time.
class ContentSource {
public:
    virtual ~ContentSource() = default;
    /// At most `max` bytes; an empty array at the end. Error kind Io, or InvalidInput where the
    /// file changed meanwhile.
    [[nodiscard]] virtual Result<QByteArray> read(qint64 max) = 0;
    /// Back to the start, for a second try.
    [[nodiscard]] virtual Result<void> rewind() = 0;
    [[nodiscard]] virtual qint64 size() const = 0;
};

/// A message as a value: bytes in memory, or a file that must not change until it is sent.
struct Content {
    QByteArray bytes; ///< Used where `file` is empty.
    QString file; ///< A regular file with CRLF line ends, checked before; see `fileSize`.
    qint64 fileSize = 0;
    /// When the file was last modified as it was checked; invalid: not compared.
    QDateTime fileModified;
    /// Keeps a temporary file alive as long as a copy of this value lives.
    std::shared_ptr<QFile> keepAlive;
    bool eightBit = false; ///< Contains octets above 127: asks for BODY=8BITMIME.
    bool utf8Header = false; ///< So does its header section: asks for SMTPUTF8 (RFC 6531 3.4).
    qsizetype longestLine = 0; ///< Without CRLF; above 998 is a finding (RFC 5322 2.1.1).

    [[nodiscard]] qint64 size() const { return file.isEmpty() ? bytes.size() : fileSize; }
    /// Never null. A file is opened by the first read, which tells what is wrong with it.
    [[nodiscard]] std::unique_ptr<ContentSource> open() const;
};

} // namespace Mailgauge::Base
