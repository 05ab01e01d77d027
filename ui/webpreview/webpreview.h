// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "compose/previewinterface.h"

#include <QObject>
#include <QPointer>

class QWebEngineProfile;
class QWebEngineView;

namespace Mailgauge::WebPreview {

class CidHandler;

/// One view with a profile of its own that keeps nothing on disk.
class WebPreview final : public QObject, public Compose::PreviewWidget {
    Q_OBJECT

public:
    WebPreview(Compose::PreviewObserver &observer, QWidget *parent);
    ~WebPreview() override;

    [[nodiscard]] QWidget *widget() override;
    void setContent(const Compose::PreviewContent &content) override;

private:
    Compose::PreviewObserver &m_observer;
    QPointer<QWebEngineView> m_view;
    QWebEngineProfile *m_profile;
    CidHandler *m_handler;
};

} // namespace Mailgauge::WebPreview
