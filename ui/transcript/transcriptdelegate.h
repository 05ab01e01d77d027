// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/formatrangesink.h"

#include <QRegularExpression>
#include <QStyledItemDelegate>

namespace Mailgauge::Theme {
class Theme;
}

namespace Mailgauge::Transcript {

/// Paints one line: highlighted text, the reply's class as a symbol in a chip, an arrow for who
/// speaks, a bar for what travelled inside TLS. Only lines that are seen are highlighted. Always
/// left to right: "250 2.1.0 ok" read from the right is another reply.
class TranscriptDelegate final : public QStyledItemDelegate {
    Q_OBJECT

public:
    TranscriptDelegate(
        const Theme::Theme &theme, const Highlighting &highlighting, QObject *parent = nullptr);

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
        const QModelIndex &index) const override;
    /// After the theme changed.
    void updateTheme();
    /// What it matches gets marked; an empty pattern marks nothing.
    void setMarkedPattern(const QRegularExpression &pattern);
    [[nodiscard]] int rowHeight(const QFont &font) const;

private:
    void paintBackground(
        QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const;
    void paintText(
        QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const;
    void paintDirection(
        QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const;
    void paintClass(
        QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const;
    void paintFact(
        QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const;
    void markText(const QString &text) const;
    /// Fold, mark and note in front of the text; gives their width.
    int paintSigns(QPainter *painter, const QRect &rect, const QModelIndex &index) const;

    const Theme::Theme &m_theme;
    const Highlighting &m_highlighting;
    QRegularExpression m_marked;
    // Painting changes nothing that anybody can see.
    mutable Highlighter m_highlighter;
    mutable FormatRangeSink m_sink;
    mutable QList<QTextLayout::FormatRange> m_ranges;
};

} // namespace Mailgauge::Transcript
