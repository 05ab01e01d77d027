// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/sourceview.h"

#include "base/literals.h"
#include "compose/messagefile.h"
#include "compose/sourceeditor.h"
#include "explain/explain.h"

#include <QLabel>
#include <QLocale>
#include <QVBoxLayout>
#include <QtConcurrentRun>

namespace Mailgauge::Compose {

SourceView::SourceView(const Theme::Theme &theme, Theme::Syntax &syntax, QWidget *parent)
    : QWidget(parent)
    , m_state(new QLabel(this))
    , m_text(new SourceEditor(theme, this))
{
    m_text->setObjectName(u"sourceText"_s);
    m_text->setAccessibleName(tr("Source of the message"));
    m_text->setReadOnly(true);
    m_text->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_text->setDefinition(syntax, u"Email"_s);
    m_state->setForegroundRole(QPalette::PlaceholderText);
    m_state->setContentsMargins(8, 4, 8, 4);
    m_state->setTextFormat(Qt::PlainText);
    m_state->setWordWrap(true);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_state);
    column->addWidget(m_text, 1);
}

void SourceView::setDraft(const Mime::MessageDraft &draft)
{
    m_draft = draft;
    m_stale = true;
    if (isVisible())
        build();
}

void SourceView::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    if (m_stale)
        build();
}

void SourceView::build()
{
    m_stale = false;
    m_state->setText(tr("Building the message…"));
    ++m_generation;
    QtConcurrent::run(messageSource, m_draft, MaxShown)
        .then(this, [this, generation = m_generation](const Base::Result<MessageSource> &source) {
            if (generation == m_generation)
                showResult(source);
        });
}

void SourceView::showResult(const Base::Result<MessageSource> &source)
{
    if (!source) {
        m_text->clear();
        m_state->setText(tr("The message cannot be built. %1")
                .arg(Explain::explain(source.error()).withNextStep()));
        return;
    }
    m_text->setPlainText(QString::fromUtf8(source->head));
    const QLocale locale;
    m_state->setText(source->head.size() < source->size
            ? tr("%1; the first %2 are shown")
                  .arg(locale.formattedDataSize(source->size),
                      locale.formattedDataSize(source->head.size()))
            : tr("%1 as it will be sent; Message-ID and Date are made when you send")
                  .arg(locale.formattedDataSize(source->size)));
}

} // namespace Mailgauge::Compose
