// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QLineEdit;

namespace Mailgauge::Theme {
class Theme;
}

namespace Mailgauge::Widgets {

/// A field with room below it for what is wrong with it: what, where, what to do.
class FieldRow final : public QWidget {
    Q_OBJECT

public:
    /// Takes the field; further widgets stand behind it in the same line.
    FieldRow(const Theme::Theme &theme, QLineEdit *field, const QList<QWidget *> &behind = {},
        QWidget *parent = nullptr);

    [[nodiscard]] QLineEdit *field() const { return m_field; }
    /// Empty takes it away.
    void setProblem(const QString &sentence);
    [[nodiscard]] QString problem() const;

private:
    void updateColors();

    const Theme::Theme &m_theme;
    QLineEdit *m_field;
    QLabel *m_problem;
    QAction *m_mark = nullptr;
};

} // namespace Mailgauge::Widgets
