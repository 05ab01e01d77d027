// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/sourceview.h"

#include "base/literals.h"
#include "compose/messagefile.h"
#include "compose/sourceeditor.h"
#include "explain/explain.h"

#include <QLabel>
#include <QLocale>
#include <QScrollBar>
#include <QVBoxLayout>
#include <QtConcurrentRun>

using namespace std::chrono_literals;

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
    m_delay.setSingleShot(true);
    m_delay.setInterval(300ms);
    connect(&m_delay, &QTimer::timeout, this, &SourceView::build);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_state);
    column->addWidget(m_text, 1);
}

void SourceView::setDraft(const Mime::MessageDraft &draft, bool isTemplate)
{
    if (draft == m_draft && isTemplate == m_isTemplate && !m_stale)
        return;
    m_draft = draft;
    m_isTemplate = isTemplate;
    m_stale = true;
    if (isVisible())
        m_delay.start();
}

void SourceView::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    build();
}

void SourceView::build()
{
    if (!m_stale || m_building || !isVisible())
        return;
    m_stale = false;
    m_building = true;
    if (m_text->document()->isEmpty())
        m_state->setText(tr("Building the message…"));
    QtConcurrent::run(messageSource, m_draft, MaxShown)
        .then(this, [this](const Base::Result<MessageSource> &source) {
            m_building = false;
            showResult(source);
            // What was written meanwhile.
            if (m_stale)
                m_delay.start();
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
    // Who reads on while writing stays where they are.
    const int place = m_text->verticalScrollBar()->value();
    m_text->setContent(QString::fromUtf8(source->head));
    m_text->verticalScrollBar()->setValue(place);
    const QLocale locale;
    m_state->setText(source->head.size() < source->size
            ? tr("%1; the first %2 are shown")
                  .arg(locale.formattedDataSize(source->size),
                      locale.formattedDataSize(source->head.size()))
            : m_isTemplate
            ? tr("%1 before {{…}} is filled in; that, Message-ID and Date are made when you send")
                  .arg(locale.formattedDataSize(source->size))
            : tr("%1 as it will be sent; Message-ID and Date are made when you send")
                  .arg(locale.formattedDataSize(source->size)));
}

} // namespace Mailgauge::Compose
