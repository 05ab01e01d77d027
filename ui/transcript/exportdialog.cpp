// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/exportdialog.h"

#include "base/literals.h"
#include "explain/explain.h"
#include "theme/theme.h"
#include "transcript/exportpreview.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

#include <utility>

namespace Mailgauge::Transcript {

namespace {

constexpr int BundleFormat = -1;
constexpr int ProgressSteps = 1000;
/// Collecting is the first part of the way.
constexpr double CollectShare = 0.2;

} // namespace

ExportDialog::ExportDialog(ExportInput input, const std::optional<ExportFormat> &format,
    const Theme::Theme &theme, QWidget *parent)
    : QDialog(parent)
    , m_collector(std::move(input))
    , m_scope(new QComboBox(this))
    , m_format(new QComboBox(this))
    , m_level(new QComboBox(this))
    , m_explanation(new QLabel(this))
    , m_preview(new ExportPreview(theme, this))
    , m_summary(new QLabel(this))
    , m_progress(new QProgressBar(this))
{
    setObjectName(u"exportDialog"_s);
    setWindowTitle(tr("Export"));
    makeChoices(format);
    makeLayout();
    connect(&m_collector, &ExportCollector::progressed, this,
        [this](double part) { showProgress(part * CollectShare); });
    connect(&m_collector, &ExportCollector::collected, this,
        [this](const Bundle::BundleSource &source) {
            m_request.source = source;
            m_collected = true;
            make();
        });
    connect(&m_job, &ExportJob::progressed, this,
        [this](double part) { showProgress(CollectShare + part * (1 - CollectShare)); });
    connect(&m_job, &ExportJob::made, this, &ExportDialog::showFiles);
    connect(&m_job, &ExportJob::failed, this, &ExportDialog::showProblem);
    connect(&m_job, &ExportJob::saved, this, [this](const QString &path) {
        setSaving(false);
        Q_EMIT saved(path);
        accept();
    });
    connect(this, &QDialog::finished, this, [this] {
        m_collector.stop();
        m_job.cancel();
    });
    explainLevel();
    collect();
}

ExportDialog::~ExportDialog() = default;

void ExportDialog::makeChoices(const std::optional<ExportFormat> &format)
{
    m_scope->setObjectName(u"exportScope"_s);
    for (const auto &[scope, text] : {std::pair {ExportScope::Session, tr("This session")},
             std::pair {ExportScope::All, tr("All sessions of this run")},
             std::pair {ExportScope::Displayed, tr("The lines shown")},
             std::pair {ExportScope::Selected, tr("The selected lines")},
             std::pair {ExportScope::Marked, tr("The marked lines")}}) {
        if (m_collector.has(scope))
            m_scope->addItem(text, std::to_underlying(scope));
    }
    m_format->setObjectName(u"exportFormat"_s);
    m_format->addItem(tr("Support bundle (ZIP)"), BundleFormat);
    m_format->addItem(tr("Text"), std::to_underlying(ExportFormat::Text));
    m_format->addItem(tr("Web page (HTML)"), std::to_underlying(ExportFormat::Html));
    m_format->addItem(
        tr("JSON Lines, can be opened again"), std::to_underlying(ExportFormat::JsonLines));
    m_format->setCurrentIndex(
        m_format->findData(format ? static_cast<int>(*format) : BundleFormat));
    m_level->setObjectName(u"exportLevel"_s);
    m_level->addItem(tr("Secrets"), std::to_underlying(RedactionLevel::Secrets));
    m_level->addItem(
        tr("Secrets and names in addresses"), std::to_underlying(RedactionLevel::Addresses));
    m_level->addItem(tr("Secrets, names in addresses and message content"),
        std::to_underlying(RedactionLevel::Bodies));
    m_level->setCurrentIndex(m_level->findData(std::to_underlying(defaultRedaction)));
    connect(m_scope, &QComboBox::currentIndexChanged, this, &ExportDialog::collect);
    connect(m_format, &QComboBox::currentIndexChanged, this, &ExportDialog::collect);
    connect(m_level, &QComboBox::currentIndexChanged, this, [this] {
        explainLevel();
        // What is being collected is the same for every level.
        if (m_collected || !m_working)
            goOn();
    });
}

void ExportDialog::makeLayout()
{
    auto *form = new QFormLayout;
    form->addRow(tr("&Export"), m_scope);
    form->addRow(tr("&As"), m_format);
    form->addRow(tr("&Hide"), m_level);
    m_explanation->setWordWrap(true);
    m_explanation->setTextFormat(Qt::PlainText);
    m_explanation->setObjectName(u"exportExplanation"_s);

    auto *frame = new QFrame(this);
    frame->setFrameShape(QFrame::StyledPanel);
    auto *frameLayout = new QVBoxLayout(frame);
    frameLayout->setContentsMargins(1, 1, 1, 1);
    frameLayout->addWidget(m_preview);

    m_summary->setObjectName(u"exportSummary"_s);
    m_summary->setTextFormat(Qt::PlainText);
    m_summary->setWordWrap(true);
    m_progress->setObjectName(u"exportProgress"_s);
    m_progress->setRange(0, ProgressSteps);
    m_progress->setAccessibleName(tr("Progress of the export"));
    m_progress->setTextVisible(false);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_stop = buttons->addButton(tr("S&top"), QDialogButtonBox::ActionRole);
    m_stop->setObjectName(u"exportStop"_s);
    m_save = buttons->addButton(tr("&Save…"), QDialogButtonBox::AcceptRole);
    m_save->setObjectName(u"exportSave"_s);
    m_save->setIcon(QIcon::fromTheme(u"document-save"_s));
    m_save->setDefault(true);
    buttons->button(QDialogButtonBox::Cancel)->setObjectName(u"exportCancel"_s);
    connect(m_save, &QPushButton::clicked, this, &ExportDialog::ask);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_stop, &QPushButton::clicked, this, [this] { m_working ? stop() : goOn(); });

