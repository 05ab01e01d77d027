// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/messageview.h"

#include "base/literals.h"
#include "transcript/entry.h"
#include "widgets/tables.h"
#include "widgets/textlimits.h"

#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QPlainTextEdit>
#include <QTabWidget>
#include <QTableWidget>
#include <QVBoxLayout>
#include <QtConcurrentRun>

namespace Mailgauge::Sandbox {

namespace {

/// More than a person reads; the file can be saved whole.
constexpr qsizetype MostRaw = 256 * 1024;
constexpr qsizetype MostText = 128 * 1024;
constexpr qsizetype MostRows = 1000;

QString cutNote(qint64 more)
{
    return MessageView::tr("[… %1 more; save the message to see all]")
        .arg(QLocale().formattedDataSize(more));
}

/// A widget lays out what it is given at once: a body of megabytes would hold the window up.
QString shortened(const QString &text)
{
    return text.size() <= MostText ? text
                                   : text.first(MostText) + u'\n' + cutNote(text.size() - MostText);
}

QPlainTextEdit *reader(const QString &name, QWidget *parent)
{
    auto *edit = new QPlainTextEdit(parent);
    edit->setReadOnly(true);
    edit->setAccessibleName(name);
    edit->setFrameShape(QFrame::NoFrame);
    return edit;
}

QTableWidget *grid(const QStringList &heads, const QString &name, QWidget *parent)
{
    auto *table = new QTableWidget(0, static_cast<int>(heads.size()), parent);
    Widgets::makeList(table, name);
    table->setHorizontalHeaderLabels(heads);
    return table;
}

void addRow(QTableWidget *table, const QStringList &cells)
{
    const int row = table->rowCount();
    table->insertRow(row);
    for (qsizetype column = 0; column < cells.size(); ++column)
        table->setItem(row, static_cast<int>(column), new QTableWidgetItem(cells.at(column)));
}

/// Line by line, so that what is no text is seen and the lines stay lines.
QString visibleLines(const QByteArray &bytes)
{
    QStringList lines;
    for (QByteArray line : bytes.first(qMin(bytes.size(), MostRaw)).split('\n')) {
        if (line.endsWith('\r'))
            line.chop(1);
        lines.append(Transcript::visibleText(line));
    }
    if (bytes.size() > MostRaw)
        lines.append(cutNote(bytes.size() - MostRaw));
    return lines.join(u'\n');
}

} // namespace

MessageView::MessageView(Theme::Theme &theme, QWidget *parent)
    : QWidget(parent)
    , m_subject(new QLabel(this))
    , m_from(new QLabel(this))
    , m_tabs(new QTabWidget(this))
    , m_text(reader(tr("Text of the message"), this))
    , m_headers(grid({tr("Field"), tr("Value")}, tr("Header fields"), this))
    , m_parts(grid({tr("Type"), tr("Name"), tr("Size")}, tr("Parts of the message"), this))
    , m_raw(reader(tr("Source of the message"), this))
{
    QFont bold = m_subject->font();
    bold.setBold(true);
    m_subject->setFont(bold);
    for (QLabel *label : {m_subject, m_from}) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    m_from->setForegroundRole(QPalette::PlaceholderText);
    m_raw->setFont(theme.monospaceFont());
    m_raw->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_raw->setLayoutDirection(Qt::LeftToRight);
    m_headers->setColumnWidth(0, 180);
    m_parts->setColumnWidth(0, 200);
    m_parts->setColumnWidth(1, 200);
    m_tabs->addTab(m_text, tr("Text"));
    m_tabs->addTab(m_headers, tr("Fields"));
    m_tabs->addTab(m_parts, tr("Parts"));
    m_tabs->addTab(m_raw, tr("Source"));
    m_tabs->setDocumentMode(true);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 8, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(m_subject);
    layout->addWidget(m_from);
    layout->addWidget(m_tabs, 1);
}

void MessageView::clear()
{
    ++m_generation;
    m_bytes.clear();
    show({});
    m_raw->clear();
}

void MessageView::showNote(const QString &note)
{
    clear();
    m_text->setPlainText(note);
}

void MessageView::setMessage(const QByteArray &bytes)
{
    m_bytes = bytes;
    const int generation = ++m_generation;
    m_raw->setPlainText(visibleLines(bytes));
    QtConcurrent::run(&Mime::parse, bytes)
        .then(this, [this, generation](const Mime::ParsedMessage &message) {
            if (generation == m_generation)
                show(message);
        });
}

void MessageView::show(const Mime::ParsedMessage &message)
{
    m_subject->setText(message.header("Subject"));
    m_from->setText(message.header("From").isEmpty()
            ? QString()
            : tr("%1 → %2").arg(message.header("From"), message.header("To")));
    const QString text = shortened(message.text.isEmpty() ? message.html : message.text);
    Widgets::fitWrapping(*m_text, text);
    m_text->setPlainText(text);
    m_headers->setRowCount(0);
    for (const Mime::HeaderField &field :
        message.headers.first(qMin(message.headers.size(), MostRows)))
        addRow(m_headers, {QString::fromLatin1(field.name), Transcript::visibleText(field.value)});
    m_parts->setRowCount(0);
    for (const Mime::Part &part : message.parts.first(qMin(message.parts.size(), MostRows)))
        addRow(m_parts,
            {QString::fromLatin1(part.mimeType), part.fileName,
                QLocale().formattedDataSize(part.body.size())});
}

} // namespace Mailgauge::Sandbox
