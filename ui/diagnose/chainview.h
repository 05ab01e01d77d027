// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "theme/theme.h"
#include "tls/tlsfacts.h"

#include <QWidget>

namespace Mailgauge::Diagnose {

/// One certificate of a chain as it is drawn.
struct ChainLink {
    Tls::CertificateFacts facts;
    bool isSent = true; ///< Else it is from the trust store.
    bool isWeak = false;
    QStringList matching; ///< Names in it that a sender wants to see.
};

/// A chain of certificates drawn from the leaf to the root: names, key, and how much of its time
/// each has behind it. One of them is current, by mouse or arrow keys.
class ChainView final : public QWidget {
    Q_OBJECT

public:
    explicit ChainView(Theme::Theme &theme, QWidget *parent = nullptr);

    /// Leaf first. `at`: the moment to judge validity by.
    void setChain(const QList<ChainLink> &chain, const QDateTime &at);
    [[nodiscard]] int current() const { return m_current; }
    void setCurrent(int index);

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

Q_SIGNALS:
    void currentChanged(int index);

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    [[nodiscard]] QRect box(int index) const;
    [[nodiscard]] int boxHeight() const;
    [[nodiscard]] QString describe(int index) const;
    [[nodiscard]] QString validity(const ChainLink &link) const;
    [[nodiscard]] Theme::Role roleOf(const ChainLink &link) const;
    void drawBox(QPainter &painter, int index) const;
    void drawNames(QPainter &painter, const QRect &line, const ChainLink &link) const;
    void drawValidity(QPainter &painter, const QRect &bar, const ChainLink &link) const;

    Theme::Theme &m_theme;
    QList<ChainLink> m_chain;
    QDateTime m_at;
    int m_current = -1;
};

/// The CN of a name in RFC 2253 form; the whole name where there is none.
[[nodiscard]] QString shortName(const QString &subject);

} // namespace Mailgauge::Diagnose
