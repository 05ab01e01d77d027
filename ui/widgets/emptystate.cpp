// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/emptystate.h"

#include <QAction>
#include <QEvent>
#include <QHBoxLayout>
#include <QIcon>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace Mailgauge::Widgets {

EmptyState::EmptyState(const QString &iconName, const QString &sentence, QWidget *parent)
    : QWidget(parent)
    , m_iconName(iconName)
    , m_icon(new QLabel(this))
    , m_sentence(new QLabel(this))
    , m_button(new QPushButton(this))
{
    m_sentence->setTextFormat(Qt::PlainText);
    m_sentence->setWordWrap(true);
    m_sentence->setAlignment(Qt::AlignHCenter);
    m_sentence->setMinimumWidth(160);
    m_sentence->setMaximumWidth(420);
    m_sentence->setForegroundRole(QPalette::PlaceholderText);
    m_icon->setAlignment(Qt::AlignCenter);
    m_button->hide();

    auto *layout = new QVBoxLayout(this);
    layout->setSpacing(12);
    layout->addStretch(2);
    layout->addWidget(m_icon, 0, Qt::AlignHCenter);
    // Not aligned: an aligned label gets the height of one line, however often it wraps.
    auto *sentenceRow = new QHBoxLayout;
    sentenceRow->addStretch(1);
    sentenceRow->addWidget(m_sentence, 1000);
    sentenceRow->addStretch(1);
    layout->addLayout(sentenceRow);
    layout->addWidget(m_button, 0, Qt::AlignHCenter);
    layout->addStretch(3);
    setSentence(sentence);
    updateIcon();
}

void EmptyState::setSentence(const QString &sentence)
{
    m_sentence->setText(sentence);
    m_icon->setAccessibleName(sentence);
}

void EmptyState::setAction(QAction *action)
{
    disconnect(m_clicked);
    m_button->setVisible(action != nullptr);
    if (action == nullptr)
        return;
    m_button->setText(action->text());
    m_button->setIcon(action->icon());
    m_clicked = connect(m_button, &QPushButton::clicked, action, &QAction::trigger);
}

void EmptyState::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        updateIcon();
}

void EmptyState::updateIcon()
{
    m_icon->setPixmap(
        QIcon::fromTheme(m_iconName).pixmap(QSize(48, 48), devicePixelRatioF(), QIcon::Disabled));
}

} // namespace Mailgauge::Widgets
