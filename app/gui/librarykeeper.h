// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/sessionlibrary.h"

#include <QObject>
#include <QTimer>

class QWidget;

namespace Mailgauge::Sessions {
class KeepDialog;
}
namespace Mailgauge::Shell {
class Settings;
}

namespace Mailgauge::Gui {

/// Applies the rules for how long sessions are kept: at the start, once a day, and when they were
/// changed. The rules are settings; without any, sessions stay and only the bin is emptied of what
/// lay in it for 30 days.
class LibraryKeeper final : public QObject {
    Q_OBJECT

public:
    LibraryKeeper(Transcript::SessionLibrary &library, Shell::Settings &settings);

    void start();
    [[nodiscard]] Transcript::KeepRules rules() const;
    /// Asks in a dialog of `parent`.
    void editRules(QWidget *parent);

Q_SIGNALS:
    /// What was removed, as one or two sentences. Not for a sweep that removed nothing.
    void removed(const QString &sentence);
    void rulesChanged();
    void failed(const Mailgauge::Base::Error &error);

private:
    void setRules(const Transcript::KeepRules &rules);
    void sweep();
    void count(Sessions::KeepDialog *dialog, const Transcript::KeepRules &rules);
    void tell(const Transcript::KeepRules &rules, const Transcript::SweepReport &report);

    Transcript::SessionLibrary &m_library;
    Shell::Settings &m_settings;
    QTimer m_daily;
};

} // namespace Mailgauge::Gui
