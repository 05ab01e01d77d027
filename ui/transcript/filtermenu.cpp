// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/filtermenu.h"

#include "base/literals.h"
#include "transcript/filterexpression.h"

#include <QAction>
#include <QIcon>

#include <algorithm>
#include <utility>

namespace Mailgauge::Transcript {

namespace {

constexpr qsizetype MaxHistory = 20;
constexpr qsizetype MaxListed = 8;
constexpr qsizetype MaxSaved = 50;
constexpr int MaxWidth = 380;

} // namespace

FilterMenu::FilterMenu(QWidget *parent)
    : QMenu(parent)
{
    setObjectName(u"transcriptFilterMenu"_s);
    setToolTipsVisible(true);
}

void FilterMenu::setSources(Choices sessions, Choices recipients)
{
    m_sessions = std::move(sessions);
    m_recipients = std::move(recipients);
}

void FilterMenu::fill(const QString &expression)
{
    clear();
    qDeleteAll(std::exchange(m_fields, {}));
    addField(tr("&Direction"), u"dir"_s,
        {{u"client"_s, tr("Client")}, {u"server"_s, tr("Server")}, {u"event"_s, tr("Events")}},
        expression);
    QList<Choice> stages;
    for (const Smtp::Stage stage : Smtp::allStages) {
        const QString name = QString::fromLatin1(Smtp::stageName(stage));
        stages.append({name, name});
    }
    addField(tr("&Stage"), u"stage"_s, stages, expression);
    addField(tr("Reply &class"), u"class"_s,
        {{u"2"_s, tr("2yz positive")}, {u"3"_s, tr("3yz intermediate")},
            {u"4"_s, tr("4yz transient refusal")}, {u"5"_s, tr("5yz permanent refusal")},
            {u"4,5"_s, tr("4yz and 5yz, any refusal")}, {u"none"_s, tr("No reply")}},
        expression);
    addField(tr("&Unexpected"), u"unexpected"_s,
        {{u"yes"_s, tr("Unexpected replies")}, {u"no"_s, tr("All other lines")}}, expression);
    addField(tr("&TLS"), u"tls"_s, {{u"yes"_s, tr("Inside TLS")}, {u"no"_s, tr("In clear")}},
        expression);
    addField(tr("Sess&ion"), u"session"_s, m_sessions ? m_sessions() : QList<Choice>(), expression);
    addField(
        tr("&Recipient"), u"to"_s, m_recipients ? m_recipients() : QList<Choice>(), expression);
    addLists(expression.trimmed());
}

void FilterMenu::addField(const QString &title, const QString &field, const QList<Choice> &choices,
    const QString &expression)
{
    QMenu *menu = addMenu(title);
    m_fields.append(menu);
    const QString present = fieldValue(expression, field);
    QAction *any = menu->addAction(tr("Any"));
    any->setCheckable(true);
    any->setChecked(present.isEmpty());
    connect(any, &QAction::triggered, this, [this, field] { Q_EMIT valueChosen(field, {}); });
    menu->addSeparator();
    for (const Choice &choice : choices) {
        const QString shown = fontMetrics().elidedText(choice.title, Qt::ElideMiddle, MaxWidth);
        QAction *action = menu->addAction(QString(shown).replace(u'&', u"&&"_s));
        action->setObjectName(field + u':' + choice.value);
        action->setCheckable(true);
        action->setChecked(present == choice.value);
        connect(action, &QAction::triggered, this,
            [this, field, value = choice.value] { Q_EMIT valueChosen(field, value); });
    }
}

void FilterMenu::addLists(const QString &expression)
{
    const auto list = [this](const QString &title, const QStringList &expressions) {
        if (expressions.isEmpty())
            return;
        addSection(title);
        for (const QString &one : expressions) {
            QString text = fontMetrics().elidedText(one, Qt::ElideMiddle, MaxWidth);
            QAction *action = addAction(text.replace(u'&', u"&&"_s));
            connect(
                action, &QAction::triggered, this, [this, one] { Q_EMIT expressionChosen(one); });
        }
    };
    list(tr("Saved filters"), m_saved);
    list(tr("Earlier"), m_history.first(std::min(MaxListed, m_history.size())));
    addSeparator();
    const bool isSaved = m_saved.contains(expression);
    QAction *save = addAction(QIcon::fromTheme(isSaved ? u"edit-delete"_s : u"document-save"_s),
        isSaved ? tr("Forget This Filter") : tr("Save This Filter"));
    save->setObjectName(u"saveFilter"_s);
    save->setEnabled(!expression.isEmpty() && parseExpression(expression).has_value());
    connect(save, &QAction::triggered, this, [this, expression, isSaved] {
        if (isSaved)
            m_saved.removeAll(expression);
        else if (m_saved.size() < MaxSaved)
            m_saved.append(expression);
        Q_EMIT listsChanged();
    });
    QAction *forget = addAction(QIcon::fromTheme(u"edit-clear-history"_s), tr("Clear History"));
    forget->setObjectName(u"clearFilterHistory"_s);
    forget->setEnabled(!m_history.isEmpty());
    connect(forget, &QAction::triggered, this, [this] {
        m_history.clear();
        Q_EMIT listsChanged();
    });
}

void FilterMenu::remember(const QString &expression)
{
    if (!m_history.isEmpty() && m_history.constFirst() == expression)
        return;
    m_history.removeAll(expression);
    m_history.prepend(expression);
    if (m_history.size() > MaxHistory)
        m_history.removeLast();
    Q_EMIT listsChanged();
}

void FilterMenu::setLists(const QStringList &history, const QStringList &saved)
{
    m_history = history.first(std::min(MaxHistory, history.size()));
    m_saved = saved.first(std::min(MaxSaved, saved.size()));
    Q_EMIT listsChanged();
}

} // namespace Mailgauge::Transcript
