// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "smtp/stage.h"
#include "theme/theme.h"

#include <QMap>
#include <QWidget>

namespace Mailgauge::Sessions {

/// Where a session's time went: one bar, a piece per stage as wide as its share, named where there
/// is room, and completely in the tooltip and the accessible description.
class StageBar final : public QWidget {
    Q_OBJECT

public:
    explicit StageBar(Theme::Theme &theme, QWidget *parent = nullptr);

    /// Microseconds per stage.
    void setTimings(const QMap<Smtp::Stage, qint64> &timings);
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    bool event(QEvent *event) override;

private:
    struct Piece {
        Smtp::Stage stage;
        qint64 us;
        QRect rect;
    };
    [[nodiscard]] QList<Piece> pieces() const;

    Theme::Theme &m_theme;
    QMap<Smtp::Stage, qint64> m_timings;
};

} // namespace Mailgauge::Sessions
