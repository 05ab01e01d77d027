// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/recorder.h"

#include "base/literals.h"
#include "smtp/expectation.h"

#include <utility>

namespace Mailgauge::Net {

namespace {

// The part of `spans` that lies in [from, to), relative to `from`.
QList<Base::SecretSpan> spansWithin(
    const QList<Base::SecretSpan> &spans, qsizetype from, qsizetype to)
{
    QList<Base::SecretSpan> result;
    for (const Base::SecretSpan &span : spans) {
        const qsizetype begin = qMax(span.offset, from);
        const qsizetype end = qMin(span.offset + span.length, to);
        if (begin < end)
            result.append({begin - from, end - begin, span.label});
    }
    return result;
}

QString describe(const Tls::TlsFacts &facts)
{
    QStringList reasons;
    for (const Tls::VerifyReason &reason : facts.reasons)
        reasons.append(QLatin1StringView(Tls::reasonName(reason.kind)));
    const QString verdict = facts.reasons.isEmpty() ? u"certificate verified"_s
                                                    : u"certificate: "_s + reasons.join(u", "_s);
    return u"TLS established: %1, %2, %3"_s.arg(
        QLatin1StringView(facts.version), QLatin1StringView(facts.cipher), verdict);
}

QString describe(const Base::Error &error)
{
    return QLatin1StringView(Base::kindName(error.kind)) + u": "_s + error.detail;
}

} // namespace

Recorder::Recorder(const Base::Clock &clock, bool keepSecrets)
    : m_clock(clock)
    , m_keepSecrets(keepSecrets)
    , m_start(clock.now())
{
}

void Recorder::start()
{
    m_start = m_clock.now();
}

Recorder::Note Recorder::noteNow(Transcript::Direction direction, Smtp::Stage stage) const
{
    using std::chrono::duration_cast;
    return {.us = duration_cast<std::chrono::microseconds>(m_clock.now() - m_start).count(),
        .direction = direction,
        .stage = stage,
        .tls = m_tls};
}

void Recorder::add(Notes &notes, Note note, QByteArrayView text)
{
    note.from = notes.bytes.size();
    notes.bytes.append(text);
    note.to = notes.bytes.size();
    notes.notes.push_back(note);
}

Recorder::Notes &Recorder::notesOf(int ahead)
{
    if (ahead == 0)
        return m_now;
    const auto index = static_cast<std::size_t>(ahead);
    while (m_ahead.size() < index) {
        if (m_spare.empty())
            m_spare.emplace_back();
        m_ahead.push_back(std::move(m_spare.back()));
        m_spare.pop_back();
    }
    return m_ahead[index - 1];
}

void Recorder::client(
    const QByteArray &bytes, const QList<Base::SecretSpan> &secrets, Smtp::Stage stage, int ahead)
{
    Notes &notes = notesOf(ahead);
    const Note now = noteNow(Transcript::Direction::Client, stage);
    for (qsizetype from = 0; from < bytes.size();) {
        qsizetype next = bytes.indexOf("\r\n", from);
        const qsizetype end = next < 0 ? bytes.size() : next;
        next = next < 0 ? bytes.size() : next + 2;
        Note note = now;
        const auto spans = spansWithin(secrets, from, end);
        if (spans.isEmpty()) {
            add(notes, note, QByteArrayView(bytes).sliced(from, end - from));
        } else {
            note.redacted = true;
            notes.redactions.emplace_back();
            add(notes, note,
                Transcript::redact(
                    bytes.mid(from, end - from), spans, &notes.redactions.back(), m_keepSecrets));
        }
        from = next;
    }
}

void Recorder::server(const QByteArray &line, Smtp::Stage stage, Owed owed)
{
    Note note = noteNow(Transcript::Direction::Server, stage);
    note.unexpected = owed == Owed::No || !Smtp::isHopedFor(stage, line);
    add(m_now, note, line);
}

void Recorder::event(const QString &text, Smtp::Stage stage)
{
    add(m_now, noteNow(Transcript::Direction::Event, stage), text.toUtf8());
}

void Recorder::tlsEstablished(const Tls::TlsFacts &facts)
{
    m_tls = true;
    event(describe(facts), Smtp::Stage::Tls);
}

void Recorder::failed(const Base::Error &error, Smtp::Stage stage)
{
    event(describe(error), stage);
}

void Recorder::content(const Transcript::ContentRange &range, int ahead)
{
    Notes &notes = notesOf(ahead);
    Note note = noteNow(Transcript::Direction::Client, Smtp::Stage::Content);
    note.content = true;
    notes.ranges.append(range);
    add(notes, note, {});
}

void Recorder::release()
{
    if (m_ahead.empty())
        return;
    Notes next = std::move(m_ahead.front());
    m_ahead.pop_front();
    if (m_now.notes.empty())
        std::swap(m_now, next);
    const qsizetype offset = m_now.bytes.size();
    for (Note note : next.notes) {
        note.from += offset;
        note.to += offset;
        m_now.notes.push_back(note);
    }
    m_now.bytes.append(next.bytes);
    m_now.redactions.append(next.redactions);
    m_now.ranges.append(next.ranges);
    next.clear();
    m_spare.push_back(std::move(next));
}

QList<Transcript::Entry> Recorder::take()
{
    QList<Transcript::Entry> entries;
    entries.reserve(static_cast<qsizetype>(m_now.notes.size()));
    auto redactions = m_now.redactions.cbegin();
    auto range = m_now.ranges.cbegin();
    for (const Note &note : m_now.notes) {
        Transcript::Entry entry {.n = m_next++,
            .us = note.us,
            .direction = note.direction,
            .stage = note.stage,
            .tls = note.tls,
            .unexpected = note.unexpected,
            .text = m_now.bytes.sliced(note.from, note.to - note.from),
            .redactions = {},
            .content = {}};
        if (note.redacted)
            entry.redactions = *redactions++;
        if (note.content) {
            entry.content = *range;
            entry.text = "message data, " + QByteArray::number(range->to - range->from) + " bytes";
            ++range;
        }
        entries.append(std::move(entry));
    }
    drop();
    return entries;
}

void Recorder::drop()
{
    m_now.clear();
}

void Recorder::Notes::clear()
{
    constexpr qsizetype Kept = 64 * 1024; // of an unusually long reply nothing stays behind
    notes.clear();
    if (bytes.capacity() > Kept)
        bytes = {};
    else
        bytes.resize(0);
    redactions.clear();
    ranges.clear();
}

} // namespace Mailgauge::Net
