// SPDX-License-Identifier: GPL-3.0-or-later
#include "theme/theme.h"

#include <QEvent>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QPalette>

#include <algorithm>
#include <cmath>

namespace Mailgauge::Theme {

namespace {

constexpr double MinContrast = 4.5;
constexpr double MinHighContrast = 7;
/// No ordinary dark scheme comes near: their black is grey.
constexpr double HighContrastFrom = 20;

double channel(float value)
{
    const double c = static_cast<double>(value);
    return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
}

double luminance(const QColor &color)
{
    return 0.2126 * channel(color.redF()) + 0.7152 * channel(color.greenF())
        + 0.0722 * channel(color.blueF());
}

QColor mixed(const QColor &from, const QColor &to, float share)
{
    const auto mix = [share](float a, float b) { return a + (b - a) * share; };
    return QColor::fromRgbF(mix(from.redF(), to.redF()), mix(from.greenF(), to.greenF()),
        mix(from.blueF(), to.blueF()));
}

// Palettes differ; a colour that would be hard to read on this one moves towards its text colour.
QColor readable(QColor color, const QPalette &palette, double contrast)
{
    const QColor base = palette.color(QPalette::Base);
    for (int step = 0; step < 10 && contrastRatio(color, base) < contrast; ++step)
        color = mixed(color, palette.color(QPalette::Text), 0.15F);
    return color;
}

QColor plainColor(Role role, bool dark, const QPalette &palette)
{
    switch (role) {
    case Role::Accepted:
        return dark ? QColor(0x57, 0xc7, 0x7a) : QColor(0x1a, 0x7f, 0x37);
    case Role::Deferred:
        return dark ? QColor(0xe3, 0xb3, 0x41) : QColor(0x95, 0x5d, 0x00);
    case Role::Rejected:
        return dark ? QColor(0xff, 0x7b, 0x72) : QColor(0xc6, 0x28, 0x28);
    case Role::Uncertain:
        return dark ? QColor(0xc9, 0x9b, 0xf5) : QColor(0x7b, 0x3f, 0xc4);
    case Role::Client:
        return palette.color(QPalette::Text);
    case Role::Server:
        return mixed(palette.color(QPalette::Text), palette.color(QPalette::Base), 0.25F);
    case Role::Event:
    case Role::Muted:
        return mixed(palette.color(QPalette::Text), palette.color(QPalette::Base), 0.38F);
    case Role::Accent:
        return palette.color(QPalette::Accent);
    }
    Q_UNREACHABLE_RETURN({});
}

QColor strongColor(Role role, const QPalette &palette)
{
    switch (role) {
    case Role::Accepted:
        return {0x4d, 0xff, 0x88};
    case Role::Deferred:
        return {0xff, 0xd9, 0x3d};
    case Role::Rejected:
        return {0xff, 0x9c, 0x94};
    case Role::Uncertain:
        return {0xdc, 0xc6, 0xff};
    case Role::Client:
    case Role::Server:
        return palette.color(QPalette::Text);
    case Role::Event:
    case Role::Muted:
        return mixed(palette.color(QPalette::Text), palette.color(QPalette::Base), 0.1F);
    case Role::Accent:
        return palette.color(QPalette::Accent);
    }
    Q_UNREACHABLE_RETURN({});
}

} // namespace

double contrastRatio(const QColor &first, const QColor &second)
{
    const auto [dark, light] = std::minmax({luminance(first), luminance(second)});
    return (light + 0.05) / (dark + 0.05);
}

Theme::Theme(QObject *parent)
    : QObject(parent)
{
    update();
    qApp->installEventFilter(this);
}

QColor Theme::color(Role role) const
{
    const QPalette palette = QGuiApplication::palette();
    if (m_highContrast)
        return readable(strongColor(role, palette), palette, MinHighContrast);
    return readable(plainColor(role, m_dark, palette), palette, MinContrast);
}

QColor Theme::tint(Role role) const
{
    return mixed(
        QGuiApplication::palette().color(QPalette::Base), color(role), m_dark ? 0.2F : 0.1F);
}

QFont Theme::monospaceFont() const
{
    return QFontDatabase::systemFont(QFontDatabase::FixedFont);
}

QFont Theme::tabularFont() const
{
    QFont font = QGuiApplication::font();
    font.setFeature("tnum", 1);
    return font;
}

bool Theme::eventFilter(QObject *watched, QEvent *event)
{
    // The filter sees every event of every object: look at the application's own only.
    if (watched == qApp
        && (event->type() == QEvent::ApplicationPaletteChange
            || event->type() == QEvent::ApplicationFontChange)) {
        update();
        Q_EMIT changed();
    }
    return QObject::eventFilter(watched, event);
}

void Theme::update()
{
    const QPalette palette = QGuiApplication::palette();
    const QColor base = palette.color(QPalette::Base);
    const QColor text = palette.color(QPalette::Text);
    m_dark = luminance(base) < luminance(text);
    m_highContrast = m_dark && contrastRatio(base, text) >= HighContrastFrom;
}

} // namespace Mailgauge::Theme
