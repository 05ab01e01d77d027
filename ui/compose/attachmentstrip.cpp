// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/attachmentstrip.h"

#include "base/literals.h"
#include "models/attachmentsmodel.h"
#include "widgets/filedrop.h"

#include <QAction>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QListView>
#include <QLocale>
#include <QToolButton>
#include <QVBoxLayout>

namespace Mailgauge::Compose {

namespace {
QToolButton *makeButton(
    QWidget *parent, const QString &icon, const QString &text, const QString &tip)
{
    auto *button = new QToolButton(parent);
    button->setIcon(QIcon::fromTheme(icon));
    button->setText(text);
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setAutoRaise(true);
    button->setToolTip(tip);
    return button;
}
} // namespace

AttachmentStrip::AttachmentStrip(Models::AttachmentsModel &model, QWidget *parent)
    : QWidget(parent)
    , m_model(model)
    , m_list(new QListView(this))
    , m_hint(new QLabel(this))
{
    setAcceptDrops(true);
    m_attach = makeButton(this, u"mail-attachment"_s, tr("Attach…"), tr("Attach files"));
    m_attach->setObjectName(u"attachButton"_s);
    m_inline = makeButton(this, u"insert-image"_s, tr("Inline"),
        tr("Show the image inside the HTML instead of attaching it"));
    m_inline->setCheckable(true);
    m_remove = makeButton(
        this, u"edit-delete-remove"_s, tr("Remove"), tr("Remove the chosen file"));
    m_remove->setObjectName(u"removeAttachment"_s);
    m_hint->setForegroundRole(QPalette::PlaceholderText);
    m_list->setModel(&m_model);
    m_list->setObjectName(u"attachments"_s);
    m_list->setAccessibleName(tr("Attachments"));
    m_list->setViewMode(QListView::ListMode);
    m_list->setFlow(QListView::LeftToRight);
    m_list->setWrapping(true);
    m_list->setResizeMode(QListView::Adjust);
    m_list->setSpacing(2);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setMaximumHeight(64);
    m_list->setDragDropMode(QAbstractItemView::NoDragDrop);
    auto *removeKey = new QAction(m_list);
    removeKey->setShortcut(QKeySequence::Delete);
    removeKey->setShortcutContext(Qt::WidgetShortcut);
    m_list->addAction(removeKey);

    auto *line = new QHBoxLayout;
    line->setContentsMargins(8, 2, 8, 2);
    line->setSpacing(4);
    line->addWidget(m_attach);
    line->addWidget(m_inline);
    line->addWidget(m_remove);
    line->addWidget(m_hint, 1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_list);
    column->addLayout(line);

    connect(m_attach, &QToolButton::clicked, this, &AttachmentStrip::chooseFiles);
    connect(m_remove, &QToolButton::clicked, this, &AttachmentStrip::removeSelected);
    connect(removeKey, &QAction::triggered, this, &AttachmentStrip::removeSelected);
    connect(m_inline, &QToolButton::clicked, this, &AttachmentStrip::toggleInline);
    connect(
        &m_model, &Models::AttachmentsModel::attachmentsChanged, this, &AttachmentStrip::follow);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this,
        &AttachmentStrip::follow);
    follow();
}

void AttachmentStrip::follow()
{
    const int count = m_model.rowCount();
    const QModelIndex current = m_list->currentIndex();
    m_list->setVisible(count > 0);
    m_inline->setVisible(count > 0);
    m_remove->setVisible(count > 0);
    m_inline->setEnabled(current.isValid());
    m_remove->setEnabled(current.isValid());
    m_inline->setChecked(current.data(Models::AttachmentsModel::InlineRole).toBool());
    m_hint->setText(count == 0
            ? tr("or drop files here")
            : tr("Files: %1, %2")
                  .arg(QString::number(count), QLocale().formattedDataSize(m_model.totalSize())));
}

void AttachmentStrip::chooseFiles()
{
    auto *dialog = new QFileDialog(this, tr("Attach Files"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    connect(dialog, &QFileDialog::filesSelected, this, &AttachmentStrip::filesChosen);
    dialog->open();
}

void AttachmentStrip::removeSelected()
{
    m_model.remove(m_list->currentIndex().row());
    // Away from the text, so that Undo means the file.
    (m_model.rowCount() > 0 ? static_cast<QWidget *>(m_list) : m_attach)->setFocus();
}

void AttachmentStrip::toggleInline()
{
    const int row = m_list->currentIndex().row();
    const bool wanted = m_inline->isChecked();
    const QByteArray id = m_model.setInline(row, wanted);
    m_list->setCurrentIndex(m_model.index(row, 0));
    if (wanted && !id.isEmpty())
        Q_EMIT inlineChosen(id);
}

void AttachmentStrip::dragEnterEvent(QDragEnterEvent *event)
{
    Widgets::takeFiles(*event);
}

void AttachmentStrip::dropEvent(QDropEvent *event)
{
    if (const QStringList paths = Widgets::takeFiles(*event); !paths.isEmpty())
        Q_EMIT filesChosen(paths);
}

} // namespace Mailgauge::Compose
