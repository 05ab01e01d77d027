// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/messagebar.h"

#include <KColorScheme>

#include <QAccessible>
#include <QAction>
#include <QEvent>
#include <QHBoxLayout>
#include <QIcon>
#include <QLabel>
#include <QPushButton>
#include <QStyle>
#include <QToolButton>

#include <utility>

using namespace Qt::StringLiterals;

namespace Mailgauge::Widgets {

namespace {
QString nameOf(MessageBar::Kind kind)
{
    switch (kind) {
    case MessageBar::Kind::Info:
        return MessageBar::tr("Information");
    case MessageBar::Kind::Success:
        return MessageBar::tr("Success");
    case MessageBar::Kind::Warning:
        return MessageBar::tr("Warning");
    case MessageBar::Kind::Error:
        return MessageBar::tr("Error");
    }
    std::unreachable();
}

KColorScheme::ForegroundRole foregroundOf(MessageBar::Kind kind)
{
    switch (kind) {
    case MessageBar::Kind::Info:
        return KColorScheme::ActiveText;
    case MessageBar::Kind::Success:
        return KColorScheme::PositiveText;
    case MessageBar::Kind::Warning:
        return KColorScheme::NeutralText;
    case MessageBar::Kind::Error:
        return KColorScheme::NegativeText;
    }
    std::unreachable();
}

QString iconOf(MessageBar::Kind kind)
{
    switch (kind) {
    case MessageBar::Kind::Info:
        return u"data-information"_s;
    case MessageBar::Kind::Success:
        return u"data-success"_s;
    case MessageBar::Kind::Warning:
        return u"data-warning"_s;
    case MessageBar::Kind::Error:
        return u"data-error"_s;
    }
    std::unreachable();
}
} // namespace

MessageBar::MessageBar(QWidget *parent)
    : QFrame(parent)
    , m_icon(new QLabel(this))
    , m_text(new QLabel(this))
    , m_buttons(new QHBoxLayout)
    , m_dismiss(new QToolButton(this))
{
    setFrameShape(QFrame::NoFrame);
    setAutoFillBackground(true);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_text->setFocusPolicy(Qt::NoFocus);
    m_dismiss->setAutoRaise(true);
    m_dismiss->setIcon(QIcon::fromTheme(u"window-close"_s));
    m_dismiss->setToolTip(tr("Dismiss"));
    m_dismiss->setAccessibleName(tr("Dismiss this message"));

    m_buttons->setSpacing(4);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 6, 6, 6);
    layout->setSpacing(8);
    layout->addWidget(m_icon, 0, Qt::AlignVCenter);
    layout->addWidget(m_text, 1);
    layout->addLayout(m_buttons);
    layout->addWidget(m_dismiss, 0, Qt::AlignVCenter);

    connect(m_dismiss, &QToolButton::clicked, this, [this] {
        hide();
        Q_EMIT dismissed();
    });
    applyColors();
}

QString MessageBar::text() const
{
    return m_text->text();
}

void MessageBar::showMessage(Kind kind, const QString &text, const QList<QAction *> &actions)
{
    m_kind = kind;
    m_text->setText(text);
    setAccessibleName(text);
    m_icon->setAccessibleName(nameOf(kind));
    replaceActions(actions);
    applyColors();
    show();
    // A screen reader reads it out; nothing takes the focus away.
    QAccessibleEvent alert(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&alert);
}

void MessageBar::focusAction()
{
    for (int i = 0; i < m_buttons->count(); ++i) {
        QWidget *button = m_buttons->itemAt(i)->widget();
        if (button->isEnabled()) {
            button->setFocus();
            return;
        }
    }
}

void MessageBar::setDismissible(bool dismissible)
{
    m_dismiss->setVisible(dismissible);
}

void MessageBar::replaceActions(const QList<QAction *> &actions)
{
    const QAction *left = nullptr;
    bool hadFocus = false;
    for (qsizetype i = 0; QLayoutItem *item = m_buttons->takeAt(0); ++i) {
        QWidget *button = item->widget();
        if (button->hasFocus()) {
            hadFocus = true;
            left = m_actions.value(i);
        }
        button->hide();
        button->deleteLater();
        delete item;
    }
    for (QAction *action : std::as_const(m_actions)) {
        if (action->parent() == this && !actions.contains(action))
            action->deleteLater();
    }
    m_actions = actions;
    QPushButton *successor = nullptr;
    for (QAction *action : actions) {
        auto *button = new QPushButton(action->text(), this);
        button->setIcon(action->icon());
        button->setToolTip(action->toolTip());
        button->setEnabled(action->isEnabled());
        connect(action, &QAction::enabledChanged, button, &QWidget::setEnabled);
        connect(button, &QPushButton::clicked, action, &QAction::trigger);
        m_buttons->addWidget(button);
        button->show(); // Not when the layout gets to it: it may be asked for at once.
        if (action->isEnabled() && (!successor || action == left))
            successor = button;
    }
    if (!hadFocus)
        return;
    if (successor)
        successor->setFocus();
    else if (m_dismiss->isVisibleTo(this))
        m_dismiss->setFocus();
}

void MessageBar::changeEvent(QEvent *event)
{
    QFrame::changeEvent(event);
    // ApplicationPaletteChange goes to windows only. Our own change comes by here too, and ends it.
    if (event->type() == QEvent::PaletteChange)
        // Queued: the colour scheme itself may change only behind the palette.
        QMetaObject::invokeMethod(this, &MessageBar::applyColors, Qt::QueuedConnection);
}

void MessageBar::applyColors()
{
    const KColorScheme scheme(QPalette::Active, KColorScheme::View);
    const QColor accent = scheme.foreground(foregroundOf(m_kind)).color();
    const QColor base = scheme.background().color();
    // The tint keeps the text's contrast in light and dark palettes alike.
    const auto mix = [&](int a, int b) { return (a * 16 + b * 84) / 100; };
    const QColor tint(mix(accent.red(), base.red()), mix(accent.green(), base.green()),
        mix(accent.blue(), base.blue()));
    QPalette colors = palette();
    colors.setColor(QPalette::Window, tint);
    colors.setColor(QPalette::WindowText, scheme.foreground().color());
    if (colors != palette())
        setPalette(colors);
    const int size = style()->pixelMetric(QStyle::PM_SmallIconSize, nullptr, this);
    m_icon->setPixmap(QIcon::fromTheme(iconOf(m_kind)).pixmap(size, size));
}

} // namespace Mailgauge::Widgets
