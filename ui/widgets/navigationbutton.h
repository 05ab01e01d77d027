// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>

namespace Mailgauge::Widgets {

/// One item of the NavigationRail.
class NavigationButton final : public QAbstractButton {
    Q_OBJECT

public:
    NavigationButton(const QString &iconName, const QString &title, QWidget *parent = nullptr);

    void setBadge(int number);
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    void changeEvent(QEvent *event) override;
    void enterEvent(QEnterEvent *event) override;
    void leaveEvent(QEvent *event) override;

private:
    void paintBadge(QPainter &painter, const QRect &icon) const;

    QString m_iconName;
    QString m_title;
    int m_badge = 0;
};

} // namespace Mailgauge::Widgets
