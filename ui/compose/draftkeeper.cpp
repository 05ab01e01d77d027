// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/draftkeeper.h"

#include "base/literals.h"
#include "compose/welcome.h"
#include "explain/explain.h"
#include "widgets/messagestack.h"

#include <QAction>
#include <QLocale>

#include <algorithm>
#include <utility>

namespace Mailgauge::Compose {

using Widgets::MessageBar;

namespace {
const QString replacedBar = u"replaced"_s;
const QString recoverBar = u"recover"_s;
const QString discardedBar = u"discarded"_s;

QString title(const Draft &draft)
{
    const QString subject = draft.message.subject.simplified();
    return subject.isEmpty() ? DraftKeeper::tr("A message without a subject")
                             : u"“%1”"_s.arg(subject);
}
} // namespace

DraftKeeper::DraftKeeper(
    const QString &directory, Composer composer, Widgets::MessageStack &messages, QObject *parent)
    : QObject(parent)
    , m_composer(std::move(composer))
    , m_messages(messages)
    , m_journal(directory, m_composer.current)
{
    connect(&m_journal, &DraftJournal::failed, this, [this](const Base::Error &error) {
        m_messages.post(u"journal"_s, MessageBar::Kind::Error,
            tr("This message cannot be kept for a restart: save it with Ctrl+S. %1")
                .arg(Explain::explain(error).withNextStep()));
    });
}

DraftKeeper::~DraftKeeper()
{
    finishDiscard();
}

bool DraftKeeper::isWritten(const Draft &draft) const
{
    Draft bare = draft;
    // It comes by itself, with every new message.
    bare.message.from.clear();
    return draft != m_put && bare != Draft();
}

void DraftKeeper::replace(const Draft &draft, const QString &sentence)
{
    putBack(draft, sentence);
    m_put = m_composer.current();
}

void DraftKeeper::putBack(const Draft &draft, const QString &sentence)
{
    const Draft before = m_composer.current();
    const bool written = isWritten(before);
    m_composer.put(draft);
    m_put.reset();
    m_journal.touch();
    if (!written || before == draft)
        return;
    auto *undo = new QAction(tr("Undo"));
    connect(undo, &QAction::triggered, this, [this, before] {
        m_messages.withdraw(replacedBar);
        putBack(before, tr("The message before is back in the composer."));
    });
    m_messages.post(replacedBar, MessageBar::Kind::Info, sentence, {undo});
}

void DraftKeeper::recover()
{
    m_offered = m_journal.leftBehind();
    const auto orderly = std::ranges::find(m_offered, false, &DraftJournal::Found::crashed);
    if (orderly != m_offered.end()) {
        const DraftJournal::Found found = *orderly;
        m_offered.erase(orderly);
        m_composer.put(found.draft);
        m_journal.adopt(found);
    } else if (m_offered.isEmpty() && m_composer.current() == Draft()) {
        // Nobody has written anything here yet: a message stands ready for the sandbox.
        m_put = welcomeDraft();
        m_composer.put(*m_put);
    }
    offer();
}

void DraftKeeper::offer()
{
    if (m_offered.isEmpty()) {
        m_messages.withdraw(recoverBar);
        return;
    }
    const DraftJournal::Found &first = m_offered.first();
    const QString when = QLocale().toString(first.written, QLocale::ShortFormat);
    QStringList sentences {first.crashed
            ? tr("Mailgauge did not end in order. %1, last changed %2, was kept.")
                  .arg(title(first.draft), when)
            : tr("%1, last changed %2, was kept from another window.")
                  .arg(title(first.draft), when)};
    if (const auto more = static_cast<int>(m_offered.size()) - 1; more > 0)
        sentences.append(tr("%n more wait(s) behind it.", nullptr, more));
    auto *restoreIt = new QAction(tr("Restore"));
    auto *discardIt = new QAction(tr("Discard"));
    connect(restoreIt, &QAction::triggered, this, &DraftKeeper::restore);
    connect(discardIt, &QAction::triggered, this, &DraftKeeper::discard);
    m_messages.post(
        recoverBar, MessageBar::Kind::Warning, sentences.join(u' '), {restoreIt, discardIt});
}

void DraftKeeper::restore()
{
    const DraftJournal::Found found = m_offered.takeFirst();
    putBack(found.draft, tr("The kept message took the place of the one that was here."));
    m_journal.adopt(found);
    offer();
}

void DraftKeeper::discard()
{
    finishDiscard();
    m_discarded = m_offered.takeFirst();
    auto *undo = new QAction(tr("Undo"));
    connect(undo, &QAction::triggered, this, [this] {
        m_offered.prepend(*std::exchange(m_discarded, {}));
        m_messages.withdraw(discardedBar);
        offer();
    });
    MessageBar *bar = m_messages.post(discardedBar, MessageBar::Kind::Info,
        tr("%1 was discarded.").arg(title(m_discarded->draft)), {undo});
    connect(bar, &MessageBar::dismissed, this, &DraftKeeper::finishDiscard, Qt::UniqueConnection);
    offer();
}

void DraftKeeper::finishDiscard()
{
    if (const auto found = std::exchange(m_discarded, {}))
        m_journal.forget(*found);
}

Base::Result<void> DraftKeeper::close()
{
    finishDiscard();
    return m_journal.close();
}

} // namespace Mailgauge::Compose
