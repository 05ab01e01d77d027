// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// The page where a message is written: envelope and fields above, text and HTML side by side with
/// preview, further fields and source behind tabs, files below. It holds no draft of its own: what
/// the fields show is the draft.
#include "compose/draftjson.h"
#include "delivery/prepare.h"
#include "mime/testcontent.h"
#include "theme/syntax.h"

#include <QUndoStack>
#include <QWidget>

class QTabWidget;
class QUrl;

namespace Mailgauge::Models {
class AddressBook;
class AttachmentsModel;
class DeliveryModel;
class HeadersModel;
} // namespace Mailgauge::Models
namespace Mailgauge::Widgets {
class MessageStack;
}

namespace Mailgauge::Compose {

class AttachmentLoader;
class AttachmentStrip;
class BodyEditor;
class DeliveryPanel;
class DraftKeeper;
class HeadersPanel;
class MessageFields;
enum class Judge : quint8;
class MessageTransfer;
class PreviewPane;
class SourceView;

class ComposePanel final : public QWidget {
    Q_OBJECT

public:
    /// Drafts, addresses and opened attachments are kept below `directory`; empty: nothing is.
    ComposePanel(const Theme::Theme &theme, const QString &directory, QWidget *parent = nullptr);
    ~ComposePanel() override;

    [[nodiscard]] Draft draft() const;
    /// Without a word about what was there: for a composer that nobody has used yet.
    void setDraft(const Draft &draft);
    [[nodiscard]] QUndoStack &undoStack() { return m_undo; }

    /// Checks the fields, then emits sendRequested; what is wrong is told at the field.
    void send();
    /// The file goes out as it is, to whom the fields name; `binary`: octet by octet, by BDAT.
    void sendFile(const QString &path, bool binary);
    // What these replace is offered back.
    void newMessage();
    /// .eml files are opened, HTML files become the HTML, anything else is attached.
    void openFiles(const QStringList &paths);
    /// A message as octets: of the sandbox's inbox, of a session.
    void openMessage(const QByteArray &bytes);
    /// What filters must stop, in front of the text (see Mime::testContent()).
    void insertTestContent(Mime::TestContent kind);
    void openMailto(const QUrl &url);
    /// Asks where to.
    void saveAs();
    void saveTo(const QString &path);
    void attach(const QStringList &paths);
    /// The program ends: the draft stays for next time. Why it could not, where it could not.
    [[nodiscard]] Base::Result<void> keepForNextTime();
    /// Puts back what the last run left in order, offers what a crash left behind.
    void recover();

Q_SIGNALS:
    /// Profile and password are filled in by whoever sends.
    void sendRequested(const Mailgauge::Delivery::Composition &composition);

private:
    void makeTabs();
    void connectParts();
    void followEdit();
    void refreshViews();
    void nameTab(QWidget *page, const QString &name, qsizetype count);
    [[nodiscard]] bool check();
    /// What the fields say of the envelope and the delivery, whatever the message is.
    [[nodiscard]] bool checkFields(Judge what);
    [[nodiscard]] bool checkTemplate();
    /// To whom, by what options; remembers the addresses.
    [[nodiscard]] Delivery::Composition compose();
    void insertInline(const QByteArray &contentId);
    void takeOpened(const Mime::MessageDraft &message, const QString &what);
    void tellNotAttached(const QString &path, const Base::Error &error);
    void tell(const QString &name, const QString &sentence);

    const Theme::Theme &m_theme;
    Theme::Syntax m_syntax;
    QUndoStack m_undo;
    Models::AddressBook *m_addresses;
    Models::AttachmentsModel *m_attachments;
    Models::HeadersModel *m_headers;
    Models::DeliveryModel *m_delivery;
    AttachmentLoader *m_loader;
    MessageTransfer *m_transfer;
    Widgets::MessageStack *m_messages;
    DraftKeeper *m_keeper;
    MessageFields *m_fields;
    QTabWidget *m_tabs;
    BodyEditor *m_body;
    PreviewPane *m_preview;
    HeadersPanel *m_headersPanel;
    DeliveryPanel *m_deliveryPanel;
    SourceView *m_source;
    AttachmentStrip *m_files;
    bool m_loading = false; ///< Fields are being filled: nothing is an edit.
};

} // namespace Mailgauge::Compose
