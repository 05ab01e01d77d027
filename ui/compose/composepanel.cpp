// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/composepanel.h"

#include "base/literals.h"
#include "compose/attachmentloader.h"
#include "compose/attachmentstrip.h"
#include "compose/bodyeditor.h"
#include "compose/draftjournal.h"
#include "compose/headerspanel.h"
#include "compose/mailto.h"
#include "compose/messagefields.h"
#include "compose/messagefile.h"
#include "compose/previewpane.h"
#include "compose/sourceview.h"
#include "compose/welcome.h"
#include "explain/explain.h"
#include "mime/attachment.h"
#include "models/addressbook.h"
#include "models/attachmentsmodel.h"
#include "models/headersmodel.h"
#include "widgets/messagestack.h"
#include "widgets/textlimits.h"

#include <QAction>
#include <QDir>
#include <QFileDialog>
#include <QScopedValueRollback>
#include <QTabWidget>
#include <QUrl>
#include <QVBoxLayout>
#include <QtConcurrentRun>

namespace Mailgauge::Compose {

namespace {
constexpr qint64 MaxHtmlFile = 4 << 20;

QString below(const QString &directory, const QString &name)
{
    return directory.isEmpty() ? QString() : QDir(directory).filePath(name);
}

QString htmlFile(const QString &path)
{
    const auto file = Mime::openRegularFile(path);
    return file ? QString::fromUtf8((*file)->read(MaxHtmlFile)) : QString();
}
} // namespace

ComposePanel::ComposePanel(const Theme::Theme &theme, const QString &directory, QWidget *parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_directory(directory)
    , m_syntax(theme)
    , m_addresses(new Models::AddressBook(below(directory, u"addresses.txt"_s), this))
    , m_attachments(new Models::AttachmentsModel(m_undo, this))
    , m_headers(new Models::HeadersModel(m_undo, this))
    , m_loader(new AttachmentLoader(this))
    , m_journal(new DraftJournal(
          below(directory, u"drafts"_s), [this] { return draft(); }, this))
    , m_messages(new Widgets::MessageStack(this))
    , m_fields(new MessageFields(theme, *m_addresses, this))
    , m_tabs(new QTabWidget(this))
    , m_files(new AttachmentStrip(*m_attachments, this))
{
    setFocusProxy(m_fields);
    setAcceptDrops(false); // files dropped beside the strip are the window's
    makeTabs();
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_messages);
    column->addWidget(m_fields);
    column->addWidget(m_tabs, 1);
    column->addWidget(m_files);
    connectParts();
}

ComposePanel::~ComposePanel()
{
    // The undo stack is a member and goes before the models that its commands refer to.
    m_undo.clear();
}

void ComposePanel::makeTabs()
{
    m_tabs->setDocumentMode(true);
    m_tabs->setObjectName(u"composeTabs"_s);
    m_body = new BodyEditor(m_theme, m_syntax, m_tabs);
    m_preview = new PreviewPane(m_tabs);
    m_headersPanel = new HeadersPanel(m_theme, *m_headers, m_tabs);
    m_source = new SourceView(m_theme, m_syntax, m_tabs);
    m_tabs->addTab(m_body, tr("Message"));
    m_tabs->addTab(m_preview, tr("Preview"));
    m_tabs->addTab(m_headersPanel, tr("Headers"));
    m_tabs->addTab(m_source, tr("Source"));
}

void ComposePanel::connectParts()
{
    connect(m_fields, &MessageFields::edited, this, &ComposePanel::followEdit);
    connect(m_body, &BodyEditor::edited, this, &ComposePanel::followEdit);
    connect(m_headers, &Models::HeadersModel::fieldsChanged, this, &ComposePanel::followEdit);
    connect(m_attachments, &Models::AttachmentsModel::attachmentsChanged, this,
        &ComposePanel::followEdit);
    connect(m_tabs, &QTabWidget::currentChanged, this, &ComposePanel::refreshViews);
    connect(m_files, &AttachmentStrip::filesChosen, m_loader, &AttachmentLoader::load);
    connect(m_files, &AttachmentStrip::inlineChosen, this, &ComposePanel::insertInline);
    connect(m_loader, &AttachmentLoader::loaded, m_attachments, &Models::AttachmentsModel::add);
    connect(m_loader, &AttachmentLoader::failed, this,
        [this](const QString &path, const Base::Error &error) {
            tell(u"attach"_s,
                tr("“%1” was not attached. %2")
                    .arg(QFileInfo(path).fileName(), Explain::explain(error).withNextStep()));
        });
    connect(m_body, &BodyEditor::tooLarge, this, [this] {
        tell(u"paste"_s,
            tr("That is more text than the composer can edit (%1 MiB or %2 lines). Attach it as a "
               "file.")
                .arg(QString::number(Widgets::MaxEditable >> 20),
                    QString::number(Widgets::MaxEditableLines)));
    });
    connect(m_journal, &DraftJournal::failed, this, [this](const Base::Error &error) {
        tell(u"journal"_s,
            tr("This message cannot be kept for a restart: save it with Ctrl+S. %1")
                .arg(Explain::explain(error).withNextStep()));
    });
}

void ComposePanel::tell(const QString &name, const QString &sentence)
{
    m_messages->post(name, Widgets::MessageBar::Kind::Error, sentence);
}

Draft ComposePanel::draft() const
{
    Draft draft;
    m_fields->fill(draft.message);
    draft.message.text = m_body->text();
    draft.message.html = m_body->html();
    draft.message.headers = m_headers->fields();
    draft.message.attachments = m_attachments->attachments();
    draft.reversePath = m_fields->reversePath();
    draft.nullReversePath = m_fields->nullReversePath();
    draft.forwardPaths = m_fields->forwardPaths();
    return draft;
}

void ComposePanel::setDraft(const Draft &draft)
{
    {
        const QScopedValueRollback loading(m_loading, true);
        m_fields->setDraft(draft.message);
        m_fields->setEnvelope(draft.reversePath, draft.nullReversePath, draft.forwardPaths);
        m_body->setBody(draft.message.text, draft.message.html);
        m_headers->setFields(draft.message.headers);
        m_attachments->setAttachments(draft.message.attachments);
        m_undo.clear();
    }
    refreshViews();
}

void ComposePanel::followEdit()
{
    if (m_loading)
        return;
    m_journal->touch();
    refreshViews();
}

void ComposePanel::refreshViews()
{
    const auto count = m_headers->fields().size();
    m_tabs->setTabText(
        m_tabs->indexOf(m_headersPanel), count > 0 ? tr("Headers (%1)").arg(count) : tr("Headers"));
    if (m_tabs->currentWidget() == m_preview) {
        PreviewContent content {.html = m_body->html(), .parts = {}};
        if (content.html.isEmpty())
            content.html = u"<pre style=\"white-space: pre-wrap\">%1</pre>"_s.arg(
                m_body->text().toHtmlEscaped());
        for (const Mime::Attachment &one : m_attachments->attachments()) {
            if (!one.contentId.isEmpty())
                content.parts.insert(one.contentId, {one.path, one.mimeType});
        }
        m_preview->setContent(content);
    } else if (m_tabs->currentWidget() == m_source) {
        m_source->setDraft(draft().message);
    }
}

void ComposePanel::send()
{
    m_headersPanel->commitEdit();
    if (!m_fields->validate())
        return;
    if (m_headers->hasProblem()) {
        m_tabs->setCurrentWidget(m_headersPanel);
        m_headersPanel->showProblem();
        return;
    }
    const Draft now = draft();
    for (const QString &field : {now.message.from, now.message.to, now.message.cc, now.message.bcc})
        m_addresses->remember(field);
    if (const auto saved = m_addresses->save(); !saved)
        tell(u"addresses"_s,
            tr("The addresses used could not be kept. %1")
                .arg(Explain::explain(saved.error()).withNextStep()));
    Delivery::Composition composition;
    composition.draft = now.message;
    composition.reversePath = now.reversePath;
    composition.nullReversePath = now.nullReversePath;
    composition.keepSecrets = m_fields->takeKeepSecrets();
    composition.forwardPaths = now.forwardPaths;
    Q_EMIT sendRequested(composition);
}

void ComposePanel::newMessage()
{
    Draft empty;
    empty.message.from = draft().message.from;
    setDraft(empty);
    m_journal->clear();
    m_tabs->setCurrentWidget(m_body);
    m_fields->focusFirstEmpty();
}

void ComposePanel::takeOpened(const QString &what, const Base::Result<Mime::MessageDraft> &opened)
{
    if (!opened) {
        tell(u"open"_s,
            tr("%1 could not be opened. %2")
                .arg(what, Explain::explain(opened.error()).withNextStep()));
        return;
    }
    m_messages->withdraw(u"open"_s);
    setDraft({.message = *opened, .reversePath = {}, .nullReversePath = false, .forwardPaths = {}});
    m_journal->touch();
}

void ComposePanel::openFile(const QString &path)
{
    const QString suffix = QFileInfo(path).suffix().toLower();
    const QString name = QFileInfo(path).fileName();
    if (suffix == "html"_L1 || suffix == "htm"_L1) {
        takeHtml(path);
    } else if (suffix == "eml"_L1) {
        QtConcurrent::run(Compose::openMessage, path, below(m_directory, u"opened"_s))
            .then(this, [this, name](const Base::Result<Mime::MessageDraft> &opened) {
                takeOpened(name, opened);
            });
    } else {
        attach({path});
    }
}

void ComposePanel::takeHtml(const QString &path)
{
    QtConcurrent::run(htmlFile, path).then(this, [this, path](const QString &html) {
        if (html.isEmpty())
            tell(u"open"_s, tr("“%1” could not be read, or is empty.").arg(path));
        else
            m_body->replaceHtml(html);
    });
}

void ComposePanel::openMessage(const QByteArray &bytes)
{
    QtConcurrent::run(draftFromBytes, bytes, below(m_directory, u"opened"_s))
        .then(this, [this](const Base::Result<Mime::MessageDraft> &opened) {
            takeOpened(tr("The message"), opened);
        });
}

void ComposePanel::openMailto(const QUrl &url)
{
    Draft opened {.message = draftFromMailto(url),
        .reversePath = {},
        .nullReversePath = false,
        .forwardPaths = {}};
    opened.message.from = draft().message.from;
    setDraft(opened);
    m_fields->focusFirstEmpty();
}

void ComposePanel::saveAs()
{
    auto *dialog = new QFileDialog(this, tr("Save Message"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilter(tr("Messages (*.eml)"));
    dialog->setDefaultSuffix(u"eml"_s);
    connect(dialog, &QFileDialog::fileSelected, this, &ComposePanel::saveTo);
    dialog->open();
}

void ComposePanel::saveTo(const QString &path)
{
    QtConcurrent::run(saveMessage, draft().message, path)
        .then(this, [this, path](const Base::Result<void> &saved) {
            if (saved)
                m_messages->post(
                    u"save"_s, Widgets::MessageBar::Kind::Success, tr("Saved to %1").arg(path));
            else
                tell(u"save"_s,
                    tr("The message was not saved. %1")
                        .arg(Explain::explain(saved.error()).withNextStep()));
        });
}

void ComposePanel::attach(const QStringList &paths)
{
    m_loader->load(paths);
}

void ComposePanel::insertInline(const QByteArray &contentId)
{
    m_body->insertHtml(u"<img src=\"cid:%1\" alt=\"\">"_s.arg(QString::fromUtf8(contentId)));
}

void ComposePanel::keepForNextTime()
{
    m_journal->close();
}

void ComposePanel::recover()
{
    const auto found = m_journal->leftBehind();
    if (!found) {
        // Nobody has written anything here yet: a message stands ready for the sandbox.
        if (draft() == Draft())
            setDraft(welcomeDraft());
        return;
    }
    if (!found->crashed) {
        setDraft(found->draft);
        m_journal->forget(*found);
        m_journal->touch();
        return;
    }
    auto *restore = new QAction(tr("Restore"), this);
    auto *discard = new QAction(tr("Discard"), this);
    connect(restore, &QAction::triggered, this, [this, found = *found] {
        setDraft(found.draft);
        m_journal->forget(found);
        m_journal->touch();
        m_messages->withdraw(u"recover"_s);
    });
    connect(discard, &QAction::triggered, this, [this, found = *found] {
        m_journal->forget(found);
        m_messages->withdraw(u"recover"_s);
    });
    m_messages->post(u"recover"_s, Widgets::MessageBar::Kind::Warning,
        tr("Mailgauge did not end in order last time. A message that was being written was kept."),
        {restore, discard});
}

} // namespace Mailgauge::Compose
