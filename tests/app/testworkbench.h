// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/literals.h"
#include "compose/composepanel.h"
#include "models/transcriptmodel.h"
#include "shell/mainwindow.h"
#include "transcript/transcriptpanel.h"
#include "widgets/elidedlabel.h"
#include "widgets/messagestack.h"
#include "workbench.h"

#include <QLabel>
#include <QPushButton>
#include <QTest>

#include <algorithm>

namespace Mailgauge::Test {

/// The whole program below one directory, as `mailgauge --data-dir DIR` makes it.
struct Workbench {
    explicit Workbench(const QString &dir, const QStringList &targets = {})
        : services(Base::Paths::standard(dir))
        , bench(services, services.canSave() ? services.paths().settingsFile() : QString())
    {
        bench.setUp(true);
        bench.show();
        bench.open(targets);
    }
    [[nodiscard]] Shell::MainWindow &window() { return bench.window(); }
    [[nodiscard]] Compose::ComposePanel &composer()
    {
        return *window().findChild<Compose::ComposePanel *>();
    }
    [[nodiscard]] QString message(const QString &name)
    {
        Widgets::MessageBar *bar = window().messages().bar(name);
        return bar != nullptr ? bar->text() : QString();
    }
    /// What the status bar says is going on.
    [[nodiscard]] QString activity()
    {
        return window().findChild<Widgets::ElidedLabel *>(u"statusActivity"_s)->text();
    }
    void click(const QString &bar, const QString &button)
    {
        const auto buttons = window().messages().bar(bar)->findChildren<QPushButton *>();
        const auto found = std::ranges::find(buttons, button, &QPushButton::text);
        QVERIFY(found != buttons.end());
        QTest::mouseClick(*found, Qt::LeftButton);
    }
    [[nodiscard]] QStringList messages()
    {
        QStringList texts;
        for (const auto *bar : window().messages().findChildren<Widgets::MessageBar *>()) {
            if (!bar->isHidden())
                texts.append(bar->text());
        }
        return texts;
    }
    [[nodiscard]] QString fact(const QString &name)
    {
        return window().findChild<QLabel *>(name)->text();
    }
    [[nodiscard]] bool waitForRelay()
    {
        return Test::waitFor(
            [this] { return services.profiles().current() == Gui::Services::sandboxProfile; });
    }
    [[nodiscard]] QStringList lines()
    {
        const Models::TranscriptModel &model = bench.transcript().model();
        QStringList all;
        for (int row = 0; row < model.rowCount(); ++row)
            all.append(model.index(row, Models::TranscriptModel::Text).data().toString());
        return all;
    }
    Gui::Services services;
    Gui::Workbench bench;
};

} // namespace Mailgauge::Test
