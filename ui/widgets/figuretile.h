// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QWidget>

class QLabel;

namespace Mailgauge::Widgets {

/// One number that matters, with its name below and its share beside it.
class FigureTile final : public QWidget {
    Q_OBJECT

public:
    explicit FigureTile(const QString &name, QWidget *parent = nullptr);

    /// `share` is from 0 to 1; negative: none shown. An invalid colour is that of plain text.
    void setFigure(const QString &figure, double share, const QColor &color);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void fitShare();

    QLabel *m_figure;
    QLabel *m_share;
    QLabel *m_name;
};

} // namespace Mailgauge::Widgets
