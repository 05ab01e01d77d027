// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "compose/previewinterface.h"

#include <QTimer>
#include <QWidget>

class QLabel;
class QListWidget;
class QToolButton;
class QVBoxLayout;

namespace Mailgauge::Widgets {
class MessageBar;
}

namespace Mailgauge::Compose {

/// The preview with what was blocked above it. Draws by WebEngine where its library can be loaded,
/// else simplified, and says so.
class PreviewPane final : public QWidget, private PreviewObserver {
    Q_OBJECT

public:
    explicit PreviewPane(QWidget *parent = nullptr);
    ~PreviewPane() override;

    /// Drawn when visible, a moment after the last change.
    void setContent(const PreviewContent &content);
    [[nodiscard]] QStringList blocked() const { return m_blocked; }
    [[nodiscard]] bool isSimplified() const { return m_simplified; }

protected:
    void showEvent(QShowEvent *event) override;

private:
    void resourceBlocked(const QUrl &url) override;
    void linkClicked(const QUrl &url) override;
    void limited(const QString &why) override;

    void ensureView();
    void draw();
    void showBlocked();
    void setPhoneWidth(bool on);
    [[nodiscard]] std::unique_ptr<PreviewWidget> loadWebView();

    QTimer m_delay;
    PreviewContent m_content;
    bool m_stale = true;
    bool m_simplified = false;
    QStringList m_blocked;
    QLabel *m_engine;
    QToolButton *m_phone;
    Widgets::MessageBar *m_blockedBar;
    Widgets::MessageBar *m_linkBar;
    QListWidget *m_list;
    QWidget *m_room;
    std::unique_ptr<PreviewWidget> m_view;
};

} // namespace Mailgauge::Compose
