// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/detailspanel.h"

#include "base/literals.h"
#include "explain/explain.h"
#include "models/transcriptmodel.h"
#include "theme/theme.h"
#include "transcript/dialogue.h"
#include "transcript/formatter.h"
#include "transcript/hexrows.h"
#include "transcript/tlsactions.h"
#include "transcript/tone.h"
#include "transcript/visible.h"
#include "widgets/emptystate.h"
#include "widgets/parts.h"

#include <KSyntaxHighlighting/SyntaxHighlighter>

#include <QFormLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QScrollArea>
#include <QSplitter>
#include <QTabWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace Mailgauge::Transcript {

namespace {

constexpr qsizetype MaxBytes = 64 * 1024;

QLabel *makeLabel(QWidget *parent, const QString &name)
{
    return Widgets::plainLabel(
        parent, name, Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
}

QFormLayout *makeForm()
{
    auto *form = new QFormLayout;
    form->setContentsMargins(0, 0, 0, 0);
    form->setHorizontalSpacing(12);
    form->setVerticalSpacing(4);
    form->setRowWrapPolicy(QFormLayout::DontWrapRows);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->setLabelAlignment(Qt::AlignLeft | Qt::AlignTop);
    return form;
}

/// A label breaks lines at words only: long runs of base64 get places to break, which nobody sees.
QString breakable(const QString &text)
{
    constexpr int longest = 24;
    QString result;
    int run = 0;
    for (const QChar c : text) {
        run = c.isSpace() ? 0 : run + 1;
        if (run > longest && !c.isLowSurrogate() && !c.isMark()) {
            result += QChar(0x200b);
            run = 1;
        }
        result += c;
    }
    return result;
}

void clearForm(QFormLayout *form)
{
    while (form->rowCount() > 0)
        form->removeRow(0);
}

/// A quiet name and its value, which wraps.
QLabel *addRow(QFormLayout *form, QWidget *parent, const QString &label, const QString &text)
{
    auto *name = makeLabel(parent, {});
    name->setText(label);
    name->setWordWrap(false);
    name->setForegroundRole(QPalette::PlaceholderText);
    name->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    auto *value = makeLabel(parent, u"detailsValue"_s);
    value->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    value->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::MinimumExpanding);
    value->setText(breakable(text));
    form->addRow(name, value);
    return value;
}

QPlainTextEdit *makeEditor(QWidget *parent, const QString &name, const QString &accessibleName)
{
    auto *editor = new QPlainTextEdit(parent);
    editor->setObjectName(name);
    editor->setAccessibleName(accessibleName);
    editor->setReadOnly(true);
    editor->setFrameShape(QFrame::NoFrame);
    editor->setLayoutDirection(Qt::LeftToRight);
    editor->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    editor->setTabChangesFocus(true);
    editor->document()->setDocumentMargin(10);
    QTextOption option = editor->document()->defaultTextOption();
    option.setTextDirection(Qt::LeftToRight);
    editor->document()->setDefaultTextOption(option);
    return editor;
}

} // namespace

DetailsPanel::DetailsPanel(
    Models::TranscriptModel &model, const Theme::Theme &theme, QWidget *parent)
    : QWidget(parent)
    , m_model(model)
    , m_theme(theme)
    , m_content(new QWidget(this))
    , m_empty(new Widgets::EmptyState(
          u"documentinfo"_s, tr("Select a line of the transcript to see what it means."), this))
    , m_title(makeLabel(m_content, u"detailsTitle"_s))
    , m_where(makeLabel(m_content, u"detailsWhere"_s))
    , m_sentence(makeLabel(m_content, u"detailsSentence"_s))
    , m_advice(makeForm())
    , m_decodedBox(new QWidget(m_content))
    , m_decoded(makeForm())
    , m_reveal(new QToolButton(m_content))
{
    setObjectName(u"detailsPanel"_s);
    auto *splitter = new QSplitter(Qt::Vertical, m_content);
    splitter->setObjectName(u"detailsSplitter"_s);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(makeFacts());
    splitter->addWidget(makeTexts());
    splitter->setSizes({600, 300});
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    auto *contentLayout = new QVBoxLayout(m_content);
    contentLayout->setContentsMargins(0, 0, 0, 0);
    contentLayout->addWidget(splitter);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_content);
    layout->addWidget(m_empty);
    setMinimumWidth(220);

    connect(&theme, &Theme::Theme::changed, this, &DetailsPanel::updateTheme);
    connect(&model, &Models::TranscriptModel::modelReset, this, [this] {
        if (m_model.total() == 0)
            showLine(-1);
    });
    connect(&m_loader, &ContentLoader::loaded, this, &DetailsPanel::showContent);
    connect(&m_loader, &ContentLoader::failed, this, [this](const Base::Error &error) {
        m_text->appendPlainText(
            lineMark(Direction::Event) + Explain::explain(error).withNextStep());
    });
    updateTheme();
    showLine(-1);
}

