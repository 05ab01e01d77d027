// SPDX-License-Identifier: GPL-3.0-or-later
#include "sessions/importdialog.h"

#include "base/filejobs.h"
#include "base/literals.h"
#include "explain/explain.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QDropEvent>
#include <QFileDialog>
#include <QFontDatabase>
#include <QLabel>
#include <QLocale>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QUrl>
#include <QVBoxLayout>
#include <QtConcurrentRun>

using namespace std::chrono_literals;

namespace Mailgauge::Sessions {

namespace {

using Transcript::SourceFormat;

constexpr qsizetype MostShown = 2 * 1024 * 1024; ///< Of a file, in the editor.

} // namespace

ImportDialog::ImportDialog(QWidget *parent)
    : QDialog(parent)
    , m_edit(new QPlainTextEdit(this))
    , m_format(new QComboBox(this))
    , m_cut(new QLabel(this))
    , m_verdict(new QLabel(this))
{
    setWindowTitle(tr("Import Transcript"));
    setAcceptDrops(true);
    resize(760, 520);
    m_edit->setAccessibleName(tr("Transcript to import"));
    m_edit->setTabChangesFocus(true);
    m_edit->setPlaceholderText(tr(
        "Paste the output of swaks, openssl s_client, a Postfix or Exim debug log, or a dialogue "
        "copied from a terminal. Passwords in it are cut out."));
    m_edit->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_edit->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_edit->setAcceptDrops(false); // files dropped on it are for the dialog
    auto *formatLabel = new QLabel(tr("&Format"), this);
    formatLabel->setBuddy(m_format);
    m_format->addItem(tr("Recognise the format"), -1);
    for (const SourceFormat one : Transcript::allSourceFormats)
        m_format->addItem(Transcript::sourceFormatTitle(one), static_cast<int>(one));
    m_cut->setTextFormat(Qt::PlainText);
    m_cut->setWordWrap(true);
    m_cut->setText(tr("Only the first %1 are shown, so they cannot be edited here. All of it is "
                      "imported.")
            .arg(QLocale().formattedDataSize(MostShown)));
    m_cut->hide();
    m_verdict->setTextFormat(Qt::PlainText);
    m_verdict->setWordWrap(true);
    m_verdict->setAccessibleName(tr("What was recognised"));

    auto *open = new QPushButton(QIcon::fromTheme(u"document-open"_s), tr("&Open File…"), this);
    connect(open, &QPushButton::clicked, this, &ImportDialog::chooseFile);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_import = buttons->addButton(tr("&Import"), QDialogButtonBox::AcceptRole);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(buttons, &QDialogButtonBox::accepted, this, [this] {
        if (m_read)
            Q_EMIT importRequested(*m_read);
        accept();
    });

    auto *choices = new QHBoxLayout;
    choices->addWidget(open);
    choices->addStretch();
    choices->addWidget(formatLabel);
    choices->addWidget(m_format);
    auto *layout = new QVBoxLayout(this);
    layout->addLayout(choices);
    layout->addWidget(m_edit, 1);
    layout->addWidget(m_cut);
    layout->addWidget(m_verdict);
    layout->addWidget(buttons);

    m_delay.setSingleShot(true);
    m_delay.setInterval(150ms);
    connect(&m_delay, &QTimer::timeout, this, &ImportDialog::look);
    connect(m_edit, &QPlainTextEdit::textChanged, this, [this] {
        ++m_opening;
        m_text = m_edit->toPlainText().toUtf8();
        m_delay.start();
    });
    connect(m_format, &QComboBox::currentIndexChanged, this, &ImportDialog::look);
    look();
}

std::optional<SourceFormat> ImportDialog::format() const
{
    const int chosen = m_format->currentData().toInt();
    return chosen < 0 ? std::nullopt : std::optional(static_cast<SourceFormat>(chosen));
}

void ImportDialog::setText(const QByteArray &text)
{
    {
        const QSignalBlocker blocker(m_edit);
        m_edit->setPlainText(QString::fromUtf8(text.left(MostShown)));
    }
    // What the editor has not, it would take away with the first key.
    const bool cut = text.size() > MostShown;
    m_edit->setReadOnly(cut);
    m_cut->setVisible(cut);
    ++m_opening;
    m_text = text;
    look();
}

void ImportDialog::chooseFile()
{
    auto *dialog = new QFileDialog(
        this, tr("Open Transcript"), QString(), tr("Texts and logs (*.txt *.log);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, &ImportDialog::openFile);
    dialog->open();
}

void ImportDialog::openFile(const QString &path)
{
    refuse(tr("Reading the file …"));
    Base::readFileLater(path, Transcript::DialogueLimits::MaxText)
        .then(this, [this, opening = ++m_opening](const Base::Result<QByteArray> &bytes) {
            if (opening != m_opening)
                return;
            if (bytes)
                setText(*bytes);
            else
                refuse(Explain::explain(bytes.error()).withNextStep());
        });
}

// What was there before must not be imported in its place.
void ImportDialog::refuse(const QString &why)
{
    m_delay.stop();
    ++m_generation;
    m_read.reset();
    m_import->setEnabled(false);
    m_verdict->setText(why);
}

void ImportDialog::look()
{
    m_delay.stop();
    m_read.reset();
    m_import->setEnabled(false);
    const quint64 generation = ++m_generation;
    if (m_text.trimmed().isEmpty()) {
        m_verdict->setText(tr("Nothing to import yet."));
        return;
    }
    QtConcurrent::run(&Delivery::importText, m_text, format(), QDateTime::currentDateTimeUtc())
        .then(this, [this, generation](const Base::Result<Delivery::ImportedText> &read) {
            if (generation == m_generation)
                tell(read);
        });
}

void ImportDialog::tell(const Base::Result<Delivery::ImportedText> &read)
{
    if (!read) {
        m_verdict->setText(
            tr("This cannot be imported. %1").arg(Explain::explain(read.error()).withNextStep()));
        return;
    }
    m_read = *read;
    m_import->setEnabled(true);
    const QString sessions = tr("%n session(s)", nullptr, static_cast<int>(read->sessions.size()));
    m_verdict->setText(format()
            ? tr("Read as %1: %2.").arg(Transcript::sourceFormatTitle(read->guess.format), sessions)
            : tr("Recognised as %1 (%2 %), %3.")
                  .arg(Transcript::sourceFormatTitle(read->guess.format),
                      QString::number(read->guess.confidence), sessions));
}

void ImportDialog::dragEnterEvent(QDragEnterEvent *event)
{
    if (event->mimeData()->hasUrls() || event->mimeData()->hasText())
        event->acceptProposedAction();
}

void ImportDialog::dropEvent(QDropEvent *event)
{
    const QList<QUrl> urls = event->mimeData()->urls();
    if (!urls.isEmpty() && urls.first().isLocalFile())
        openFile(urls.first().toLocalFile());
    else if (event->mimeData()->hasText())
        setText(event->mimeData()->text().toUtf8());
    event->acceptProposedAction();
}

} // namespace Mailgauge::Sessions
