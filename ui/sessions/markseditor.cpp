// SPDX-License-Identifier: GPL-3.0-or-later
#include "sessions/markseditor.h"

#include "base/literals.h"
#include "transcript/sessionlibrary.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QRegularExpression>

namespace Mailgauge::Sessions {

MarksEditor::MarksEditor(QWidget *parent)
    : QWidget(parent)
    , m_tags(new QLineEdit(this))
    , m_note(new QLineEdit(this))
    , m_problem(new QLabel(this))
{
    m_tags->setObjectName(u"sessionTags"_s);
    m_tags->setPlaceholderText(tr("Tags, with blanks between them"));
    m_note->setObjectName(u"sessionNote"_s);
    m_note->setPlaceholderText(tr("A note for yourself"));
    m_note->setMaxLength(2000);
    m_problem->setObjectName(u"sessionMarksProblem"_s);
    m_problem->setTextFormat(Qt::PlainText);
    m_problem->setWordWrap(true);
    m_problem->hide();
    auto *tagsLabel = new QLabel(tr("Ta&gs"), this);
    tagsLabel->setBuddy(m_tags);
    auto *noteLabel = new QLabel(tr("N&ote"), this);
    noteLabel->setBuddy(m_note);
    auto *row = new QHBoxLayout;
    row->setContentsMargins({});
    row->addWidget(tagsLabel);
    row->addWidget(m_tags, 1);
    row->addSpacing(8);
    row->addWidget(noteLabel);
    row->addWidget(m_note, 2);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(4);
    layout->addLayout(row);
    layout->addWidget(m_problem);
    connect(m_tags, &QLineEdit::editingFinished, this, &MarksEditor::readTags);
    connect(m_tags, &QLineEdit::textEdited, this, [this] { showProblem({}); });
    connect(m_note, &QLineEdit::editingFinished, this, &MarksEditor::readNote);
}

void MarksEditor::setMarks(const QUuid &session, const QStringList &tags, const QString &note)
{
    QString lost;
    if (session != m_session) {
        // What was typed belongs to the one before, wherever the focus went.
        if (m_tags->isModified() && !readTags())
            lost
                = tr("The tags of the session before stay as they were. %1").arg(m_problem->text());
        if (m_note->isModified())
            readNote();
        m_session = session;
        m_tags->setModified(false);
        m_note->setModified(false);
        showProblem(lost);
    }
    if (tags != m_keptTags || !m_tags->isModified())
        m_tags->setText(tags.join(u' '));
    if (note != m_keptNote || !m_note->isModified())
        m_note->setText(note);
    m_keptTags = tags;
    m_keptNote = note;
}

bool MarksEditor::readTags()
{
    static const QRegularExpression between(u"[\\s,]+"_s);
    QStringList tags;
    for (const QString &word : m_tags->text().split(between, Qt::SkipEmptyParts)) {
        const auto tag = Transcript::tagFrom(word);
        if (!tag) {
            showProblem(tr("“%1” is no tag: a tag is one word of at most 40 characters, without "
                           "quotes.")
                    .arg(word));
            return false;
        }
        if (!tags.contains(*tag, Qt::CaseInsensitive))
            tags.append(*tag);
    }
    showProblem({});
    tags.sort(Qt::CaseInsensitive);
    m_tags->setText(tags.join(u' '));
    if (tags != m_keptTags) {
        m_keptTags = tags;
        Q_EMIT tagsEdited(m_session, tags);
    }
    return true;
}

void MarksEditor::readNote()
{
    const QString note = Transcript::noteFrom(m_note->text());
    m_note->setText(note);
    if (note != m_keptNote) {
        m_keptNote = note;
        Q_EMIT noteEdited(m_session, note);
    }
}

void MarksEditor::showProblem(const QString &sentence)
{
    m_problem->setText(sentence);
    m_problem->setVisible(!sentence.isEmpty());
    m_tags->setAccessibleDescription(sentence);
}

} // namespace Mailgauge::Sessions
