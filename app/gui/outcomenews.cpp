// SPDX-License-Identifier: GPL-3.0-or-later
#include "outcomenews.h"

#include "base/literals.h"
#include "delivery/reason.h"
#include "explain/explain.h"
#include "models/outcometext.h"
#include "relay/profileservice.h"
#include "widgets/messagestack.h"

#include <QAction>

#include <algorithm>

namespace Mailgauge::Gui {

namespace {

using Transcript::WholeOutcome;
using Widgets::MessageBar;

MessageBar::Kind kindOf(WholeOutcome outcome)
{
    switch (outcome) {
    case WholeOutcome::Accepted:
        return MessageBar::Kind::Success;
    case WholeOutcome::Partial:
    case WholeOutcome::Deferred:
    case WholeOutcome::Uncertain:
        return MessageBar::Kind::Warning;
    case WholeOutcome::Rejected:
    case WholeOutcome::Failed:
        return MessageBar::Kind::Error;
    case WholeOutcome::Stopped:
        return MessageBar::Kind::Info;
    }
    Q_UNREACHABLE_RETURN(MessageBar::Kind::Info);
}

/// What may have been delivered asks for another look than what was not: never one bar for both.
QString barOf(WholeOutcome outcome)
{
    switch (outcome) {
    case WholeOutcome::Accepted:
    case WholeOutcome::Stopped:
        return u"outcome"_s;
    case WholeOutcome::Uncertain:
        return u"outcome.uncertain"_s;
    case WholeOutcome::Partial:
    case WholeOutcome::Deferred:
    case WholeOutcome::Rejected:
    case WholeOutcome::Failed:
        return u"outcome.trouble"_s;
    }
    Q_UNREACHABLE_RETURN(QString());
}

QString sentenceOf(const Transcript::SessionRecord &record)
{
    const QString relay = record.profileName.isEmpty() ? record.host : record.profileName;
    const auto accepted = static_cast<int>(std::ranges::count(
        record.recipients, Smtp::Outcome::Accepted, &Smtp::RecipientOutcome::outcome));
    QStringList sentences;
    if (record.outcome == WholeOutcome::Accepted) {
        sentences.append(
            OutcomeNews::tr("Accepted for %n recipient(s) by %1.", nullptr, accepted).arg(relay));
        if (!record.queueId.isEmpty())
            sentences.append(
                OutcomeNews::tr("Queue id %1.").arg(Transcript::visibleText(record.queueId)));
    } else {
        if (accepted > 0)
            sentences.append(OutcomeNews::tr("Accepted for %1 of %n recipient(s) by %2.", nullptr,
                static_cast<int>(record.recipients.size()))
                    .arg(QString::number(accepted), relay));
        if (record.outcome == WholeOutcome::Uncertain)
            sentences.append(
                OutcomeNews::tr("The message may have been delivered: the connection was lost "
                                "before the relay answered. It is not sent again by itself."));
        sentences.append(Delivery::reasonOf(record).withNextStep());
    }
    sentences.removeAll(QString());
    if (sentences.isEmpty())
        sentences.append(
            OutcomeNews::tr("%1: %2.").arg(relay, Models::OutcomeText::of(record.outcome)));
    return sentences.join(u' ');
}

} // namespace

OutcomeNews::OutcomeNews(const Relay::ProfileService &profiles, Widgets::MessageStack &messages)
    : m_profiles(profiles)
    , m_messages(messages)
{
}

void OutcomeNews::tell(const Transcript::SessionRecord &record)
{
    const QString bar = barOf(record.outcome);
    const auto profile = m_profiles.profile(record.profile);
    News news {.kind = kindOf(record.outcome),
        .sentence = sentenceOf(record),
        .session = record.id,
        .inInbox = profile && profile->builtin && record.outcome == WholeOutcome::Accepted};
    if (news.kind >= MessageBar::Kind::Warning && m_messages.bar(bar) != nullptr) {
        const News before = m_shown.value(bar);
        if (before.kind > news.kind)
            news = before;
        news.others = before.others + 1;
    }
    m_shown.insert(bar, news);
    m_messages.post(bar, news.kind,
        news.others > 0 ? u"%1 %2"_s.arg(news.sentence,
                              tr("And %n more, all under Sessions.", nullptr, news.others))
                        : news.sentence,
        actionsFor(news));
}

QList<QAction *> OutcomeNews::actionsFor(const News &news)
{
    QList<QAction *> actions {new QAction(tr("Show session"))};
    connect(actions.last(), &QAction::triggered, this,
        [this, session = news.session] { Q_EMIT sessionRequested(session); });
    if (news.others > 0) {
        actions.append(new QAction(tr("Show all")));
        connect(actions.last(), &QAction::triggered, this, &OutcomeNews::sessionsRequested);
    }
    if (news.inInbox) {
        actions.append(new QAction(tr("Open in the sandbox")));
        connect(actions.last(), &QAction::triggered, this, &OutcomeNews::inboxRequested);
    }
    return actions;
}

} // namespace Mailgauge::Gui
