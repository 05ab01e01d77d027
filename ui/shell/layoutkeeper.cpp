// SPDX-License-Identifier: GPL-3.0-or-later
#include "shell/layoutkeeper.h"

#include "base/literals.h"
#include "shell/settings.h"

#include <QDockWidget>
#include <QMainWindow>
#include <QScreen>
#include <QSplitter>

namespace Mailgauge::Shell {

namespace {
constexpr QSize PreferredSize(1440, 900);
}

LayoutKeeper::LayoutKeeper(QMainWindow &window, Settings &settings)
    : QObject(&window)
    , m_window(window)
    , m_settings(settings)
{
}

QString LayoutKeeper::splitterKey(const QSplitter *splitter)
{
    return u"layout/splitter-"_s + splitter->objectName();
}

void LayoutKeeper::restore()
{
    const QScreen *screen = m_window.screen();
    const QSize room = screen != nullptr ? screen->availableSize() : PreferredSize;
    m_window.resize(PreferredSize.boundedTo(room));
    shareOut();
    m_initialState = m_window.saveState(Version);
    const QByteArray geometry = m_settings.value(u"layout/geometry"_s).toByteArray();
    if (!geometry.isEmpty())
        m_window.restoreGeometry(geometry);
    m_window.restoreState(m_settings.value(u"layout/state"_s).toByteArray(), Version);
    restoreSplitters(&m_window);
}

// Docks take a share of the window, not pixels: the page keeps the most on a small screen too.
void LayoutKeeper::shareOut()
{
    const auto docks = m_window.findChildren<QDockWidget *>(Qt::FindDirectChildrenOnly);
    for (QDockWidget *dock : docks) {
        const bool below = m_window.dockWidgetArea(dock) == Qt::BottomDockWidgetArea;
        const int room = below ? m_window.height() : m_window.width();
        m_window.resizeDocks(
            {dock}, {room * (below ? 30 : 22) / 100}, below ? Qt::Vertical : Qt::Horizontal);
    }
}

void LayoutKeeper::save()
{
    m_settings.setValue(u"layout/geometry"_s, m_window.saveGeometry());
    m_settings.setValue(u"layout/state"_s, m_window.saveState(Version));
    const auto splitters = m_window.findChildren<QSplitter *>();
    for (const QSplitter *splitter : splitters) {
        if (!splitter->objectName().isEmpty())
            m_settings.setValue(splitterKey(splitter), splitter->saveState());
    }
}

void LayoutKeeper::reset()
{
    m_window.restoreState(m_initialState, Version);
    m_settings.remove(u"layout/state"_s);
    const auto splitters = m_window.findChildren<QSplitter *>();
    for (QSplitter *splitter : splitters) {
        m_settings.remove(splitterKey(splitter));
        if (const QByteArray state = m_initialSplitters.value(splitter->objectName());
            !state.isEmpty())
            splitter->restoreState(state);
    }
}

void LayoutKeeper::restoreSplitters(QWidget *page)
{
    const auto splitters = page->findChildren<QSplitter *>();
    for (QSplitter *splitter : splitters) {
        if (splitter->objectName().isEmpty())
            continue;
        if (!m_initialSplitters.contains(splitter->objectName()))
            m_initialSplitters.insert(splitter->objectName(), splitter->saveState());
        const QByteArray state = m_settings.value(splitterKey(splitter)).toByteArray();
        if (!state.isEmpty())
            splitter->restoreState(state);
    }
}

} // namespace Mailgauge::Shell