DetailsPanel::~DetailsPanel() = default;

QWidget *DetailsPanel::makeFacts()
{
    QFont title = font();
    title.setBold(true);
    title.setPointSizeF(title.pointSizeF() * 1.25);
    m_title->setFont(title);

    m_reveal->setObjectName(u"detailsReveal"_s);
    m_reveal->setText(tr("Show the secrets of this line"));
    m_reveal->setAccessibleName(m_reveal->text());
    m_reveal->setToolTip(
        tr("You chose to keep the secrets of this run. They are in memory only and "
           "are never stored, exported or copied."));
    m_reveal->setIcon(QIcon::fromTheme(u"password-show-on"_s));
    m_reveal->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_reveal->setCheckable(true);
    connect(m_reveal, &QToolButton::toggled, this, &DetailsPanel::showDecoded);
    m_decoded->setContentsMargins(0, 8, 0, 0);
    m_decodedBox->setLayout(m_decoded);

    auto *facts = new QWidget(m_content);
    auto *layout = new QVBoxLayout(facts);
    layout->setContentsMargins(12, 12, 12, 12);
    layout->setSpacing(4);
    layout->addWidget(m_title);
    layout->addWidget(m_where);
    layout->addSpacing(8);
    layout->addWidget(m_sentence);
    layout->addSpacing(4);
    layout->addLayout(m_advice);
    layout->addWidget(m_decodedBox);
    layout->addWidget(m_reveal, 0, Qt::AlignLeft);
    layout->addStretch(1);

    auto *area = new QScrollArea(m_content);
    area->setObjectName(u"detailsArea"_s);
    area->setAccessibleName(tr("Meaning of the line"));
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setWidget(facts);
    return area;
}

QWidget *DetailsPanel::makeTexts()
{
    m_tabs = new QTabWidget(m_content);
    m_tabs->setObjectName(u"detailsTabs"_s);
    m_tabs->setAccessibleName(tr("The line in full"));
    m_tabs->setDocumentMode(true);
    m_text = makeEditor(m_tabs, u"detailsText"_s, tr("The whole line or reply"));
    m_hex = makeEditor(m_tabs, u"detailsBytes"_s, tr("The bytes of the line"));
    m_hex->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_tabs->addTab(m_text, tr("Text"));
    m_tabs->addTab(m_hex, tr("Bytes"));
    m_tabs->addTab(makeTls(), tr("TLS"));
    m_highlighter = std::make_unique<KSyntaxHighlighting::SyntaxHighlighter>(m_text->document());
    m_highlighter->setDefinition(m_highlighting.definition());
    return m_tabs;
}

