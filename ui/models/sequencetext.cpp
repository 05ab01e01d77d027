// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/sequencetext.h"

#include "base/literals.h"
#include "explain/provider.h"
#include "explain/replyreason.h"
#include "models/reasontext.h"
#include "transcript/visible.h"

#include <QLocale>

namespace Mailgauge::Models {

namespace {

using Arrow = Transcript::SequenceArrow;
using Kind = Arrow::Kind;
using Tone = Arrow::Tone;

constexpr qsizetype MostAddresses = 4;
constexpr qsizetype MostForeign = 120;

/// Foreign text in a sentence: one line, bounded.
QString quoted(const QByteArray &text)
{
    const QString one = Transcript::visible(text).simplified();
    return one.size() > MostForeign ? one.first(MostForeign) + u'…' : one;
}

QString addressList(const QList<QByteArray> &addresses)
{
    QStringList names;
    for (const QByteArray &address : addresses.first(std::min(addresses.size(), MostAddresses)))
        names.append(quoted(address));
    if (addresses.size() > MostAddresses)
        names.append(u"…"_s);
    return names.join(u", "_s);
}

/// "ann@example.org", or "3 recipients (a, b, c)".
QString recipients(const Arrow &arrow)
{
    if (arrow.addresses.size() == 1)
        return quoted(arrow.addresses.first());
    return SequenceText::tr("%1 recipients (%2)")
        .arg(QLocale().toString(arrow.count), addressList(arrow.addresses));
}

} // namespace

QString SequenceText::relayName(const Transcript::SessionRecord &record)
{
    if (!record.profileName.isEmpty())
        return record.profileName;
    return record.host.isEmpty() ? tr("The relay") : record.host;
}

QString SequenceText::reason(const Smtp::Reply &reply, const Transcript::SessionRecord &record)
{
    const auto why = Explain::reasonOf(reply.code, reply.enhanced(), reply.text(), std::nullopt,
        Explain::providerOf(record.host, record.greeting));
    const QString words = ReasonText::phrase(why.reason);
    return words.isEmpty() ? quoted(reply.text()) : words;
}

QString SequenceText::tone(Tone tone)
{
    switch (tone) {
    case Tone::Neutral:
        return {};
    case Tone::Good:
        return tr("went well");
    case Tone::Deferred:
        return tr("put off");
    case Tone::Bad:
        return tr("failed");
    case Tone::Uncertain:
        return tr("uncertain");
    }
    Q_UNREACHABLE_RETURN({});
}

QString SequenceText::of(const Arrow &arrow, const Transcript::SessionRecord &record)
{
    switch (arrow.from) {
    case Arrow::From::We:
        return ours(arrow, record);
    case Arrow::From::Relay:
        if (arrow.kind == Kind::Closed)
            return tr("It hung up");
        return arrow.tone == Tone::Deferred || arrow.tone == Tone::Bad ? refused(arrow, record)
                                                                       : agreed(arrow, record);
    case Arrow::From::Nobody:
        return happened(arrow, record);
    }
    Q_UNREACHABLE_RETURN({});
}

QString SequenceText::ours(const Arrow &arrow, const Transcript::SessionRecord &record)
{
    switch (arrow.kind) {
    case Kind::LookUp:
        return tr("We looked up the address of %1").arg(record.host);
    case Kind::Call:
        return tr("We called %1").arg(record.host);
    case Kind::Proxy:
        return tr("We asked the proxy to put us through to %1").arg(record.host);
    case Kind::Hello:
        return arrow.tls ? tr("We introduced ourselves again, out of others' hearing")
                         : tr("We introduced ourselves as %1").arg(quoted(arrow.name));
    case Kind::AskTls:
        return tr("We asked for a line on which nobody can listen");
    case Kind::Login:
        return tr("We asked to log in (%1)").arg(quoted(arrow.name));
    case Kind::Proof:
        return tr("We proved who we are");
    case Kind::Sender:
        return arrow.addresses.isEmpty()
            ? tr("We said that nobody wants the message back")
            : tr("We said who the message is from: %1").arg(quoted(arrow.addresses.first()));
    case Kind::Recipients:
        return tr("We said who it is for: %1").arg(recipients(arrow));
    case Kind::AskToSend:
        return tr("We asked whether we may send it");
    case Kind::Message:
        return arrow.octets > 0
            ? tr("We sent the message (%1)").arg(QLocale().formattedDataSize(arrow.octets))
            : tr("We sent the message");
    case Kind::Reset:
        return tr("We began anew");
    case Kind::Goodbye:
        return tr("We said goodbye");
    case Kind::Greeting:
    case Kind::Tls:
    case Kind::Challenge:
    case Kind::Other:
    case Kind::Lost:
    case Kind::Closed:
        break;
    }
    return tr("We sent %1").arg(quoted(arrow.name));
}

QString SequenceText::agreed(const Arrow &arrow, const Transcript::SessionRecord &record)
{
    switch (arrow.kind) {
    case Kind::Greeting:
        return tr("It greeted us");
    case Kind::Hello:
        return tr("It welcomed us and said what it can do");
    case Kind::AskTls:
        return tr("It agreed");
    case Kind::Challenge:
        return tr("It asked us to prove who we are");
    case Kind::Login:
    case Kind::Proof:
        return tr("It let us in");
    case Kind::Sender:
        return tr("It has nothing against the sender");
    case Kind::Recipients:
        return tr("It takes mail for %1").arg(recipients(arrow));
    case Kind::AskToSend:
        return tr("It said: go ahead");
    case Kind::Message:
        return !record.queueId.isEmpty() && arrow.reply
                && arrow.reply->text().contains(record.queueId)
            ? tr("It took the message and calls it %1").arg(quoted(record.queueId))
            : tr("It took the message");
    case Kind::Reset:
        return tr("It agreed");
    case Kind::Goodbye:
        return tr("It said goodbye");
    case Kind::LookUp:
    case Kind::Call:
    case Kind::Proxy:
    case Kind::Tls:
    case Kind::Other:
    case Kind::Lost:
    case Kind::Closed:
        break;
    }
    return tr("It answered: %1").arg(arrow.reply ? quoted(arrow.reply->text()) : QString());
}

QString SequenceText::refused(const Arrow &arrow, const Transcript::SessionRecord &record)
{
    const QString why = arrow.reply ? reason(*arrow.reply, record) : QString();
    const bool later = arrow.tone == Tone::Deferred;
    switch (arrow.kind) {
    case Kind::Greeting:
        return tr("It turned us away: %1").arg(why);
    case Kind::Hello:
        return tr("It did not accept our introduction: %1").arg(why);
    case Kind::AskTls:
        return tr("It refused the private line: %1").arg(why);
    case Kind::Login:
    case Kind::Proof:
        return tr("It did not let us in: %1").arg(why);
    case Kind::Sender:
        return (later ? tr("It put the sender off: %1") : tr("It refused the sender: %1")).arg(why);
    case Kind::Recipients:
        return (later ? tr("It put off %1: %2") : tr("It refused %1: %2"))
            .arg(recipients(arrow), why);
    case Kind::AskToSend:
        return tr("It did not want the message: %1").arg(why);
    case Kind::Message:
        return (later ? tr("It cannot take the message now: %1") : tr("It refused the message: %1"))
            .arg(why);
    case Kind::LookUp:
    case Kind::Call:
    case Kind::Proxy:
    case Kind::Tls:
    case Kind::Challenge:
    case Kind::Reset:
    case Kind::Goodbye:
    case Kind::Other:
    case Kind::Lost:
    case Kind::Closed:
        break;
    }
    return tr("It said no: %1").arg(why);
}

QString SequenceText::happened(const Arrow &arrow, const Transcript::SessionRecord &record)
{
    if (arrow.kind == Kind::Closed)
        return tr("The conversation is over");
    if (arrow.kind == Kind::Tls && arrow.tone == Tone::Good)
        return record.tls && !record.tls->reasons.isEmpty()
            ? tr("From here on nobody can listen, although its certificate has a fault: %1")
                  .arg(ReasonText::certificate(*record.tls))
            : tr("From here on nobody can listen");
    if (arrow.kind == Kind::Tls)
        return record.tls && !record.tls->reasons.isEmpty()
            ? tr("We hung up, because its certificate proves nothing: %1")
                  .arg(ReasonText::certificate(*record.tls))
            : tr("The private line did not come about");
    if (arrow.tone == Tone::Uncertain)
        return tr("The line went dead before it answered: the message may or may not have arrived");
    if (record.failure)
        return ReasonText::failure(record.failure->error.kind);
    return quoted(arrow.name);
}

} // namespace Mailgauge::Models
