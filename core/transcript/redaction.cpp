// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/redaction.h"

#include "base/literals.h"
#include "base/paths.h"
#include "base/secretmask.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QRegularExpression>

#include <algorithm>
#include <array>

namespace Mailgauge::Transcript {

namespace {

constexpr qsizetype LinesPerStep = 1000;
constexpr std::array allLevels {
    RedactionLevel::Secrets, RedactionLevel::Addresses, RedactionLevel::Bodies};

/// A content line that is the content itself, not a reference to a stored message: of an imported
/// transcript.
bool isContentLine(const Entry &entry)
{
    return entry.stage == Smtp::Stage::Content && entry.direction == Direction::Client
        && !entry.content;
}

qsizetype bodyStart(const QList<Entry> &entries, qsizetype from, qsizetype to)
{
    qsizetype at = from;
    while (at < to && isHeaderLine(entries.at(at).text, at > from))
        ++at;
    return at < to && entries.at(at).text.isEmpty() ? at + 1 : at;
}

/// An EHLO reply as it was, so that its lines can be redacted as those of the transcript are.
Smtp::Reply helloOf(const Smtp::Capabilities &capabilities)
{
    Smtp::Reply reply {250, {capabilities.domain()}};
    for (const Smtp::Capability &capability : capabilities.all())
        reply.lines.append((QList {capability.keyword} + capability.parameters).join(' '));
    return reply;
}

QByteArray withoutHome(const QByteArray &text)
{
    const QString before = QString::fromUtf8(text);
    const QString after = Base::withoutHome(before);
    return after == before ? text : after.toUtf8();
}

/// Whether DER holds a mail address as an IA5String; in octets of keys an "@" means nothing.
bool namesSomebody(const QByteArray &der)
{
    static const QRegularExpression address(
        u"[A-Za-z0-9._%+-]{2,}@[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)*\\.[A-Za-z]{2,}"_s);
    return address.match(QString::fromLatin1(der)).hasMatch();
}

/// One line instead of the lines of a message's body.
Entry leftOut(const QList<Entry> &entries, qsizetype from, qsizetype to)
{
    qint64 octets = 0;
    for (qsizetype i = from; i < to; ++i)
        octets += entries.at(i).text.size() + 2;
    Entry entry = entries.at(from);
    entry.redactions.clear();
    entry.text = leftOutMark(octets, to - from);
    return entry;
}

} // namespace

QByteArray leftOutMark(qint64 octets, qint64 lines)
{
    return "[left out: " + QByteArray::number(octets) + " octets in " + QByteArray::number(lines)
        + " lines]";
}

bool isHeaderLine(QByteArrayView line, bool behindField)
{
    if (line.isEmpty())
        return false;
    if (line.front() == ' ' || line.front() == '\t')
        return behindField;
    qsizetype at = 0;
    while (at < line.size() && line[at] > ' ' && line[at] < '\x7f' && line[at] != ':')
        ++at;
    const bool named = at > 0;
    while (at < line.size() && (line[at] == ' ' || line[at] == '\t'))
        ++at; // RFC 5322 4.5.3: obsolete, but read
    return named && at < line.size() && line[at] == ':';
}

QByteArrayView redactionLevelName(RedactionLevel level)
{
    switch (level) {
    case RedactionLevel::Secrets:
        return "secrets";
    case RedactionLevel::Addresses:
        return "addresses";
    case RedactionLevel::Bodies:
        return "bodies";
    }
    Q_UNREACHABLE_RETURN("");
}

std::optional<RedactionLevel> redactionLevelFromName(QByteArrayView name)
{
    for (const RedactionLevel level : allLevels) {
        if (redactionLevelName(level) == name)
            return level;
    }
    return std::nullopt;
}

Redactor::Redactor(
    RedactionLevel level, const QList<SessionRecord> &records, const QList<QByteArray> &logins)
    : m_level(level)
{
    if (level == RedactionLevel::Secrets)
        return;
    for (const SessionRecord &record : records) {
        know(record.reversePath);
        for (const Smtp::RecipientOutcome &recipient : record.recipients)
            know(recipient.recipient.address());
    }
    for (const QByteArray &login : logins)
        know(login);
    for (const SessionRecord &record : records) {
        // A Message-ID is what others look for in their logs; one made of a name is not spared.
        if (m_pseudonyms.applyToReply(record.messageId.left(record.messageId.lastIndexOf('@')))
            == record.messageId.left(record.messageId.lastIndexOf('@')))
            m_pseudonyms.addException(record.messageId);
    }
}

void Redactor::know(const QByteArray &address)
{
    if (address.isEmpty())
        return;
    const qsizetype at = address.lastIndexOf('@');
    if (at > 0) {
        // In their order of appearance, and VERP by its parts.
        static_cast<void>(m_pseudonyms.applyToAddress(address));
        m_pseudonyms.addName(address.first(at), address.sliced(at + 1));
    } else {
        m_pseudonyms.addName(address, {});
    }
}

QByteArray Redactor::applyToText(const QByteArray &text, Direction direction)
{
    switch (direction) {
    case Direction::Client:
        return m_pseudonyms.apply(text);
    case Direction::Server:
        return m_pseudonyms.applyToReply(text);
    case Direction::Event:
        return m_pseudonyms.applyToReply(withoutHome(text));
    }
    Q_UNREACHABLE_RETURN(text);
}

Smtp::Mailbox Redactor::apply(const Smtp::Mailbox &mailbox)
{
    // Only "postmaster" alone has no domain.
    const QByteArray &address = mailbox.address();
    if (!address.contains('@'))
        return mailbox;
    const QByteArray changed = m_pseudonyms.applyToAddress(address);
    // With a domain so long that a pseudonym does not fit in front of it, the domain goes.
    const QByteArray shorter = changed.first(changed.lastIndexOf('@')) + "@left-out.invalid";
    for (const QByteArray &text : {changed, shorter}) {
        if (auto hidden = Smtp::Mailbox::parse(text))
            return *std::move(hidden);
    }
    return *Smtp::Mailbox::parse("postmaster");
}

Entry Redactor::apply(Entry entry)
{
    // Between the marks of secrets, so that each mark stays where its redaction says.
    const QByteArray text = entry.text;
    entry.text.clear();
    qsizetype done = 0;
    for (Redaction &redaction : entry.redactions) {
        redaction.kept = {};
        const qsizetype at = std::clamp(redaction.at, done, text.size());
        entry.text += applyToText(text.sliced(done, at - done), entry.direction);
        redaction.at = entry.text.size();
        const QByteArray mark = Base::redactionMark(redaction.label);
        done = QByteArrayView(text).sliced(at).startsWith(mark) ? at + mark.size() : at;
        entry.text += QByteArrayView(text).sliced(at, done - at);
    }
    entry.text += applyToText(text.sliced(done), entry.direction);
    return entry;
}

Base::Result<QList<Entry>> Redactor::apply(const QList<Entry> &entries, const Progress &progress)
{
    QList<Entry> out;
    out.reserve(entries.size());
    for (qsizetype i = 0; i < entries.size();) {
        if (progress && out.size() % LinesPerStep == 0
            && !progress(static_cast<double>(i) / static_cast<double>(entries.size())))
            return Base::fail(Base::Error::Kind::Cancelled, u"export"_s);
        if (m_level == RedactionLevel::Secrets) {
            out.append(entries.at(i++));
            for (Redaction &redaction : out.last().redactions)
                redaction.kept = {};
            continue;
        }
        if (m_level == RedactionLevel::Bodies && isContentLine(entries.at(i))) {
            qsizetype end = i;
            while (end < entries.size() && isContentLine(entries.at(end)))
                ++end;
            const qsizetype body = bodyStart(entries, i, end);
            for (; i < body; ++i)
                out.append(apply(entries.at(i)));
            if (body < end)
                out.append(leftOut(entries, body, end));
            i = end;
            continue;
        }
        out.append(apply(entries.at(i++)));
    }
    return out;
}

void Redactor::apply(std::optional<Smtp::Reply> &reply)
{
    if (!reply)
        return;
    for (QByteArray &line : reply->lines)
        line = m_pseudonyms.applyToReply(line);
}

void Redactor::apply(std::optional<Smtp::Failure> &failure)
{
    if (!failure)
        return;
    failure->error.detail = m_pseudonyms.apply(Base::withoutHome(failure->error.detail));
    failure->error.evidence = m_pseudonyms.applyToReply(failure->error.evidence);
}

void Redactor::apply(Tls::TlsFacts &facts)
{
    for (Tls::VerifyReason &reason : facts.reasons)
        reason.detail = m_pseudonyms.apply(reason.detail);
    for (Tls::CertificateFacts &certificate : facts.chain) {
        certificate.subject = m_pseudonyms.apply(certificate.subject);
        certificate.issuer = m_pseudonyms.apply(certificate.issuer);
        for (QString &name : certificate.names)
            name = m_pseudonyms.apply(name);
        // A certificate cannot be edited; one that names a person stays at home.
        if (namesSomebody(certificate.der))
            certificate.der.clear();
    }
}

QJsonValue Redactor::apply(const QJsonValue &value)
{
    if (value.isString())
        return m_pseudonyms.apply(value.toString());
    if (value.isArray()) {
        QJsonArray array;
        for (const QJsonValue &one : value.toArray())
            array.append(apply(one));
        return array;
    }
    if (!value.isObject())
        return value;
    QJsonObject object;
    const QJsonObject source = value.toObject();
    for (auto it = source.begin(); it != source.end(); ++it)
        object.insert(m_pseudonyms.apply(it.key()), apply(it.value()));
    return object;
}

void Redactor::apply(UnknownFields &unknown)
{
    if (m_level == RedactionLevel::Bodies)
        unknown = {};
    else if (m_level == RedactionLevel::Addresses) {
        unknown.header = apply(QJsonValue(unknown.header)).toObject();
        for (QJsonObject &fields : unknown.entries)
            fields = apply(QJsonValue(fields)).toObject();
    }
    unknown.header.insert(u"redaction"_s, QString::fromLatin1(redactionLevelName(m_level)));
}

SessionRecord Redactor::apply(SessionRecord record)
{
    if (m_level == RedactionLevel::Secrets)
        return record;
    record.profileName = m_pseudonyms.apply(record.profileName);
    // The path of a UNIX socket.
    record.host = Base::withoutHome(record.host);
    record.address = Base::withoutHome(record.address);
    const Smtp::Reply hello = helloOf(record.capabilities);
    std::optional<Smtp::Reply> changed = hello;
    apply(changed);
    if (*changed != hello)
        record.capabilities = Smtp::Capabilities::fromEhlo(*changed);
    record.greeting = m_pseudonyms.applyToReply(record.greeting);
    record.messageId = m_pseudonyms.apply(record.messageId);
    record.subject = m_pseudonyms.apply(record.subject);
    record.reversePath = m_pseudonyms.applyToAddress(record.reversePath);
    for (Smtp::RecipientOutcome &recipient : record.recipients) {
        recipient.recipient = apply(recipient.recipient);
        apply(recipient.reply);
        apply(recipient.failure);
    }
    apply(record.finalReply);
    apply(record.failure);
    if (record.tls)
        apply(*record.tls);
    for (SessionFinding &finding : record.findings)
        finding.evidence = m_pseudonyms.applyToReply(withoutHome(finding.evidence));
    for (LineMark &mark : record.marks)
        mark.note = m_pseudonyms.apply(mark.note);
    for (QString &tag : record.tags)
        tag = m_pseudonyms.apply(tag);
    record.tags.removeDuplicates();
    record.tags.sort(Qt::CaseInsensitive);
    record.note = m_pseudonyms.apply(record.note);
    apply(record.unknown);
    return record;
}

Base::Result<ExportedSession> Redactor::apply(
    const ExportedSession &session, const Progress &progress)
{
    auto entries = apply(session.entries, progress);
    if (!entries)
        return std::unexpected(entries.error());
    return ExportedSession {apply(session.record), *std::move(entries)};
}

} // namespace Mailgauge::Transcript
