// SPDX-License-Identifier: GPL-3.0-or-later
#include "smtp/command.h"

#include "base/literals.h"
#include "base/secretmask.h"

#include <QUtf8StringView>

#include <algorithm>
#include <array>
#include <ranges>
#include <utility>

namespace Mailgauge::Smtp {

namespace {

using Base::Error;
using Base::Result;

std::unexpected<Error> refuse(const QString &reason)
{
    return Base::fail(Error::Kind::InvalidInput, reason);
}

bool isVisible(char c)
{
    return c > 0x20 && c < 0x7f;
}

/// One argument: printable ASCII without a space.
bool isWord(const QByteArray &text)
{
    return !text.isEmpty() && std::ranges::all_of(text, isVisible);
}

Result<Command> checkedHello(const QByteArray &name, Result<Command> command)
{
    if (!isWord(name))
        return refuse(u"the EHLO name is empty or holds a space or a control character"_s);
    return command;
}

} // namespace

Command::Command(QByteArray line, Stage stage)
    : m_bytes(std::move(line))
    , m_stage(stage)
{
    m_bytes += "\r\n";
}

Result<Command> Command::checked(QByteArray line, Stage stage, Octets octets)
{
    const auto printable = [](char c) {
        const auto octet = static_cast<uchar>(c);
        return octet >= 0x20 && octet != 0x7f;
    };
    const bool ascii = std::ranges::all_of(
        line, [](char c) { return static_cast<uchar>(c) < 0x80; });
    const auto which = [stage] { return QString::fromLatin1(stageName(stage)); };
    if (!std::ranges::all_of(line, printable))
        return refuse(u"a control character in the command of stage "_s + which());
    if (!ascii && (octets == Octets::Ascii || !QUtf8StringView(line).isValidUtf8()))
        return refuse(u"an octet above 127 in the command of stage "_s + which());
    if (line.size() + 2 > MaxLine)
        return refuse(
            u"the command of stage %1 is longer than %2 octets"_s.arg(which()).arg(MaxLine));
    return Command(std::move(line), stage);
}

Result<Command> Command::withParameters(
    QByteArray line, const QList<QByteArray> &parameters, Stage stage)
{
    for (const QByteArray &parameter : parameters) {
        if (!isWord(parameter) || parameter.startsWith('='))
            return refuse(u"a parameter of stage %1 is not KEYWORD or KEYWORD=VALUE"_s.arg(
                QString::fromLatin1(stageName(stage))));
        line += ' ' + parameter;
    }
    return checked(std::move(line), stage, Octets::Utf8);
}

void Command::markSecret(qsizetype offset, const QByteArray &mechanism)
{
    m_secrets.append({offset, m_bytes.size() - 2 - offset, "AUTH " + mechanism});
}

Result<Command> Command::ehlo(const QByteArray &name)
{
    return checkedHello(name, checked("EHLO " + name, Stage::Helo, Octets::Ascii));
}

Result<Command> Command::helo(const QByteArray &name)
{
    return checkedHello(name, checked("HELO " + name, Stage::Helo, Octets::Ascii));
}

Result<Command> Command::lhlo(const QByteArray &name)
{
    return checkedHello(name, checked("LHLO " + name, Stage::Helo, Octets::Ascii));
}

Result<Command> Command::xclient(const QList<QByteArray> &attributes)
{
    return withParameters("XCLIENT", attributes, Stage::Helo);
}

Command Command::startTls()
{
    return {"STARTTLS"_ba, Stage::StartTls};
}

Result<Command> Command::auth(
    const QByteArray &mechanism, const std::optional<QByteArray> &response)
{
    if (!isWord(mechanism))
        return refuse(u"not the name of a mechanism"_s);
    QByteArray line = "AUTH " + mechanism;
    if (!response)
        return checked(std::move(line), Stage::Auth, Octets::Ascii);
    line += ' ';
    const qsizetype offset = line.size();
    line += response->isEmpty() ? "="_ba : response->toBase64();
    auto command = checked(std::move(line), Stage::Auth, Octets::Ascii);
    if (command)
        command->markSecret(offset, mechanism);
    return command;
}

Result<Command> Command::authResponse(const QByteArray &mechanism, const QByteArray &response)
{
    auto command = checked(response.toBase64(), Stage::Auth, Octets::Ascii);
    if (command && !response.isEmpty())
        command->markSecret(0, mechanism);
    return command;
}

Result<Command> Command::mail(
    const std::optional<Mailbox> &reversePath, const QList<QByteArray> &parameters)
{
    return withParameters(
        "MAIL FROM:" + (reversePath ? reversePath->toPath() : "<>"_ba), parameters, Stage::Mail);
}

Result<Command> Command::rcpt(const Mailbox &forwardPath, const QList<QByteArray> &parameters)
{
    return withParameters("RCPT TO:" + forwardPath.toPath(), parameters, Stage::Rcpt);
}

Command Command::data()
{
    return {"DATA"_ba, Stage::Data};
}

Command Command::bdat(qint64 octets, Chunk chunk)
{
    Q_ASSERT(octets >= 0);
    const bool last = chunk == Chunk::Last;
    return {"BDAT " + QByteArray::number(octets) + (last ? " LAST" : ""),
        last ? Stage::Dot : Stage::Content};
}

Command Command::emptyContent()
{
    return {"."_ba, Stage::Dot};
}

Command Command::rset()
{
    return {"RSET"_ba, Stage::Rset};
}

Command Command::quit()
{
    return {"QUIT"_ba, Stage::Quit};
}

Result<Command> Command::byHand(const QByteArray &line)
{
    static constexpr std::array verbs {std::pair {"EHLO", Stage::Helo},
        std::pair {"HELO", Stage::Helo}, std::pair {"LHLO", Stage::Helo},
        std::pair {"STARTTLS", Stage::StartTls}, std::pair {"AUTH", Stage::Auth},
        std::pair {"MAIL", Stage::Mail}, std::pair {"RCPT", Stage::Rcpt},
        std::pair {"DATA", Stage::Data}, std::pair {"QUIT", Stage::Quit}};
    const QByteArrayList words = line.simplified().split(' ');
    const QByteArray verb = words.first().toUpper();
    const auto known = std::ranges::find_if(
        verbs, [&](const auto &row) { return verb == row.first; });
    auto command = checked(line, known == verbs.end() ? Stage::Rset : known->second, Octets::Utf8);
    if (command && command->stage() == Stage::Auth) {
        // All behind the mechanism's name, however many spaces were typed.
        const QByteArray mechanism = words.value(1);
        qsizetype at = line.indexOf(words.first()) + verb.size();
        at = line.indexOf(mechanism, at) + mechanism.size();
        while (at < line.size() && line[at] == ' ')
            ++at;
        if (at < line.size())
            command->markSecret(at, mechanism.toUpper());
    }
    return command;
}

Result<Command> Command::answerByHand(const QByteArray &line, const QByteArray &mechanism)
{
    auto command = checked(line, Stage::Auth, Octets::Ascii);
    if (command && !line.isEmpty() && line != "*")
        command->markSecret(0, mechanism);
    return command;
}

Result<Command> Command::contentByHand(const QByteArray &line)
{
    return checked(line, line == "." ? Stage::Dot : Stage::Content, Octets::Utf8);
}

QByteArray Command::shownLine() const
{
    QByteArray shown = line();
    for (const Base::SecretSpan &span : m_secrets | std::views::reverse)
        shown.replace(span.offset, span.length, Base::redactionMark(span.label));
    return shown;
}

QByteArray Command::verb() const
{
    return m_bytes.simplified().split(' ').first().toUpper();
}

bool Command::isAnswer() const
{
    return m_stage == Stage::Auth && verb() != "AUTH";
}

} // namespace Mailgauge::Smtp
