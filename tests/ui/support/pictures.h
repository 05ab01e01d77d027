// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QApplication>
#include <QDir>
#include <QPalette>
#include <QString>

/// What tests that take pictures of panels, for people to look at, have in common.
namespace Mailgauge::Test {

/// Where they go: MAILGAUGE_PICTURES, made where it is missing; empty where nobody wants any.
[[nodiscard]] inline QString pictureFolder()
{
    const QString folder = qEnvironmentVariable("MAILGAUGE_PICTURES");
    if (!folder.isEmpty() && !QDir().mkpath(folder))
        qFatal("MAILGAUGE_PICTURES: %s cannot be made", qPrintable(folder));
    return folder;
}

/// A dark palette as long as it lives.
class DarkPalette {
public:
    DarkPalette() { QApplication::setPalette(QPalette(QColor(0x14, 0x16, 0x18))); }
    ~DarkPalette() { QApplication::setPalette(m_before); }
    Q_DISABLE_COPY_MOVE(DarkPalette)

private:
    QPalette m_before = QApplication::palette();
};

} // namespace Mailgauge::Test
