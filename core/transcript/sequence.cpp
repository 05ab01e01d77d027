// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/sequence.h"

#include "base/literals.h"

#include <algorithm>
#include <array>
#include <deque>
#include <utility>

namespace Mailgauge::Transcript {

namespace {

using From = SequenceArrow::From;
using Kind = SequenceArrow::Kind;
using Tone = SequenceArrow::Tone;
using Smtp::Stage;

constexpr std::array errorKinds {Base::Error::Kind::Resolve, Base::Error::Kind::Connect,
    Base::Error::Kind::TlsHandshake, Base::Error::Kind::Timeout,
    Base::Error::Kind::ConnectionClosed, Base::Error::Kind::MalformedReply,
    Base::Error::Kind::ReplyTooLong, Base::Error::Kind::InvalidInput, Base::Error::Kind::Io,
    Base::Error::Kind::Full, Base::Error::Kind::Corrupt, Base::Error::Kind::Denied,
    Base::Error::Kind::Cancelled, Base::Error::Kind::Unsupported};

/// A failure is noted as "connectionClosed: detail".
bool tellsFailure(const QByteArray &text)
{
    return std::ranges::any_of(errorKinds, [&text](Base::Error::Kind kind) {
        return text.startsWith(Base::kindName(kind).toByteArray() + ": ");
    });
}

Kind kindOf(Stage stage)
{
    switch (stage) {
    case Stage::Resolve:
        return Kind::LookUp;
    case Stage::Connect:
        return Kind::Call;
    case Stage::Proxy:
        return Kind::Proxy;
    case Stage::Greeting:
        return Kind::Greeting;
    case Stage::Helo:
        return Kind::Hello;
    case Stage::StartTls:
        return Kind::AskTls;
    case Stage::Tls:
        return Kind::Tls;
    case Stage::Auth:
        return Kind::Login;
    case Stage::Mail:
        return Kind::Sender;
    case Stage::Rcpt:
        return Kind::Recipients;
    case Stage::Data:
        return Kind::AskToSend;
    case Stage::Content:
    case Stage::Dot:
        return Kind::Message;
    case Stage::Rset:
        return Kind::Reset;
    case Stage::Quit:
        return Kind::Goodbye;
    }
    Q_UNREACHABLE_RETURN(Kind::Other);
}

Tone toneOf(const Smtp::Reply &reply)
{
    switch (reply.replyClass()) {
    case Smtp::ReplyClass::Preliminary:
    case Smtp::ReplyClass::Completion:
    case Smtp::ReplyClass::Intermediate:
        return Tone::Good;
    case Smtp::ReplyClass::Transient:
        return Tone::Deferred;
    case Smtp::ReplyClass::Permanent:
        return Tone::Bad;
    }
    return Tone::Neutral;
}

/// The address of MAIL or RCPT; empty for `<>` and for what is no path.
QByteArray addressOf(const QByteArray &line)
{
    const qsizetype open = line.indexOf('<');
    const qsizetype close = line.indexOf('>', open);
    return open < 0 || close < 0 ? QByteArray() : line.sliced(open + 1, close - open - 1);
}

class Builder final {
public:
    explicit Builder(const SessionRecord &record)
        : m_record(record)
    {
    }

    void add(const Entry &entry)
    {
        if (entry.direction == Direction::Client || entry.content)
            client(entry);
        else if (entry.direction == Direction::Server)
            server(entry);
        else
            event(entry);
    }

    QList<SequenceArrow> take()
    {
        std::ranges::stable_sort(m_arrows, {}, &SequenceArrow::step);
        return std::move(m_arrows);
    }

private:
    /// A command that waits for its reply.
    struct Pending {
        Kind kind = Kind::Other;
        QByteArray address;
        int step = 0;
    };

    SequenceArrow &append(const Entry &entry, From from, Kind kind, int step)
    {
        m_arrows.append(SequenceArrow {.from = from,
            .kind = kind,
            .name = {},
            .addresses = {},
            .reply = {},
            .step = step,
            .tls = entry.tls,
            .us = entry.us,
            .first = entry.n});
        return m_arrows.last();
    }

    /// Our latest arrow, where it is of this kind.
    SequenceArrow *ours(Kind kind)
    {
        return m_ours >= 0 && m_arrows.at(m_ours).kind == kind ? &m_arrows[m_ours] : nullptr;
    }

    SequenceArrow &say(const Entry &entry, Kind kind)
    {
        m_ours = m_arrows.size();
        return append(entry, From::We, kind, ++m_step);
    }

    void client(const Entry &entry)
    {
        const QByteArray verb = entry.text.simplified().split(' ').constFirst().toUpper();
        Kind kind = kindOf(entry.stage);
        if (entry.stage == Stage::Auth && verb != "AUTH")
            kind = Kind::Proof;
        else if (entry.stage == Stage::Rset && verb != "RSET")
            kind = Kind::Other;
        QByteArray address;
        SequenceArrow *last = ours(kind);
        switch (kind) {
        case Kind::Message:
            if (!last)
                last = &say(entry, kind);
            if (entry.content)
                last->octets += entry.content->to - entry.content->from;
            else if (entry.stage == Stage::Content)
                last->octets += entry.text.size() + 2;
            last->count = 1;
            if (entry.stage != Stage::Dot || entry.text != ".")
                return; // the dot is what is answered
            break;
        case Kind::Recipients:
            address = addressOf(entry.text);
            if (last)
                ++last->count;
            else
                last = &say(entry, kind);
            last->addresses.append(address);
            break;
        case Kind::Proof:
            if (last)
                ++last->count;
            else
                last = &say(entry, kind);
            break;
        default:
            if (last && kind == Kind::Other && last->name == verb) {
                ++last->count;
                break;
            }
            last = &say(entry, kind);
            if (kind == Kind::Sender && !addressOf(entry.text).isEmpty())
                last->addresses.append(addressOf(entry.text));
            else if (kind == Kind::Hello || kind == Kind::Login)
                last->name = entry.text.simplified().split(' ').value(1);
            else if (kind == Kind::Other)
                last->name = verb;
            break;
        }
        m_pending.push_back({kind, address, last->step});
    }