QWidget *DetailsPanel::makeTls()
{
    m_tls = makeForm();
    m_tlsBox = new QWidget(m_tabs);
    m_tls->setContentsMargins(12, 8, 12, 8);
    m_tlsActions = new TlsActions(m_tlsBox);
    connect(
        m_tlsActions, &TlsActions::saveRequested, this, &DetailsPanel::saveCertificatesRequested);
    connect(m_tlsActions, &TlsActions::pinRequested, this, &DetailsPanel::pinRequested);
    auto *column = new QVBoxLayout(m_tlsBox);
    column->setContentsMargins({});
    column->setSpacing(0);
    column->addWidget(m_tlsActions);
    column->addLayout(m_tls);
    column->addStretch(1);
    m_tlsArea = new QScrollArea(m_tabs);
    m_tlsArea->setObjectName(u"detailsTls"_s);
    m_tlsArea->setAccessibleName(tr("TLS of the session"));
    m_tlsArea->setWidgetResizable(true);
    m_tlsArea->setFrameShape(QFrame::NoFrame);
    m_tlsArea->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_tlsArea->setWidget(m_tlsBox);
    return m_tlsArea;
}

void DetailsPanel::setContentSource(ContentLoader::Source source)
{
    m_loader.setSource(std::move(source));
}

void DetailsPanel::showLine(qsizetype row)
{
    const bool any = row >= 0 && row < m_model.transcript().size();
    m_content->setVisible(any);
    m_empty->setVisible(!any);
    // Whatever was revealed is gone with its line.
    m_row = any ? row : -1;
    const QSignalBlocker blocker(m_reveal);
    m_reveal->setChecked(false);
    showDecoded();
    if (!any) {
        m_loader.forget();
        return;
    }
    const Entry entry = m_model.transcript().entry(row);
    showTitle(entry, row);
    showExplanation(Models::LineMeaning::explanation(m_model.transcript(), row, recordOf(row)));
    showTls(entry);
    showText(entry, row);
    setBytes(entry.text.first(std::min(entry.text.size(), MaxBytes)));
    m_range = contentRangeAt(m_model.transcript(), row);
    if (m_range)
        m_loader.load(*m_range, MaxBytes);
    else
        m_loader.forget();
}

SessionRecord DetailsPanel::recordOf(qsizetype row) const
{
    return m_model.record(
        m_model.transcript().sessions().at(m_model.transcript().line(row).session));
}

void DetailsPanel::showTitle(const Entry &entry, qsizetype row)
{
    using Theme::Role;
    const auto reply = m_model.transcript().replyAt(row);
    m_titleRole = Role::Client;
    QString title;
    if (reply) {
        title = tr("Reply %1").arg(reply->code);
        if (const auto enhanced = reply->enhanced())
            title += u" · "_s + QString::fromLatin1(enhanced->toByteArray());
        m_titleRole = reply->code >= 500 ? Role::Rejected
            : reply->code >= 400         ? Role::Deferred
            : reply->code >= 300         ? Role::Accent
                                         : Role::Accepted;
    } else if (entry.direction == Direction::Client) {
        title = tr("Sent by us");
    } else if (entry.direction == Direction::Server) {
        title = tr("Sent by the server");
    } else {
        title = tr("Event");
        m_titleRole = Role::Event;
    }
    m_title->setText(title);
    paint(m_title, m_titleRole);

    QStringList where {QString::fromLatin1(Smtp::stageName(entry.stage)), elapsedText(entry.us),
        entry.tls ? tr("inside TLS") : tr("in clear")};
    if (entry.unexpected)
        where.append(tr("unexpected reply"));
    m_where->setText(where.join(u" · "_s));
}

void DetailsPanel::showExplanation(const std::optional<Explain::Explanation> &explanation)
{
    clearForm(m_advice);
    m_sentence->setVisible(explanation.has_value());
    if (!explanation)
        return;
    m_sentence->setText(breakable(explanation->text));
    const auto add = [this](const QString &label, const QString &text) {
        if (!text.isEmpty())
            addRow(m_advice, this, label, text);
    };
    add(tr("Cause"), explanation->cause);
    add(tr("Next step"), explanation->nextStep);
    add(tr("Who acts"), explanation->who);
    add(tr("Source"), explanation->rfc);
}

