// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/draftjournal.h"

#include "base/filewriter.h"
#include "base/literals.h"

#include <QDir>
#include <QFile>
#include <QLockFile>
#include <QUuid>

namespace Mailgauge::Compose {

namespace {
constexpr qint64 MaxJournal = qint64(64) << 20;

// Beside the draft once the program ended in order.
QString orderlyMark(const QString &path)
{
    return path + u".closed"_s;
}

QString lockOf(const QString &path)
{
    return path + u".lock"_s;
}
} // namespace

DraftJournal::DraftJournal(QString directory, std::function<Draft()> current, QObject *parent)
    : QObject(parent)
    , m_directory(std::move(directory))
    , m_current(std::move(current))
{
    m_idle.setSingleShot(true);
    m_idle.setInterval(Idle);
    m_longest.setSingleShot(true);
    m_longest.setInterval(Longest);
    connect(&m_idle, &QTimer::timeout, this, &DraftJournal::flush);
    connect(&m_longest, &QTimer::timeout, this, &DraftJournal::flush);
}

DraftJournal::~DraftJournal() = default;

bool DraftJournal::own()
{
    if (m_lock)
        return true;
    if (m_directory.isEmpty() || !QDir().mkpath(m_directory))
        return false;
    const QString name = QUuid::createUuid().toString(QUuid::WithoutBraces) + u".draft"_s;
    m_path = QDir(m_directory).filePath(name);
    m_lock = std::make_unique<QLockFile>(lockOf(m_path));
    m_lock->setStaleLockTime(0);
    if (m_lock->tryLock(0))
        return true;
    m_lock.reset();
    return false;
}

std::optional<DraftJournal::Found> DraftJournal::leftBehind() const
{
    if (m_directory.isEmpty())
        return {};
    const QFileInfoList files = QDir(m_directory)
                                    .entryInfoList(
                                        {u"*.draft"_s}, QDir::Files | QDir::NoSymLinks, QDir::Time);
    for (const QFileInfo &info : files) {
        const QString path = info.filePath();
        QLockFile lock(lockOf(path));
        lock.setStaleLockTime(0);
        if (path == m_path || !lock.tryLock(0))
            continue;
        QFile file(path);
        if (info.size() > MaxJournal || !file.open(QIODevice::ReadOnly))
            continue;
        if (const auto draft = draftFromJson(file.readAll()))
            return Found {*draft, path, !QFile::exists(orderlyMark(path))};
    }
    return {};
}

void DraftJournal::forget(const Found &found)
{
    QFile::remove(found.path);
    QFile::remove(orderlyMark(found.path));
}

void DraftJournal::touch()
{
    m_dirty = true;
    m_idle.start();
    if (!m_longest.isActive())
        m_longest.start();
}

bool DraftJournal::flush()
{
    m_idle.stop();
    m_longest.stop();
    if (!m_dirty || m_directory.isEmpty())
        return true;
    Base::Result<void> written;
    if (own())
        written = Base::writeFile(
            m_path, draftToJson(m_current()), Base::FileWriter::Access::OwnerOnly);
    else
        written = Base::fail(
            Base::Error::Kind::Io, u"the folder %1 cannot be written"_s.arg(m_directory));
    if (written) {
        m_dirty = false;
        m_told = false;
    } else if (!m_told) {
        m_told = true;
        Q_EMIT failed(written.error());
    }
    return written.has_value();
}

void DraftJournal::clear()
{
    m_idle.stop();
    m_longest.stop();
    m_dirty = false;
    if (m_lock) {
        QFile::remove(m_path);
        QFile::remove(orderlyMark(m_path));
    }
}

void DraftJournal::close()
{
    flush();
    if (m_lock && QFile::exists(m_path)) {
        QFile mark(orderlyMark(m_path));
        // Without the mark the draft comes back too, only with a question.
        if (mark.open(QIODevice::WriteOnly))
            mark.close();
    }
    m_lock.reset();
}

} // namespace Mailgauge::Compose
