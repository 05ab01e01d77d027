// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/linemeaning.h"
#include "transcript/contentloader.h"
#include "transcript/highlighter.h"

#include <QWidget>

#include <memory>

class QFormLayout;
class QLabel;
class QPlainTextEdit;
class QScrollArea;
class QTabWidget;
class QToolButton;
class QVBoxLayout;

namespace KSyntaxHighlighting {
class SyntaxHighlighter;
}
namespace Mailgauge::Models {
class TranscriptModel;
}
namespace Mailgauge::Theme {
class Theme;
enum class Role : quint8;
} // namespace Mailgauge::Theme
namespace Mailgauge::Widgets {
class EmptyState;
}

namespace Mailgauge::Transcript {

class TlsActions;

/// The dock beside the conversation: what the selected line means and what to do about it, what it
/// says decoded, all of it as text and as bytes. Plain text throughout: nothing of the wire is ever
/// read as markup.
class DetailsPanel final : public QWidget {
    Q_OBJECT

public:
    /// The model is not owned.
    DetailsPanel(
        Models::TranscriptModel &model, const Theme::Theme &theme, QWidget *parent = nullptr);
    ~DetailsPanel() override;

    /// Where the message data comes from that a line stands for. The bytes are shown where the line
    /// is selected.
    void setContentSource(ContentLoader::Source source);

Q_SIGNALS:
    /// The chain of the session shown, to a file.
    void saveCertificatesRequested(const Mailgauge::Tls::TlsFacts &facts);
    /// Its profile shall take this key (SHA-256, hex) and no other.
    void pinRequested(const QUuid &profile, const QByteArray &key);

public Q_SLOTS:
    /// A row of the transcript, as TranscriptPanel::lineSelected() tells; -1 shows the empty state.
    void showLine(qsizetype row);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    [[nodiscard]] QWidget *makeFacts();
    [[nodiscard]] QWidget *makeTexts();
    [[nodiscard]] QWidget *makeTls();
    [[nodiscard]] SessionRecord recordOf(qsizetype row) const;
    void showTitle(const Entry &entry, qsizetype row);
    void showExplanation(const std::optional<Explain::Explanation> &explanation);
    void showDecoded();
    void showTls(const Entry &entry);
    void addValues(QFormLayout *form, QWidget *box, const QList<Models::NamedValue> &values);
    void showText(const Entry &entry, qsizetype row);
    void showContent(const QByteArray &bytes);
    void setBytes(const QByteArray &bytes);
    void showBytes();
    void paint(QLabel *label, Theme::Role role);
    void updateTheme();

    Models::TranscriptModel &m_model;
    const Theme::Theme &m_theme;
    Highlighting m_highlighting;
    QWidget *m_content;
    Widgets::EmptyState *m_empty;
    QLabel *m_title;
    Theme::Role m_titleRole {};
    QLabel *m_where;
    QLabel *m_sentence;
    QFormLayout *m_advice;
    QWidget *m_decodedBox;
    QFormLayout *m_decoded;
    QToolButton *m_reveal;
    QScrollArea *m_tlsArea = nullptr;
    QWidget *m_tlsBox = nullptr;
    TlsActions *m_tlsActions = nullptr;
    QFormLayout *m_tls = nullptr;
    qsizetype m_row = -1;
    ContentLoader m_loader;
    std::optional<ContentRange> m_range; ///< The message data shown or asked for.
    QTabWidget *m_tabs = nullptr;
    QPlainTextEdit *m_text = nullptr;
    QPlainTextEdit *m_hex = nullptr;
    std::unique_ptr<KSyntaxHighlighting::SyntaxHighlighter> m_highlighter;
    QByteArray m_bytes;
    int m_perRow = 0;
};

} // namespace Mailgauge::Transcript
