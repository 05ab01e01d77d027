// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

namespace Mailgauge::Widgets {

/// One line of plain text that shortens itself to the room there is; the whole text is the tool
/// tip and the accessible name. Never reads its text as markup (faults G16).
class ElidedLabel final : public QFrame {
    Q_OBJECT

public:
    explicit ElidedLabel(QWidget *parent = nullptr);

    void setText(const QString &text);
    [[nodiscard]] QString text() const { return m_text; }
    void setElideMode(Qt::TextElideMode mode);
    /// Asks for the room of the whole text, instead of taking what is left.
    void setPrefersWholeText(bool prefers);

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void updateToolTip();

    QString m_text;
    Qt::TextElideMode m_mode = Qt::ElideRight;
    bool m_prefersWholeText = false;
};

} // namespace Mailgauge::Widgets
