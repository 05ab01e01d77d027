// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QObject>

#include <functional>

namespace Mailgauge::Shell {
class MainWindow;
}

namespace Mailgauge::Gui {

class DiagnoseFlow;
class SendFlow;

/// Between the wish to close and the end: what is on its way, messages and diagnoses, is finished
/// or cancelled, as the user says, and the message in the composer is kept, or the user has been
/// told that it is not.
class CloseGuard final : public QObject {
    Q_OBJECT

public:
    using Keep = std::function<Base::Result<void>()>;

    CloseGuard(Shell::MainWindow &window, SendFlow &sending, DiagnoseFlow &diagnosing, Keep keep);

private:
    void ask(bool *refuse);
    [[nodiscard]] bool isBusy() const;
    [[nodiscard]] QString question() const;
    void closeWhenDone();
    void cancelAndClose();
    void wait(const QString &sentence);
    void goOn();
    void stayOpen();
    [[nodiscard]] bool keepDraft();

    Shell::MainWindow &m_window;
    SendFlow &m_sending;
    DiagnoseFlow &m_diagnosing;
    Keep m_keep;
    bool m_closing = false; ///< The user chose to close as soon as nothing is on its way.
    bool m_asking = false; ///< What to do about it.
    bool m_toldUnkept = false; ///< That the message will not be there next time.
};

} // namespace Mailgauge::Gui
