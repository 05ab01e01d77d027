// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "delivery/comparisonreport.h"
#include "storedsession.h"
#include "theme/theme.h"

#include <QPointer>

class QMenu;

namespace Mailgauge::Sessions {
class ComparisonView;
class SessionsPanel;
} // namespace Mailgauge::Sessions

namespace Mailgauge::Gui {

/// Two stored sessions on their way to the page that shows them side by side.
class ComparisonFlow final : public QObject {
    Q_OBJECT

public:
    ComparisonFlow(Transcript::SessionRepository &sessions, Theme::Theme &theme);

    /// The page to show comparisons in, and the actions to begin them with.
    void setPanel(Sessions::SessionsPanel *panel);
    void compare(const QUuid &left, const QUuid &right);

Q_SIGNALS:
    /// A comparison is on the page.
    void shown();
    void lineRequested(const QUuid &session, qint64 entry);
    void exported(const QString &path);
    void failed(const Mailgauge::Base::Error &error);

private:
    void load(const QUuid &left, const QUuid &right);
    void run(const Transcript::StoredSession &left, const Transcript::StoredSession &right);
    void show(const Delivery::ComparedSessions &compared);
    void fillCompareWith(QMenu *menu);
    void offer(QMenu *menu, const QUuid &selected, const QList<Transcript::SessionRecord> &records);
    void close();
    void exportAs(Delivery::ReportFormat format);
    void write(const QString &path, Delivery::ReportFormat format);

    Transcript::SessionRepository &m_sessions;
    Theme::Theme &m_theme;
    QPointer<Sessions::SessionsPanel> m_panel;
    QPointer<Sessions::ComparisonView> m_view;
    quint64 m_generation = 0; ///< Answers to an older wish are dropped.
};

} // namespace Mailgauge::Gui
