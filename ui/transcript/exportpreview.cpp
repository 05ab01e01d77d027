// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/exportpreview.h"

#include "base/literals.h"
#include "theme/theme.h"
#include "transcript/entry.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QLocale>
#include <QPlainTextEdit>
#include <QSplitter>
#include <QToolButton>

namespace Mailgauge::Transcript {

namespace {

/// Lines for people: line ends break lines, everything else that is not printable is escaped.
QString shown(const QByteArray &bytes)
{
    QString text;
    for (qsizetype at = 0; at < bytes.size();) {
        qsizetype end = bytes.indexOf('\n', at);
        end = end < 0 ? bytes.size() : end;
        qsizetype stop = end;
        if (stop > at && end < bytes.size() && bytes.at(stop - 1) == '\r')
            --stop;
        text += visibleText(bytes.sliced(at, stop - at));
        if (end < bytes.size())
            text += u'\n';
        at = end + 1;
    }
    return text;
}

/// Where the UTF-8 character begins that holds this byte.
qsizetype characterStart(const QByteArray &bytes, qsizetype at)
{
    constexpr int MostFollowing = 3;
    for (int step = 0; step <= MostFollowing && at - step > 0; ++step) {
        if ((static_cast<uchar>(bytes.at(at - step)) & 0xc0) != 0x80)
            return at - step;
    }
    return at;
}

/// Pages end with a line where one ends in reach.
QList<qsizetype> pagesOf(const QByteArray &bytes)
{
    QList<qsizetype> pages {0};
    while (pages.constLast() + ExportPreview::PageSize < bytes.size()) {
        const qsizetype limit = pages.constLast() + ExportPreview::PageSize;
        const qsizetype line = bytes.lastIndexOf('\n', limit - 1);
        pages.append(line >= pages.constLast() ? line + 1 : characterStart(bytes, limit));
    }
    pages.append(bytes.size());
    return pages;
}

QToolButton *pageButton(const QString &icon, const QString &name, QWidget *parent)
{
    auto *button = new QToolButton(parent);
    button->setIcon(QIcon::fromTheme(icon));
    button->setAutoRaise(true);
    button->setToolTip(name);
    button->setAccessibleName(name);
    return button;
}

} // namespace

ExportPreview::ExportPreview(const Theme::Theme &theme, QWidget *parent)
    : QWidget(parent)
    , m_list(new QListWidget(this))
    , m_title(new QLabel(this))
    , m_text(new QPlainTextEdit(this))
    , m_back(pageButton(u"go-previous"_s, tr("Previous page"), this))
    , m_forward(pageButton(u"go-next"_s, tr("Next page"), this))
    , m_place(new QLabel(this))
{
    m_list->setObjectName(u"exportFiles"_s);
    m_list->setAccessibleName(tr("Files that leave"));
    m_list->setFrameShape(QFrame::NoFrame);
    m_text->setObjectName(u"exportText"_s);
    m_text->setAccessibleName(tr("Content of the file"));
    m_text->setFrameShape(QFrame::NoFrame);
    m_text->setReadOnly(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_text->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_text->setFont(theme.monospaceFont());
    m_back->setObjectName(u"exportPageBack"_s);
    m_forward->setObjectName(u"exportPageForward"_s);
    m_title->setTextFormat(Qt::PlainText);
    m_place->setTextFormat(Qt::PlainText);

    auto *head = new QHBoxLayout;
    head->setContentsMargins(8, 4, 8, 4);
    head->addWidget(m_title, 1);
    head->addWidget(m_place);
    head->addWidget(m_back);
    head->addWidget(m_forward);
    auto *right = new QWidget(this);
    auto *column = new QVBoxLayout(right);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(head);
    column->addWidget(m_text, 1);
    auto *splitter = new QSplitter(this);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(m_list);
    splitter->addWidget(right);
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({220, 620});
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(splitter);

    connect(m_list, &QListWidget::currentRowChanged, this, [this](int row) {
        if (row >= 0 && row < m_files.size())
            m_wanted = m_files.at(row).name;
        showFile();
    });
    connect(m_back, &QToolButton::clicked, this, [this] { showPage(m_page - 1); });
    connect(m_forward, &QToolButton::clicked, this, [this] { showPage(m_page + 1); });
    clear();
}

void ExportPreview::setFiles(const QList<Bundle::BundleFile> &files)
{
    const QSignalBlocker blocker(m_list);
    m_files = files;
    m_list->clear();
    int row = 0;
    for (qsizetype i = 0; i < files.size(); ++i) {
        const Bundle::BundleFile &file = files.at(i);
        auto *item = new QListWidgetItem(file.name, m_list);
        item->setToolTip(
            tr("%1, %2").arg(file.name, locale().formattedDataSize(file.bytes.size())));
        item->setData(Qt::AccessibleTextRole, item->toolTip());
        if (file.name == m_wanted)
            row = static_cast<int>(i);
    }
    m_list->setCurrentRow(row);
    showFile();
}

void ExportPreview::clear()
{
    setFiles({});
}

QByteArray ExportPreview::current() const
{
    const int row = m_list->currentRow();
    return row >= 0 && row < m_files.size() ? m_files.at(row).bytes : QByteArray();
}

void ExportPreview::showFile()
{
    const int row = m_list->currentRow();
    const QByteArray bytes = current();
    m_pages = pagesOf(bytes);
    if (row < 0 || row >= m_files.size()) {
        m_title->clear();
    } else {
        const QString size = locale().formattedDataSize(bytes.size());
        m_title->setText(bytes.contains("\r\n") ? tr("%1, lines end in CR LF").arg(size) : size);
    }
    showPage(0);
}

void ExportPreview::showPage(qsizetype page)
{
    m_page = std::clamp<qsizetype>(page, 0, m_pages.size() - 2);
    const qsizetype from = m_pages.at(m_page);
    m_text->setPlainText(shown(current().sliced(from, m_pages.at(m_page + 1) - from)));
    const bool several = m_pages.size() > 2;
    m_place->setText(tr("Page %1 of %2").arg(m_page + 1).arg(m_pages.size() - 1));
    for (QWidget *widget : {static_cast<QWidget *>(m_place), static_cast<QWidget *>(m_back),
             static_cast<QWidget *>(m_forward)})
        widget->setVisible(several);
    m_back->setEnabled(m_page > 0);
    m_forward->setEnabled(m_page + 2 < m_pages.size());
}

} // namespace Mailgauge::Transcript
