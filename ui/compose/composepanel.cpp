// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/composepanel.h"

#include "base/literals.h"
#include "compose/attachmentloader.h"
#include "compose/attachmentstrip.h"
#include "compose/bodyeditor.h"
#include "compose/deliverypanel.h"
#include "compose/draftkeeper.h"
#include "compose/headerspanel.h"
#include "compose/mailto.h"
#include "compose/messagefields.h"
#include "compose/messagetransfer.h"
#include "compose/previewpane.h"
#include "compose/sourceview.h"
#include "delivery/messagetemplate.h"
#include "explain/explain.h"
#include "models/addressbook.h"
#include "models/attachmentsmodel.h"
#include "models/deliverymodel.h"
#include "models/headersmodel.h"
#include "widgets/messagestack.h"
#include "widgets/textlimits.h"

#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QScopedValueRollback>
#include <QTabWidget>
#include <QUrl>
#include <QVBoxLayout>

namespace Mailgauge::Compose {

namespace {
QString below(const QString &directory, const QString &name)
{
    return directory.isEmpty() ? QString() : QDir(directory).filePath(name);
}
} // namespace

ComposePanel::ComposePanel(const Theme::Theme &theme, const QString &directory, QWidget *parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_syntax(theme)
    , m_addresses(new Models::AddressBook(below(directory, u"addresses.txt"_s), this))
    , m_attachments(new Models::AttachmentsModel(m_undo, this))
    , m_headers(new Models::HeadersModel(m_undo, this))
    , m_delivery(new Models::DeliveryModel(m_undo, this))
    , m_loader(new AttachmentLoader(this))
    , m_transfer(new MessageTransfer(below(directory, u"opened"_s), this))
    , m_messages(new Widgets::MessageStack(this))
    , m_keeper(new DraftKeeper(below(directory, u"drafts"_s),
          {.current = [this] { return draft(); }, .put = [this](const Draft &d) { setDraft(d); }},
          *m_messages, this))
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
    m_deliveryPanel = new DeliveryPanel(m_theme, *m_delivery, m_tabs);
    m_source = new SourceView(m_theme, m_syntax, m_tabs);
    m_tabs->addTab(m_body, tr("Message"));
    m_tabs->addTab(m_preview, tr("Preview"));
    m_tabs->addTab(m_headersPanel, tr("Headers"));
    m_tabs->addTab(m_source, tr("Source"));
    m_tabs->addTab(m_deliveryPanel, tr("Delivery"));
}

void ComposePanel::connectParts()
{
    connect(m_fields, &MessageFields::edited, this, &ComposePanel::followEdit);
    connect(m_body, &BodyEditor::edited, this, &ComposePanel::followEdit);
    connect(m_headers, &Models::HeadersModel::fieldsChanged, this, &ComposePanel::followEdit);
    connect(m_delivery, &Models::DeliveryModel::optionsChanged, this, &ComposePanel::followEdit);
    connect(m_attachments, &Models::AttachmentsModel::attachmentsChanged, this,
        &ComposePanel::followEdit);
    connect(m_tabs, &QTabWidget::currentChanged, this, &ComposePanel::refreshViews);
    connect(m_files, &AttachmentStrip::filesChosen, m_loader, &AttachmentLoader::load);
    connect(m_files, &AttachmentStrip::inlineChosen, this, &ComposePanel::insertInline);
    connect(m_loader, &AttachmentLoader::loaded, m_attachments, &Models::AttachmentsModel::add);
    connect(m_loader, &AttachmentLoader::failed, this, &ComposePanel::tellNotAttached);
    connect(m_addresses, &Models::AddressBook::failed, this, [this](const Base::Error &error) {
        tell(u"addresses"_s,
            tr("The addresses used could not be kept. %1")
                .arg(Explain::explain(error).withNextStep()));
    });
    connect(m_body, &BodyEditor::tooLarge, this, [this] {
        tell(u"paste"_s,
            tr("That is more text than the composer can edit (%1 MiB or %2 lines). Attach it as a "
               "file.")
                .arg(QString::number(Widgets::MaxEditable >> 20),
                    QString::number(Widgets::MaxEditableLines)));
    });
    connect(m_transfer, &MessageTransfer::opened, this, &ComposePanel::takeOpened);
    connect(m_transfer, &MessageTransfer::htmlRead, m_body, &BodyEditor::replaceHtml);
    connect(m_transfer, &MessageTransfer::filesChosen, this, &ComposePanel::attach);
    connect(m_transfer, &MessageTransfer::failed, this, &ComposePanel::tell);
    connect(m_transfer, &MessageTransfer::saved, this, [this](const QString &path) {
        m_messages->post(
            u"save"_s, Widgets::MessageBar::Kind::Success, tr("Saved to %1").arg(path));
    });
}

void ComposePanel::tellNotAttached(const QString &path, const Base::Error &error)
{
    // A bar for each: they differ in what to do.
    tell(u"attach."_s + path,
        tr("“%1” was not attached. %2")
            .arg(QFileInfo(path).fileName(), Explain::explain(error).withNextStep()));
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
    draft.options = m_delivery->options();
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
        m_delivery->setOptions(draft.options);
        m_attachments->setAttachments(draft.message.attachments);
        m_undo.clear();
    }
    refreshViews();
}

void ComposePanel::followEdit()
{
    if (m_loading)
        return;
    m_keeper->touch();
    refreshViews();
}

