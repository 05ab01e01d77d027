// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QSocketNotifier>

#include <memory>

namespace Mailgauge::Cli {

/// SIGINT and SIGTERM as a signal of the event loop. The second one ends the program at once.
class Signals final : public QObject {
    Q_OBJECT

public:
    Signals();
    ~Signals() override;

Q_SIGNALS:
    void received();

private:
    void read();

    int m_descriptor = -1;
    std::unique_ptr<QSocketNotifier> m_notifier;
};

} // namespace Mailgauge::Cli
