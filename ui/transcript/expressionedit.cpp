// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/expressionedit.h"

#include "base/literals.h"
#include "theme/theme.h"

#include <QAbstractItemView>
#include <QAction>
#include <QCompleter>
#include <QEvent>
#include <QIcon>
#include <QStringListModel>
#include <QToolButton>

namespace Mailgauge::Transcript {

namespace {
constexpr qsizetype MaxOffers = 16;
} // namespace

ExpressionEdit::ExpressionEdit(const Theme::Theme &theme, QWidget *parent)
    : QLineEdit(parent)
    , m_theme(theme)
    , m_offers(new QStringListModel(this))
    , m_state(new QAction(this))
{
    auto *completer = new QCompleter(m_offers, this);
    completer->setCompletionMode(QCompleter::UnfilteredPopupCompletion);
    completer->setCaseSensitivity(Qt::CaseSensitive);
    completer->popup()->setAccessibleName(tr("Completions"));
    setCompleter(completer);
    addAction(m_state, QLineEdit::TrailingPosition);
    m_state->setVisible(false);
    connect(this, &QLineEdit::textChanged, this, &ExpressionEdit::read);
    connect(this, &QLineEdit::textEdited, this, &ExpressionEdit::offer);
    connect(&theme, &Theme::Theme::changed, this, &ExpressionEdit::showState);
    read();
}

void ExpressionEdit::read()
{
    m_conditions = parseExpression(text());
    showState();
}

void ExpressionEdit::offer(const QString &text)
{
    QStringList offers;
    const qsizetype blank = text.lastIndexOf(u' ') + 1;
    if (cursorPosition() == text.size()) {
        const QStringList ways = completions(text.sliced(blank));
        for (const QString &way : ways)
            offers.append(text.first(blank) + way);
    }
    for (const QString &one : std::as_const(m_history)) {
        if (offers.size() >= MaxOffers)
            break;
        if (one != text && !text.isEmpty() && one.startsWith(text) && !offers.contains(one))
            offers.append(one);
    }
    m_offers->setStringList(offers);
}

void ExpressionEdit::showState()
{
    const bool empty = text().isEmpty();
    const bool good = m_conditions.has_value();
    QPalette colors;
    if (!empty) {
        colors.setColor(
            QPalette::Base, m_theme.tint(good ? Theme::Role::Accepted : Theme::Role::Rejected));
    }
    setPalette(colors);
    m_state->setVisible(!empty);
    m_state->setIcon(QIcon::fromTheme(good ? u"dialog-ok"_s : u"dialog-error"_s));
    const QString word = good ? tr("The filter is valid") : problem();
    m_state->setToolTip(word);
    const QList<QObject *> buttons = m_state->associatedObjects();
    for (QObject *button : buttons) {
        if (auto *widget = qobject_cast<QToolButton *>(button))
            widget->setAccessibleName(word);
    }
    setAccessibleDescription(empty ? QString() : word);
}

QString ExpressionEdit::problem() const
{
    if (m_conditions)
        return {};
    const ExpressionError &error = m_conditions.error();
    switch (error.kind) {
    case ExpressionError::Kind::OpenQuote:
        return tr("A quotation mark is open: write another one where the text ends.");
    case ExpressionError::Kind::OpenPattern:
        return tr("The regular expression is open: end it with a slash, or put the text between "
                  "quotation marks.");
    case ExpressionError::Kind::BadPattern:
        return tr("The regular expression cannot be understood: %1.").arg(error.value);
    case ExpressionError::Kind::EmptyValue:
        return tr("Say what %1: shall be, or take it away.").arg(error.value);
    case ExpressionError::Kind::UnknownValue:
        return tr("%1 means nothing here. Known: %2.")
            .arg(error.value, knownValues(error.value).join(u", "_s));
    case ExpressionError::Kind::NotExcludable:
        return tr("%1 cannot be turned round; take the minus away.").arg(error.value);
    case ExpressionError::Kind::Twice:
        return tr("%1: stands there twice; keep one of them.").arg(error.value);
    }
    Q_UNREACHABLE_RETURN({});
}

} // namespace Mailgauge::Transcript
