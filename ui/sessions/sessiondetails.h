// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "theme/theme.h"
#include "transcript/sessionrecord.h"

#include <QWidget>

class QLabel;
class QTableView;

namespace Mailgauge::Models {
class RecipientsModel;
}

namespace Mailgauge::Widgets {
class ElidedLabel;
}

namespace Mailgauge::Sessions {

class MarksEditor;
class StageBar;

/// One session on one page: how it ended and why, what to do, where the time went, and every
/// recipient.
class SessionDetails final : public QWidget {
    Q_OBJECT

public:
    explicit SessionDetails(Theme::Theme &theme, QWidget *parent = nullptr);

    void setRecord(const Transcript::SessionRecord &record);
    void clear();
    [[nodiscard]] MarksEditor &marks() { return *m_marks; }

private:
    Theme::Theme &m_theme;
    QLabel *m_headline;
    QLabel *m_explanation;
    Widgets::ElidedLabel *m_facts;
    MarksEditor *m_marks;
    StageBar *m_stages;
    QTableView *m_table;
    Models::RecipientsModel *m_recipients;
};

} // namespace Mailgauge::Sessions
