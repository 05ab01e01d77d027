// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QHash>
#include <QObject>

class QMainWindow;
class QSplitter;

namespace Mailgauge::Shell {

class Settings;

/// Saves and restores where everything is: window, docks, tool bars, and every splitter that has an
/// object name. A layout of another version is not used.
class LayoutKeeper final : public QObject {
    Q_OBJECT

public:
    static constexpr int Version = 1;

    LayoutKeeper(QMainWindow &window, Settings &settings);

    /// Call when all docks are there, before the window is shown.
    void restore();
    void save();
    /// Back to the arrangement the window was built with.
    void reset();
    /// For splitters of pages that are made later.
    void restoreSplitters(QWidget *page);

private:
    void shareOut();
    [[nodiscard]] static QString splitterKey(const QSplitter *splitter);

    QMainWindow &m_window;
    Settings &m_settings;
    QByteArray m_initialState;
    QHash<QString, QByteArray> m_initialSplitters;
};

} // namespace Mailgauge::Shell
