// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "compose/previewinterface.h"

#include <QObject>

namespace Mailgauge::WebPreview {

class WebFactory final : public QObject, public Compose::PreviewFactory {
    Q_OBJECT
    Q_PLUGIN_METADATA(IID MAILGAUGE_PREVIEW_IID)
    Q_INTERFACES(Mailgauge::Compose::PreviewFactory)

public:
    [[nodiscard]] std::unique_ptr<Compose::PreviewWidget> create(
        Compose::PreviewObserver &observer, QWidget *parent) override;
};

} // namespace Mailgauge::WebPreview