void ComposePanel::refreshViews()
{
    nameTab(m_headersPanel, tr("Headers"), m_headers->fields().size());
    nameTab(m_deliveryPanel, tr("Delivery"), m_delivery->count());
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
        m_source->setDraft(draft().message, m_delivery->options().fill);
    }
}

void ComposePanel::nameTab(QWidget *page, const QString &name, qsizetype count)
{
    m_tabs->setTabText(m_tabs->indexOf(page),
        count > 0 ? tr("%1 (%2)", "name of a tab, how much is in it").arg(name).arg(count) : name);
}

bool ComposePanel::checkFields(Judge what)
{
    const auto values = Delivery::templateValues(m_delivery->options());
    // What is wrong with the values is told where they stand.
    if (values && !m_fields->validate(*values, what))
        return false;
    if (m_deliveryPanel->hasProblem()) {
        m_tabs->setCurrentWidget(m_deliveryPanel);
        m_deliveryPanel->showProblem();
        return false;
    }
    return true;
}

bool ComposePanel::checkTemplate()
{
    const QString name = u"template"_s;
    m_messages->withdraw(name);
    auto values = Delivery::templateValues(m_delivery->options());
    if (!values || !*values)
        return values.has_value();
    Delivery::addEnvelopeDefaults(**values, {}, {}, {});
    const Mime::MessageDraft typed = draft().message;
    Mime::MessageDraft message = typed;
    const auto filled = Delivery::fillContent(message, **values);
    if (filled)
        return true;
    message = typed;
    message.headers.clear();
    const bool inHeaders = Delivery::fillContent(message, **values).has_value();
    m_tabs->setCurrentWidget(inHeaders ? static_cast<QWidget *>(m_headersPanel) : m_body);
    tell(name, tr("Not sent. %1").arg(Explain::explain(filled.error()).withNextStep()));
    return false;
}

bool ComposePanel::check()
{
    if (!checkFields(Judge::Message))
        return false;
    if (m_headers->hasProblem()) {
        m_tabs->setCurrentWidget(m_headersPanel);
        m_headersPanel->showProblem();
        return false;
    }
    return checkTemplate();
}

Delivery::Composition ComposePanel::compose()
{
    const Draft now = draft();
    for (const QString &field :
        {now.message.from, now.message.to, now.message.cc, now.message.bcc}) {
        // A template is nobody's address.
        if (!now.options.fill || !field.contains(u"{{"_s))
            m_addresses->remember(field);
    }
    m_addresses->save();
    Delivery::Composition composition;
    composition.draft = now.message;
    composition.reversePath = now.reversePath;
    composition.nullReversePath = now.nullReversePath;
    composition.keepSecrets = m_fields->takeKeepSecrets();
    composition.forwardPaths = now.forwardPaths;
    composition.options = now.options;
    return composition;
}

void ComposePanel::send()
{
    m_headersPanel->commitEdit();
    if (check())
        Q_EMIT sendRequested(compose());
}

void ComposePanel::sendFile(const QString &path, bool binary)
{
    if (!checkFields(Judge::Envelope))
        return;
    Delivery::Composition composition = compose();
    composition.draft.replyTo.clear(); // The file has its own.
    composition.rawFile = path;
    composition.rawBinary = binary;
    Q_EMIT sendRequested(composition);
}

void ComposePanel::newMessage()
{
    Draft empty;
    empty.message.from = draft().message.from;
    m_keeper->replace(empty, tr("A new message took the place of the one that was here."));
    m_tabs->setCurrentWidget(m_body);
    m_fields->focusFirstEmpty();
}

void ComposePanel::takeOpened(const Mime::MessageDraft &message, const QString &what)
{
    m_messages->withdraw(u"open"_s);
    m_keeper->replace(
        {.message = message, .reversePath = {}, .nullReversePath = false, .forwardPaths = {}},
        tr("%1 took the place of the message that was here.").arg(what));
}

void ComposePanel::openFiles(const QStringList &paths)
{
    m_transfer->open(paths);
}

void ComposePanel::openMessage(const QByteArray &bytes)
{
    m_transfer->openBytes(bytes);
}

void ComposePanel::openMailto(const QUrl &url)
{
    Draft opened {.message = draftFromMailto(url),
        .reversePath = {},
        .nullReversePath = false,
        .forwardPaths = {}};
    if (!url.isValid() || opened.message == Mime::MessageDraft()) {
        tell(u"open"_s,
            tr("“%1” names nobody to write to. Give an address as in mailto:name@example.org.")
                .arg(url.toDisplayString().left(80)));
        return;
    }
    opened.message.from = draft().message.from;
    m_keeper->replace(opened, tr("The link took the place of the message that was here."));
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
    m_headersPanel->commitEdit();
    m_transfer->save(draft().message, path);
}

void ComposePanel::insertTestContent(Mime::TestContent kind)
{
    m_tabs->setCurrentWidget(m_body);
    m_body->prependText(QString::fromLatin1(Mime::testContent(kind)) + u'\n');
}

void ComposePanel::attach(const QStringList &paths)
{
    m_loader->load(paths);
}

void ComposePanel::insertInline(const QByteArray &contentId)
{
    m_body->insertHtml(u"<img src=\"cid:%1\" alt=\"\">"_s.arg(QString::fromUtf8(contentId)));
}

Base::Result<void> ComposePanel::keepForNextTime()
{
    m_headersPanel->commitEdit();
    return m_keeper->close();
}

void ComposePanel::recover()
{
    m_keeper->recover();
}

} // namespace Mailgauge::Compose
