// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMap>
#include <QScrollBar>

namespace Mailgauge::Theme {
class Theme;
}

namespace Mailgauge::Transcript {

/// A scroll bar that shows where there is something: refusals at its left edge, what was found in
/// the middle, marks at its right edge.
class MarkScrollBar final : public QScrollBar {
    Q_OBJECT

public:
    enum class Kind : quint8 {
        Refused,
        Found,
        Marked,
    };

    MarkScrollBar(const Theme::Theme &theme, QWidget *parent);

    /// Rows from 0 up to `total`, in their order.
    void setMarks(Kind kind, const QList<int> &rows, int total);
    /// The heights in the bar, from 0 to 1, where marks of a kind stand; near ones are one.
    [[nodiscard]] QList<double> places(Kind kind) const { return m_places.value(kind); }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    const Theme::Theme &m_theme;
    QMap<Kind, QList<double>> m_places;
};

} // namespace Mailgauge::Transcript
