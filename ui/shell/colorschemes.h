// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

class QActionGroup;

namespace Mailgauge::Shell {

class Actions;
class Settings;

/// System, Light, Dark or High Contrast, switched while running; the choice is remembered.
class ColorSchemes final : public QObject {
    Q_OBJECT

public:
    enum class Scheme : quint8 {
        System,
        Light,
        Dark,
        HighContrast,
    };
    Q_ENUM(Scheme)

    ColorSchemes(Actions &actions, Settings &settings, QObject *parent);

    void apply(Scheme scheme);
    [[nodiscard]] QActionGroup *group() const { return m_group; }

private:
    void choose(Scheme scheme);

    Settings &m_settings;
    QActionGroup *m_group;
};

} // namespace Mailgauge::Shell
