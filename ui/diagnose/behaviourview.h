// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnose/check.h"
#include "theme/theme.h"

#include <QWidget>

class QLabel;
class QTableView;

namespace Mailgauge::Models {
class ChecksModel;
class ProbesModel;
} // namespace Mailgauge::Models

namespace Mailgauge::Diagnose {

/// The behaviour checks with their verdicts; below it what the chosen one asked, command by
/// command, with the replies.
class BehaviourView final : public QWidget {
    Q_OBJECT

public:
    explicit BehaviourView(Theme::Theme &theme, QWidget *parent = nullptr);

    void setResults(const QList<CheckResult> &results);
    void setResult(const CheckResult &result);

Q_SIGNALS:
    /// A reply was clicked, or Enter pressed on it; `entry` -1: where it begins.
    void lineRequested(const QUuid &session, qint64 entry);

private:
    void makeTables(Theme::Theme &theme);
    void showSelected();

    Models::ChecksModel *m_model;
    Models::ProbesModel *m_probesModel;
    QTableView *m_checks;
    QTableView *m_probes;
    QLabel *m_purpose;
};

} // namespace Mailgauge::Diagnose
