// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

class QLabel;
class QProgressBar;
class QStatusBar;
class QToolButton;

namespace Mailgauge::Widgets {
class ElidedLabel;
}

namespace Mailgauge::Shell {

/// The status bar: what is running (with progress and a way to cancel it) on the left; relay, TLS,
/// sessions and transcript lines on the right, always.
class StatusFacts final : public QObject {
    Q_OBJECT

public:
    explicit StatusFacts(QStatusBar &bar);

    void setRelay(const QString &name, const QString &toolTip);
    /// Empty: no session has told yet.
    void setTls(const QString &text);
    void setSessions(int running, int total);
    void setLines(qint64 shown, qint64 total);

    /// `total` 0: how long it takes is not known.
    void setActivity(
        const QString &text, qint64 done = 0, qint64 total = 0, bool cancellable = true);
    void clearActivity(const QString &lastWord = {});

Q_SIGNALS:
    void cancelRequested();

private:
    Widgets::ElidedLabel *m_activity;
    QProgressBar *m_progress;
    QToolButton *m_cancel;
    QLabel *m_relay;
    QLabel *m_tls;
    QLabel *m_sessions;
    QLabel *m_lines;
};

} // namespace Mailgauge::Shell
