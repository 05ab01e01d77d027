// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/draftjournal.h"

#include "base/literals.h"

#include <QDir>
#include <QFile>
#include <QLockFile>
#include <QUuid>

#include <utility>

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

void removeDraft(const QString &path)
{
    QFile::remove(path);
    QFile::remove(orderlyMark(path));
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
    connect(&m_idle, &QTimer::timeout, this, &DraftJournal::save);
    connect(&m_longest, &QTimer::timeout, this, &DraftJournal::save);
    connect(&m_writer, &Models::LatestWriter::written, this, &DraftJournal::written);
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

QList<DraftJournal::Found> DraftJournal::leftBehind() const
{
    if (m_directory.isEmpty())
        return {};
    QList<Found> all;
    const QFileInfoList files = QDir(m_directory)
                                    .entryInfoList(
                                        {u"*.draft"_s}, QDir::Files | QDir::NoSymLinks, QDir::Time);
    for (const QFileInfo &info : files) {
        const QString path = info.filePath();
        QLockFile lock(lockOf(path));
        lock.setStaleLockTime(0);
        if (path == m_path || m_adopted.contains(path) || !lock.tryLock(0))
            continue;
        QFile file(path);
        if (info.size() > MaxJournal || !file.open(QIODevice::ReadOnly))
            continue;
        if (const auto draft = draftFromJson(file.readAll()))
            all.append({*draft, path, info.lastModified(), !QFile::exists(orderlyMark(path))});
    }
    return all;
}

void DraftJournal::adopt(const Found &found)
{
    m_adopted.append(found.path);
    touch();
    save();
}

void DraftJournal::forget(const Found &found)
{
    removeDraft(found.path);
}

void DraftJournal::touch()
{
    m_dirty = true;
    m_idle.start();
    if (!m_longest.isActive())
        m_longest.start();
}

void DraftJournal::save()
{
    m_idle.stop();
    m_longest.stop();
    if (!std::exchange(m_dirty, false) || m_directory.isEmpty())
        return;
    if (!own()) {
        written(Base::fail(
            Base::Error::Kind::Io, u"the folder %1 cannot be written"_s.arg(m_directory)));
        return;
    }
    m_safe = m_adopted.size();
    m_writer.write(m_path, [draft = m_current()] { return draftToJson(draft); });
}

void DraftJournal::written(const Base::Result<void> &result)
{
    if (result) {
        m_told = false;
        for (; m_safe > 0; --m_safe)
            removeDraft(m_adopted.takeFirst());
        return;
    }
    m_dirty = true;
    m_safe = 0;
    if (!std::exchange(m_told, true))
        Q_EMIT failed(result.error());
}

Base::Result<void> DraftJournal::flush()
{
    save();
    if (const auto result = m_writer.finish(); !result)
        return result;
    if (m_dirty && !m_directory.isEmpty())
        return Base::fail(
            Base::Error::Kind::Io, u"the folder %1 cannot be written"_s.arg(m_directory));
    return {};
}

Base::Result<void> DraftJournal::close()
{
    if (const auto flushed = flush(); !flushed)
        return flushed;
    if (m_lock && QFile::exists(m_path)) {
        QFile mark(orderlyMark(m_path));
        // Without the mark the draft comes back too, only with a question.
        if (mark.open(QIODevice::WriteOnly))
            mark.close();
    }
    m_lock.reset();
    return {};
}

} // namespace Mailgauge::Compose
