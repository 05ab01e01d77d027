// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "delivery/comparisonreport.h"
#include "diagnose/checkservice.h"
#include "diagnose/wish.h"
#include "relay/profileservice.h"

#include <QPointer>

#include <functional>
#include <optional>

namespace Mailgauge::Diagnose {
class DiagnosePanel;
}

namespace Mailgauge::Gui {

/// Diagnoses on their way between the page, the service, the kept reports and files.
class DiagnoseFlow final : public QObject {
    Q_OBJECT

public:
    /// Without `reports` none is kept.
    DiagnoseFlow(Relay::ProfileService &profiles, Diagnose::CheckService &service,
        Diagnose::ReportRepository *reports);

    /// The page to show everything in; a report that was opened before comes now.
    void setPanel(Diagnose::DiagnosePanel *panel);
    /// Shows the report in the file.
    void open(const QString &path);
    /// recognized(), where the file's beginning says that it is a report of ours; foreign()
    /// otherwise.
    void recognize(const QString &path);
    /// One runs, or waits for its password.
    [[nodiscard]] bool isBusy() const { return isRunning() || m_isWaiting; }
    /// What a diagnosis found is kept, also of one that is stopped.
    [[nodiscard]] bool keepsReports() const { return m_reports != nullptr; }
    void cancel();

Q_SIGNALS:
    void recognized(const QString &path);
    void foreign(const QString &path);
    void runningChanged(bool running);
    void progressed(const QString &relay, int done, int total);
    void ended(const Mailgauge::Diagnose::RelayReport &report);
    void exported(const QString &path);
    void failed(const Mailgauge::Base::Error &error);

private:
    [[nodiscard]] bool isRunning() const { return !m_running.isNull(); }
    void start(const Diagnose::Wish &wish);
    void startProfile(const Diagnose::Wish &wish);
    void run(const Diagnose::Wish &wish, const Delivery::SendRequest &relay);
    void begin(const Diagnose::RelayReport &report);
    void end(const Diagnose::RelayReport &report);
    void readHistory();
    void openKept(const QUuid &report);
    void compare(const QUuid &former, const QUuid &later);
    void exportAs(const Diagnose::RelayReport &report, Delivery::ReportFormat format);
    void saveChain(const QString &host, const QByteArray &pem);
    void save(const QString &title, const QString &name,
        const std::function<Base::Result<void>(const QString &path)> &write);
    void show(const Base::Result<Diagnose::RelayReport> &report);

    Relay::ProfileService &m_profiles;
    Diagnose::CheckService &m_service;
    Diagnose::ReportRepository *m_reports;
    QPointer<Diagnose::DiagnosePanel> m_panel;
    std::optional<Diagnose::RelayReport> m_early; ///< Waits for the page.
    QUuid m_running;
    QString m_relay; ///< What is being diagnosed, for people.
    quint64 m_generation = 0; ///< Of reports to show: answers to an older wish are dropped.
    quint64 m_beginning = 0; ///< The same of diagnoses that wait for their password.
    bool m_isWaiting = false; ///< One does.
};

} // namespace Mailgauge::Gui
