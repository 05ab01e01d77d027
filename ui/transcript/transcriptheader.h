// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHeaderView>

namespace Mailgauge::Theme {
class Theme;
}

namespace Mailgauge::Transcript {

/// The column titles of the lines: quiet, in step with the padding of the cells below.
class TranscriptHeader final : public QHeaderView {
    Q_OBJECT

public:
    explicit TranscriptHeader(const Theme::Theme &theme, QWidget *parent = nullptr);

    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintSection(QPainter *painter, const QRect &rect, int section) const override;
    void paintEvent(QPaintEvent *event) override;

private:
    void paintLine(QPainter *painter, const QRect &rect) const;

    const Theme::Theme &m_theme;
};

} // namespace Mailgauge::Transcript
