// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/exportcollector.h"
#include "transcript/exportjob.h"

#include <QDialog>

class QComboBox;
class QLabel;
class QProgressBar;
class QPushButton;

namespace Mailgauge::Theme {
class Theme;
}

namespace Mailgauge::Transcript {

class ExportPreview;

/// Chooses what of a transcript leaves, in which form and how much of it is hidden; shows exactly
/// that, and saves what it shows. Local parts are hidden unless the user says otherwise (E8);
/// secrets never leave.
class ExportDialog final : public QDialog {
    Q_OBJECT

public:
    /// `format`: nothing for a support bundle.
    ExportDialog(ExportInput input, const std::optional<ExportFormat> &format,
        const Theme::Theme &theme, QWidget *parent = nullptr);
    ~ExportDialog() override;

    /// What the Save button does once the user has chosen a place.
    void save(const QString &path);
    /// Not while it is being saved: that ends whole or not at all.
    void reject() override;

Q_SIGNALS:
    void saved(const QString &path);

private:
    void makeChoices(const std::optional<ExportFormat> &format);
    void makeLayout();
    void collect();
    void make();
    void goOn();
    void stop();
    void showFiles(const QList<Bundle::BundleFile> &files);
    void showProgress(double part);
    void showProblem(const Base::Error &error);
    void setWorking(bool working);
    void setSaving(bool saving);
    void explainLevel();
    void ask();
    [[nodiscard]] std::optional<ExportFormat> format() const;
    [[nodiscard]] RedactionLevel level() const;
    [[nodiscard]] ExportScope scope() const;

    ExportCollector m_collector;
    ExportJob m_job;
    Bundle::ExportRequest m_request; ///< What m_files were made of.
    QList<Bundle::BundleFile> m_files;
    bool m_collected = false; ///< m_request's source is that of the choices.
    bool m_working = false;
    bool m_saving = false;
    QComboBox *m_scope;
    QComboBox *m_format;
    QComboBox *m_level;
    QLabel *m_explanation;
    ExportPreview *m_preview;
    QLabel *m_summary;
    QProgressBar *m_progress;
    QPushButton *m_save;
    QPushButton *m_stop; ///< Or begins again what was stopped.
};

} // namespace Mailgauge::Transcript
