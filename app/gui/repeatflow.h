// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "delivery/repeatservice.h"

#include <QHash>
#include <QObject>

namespace Mailgauge::Shell {
class MainWindow;
}

namespace Mailgauge::Gui {

class Services;

/// One message many times: how far it is in the status bar, one summary at the end.
class RepeatFlow final : public QObject {
    Q_OBJECT

public:
    RepeatFlow(Services &services, Shell::MainWindow &window);

    /// Only once it is known whether there is a store.
    void start(const Delivery::RepeatRequest &request);
    void cancelAll();
    [[nodiscard]] int running() const { return static_cast<int>(m_runs.size()); }

Q_SIGNALS:
    void ended();

private:
    struct Run {
        QString relay;
        int wanted = 0;
        int done = 0;
    };

    void connectService();
    void messagesDone(const QUuid &run, const QList<Delivery::RepeatedMessage> &messages);
    void finished(const Delivery::RepeatSummary &summary);

    Services &m_services;
    Shell::MainWindow &m_window;
    QHash<QUuid, Run> m_runs;
    bool m_connected = false;
};

} // namespace Mailgauge::Gui
