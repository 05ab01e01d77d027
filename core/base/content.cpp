// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/content.h"

#include "base/literals.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>

namespace Mailgauge::Base {

namespace {

class MemorySource final : public ContentSource {
public:
    explicit MemorySource(QByteArray bytes)
        : m_bytes(std::move(bytes))
    {
    }

    Result<QByteArray> read(qint64 max) override
    {
        QByteArray chunk = m_bytes.mid(m_position, max);
        m_position += chunk.size();
        return chunk;
    }
    Result<void> rewind() override
    {
        m_position = 0;
        return {};
    }
    qint64 size() const override { return m_bytes.size(); }

private:
    QByteArray m_bytes;
    qsizetype m_position = 0;
};

/// What must stay the same from the first read to the last.
struct FileState {
    qint64 size = 0;
    timespec modified {};
    ino_t inode = 0;

    bool operator==(const FileState &other) const
    {
        return size == other.size && inode == other.inode
            && modified.tv_sec == other.modified.tv_sec
            && modified.tv_nsec == other.modified.tv_nsec;
    }
};

class FileSource final : public ContentSource {
public:
    explicit FileSource(Content content)
        : m_content(std::move(content))
    {
    }

    Result<QByteArray> read(qint64 max) override
    {
        if (!m_file.isOpen()) {
            if (auto opened = openFile(); !opened)
                return std::unexpected(opened.error());
        }
        const qint64 wanted = qMin(max, m_content.fileSize - m_position);
        if (wanted <= 0)
            return QByteArray();
        QByteArray chunk(wanted, Qt::Uninitialized);
        const qint64 got = m_file.read(chunk.data(), wanted);
        if (got < 0)
            return failure(Error::Kind::Io, m_file.errorString());
        if (got == 0)
            return failure(Error::Kind::InvalidInput, u"the file has become shorter"_s);
        chunk.truncate(got);
        m_position += got;
        // Checked with the last piece, not behind it: the final dot must not follow a mixture.
        if (m_position == m_content.fileSize) {
            if (auto now = state(); !now || *now != m_state)
                return failure(Error::Kind::InvalidInput, u"the file changed while it was read"_s);
        }
        return chunk;
    }

    Result<void> rewind() override
    {
        m_position = 0;
        if (m_file.isOpen() && !m_file.seek(0)) {
            return std::unexpected(failure(Error::Kind::Io, m_file.errorString()).error());
        }
        return {};
    }

    qint64 size() const override { return m_content.fileSize; }

private:
    std::unexpected<Error> failure(Error::Kind kind, const QString &reason) const
    {
        return fail(kind, m_content.file + u": "_s + reason);
    }

    Result<void> openFile()
    {
        // Not blocking: opening a FIFO must fail below instead of waiting for a writer.
        const int descriptor = ::open(
            QFile::encodeName(m_content.file).constData(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        if (descriptor < 0) {
            const int number = errno;
            return failure(Error::Kind::Io, qt_error_string(number));
        }
        if (!m_file.open(descriptor, QIODevice::ReadOnly | QIODevice::Unbuffered,
                QFileDevice::AutoCloseHandle)) {
            return failure(Error::Kind::Io, m_file.errorString());
        }
        const auto now = state();
        if (!now) {
            m_file.close();
            return failure(Error::Kind::InvalidInput, u"not a regular file"_s);
        }
        m_state = *now;
        const qint64 modifiedMs = now->modified.tv_sec * 1000 + now->modified.tv_nsec / 1'000'000;
        if (now->size != m_content.fileSize
            || (m_content.fileModified.isValid()
                && m_content.fileModified.toMSecsSinceEpoch() != modifiedMs)) {
            m_file.close();
            return failure(Error::Kind::InvalidInput, u"the file changed after it was checked"_s);
        }
        return {};
    }

    std::optional<FileState> state() const
    {
        struct stat facts {};
        if (::fstat(m_file.handle(), &facts) != 0 || !S_ISREG(facts.st_mode))
            return std::nullopt;
        return FileState {facts.st_size, facts.st_mtim, facts.st_ino};
    }

    Content m_content;
    QFile m_file;
    FileState m_state;
    qint64 m_position = 0;
};

} // namespace

std::unique_ptr<ContentSource> Content::open() const
{
    if (file.isEmpty())
        return std::make_unique<MemorySource>(bytes);
    return std::make_unique<FileSource>(*this);
}

} // namespace Mailgauge::Base