void DetailsPanel::addValues(
    QFormLayout *form, QWidget *box, const QList<Models::NamedValue> &values)
{
    for (const Models::NamedValue &one : values) {
        QLabel *value = addRow(form, box, one.label, one.value);
        value->setFont(m_theme.monospaceFont());
        value->setLayoutDirection(Qt::LeftToRight);
        if (one.secret)
            value->setTextInteractionFlags(Qt::NoTextInteraction);
        if (one.note.isEmpty())
            continue;
        QLabel *note = addRow(form, box, {}, one.note);
        note->setForegroundRole(QPalette::PlaceholderText);
    }
}

void DetailsPanel::showDecoded()
{
    clearForm(m_decoded);
    QList<Models::NamedValue> values;
    bool kept = false;
    if (m_row >= 0) {
        values = Models::LineMeaning::decoded(
            m_model.transcript(), m_row, m_reveal->isChecked() ? Secrets::Shown : Secrets::CutOut);
        kept = std::ranges::any_of(m_model.transcript().entry(m_row).redactions,
            [](const Redaction &redaction) { return !redaction.kept.isEmpty(); });
    }
    addValues(m_decoded, m_decodedBox, values);
    m_decodedBox->setVisible(!values.isEmpty());
    m_reveal->setVisible(kept);
}

void DetailsPanel::showTls(const Entry &entry)
{
    clearForm(m_tls);
    const SessionRecord record = recordOf(m_row);
    const bool any = record.tls && (entry.tls || entry.stage == Smtp::Stage::Tls);
    if (any) {
        m_tlsActions->setSession(record);
        addValues(m_tls, m_tlsBox, Models::LineMeaning::tls(*record.tls));
    }
    m_tabs->setTabVisible(m_tabs->indexOf(m_tlsArea), any);
}

void DetailsPanel::showText(const Entry &entry, qsizetype row)
{
    QString text;
    if (const auto reply = m_model.transcript().replyAt(row)) {
        for (const QByteArray &line : reply->lines) {
            const bool last = &line == &reply->lines.constLast();
            text += lineMark(entry) + QString::number(reply->code) + (last ? u' ' : u'-')
                + visible(line) + (last ? u""_s : u"\n"_s);
        }
    } else {
        text = markedText(entry, {});
    }
    m_text->setPlainText(text);
}

void DetailsPanel::showContent(const QByteArray &bytes)
{
    QStringList lines;
    for (const QByteArray &line : linesOf(bytes))
        lines.append(lineMark(Direction::Client) + visible(line));
    if (const qint64 rest = m_range->to - m_range->from - bytes.size(); rest > 0)
        lines.append(lineMark(Direction::Event) + tr("%L1 bytes more").arg(rest));
    m_text->setPlainText(lines.join(u'\n'));
    setBytes(bytes);
}

void DetailsPanel::setBytes(const QByteArray &bytes)
{
    m_bytes = bytes;
    m_perRow = 0;
    showBytes();
}

void DetailsPanel::showBytes()
{
    const int cell = std::max(1, QFontMetrics(m_theme.monospaceFont()).averageCharWidth());
    const int room = (m_hex->viewport()->width() - 20) / cell;
    // Four digits, two spaces, then three for a byte in hex and one for its text.
    const int perRow = room >= 7 + 16 * 4 + 2 ? 16 : 8;
    if (perRow == m_perRow)
        return;
    m_perRow = perRow;
    m_hex->setPlainText(QString::fromUtf8(hexRows(m_bytes, perRow, {}, "·")));
}

void DetailsPanel::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    showBytes();
}

void DetailsPanel::paint(QLabel *label, Theme::Role role)
{
    QPalette palette;
    palette.setColor(QPalette::WindowText, m_theme.color(role));
    label->setPalette(palette);
}

void DetailsPanel::updateTheme()
{
    m_text->setFont(m_theme.monospaceFont());
    m_hex->setFont(m_theme.monospaceFont());
    m_highlighter->setTheme(m_highlighting.theme(toneOf(m_theme)));
    m_highlighter->rehighlight();
    paint(m_where, Theme::Role::Muted);
    paint(m_title, m_titleRole);
}

} // namespace Mailgauge::Transcript
