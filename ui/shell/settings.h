// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QSettings>

#include <memory>

namespace Mailgauge::Shell {

/// What the window remembers, in one INI file with a version key. A file of a newer version is read
/// where it can be and never written over. Failing to write is told once, by signal.
class Settings final : public QObject {
    Q_OBJECT

public:
    static constexpr int Version = 1;

    /// An empty path keeps everything in memory (nothing will be saved).
    explicit Settings(const QString &path, QObject *parent = nullptr);

    [[nodiscard]] QVariant value(const QString &key, const QVariant &fallback = {}) const;
    void setValue(const QString &key, const QVariant &value);
    void remove(const QString &key);
    /// Writes now; false where that failed.
    bool sync();
    [[nodiscard]] bool isWritable() const { return m_writable; }

Q_SIGNALS:
    void saveFailed(const QString &path);

private:
    std::unique_ptr<QSettings> m_file;
    QHash<QString, QVariant> m_memory; ///< What was set and cannot be written.
    bool m_writable = false;
    bool m_told = false;
};

} // namespace Mailgauge::Shell
