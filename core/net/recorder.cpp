// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/recorder.h"

#include "base/literals.h"

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

void Recorder::add(Transcript::Direction direction, Smtp::Stage stage, QByteArray text,
    QList<Transcript::Redaction> redactions, std::optional<Transcript::ContentRange> content)
{
    using std::chrono::duration_cast;
    const qint64 us = duration_cast<std::chrono::microseconds>(m_clock.now() - m_start).count();
    m_pending.append({.n = m_next++,
        .us = us,
        .direction = direction,
        .stage = stage,
        .tls = m_tls,
        .text = std::move(text),
        .redactions = std::move(redactions),
        .content = content});
}

void Recorder::client(
    const QByteArray &bytes, const QList<Base::SecretSpan> &secrets, Smtp::Stage stage)
{
    for (qsizetype from = 0; from < bytes.size();) {
        qsizetype next = bytes.indexOf("\r\n", from);
        const qsizetype end = next < 0 ? bytes.size() : next;
        next = next < 0 ? bytes.size() : next + 2;
        QList<Transcript::Redaction> redactions;
        const QByteArray text = Transcript::redact(bytes.mid(from, end - from),
            spansWithin(secrets, from, end), &redactions, m_keepSecrets);
        add(Transcript::Direction::Client, stage, text, redactions);
        from = next;
    }
}

void Recorder::server(const QByteArray &line, Smtp::Stage stage)
{
    add(Transcript::Direction::Server, stage, line);
}

void Recorder::event(const QString &text, Smtp::Stage stage)
{
    add(Transcript::Direction::Event, stage, text.toUtf8());
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

void Recorder::content(const Transcript::ContentRange &range)
{
    const QByteArray text = "message data, " + QByteArray::number(range.to - range.from) + " bytes";
    add(Transcript::Direction::Client, Smtp::Stage::Content, text, {}, range);
}

QList<Transcript::Entry> Recorder::take()
{
    return std::exchange(m_pending, {});
}

} // namespace Mailgauge::Net
