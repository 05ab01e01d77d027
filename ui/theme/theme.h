// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QFont>
#include <QObject>

namespace Mailgauge::Theme {

/// What a colour means. Outcomes are never told by colour alone: a word or symbol goes with it.
enum class Role : quint8 {
    Accepted,
    Deferred,
    Rejected,
    Uncertain,
    Client, ///< What we sent.
    Server, ///< What the peer sent.
    Event,
    Muted, ///< Secondary text: times, hints.
    Accent, ///< The one accent: selection, primary button, running.
};

/// Turns meanings into colours and fonts of the palette in use, light or dark. One per program,
/// made by `app` and given to the panels by reference; GUI thread.
///
/// Text colours have a contrast of at least 4.5 against the palette's base (WCAG 2.1, 1.4.3); under
/// high contrast at least 7 (1.4.6).
class Theme final : public QObject {
    Q_OBJECT

public:
    explicit Theme(QObject *parent = nullptr);

    [[nodiscard]] QColor color(Role role) const;
    /// A faint background in the colour of `role`, for chips and marked rows.
    [[nodiscard]] QColor tint(Role role) const;
    [[nodiscard]] bool isDark() const { return m_dark; }
    /// White on black, as near as makes no difference: the user needs all the contrast there is.
    [[nodiscard]] bool isHighContrast() const { return m_highContrast; }

    /// For protocol text and raw bytes.
    [[nodiscard]] QFont monospaceFont() const;
    /// The program's font with figures of equal width, for columns of numbers.
    [[nodiscard]] QFont tabularFont() const;

Q_SIGNALS:
    /// The palette or the font changed: repaint what was made from here.
    void changed();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void update();

    bool m_dark = false;
    bool m_highContrast = false;
};

/// The contrast ratio of two opaque colours, 1 to 21 (WCAG 2.1).
[[nodiscard]] double contrastRatio(const QColor &first, const QColor &second);

} // namespace Mailgauge::Theme