    auto *layout = new QVBoxLayout(this);
    layout->setSpacing(12);
    layout->setContentsMargins(16, 16, 16, 16);
    layout->addLayout(form);
    // Not a row of the form, which would keep room for the sentence in a narrow column.
    layout->addWidget(m_explanation);
    layout->addWidget(frame, 1);
    layout->addWidget(m_progress);
    auto *bottom = new QHBoxLayout;
    bottom->addWidget(m_summary, 1);
    bottom->addWidget(buttons);
    layout->addLayout(bottom);
    resize(900, 640);
}

std::optional<ExportFormat> ExportDialog::format() const
{
    const int chosen = m_format->currentData().toInt();
    return chosen == BundleFormat ? std::nullopt : std::optional(static_cast<ExportFormat>(chosen));
}

RedactionLevel ExportDialog::level() const
{
    return static_cast<RedactionLevel>(m_level->currentData().toInt());
}

ExportScope ExportDialog::scope() const
{
    return static_cast<ExportScope>(m_scope->currentData().toInt());
}

void ExportDialog::explainLevel()
{
    switch (level()) {
    case RedactionLevel::Secrets:
        m_explanation->setText(tr("Passwords and tokens are not in it. Addresses and, in a bundle, "
                                  "the whole message are."));
        break;
    case RedactionLevel::Addresses:
        m_explanation->setText(tr("Each address becomes one like anon1@example.org, everywhere the "
                                  "same. Domains, host names, subjects and what attachments hold "
                                  "in forms of their own stay."));
        break;
    case RedactionLevel::Bodies:
        m_explanation->setText(tr("Of the message only the header fields and sizes are in it, with "
                                  "addresses like anon1@example.org. Domains, host names and "
                                  "subjects stay."));
        break;
    }
}

void ExportDialog::collect()
{
    m_collected = false;
    setWorking(true);
    showProgress(0);
    m_job.cancel();
    m_collector.start(scope(), !format());
}

void ExportDialog::goOn()
{
    m_collected ? make() : collect();
}

void ExportDialog::stop()
{
    m_collector.stop();
    m_job.cancel();
    setWorking(false);
    m_summary->setText(tr("Stopped: nothing was put together."));
    m_stop->show();
}

void ExportDialog::make()
{
    m_request.format = format();
    m_request.level = level();
    setWorking(true);
    m_job.start(m_request);
}

void ExportDialog::showFiles(const QList<Bundle::BundleFile> &files)
{
    m_files = files;
    m_preview->setFiles(files);
    qint64 size = 0;
    for (const Bundle::BundleFile &file : files)
        size += file.bytes.size();
    const QString sizeText = locale().formattedDataSize(size);
    m_summary->setText(files.size() == 1
            ? tr("This file and nothing else leaves: %1.").arg(sizeText)
            : tr("These %1 files and nothing else leave: %2.")
                  .arg(locale().toString(files.size()), sizeText));
    setWorking(false);
}

void ExportDialog::showProgress(double part)
{
    m_progress->setValue(static_cast<int>(part * ProgressSteps));
}

void ExportDialog::showProblem(const Base::Error &error)
{
    setSaving(false);
    setWorking(false);
    m_summary->setText(tr("Nothing was saved: %1").arg(Explain::explain(error).withNextStep()));
}

void ExportDialog::setWorking(bool working)
{
    m_working = working;
    if (working) {
        m_files.clear();
        m_preview->clear();
        m_summary->setText(tr("Putting it together…"));
    }
    // Takes its room also while it is not seen: the preview must not jump.
    QSizePolicy policy = m_progress->sizePolicy();
    policy.setRetainSizeWhenHidden(true);
    m_progress->setSizePolicy(policy);
    m_progress->setVisible(working);
    m_stop->setText(working ? tr("S&top") : tr("S&tart Again"));
    m_stop->setVisible(working);
    m_save->setEnabled(!working && !m_files.isEmpty());
}

void ExportDialog::setSaving(bool saving)
{
    m_saving = saving;
    for (QWidget *choice : {static_cast<QWidget *>(m_scope), static_cast<QWidget *>(m_format),
             static_cast<QWidget *>(m_level)})
        choice->setEnabled(!saving);
    findChild<QPushButton *>(u"exportCancel"_s)->setEnabled(!saving);
}

void ExportDialog::reject()
{
    if (!m_saving)
        QDialog::reject();
}

void ExportDialog::ask()
{
    auto *dialog = new QFileDialog(this, tr("Save Export"));
    dialog->setObjectName(u"transcriptExportDialog"_s);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(Bundle::fileSuffix(m_request.format));
    dialog->selectFile(Bundle::proposedFileName(m_request));
    connect(dialog, &QFileDialog::fileSelected, this, &ExportDialog::save);
    dialog->open();
}

void ExportDialog::save(const QString &path)
{
    if (m_files.isEmpty())
        return;
    setSaving(true);
    m_save->setEnabled(false);
    m_job.save(m_request, m_files, path);
}

} // namespace Mailgauge::Transcript