    void server(const Entry &entry)
    {
        const QByteArray &text = entry.text;
        bool isCode = false;
        const int code = text.first(std::min<qsizetype>(text.size(), 3)).toInt(&isCode);
        if (!isCode || code < 100 || code > 599)
            return; // no reply; the failure tells
        if (m_reply.lines.isEmpty())
            m_begin = entry;
        m_reply.code = code;
        m_reply.lines.append(text.mid(4));
        if (text.size() > 3 && text.at(3) == '-')
            return;
        answer(std::exchange(m_reply, {}));
    }

    void answer(const Smtp::Reply &reply)
    {
        Pending asked {m_begin.stage == Stage::Greeting ? Kind::Greeting : Kind::Other, {}, 0};
        if (!m_pending.empty() && m_begin.stage != Stage::Greeting) {
            asked = m_pending.front();
            m_pending.pop_front();
        } else {
            asked.step = ++m_step;
        }
        if ((asked.kind == Kind::Login || asked.kind == Kind::Proof) && reply.code == 334)
            asked.kind = Kind::Challenge;
        else if (asked.kind == Kind::Proof)
            asked.kind = Kind::Login;
        if (SequenceArrow *same = alike(asked, reply)) {
            ++same->count;
            if (!asked.address.isEmpty())
                same->addresses.append(asked.address);
            return;
        }
        SequenceArrow &arrow = append(m_begin, From::Relay, asked.kind, asked.step);
        arrow.tone = asked.kind == Kind::Challenge ? Tone::Neutral : toneOf(reply);
        arrow.reply = reply;
        if (!asked.address.isEmpty())
            arrow.addresses.append(asked.address);
    }

    /// The relay's arrow that this reply can join: it says the same of another recipient, or asks
    /// for another round of the same login.
    SequenceArrow *alike(const Pending &asked, const Smtp::Reply &reply)
    {
        for (qsizetype i = m_arrows.size() - 1; i >= 0 && m_arrows.at(i).step + 2 > asked.step;
            --i) {
            SequenceArrow &arrow = m_arrows[i];
            if (arrow.from != From::Relay || arrow.kind != asked.kind)
                continue;
            const bool round = asked.kind == Kind::Challenge;
            const bool outcome = asked.kind == Kind::Recipients && arrow.step == asked.step
                && arrow.reply->code == reply.code && arrow.reply->enhanced() == reply.enhanced();
            if (round || outcome)
                return &arrow;
        }
        return nullptr;
    }

    void event(const Entry &entry)
    {
        const Kind kind = kindOf(entry.stage);
        if (tellsFailure(entry.text) || entry.text.startsWith("connection lost")) {
            if (!m_arrows.isEmpty() && m_arrows.last().kind == Kind::Lost)
                return;
            SequenceArrow &arrow = append(entry, From::Nobody,
                kind == Kind::Tls && m_record.tls ? Kind::Tls : Kind::Lost, ++m_step);
            arrow.tone = entry.stage == Stage::Dot ? Tone::Uncertain : Tone::Bad;
            arrow.name = entry.text;
        } else if (entry.text.startsWith("closed")) {
            append(entry, entry.text == "closed by the peer" ? From::Relay : From::Nobody,
                Kind::Closed, ++m_step);
        } else if (kind == Kind::LookUp && m_record.host == m_record.address) {
            return; // it is an address: there was nothing to look up
        } else if (kind == Kind::LookUp || kind == Kind::Call || kind == Kind::Proxy) {
            SequenceArrow *last = ours(kind);
            if (!last)
                last = &say(entry, kind);
            last->name = m_record.host.toUtf8();
        } else if (isHandshakeNote(entry)) {
            // The handshake's outcome is an arrow; what goes wrong behind it has none.
            if (entry.stage == Stage::Tls || !entry.text.contains(" alert: fatal "))
                return;
            SequenceArrow &arrow = append(entry,
                entry.text.startsWith("TLS received ") ? From::Relay : From::We, Kind::Tls,
                ++m_step);
            arrow.tone = Tone::Bad;
            arrow.name = entry.text;
        } else if (kind == Kind::Tls) {
            SequenceArrow &arrow = append(entry, From::Nobody, kind, ++m_step);
            arrow.tone = Tone::Good;
            arrow.name = entry.text;
        }
    }

    const SessionRecord &m_record;
    QList<SequenceArrow> m_arrows;
    std::deque<Pending> m_pending;
    Smtp::Reply m_reply; ///< Begun, not complete.
    Entry m_begin; ///< Its first line.
    qsizetype m_ours = -1;
    int m_step = 0;
};

} // namespace

QList<SequenceArrow> sequenceOf(const QList<Entry> &entries, const SessionRecord &record)
{
    Builder builder(record);
    for (const Entry &entry : entries)
        builder.add(entry);
    return builder.take();
}

} // namespace Mailgauge::Transcript
