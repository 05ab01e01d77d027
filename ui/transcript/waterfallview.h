// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/waterfallmodel.h"

#include <QTableView>

namespace Mailgauge::Theme {
class Theme;
}

namespace Mailgauge::Transcript {

/// Where a session's time went: a row per stage with its beginning, its duration and a bar on one
/// axis of time.
class WaterfallView final : public QTableView {
    Q_OBJECT

public:
    WaterfallView(const Theme::Theme &theme, QWidget *parent = nullptr);

    void setSpans(const QList<StageSpan> &spans, std::optional<Smtp::Stage> failed);
    /// Shows where a line of the transcript stands; lineChosen() stays silent.
    void showLine(qint64 line);
    [[nodiscard]] const Models::WaterfallModel &spans() const { return m_spans; }

Q_SIGNALS:
    /// The user is at the line with this Entry::n.
    void lineChosen(qint64 line);

private:
    Models::WaterfallModel m_spans;
    bool m_showing = false; ///< The selection follows the transcript, not the user.
};

} // namespace Mailgauge::Transcript
