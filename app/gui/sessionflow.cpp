// SPDX-License-Identifier: GPL-3.0-or-later
#include "sessionflow.h"

#include "base/literals.h"
#include "delivery/resend.h"
#include "mime/attachment.h"
#include "sendflow.h"
#include "sessionopener.h"
#include "transcript/jsonlinesreader.h"
#include "transcript/sessionexporter.h"
#include "transcript/transcriptpanel.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QtConcurrentRun>

#include <array>

namespace Mailgauge::Gui {

namespace {

Base::Result<Transcript::ImportedTranscript> readTranscript(const QString &path)
{
    // Regular files only: reading a FIFO would keep a thread for ever.
    const auto file = Mime::openRegularFile(path);
    if (!file)
        return std::unexpected(file.error());
    return Transcript::readJsonLines(**file);
}

} // namespace

SessionFlow::SessionFlow(
    Relay::ProfileService &profiles, SendFlow &sending, Transcript::TranscriptPanel &transcript)
    : m_profiles(profiles)
    , m_sending(sending)
    , m_transcript(transcript)
{
}

SessionFlow::~SessionFlow() = default;

void SessionFlow::setLibrary(Transcript::SessionLibrary *sessions)
{
    m_sessions = sessions;
    if (!m_sessions)
        return;
    m_opener = std::make_unique<SessionOpener>(*m_sessions, m_transcript);
    connect(m_opener.get(), &SessionOpener::opened, this, &SessionFlow::opened);
    connect(m_opener.get(), &SessionOpener::progressed, this, &SessionFlow::opening);
    connect(m_opener.get(), &SessionOpener::ended, this, [this] { Q_EMIT opening(0, 0); });
    connect(m_opener.get(), &SessionOpener::failed, this, &SessionFlow::failed);
}

void SessionFlow::load(const QUuid &session, const Loaded &use)
{
    if (!m_sessions)
        return;
    m_sessions->record(session).then(
        this, [this, session, use](const Base::Result<Transcript::SessionRecord> &record) {
            if (!record) {
                Q_EMIT failed(record.error());
                return;
            }
            m_sessions->entries(session).then(this,
                [this, record = *record, use](
                    const Base::Result<QList<Transcript::Entry>> &entries) {
                    if (entries)
                        use(record, *entries);
                    else
                        Q_EMIT failed(entries.error());
                });
        });
}

void SessionFlow::open(const QUuid &session)
{
    if (m_opener) {
        m_opener->open(session);
        return;
    }
    // One of this run is in the transcript, also without a store.
    if (m_transcript.model().transcript().indexOf(session) >= 0) {
        m_transcript.showLiveSession(session);
        Q_EMIT opened();
    }
}

void SessionFlow::stopOpening()
{
    if (m_opener)
        m_opener->stop();
}

void SessionFlow::sendAgain(const QUuid &session)
{
    if (!m_sessions)
        return;
    m_sessions->record(session).then(
        this, [this](const Base::Result<Transcript::SessionRecord> &record) {
            if (record)
                sendAgain(*record);
            else
                Q_EMIT failed(record.error());
        });
}

void SessionFlow::sendAgain(const Transcript::SessionRecord &record)
{
    m_sessions->message(record.message)
        .then(this, [this, record](const Base::Result<QByteArray> &message) {
            if (!message) {
                Q_EMIT failed(message.error());
                return;
            }
            m_profiles.password(record.profile)
                .then(this,
                    [this, record, message = *message](
                        const Base::Result<std::optional<Base::Secret>> &password) {
                        // Not without it: the relay would tell a wrong reason.
                        if (!password) {
                            Q_EMIT failed(password.error());
                            return;
                        }
                        const auto request = Delivery::resend(record, message,
                            m_profiles.profile(record.profile), password->value_or(Base::Secret()),
                            m_sending.bounceKey());
                        if (request)
                            m_sending.send(*request);
                        else
                            Q_EMIT failed(request.error());
                    });
        });
}

void SessionFlow::exportSession(const QUuid &session, QWidget *parent)
{
    const QStringList filters {tr("Text (*.txt)"), tr("Web page (*.html)"),
        tr("JSON Lines, can be opened again (*.jsonl)")};
    auto *dialog = new QFileDialog(parent, tr("Export session"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilters(filters);
    dialog->setDefaultSuffix(u"txt"_s);
    dialog->selectFile(u"session.txt"_s);
    // The name goes with the kind of file that is chosen; the name then decides.
    connect(dialog, &QFileDialog::filterSelected, dialog, [dialog, filters](const QString &filter) {
        const QString suffix = QStringList {u"txt"_s, u"html"_s, u"jsonl"_s}.value(
            filters.indexOf(filter));
        dialog->setDefaultSuffix(suffix);
        if (const QStringList files = dialog->selectedFiles(); !files.isEmpty())
            dialog->selectFile(QFileInfo(files.first()).completeBaseName() + u'.' + suffix);
    });
    connect(dialog, &QFileDialog::fileSelected, this,
        [this, dialog, filters, session](const QString &path) {
            static constexpr std::array formats {Transcript::ExportFormat::Text,
                Transcript::ExportFormat::Html, Transcript::ExportFormat::JsonLines};
            const auto chosen = filters.indexOf(dialog->selectedNameFilter());
            writeTo(session, path,
                Transcript::exportFormatFromFileName(path).value_or(
                    formats[static_cast<size_t>(qMax(chosen, qsizetype(0)))]));
        });
    dialog->open();
}

void SessionFlow::writeTo(
    const QUuid &session, const QString &path, Transcript::ExportFormat format)
{
    load(session,
        [this, path, format](
            const Transcript::SessionRecord &record, const QList<Transcript::Entry> &entries) {
            QtConcurrent::run(&Transcript::SessionExporter::writeFile, record, entries, format,
                Transcript::ExportOptions {}, path)
                .then(this, [this, path](const Base::Result<void> &written) {
                    if (written)
                        Q_EMIT exported(path);
                    else
                        Q_EMIT failed(written.error());
                });
        });
}

void SessionFlow::saveMarks(const QUuid &session, const QMap<qint64, Transcript::LineMark> &marks)
{
    if (!m_sessions)
        return;
    m_sessions->setMarks(session, marks).then(this, [this](const Base::Result<void> &saved) {
        // Relay tests and opened files are not in the store: that is no failure.
        if (!saved && saved.error().kind != Base::Error::Kind::InvalidInput)
            Q_EMIT failed(saved.error());
    });
}

void SessionFlow::openFile(const QString &path)
{
    QtConcurrent::run(&readTranscript, path)
        .then(this, [this](const Base::Result<Transcript::ImportedTranscript> &read) {
            if (!read) {
                Q_EMIT failed(read.error());
                return;
            }
            m_transcript.showSession(read->record, read->entries);
            Q_EMIT opened();
        });
}

} // namespace Mailgauge::Gui
