// SPDX-License-Identifier: GPL-3.0-or-later
#include "sessionsimport.h"

#include "base/filejobs.h"
#include "delivery/importtext.h"
#include "explain/explain.h"

#include <QBuffer>
#include <QFile>

#include <array>
#include <optional>

namespace Mailgauge::Cli {

namespace {

using Read = Base::Result<QList<Bundle::BundledSession>>;
using Format = std::optional<Transcript::SourceFormat>;

// What is neither a transcript of ours nor a bundle may be what another program wrote.
Read readText(QIODevice &device, const Format &format)
{
    const QByteArray text = device.read(Transcript::DialogueLimits::MaxText + 1);
    return Delivery::importText(text, format, QDateTime::currentDateTimeUtc())
        .transform([](const Delivery::ImportedText &imported) {
            QList<Bundle::BundledSession> sessions;
            for (const Delivery::ImportedSession &one : imported.sessions) {
                sessions.append(Bundle::BundledSession {{one.session.record, one.session.entries},
                    one.content.isEmpty() ? std::nullopt : std::optional(one.content)});
            }
            return sessions;
        });
}

Read readAny(QIODevice &device, const Format &format)
{
    return !format && Bundle::beginsAsSessions(device) ? Bundle::readSessions(device)
                                                       : readText(device, format);
}

Read readStandardInput(const Format &format)
{
    QFile input;
    if (!input.open(stdin, QIODevice::ReadOnly))
        return Base::fail(Base::Error::Kind::Io, input.errorString());
    const Bundle::ImportLimits limits;
    QBuffer buffer;
    buffer.setData(input.read(limits.archive.archive + 1));
    if (buffer.size() > limits.archive.archive)
        return Base::fail(Base::Error::Kind::Full, u"import: standard input is too long"_s);
    buffer.open(QIODevice::ReadOnly);
    return readAny(buffer, format);
}

Read readPath(const QString &path, const Format &format)
{
    // Regular files only: reading a FIFO would keep the program for ever.
    const auto file = Base::openRegularFile(path);
    return file ? readAny(**file, format) : Read(std::unexpected(file.error()));
}

} // namespace

QList<OptionSpec> sessionsImportOptions()
{
    return {
        {"as", "FORMAT", OptionSpec::Values::One,
            "read it as what swaks, postfix, exim or openssl wrote, or as a plain dialogue "
            "(default: as what it looks like)"},
        {"keep-both", "", OptionSpec::Values::Flag,
            "give a new id to a session whose id another one has"},
    };
}

void SessionsImportCommand::read(Transcript::SessionLibrary &sessions)
{
    m_sessions = &sessions;
    if (options().positional().isEmpty()) {
        fail(usage(u"which file? Give transcripts (.jsonl), bundles (.zip) or what other programs "
                   "wrote, - is standard input"_s)
                .error());
        return;
    }
    if (options().has("as")) {
        m_format = Transcript::sourceFormatFromName(options().value("as"));
        if (!m_format) {
            fail(usage(
                u"--as %1: one of swaks, postfix, exim, openssl, plain"_s.arg(options().text("as")))
                    .error());
            return;
        }
    }
    for (const QByteArray &name : options().positional())
        readFile(name);
    next();
}

void SessionsImportCommand::readFile(const QByteArray &name)
{
    const QString file = QFile::decodeName(name);
    auto read = name == "-" ? readStandardInput(m_format) : readPath(file, m_format);
    if (!read) {
        const bool missing = name != "-" && !QFile::exists(file);
        refuse(file, missing ? Exit::NoInput : Exit::Input, Explain::explain(read.error()).text);
        return;
    }
    for (Bundle::BundledSession &session : *read)
        m_waiting.append({file, std::move(session)});
}

void SessionsImportCommand::next()
{
    if (m_waiting.isEmpty()) {
        if (context().json)
            console().printLine(Json::array(m_rows).toLine());
        Q_EMIT finished(m_exitCode);
        return;
    }
    const Waiting one = m_waiting.takeFirst();
    m_sessions->record(one.session.session.record.id)
        .then(this, [this, one](const Base::Result<Transcript::SessionRecord> &record) {
            if (!record && record.error().kind != Base::Error::Kind::InvalidInput)
                failStore(record.error());
            else if (!record)
                add(one, Status::Imported);
            else if (options().has("keep-both"))
                add(one, Status::Copy);
            else
                compare(one, *record);
        });
}

void SessionsImportCommand::compare(const Waiting &one, const Transcript::SessionRecord &kept)
{
    m_sessions->entries(one.session.session.record.id)
        .then(this, [this, one, kept](const Base::Result<QList<Transcript::Entry>> &entries) {
            if (!entries)
                return failStore(entries.error());
            const QUuid &id = one.session.session.record.id;
            if (one.session.session == Transcript::ExportedSession {kept, *entries})
                return tellSame(one.file, id);
            refuse(one.file, Exit::Input,
                u"session %1 is there already and differs; --keep-both keeps both"_s.arg(
                    id.toString(QUuid::WithoutBraces)));
            next();
        });
}

void SessionsImportCommand::tellSame(const QString &file, const QUuid &session)
{
    Transcript::SessionQuery bin;
    bin.from = Transcript::SessionQuery::From::Bin;
    bin.terms.append({.field = Transcript::SessionTerm::Field::Id,
        .text = session.toString(QUuid::WithoutBraces)});
    m_sessions->list(bin).then(
        this, [this, file, session](const Base::Result<QList<Transcript::SessionRecord>> &deleted) {
            if (!deleted)
                return failStore(deleted.error());
            tell(file, session, Status::Same,
                deleted->isEmpty()
                    ? QString()
                    : u"is in the bin; 'mailgauge-cli sessions restore' brings it back"_s);
            next();
        });
}

void SessionsImportCommand::add(Waiting one, Status status)
{
    if (status == Status::Copy)
        one.session.session = Bundle::underNewId(one.session.session);
    const Transcript::SessionRecord &record = one.session.session.record;
    m_sessions->add(record, one.session.session.entries, one.session.message)
        .then(
            this, [this, file = one.file, id = record.id, status](const Base::Result<void> &added) {
                if (added)
                    tell(file, id, status);
                else
                    refuse(file, Exit::Output, Explain::explain(added.error()).text);
                next();
            });
}

void SessionsImportCommand::tell(
    const QString &file, const QUuid &session, Status status, const QString &detail)
{
    static constexpr std::array words {"imported", "same", "copy", "refused"};
    const char *word = words.at(static_cast<std::size_t>(status));
    const QByteArray id = session.toByteArray(QUuid::WithoutBraces);
    m_rows.append(Json::object({
        {"file", Json::text(file)},
        {"session", session.isNull() ? Json() : Json::text(id)},
        {"status", Json::text(QByteArrayView(word))},
        {"detail", Json::textOrNull(detail.toUtf8())},
    }));
    if (!context().json && !session.isNull())
        console().printLine(id + "  "
            + (status == Status::Same && detail.isEmpty() ? "is there already"_ba
                    : status == Status::Same              ? detail.toUtf8()
                                                          : QByteArray(word)));
}

void SessionsImportCommand::refuse(const QString &file, int exitCode, const QString &detail)
{
    console().complain(file + u": "_s + detail);
    tell(file, {}, Status::Refused, detail);
    m_exitCode = exitCode;
}

} // namespace Mailgauge::Cli
