// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/sequence.h"

#include <QFont>
#include <QPalette>
#include <QRectF>
#include <QString>

class QPainter;

namespace Mailgauge::Models {
class SequenceModel;
}
namespace Mailgauge::Theme {
class Theme;
}

namespace Mailgauge::Transcript {

/// Draws a conversation: two life lines, an arrow with its sentence per row, the stretch inside TLS
/// closed off. The view and the exported pictures are drawn by this alone.
class SequencePainter final {
public:
    /// What the neighbours of a row say about how it is drawn.
    struct Place {
        bool stepBegins = false;
        bool tlsBegins = false;
        bool tlsEnds = false;
    };

    SequencePainter(const Models::SequenceModel &model, const Theme::Theme &theme);

    void setFont(const QFont &font) { m_font = font; }
    void setPalette(const QPalette &palette) { m_palette = palette; }

    [[nodiscard]] int headHeight() const;
    [[nodiscard]] int rowHeight(int row, int width) const;
    /// The names end left of `room`.
    void paintHead(QPainter &painter, const QRect &rect, int room) const;
    void paintRow(QPainter &painter, const QRect &rect, int row, bool selected) const;

    /// The whole conversation on paper of this width, at most MostDrawn rows of it.
    [[nodiscard]] QSize pictureSize(int width) const;
    void paintPicture(QPainter &painter, int width) const;
    static constexpr int MostDrawn = 400;

private:
    [[nodiscard]] Place placeOf(int row) const;
    [[nodiscard]] QFont smallFont() const;
    [[nodiscard]] QColor toneColor(SequenceArrow::Tone tone) const;
    void paintLines(QPainter &painter, const QRect &rect, int row, const Place &place) const;
    void paintArrow(
        QPainter &painter, const SequenceArrow &arrow, double y, double from, double to) const;
    void paintTone(QPainter &painter, SequenceArrow::Tone tone, const QPointF &center) const;

    const Models::SequenceModel &m_model;
    const Theme::Theme &m_theme;
    QFont m_font;
    QPalette m_palette;
};

} // namespace Mailgauge::Transcript
