// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QButtonGroup;
class QVBoxLayout;

namespace Mailgauge::Widgets {

/// The slim rail that changes the page: icon above label, one of them current. Arrow keys move
/// within it; the window's shortcuts (Ctrl+1 …) are the owner's.
class NavigationRail final : public QWidget {
    Q_OBJECT

public:
    explicit NavigationRail(QWidget *parent = nullptr);

    /// Returns the item's index, from 0.
    int addItem(const QString &iconName, const QString &title, const QString &toolTip);
    void setCurrent(int index);
    [[nodiscard]] int current() const;
    [[nodiscard]] int count() const;
    /// A small number beside the icon, for what is new; 0 removes it.
    void setBadge(int index, int number);

Q_SIGNALS:
    void currentChanged(int index);

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    QButtonGroup *m_group;
    QVBoxLayout *m_layout;
};

} // namespace Mailgauge::Widgets
