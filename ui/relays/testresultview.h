// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "theme/theme.h"
#include "transcript/sessionrecord.h"

#include <QWidget>

class QLabel;
class QTreeWidget;
class QTreeWidgetItem;

namespace Mailgauge::Relays {

/// What a relay test found, as a checklist: reached, greeting, TLS, certificate, capabilities,
/// AUTH, time.
class TestResultView final : public QWidget {
    Q_OBJECT

public:
    explicit TestResultView(Theme::Theme &theme, QWidget *parent = nullptr);

    void setRunning(const QString &relay);
    void setRecord(const Transcript::SessionRecord &record);
    void clear();

private:
    enum class Mark : quint8 {
        Good,
        Note,
        Bad,
    };
    void add(Mark mark, const QString &what, const QString &finding);
    void paint(QTreeWidgetItem *item);
    void addTls(const Transcript::SessionRecord &record);
    void addCapabilities(const Transcript::SessionRecord &record);

    Theme::Theme &m_theme;
    QLabel *m_headline;
    QTreeWidget *m_list;
};

} // namespace Mailgauge::Relays
