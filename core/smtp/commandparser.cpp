// SPDX-License-Identifier: GPL-3.0-or-later
#include "smtp/commandparser.h"

#include "base/literals.h"

#include <algorithm>
#include <array>

namespace Mailgauge::Smtp {

namespace {

struct VerbName {
    const char *name;
    Verb verb;
};

constexpr std::array verbs {
    VerbName {"EHLO", Verb::Ehlo},
    VerbName {"HELO", Verb::Helo},
    VerbName {"LHLO", Verb::Lhlo},
    VerbName {"STARTTLS", Verb::StartTls},
    VerbName {"AUTH", Verb::Auth},
    VerbName {"MAIL", Verb::Mail},
    VerbName {"RCPT", Verb::Rcpt},
    VerbName {"DATA", Verb::Data},
    VerbName {"BDAT", Verb::Bdat},
    VerbName {"RSET", Verb::Rset},
    VerbName {"NOOP", Verb::Noop},
    VerbName {"VRFY", Verb::Vrfy},
    VerbName {"HELP", Verb::Help},
    VerbName {"QUIT", Verb::Quit},
    VerbName {"EXPN", Verb::Known},
    VerbName {"ETRN", Verb::Known},
    VerbName {"TURN", Verb::Known},
    VerbName {"ATRN", Verb::Known},
    VerbName {"BURL", Verb::Known},
    VerbName {"SEND", Verb::Known},
    VerbName {"SOML", Verb::Known},
    VerbName {"SAML", Verb::Known},
    VerbName {"GET", Verb::Foreign},
    VerbName {"POST", Verb::Foreign},
    VerbName {"PUT", Verb::Foreign},
    VerbName {"HEAD", Verb::Foreign},
    VerbName {"OPTIONS", Verb::Foreign},
    VerbName {"CONNECT", Verb::Foreign},
};

Base::Result<PathParameter> parseParameter(QByteArrayView text)
{
    const qsizetype equals = text.indexOf('=');
    const QByteArrayView keyword = equals < 0 ? text : text.first(equals);
    const QByteArrayView value = equals < 0 ? QByteArrayView() : text.sliced(equals + 1);
    const auto isKeywordByte = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
            || c == '-';
    };
    if (keyword.isEmpty() || keyword[0] == '-' || !std::ranges::all_of(keyword, isKeywordByte)
        || (equals >= 0 && value.isEmpty()))
        return Base::fail(Base::Error::Kind::InvalidInput, u"malformed parameter"_s);
    return PathParameter {keyword.toByteArray().toUpper(), value.toByteArray()};
}

/// Where the path's closing bracket is; one inside a quoted local part does not count.
qsizetype closingBracket(QByteArrayView text)
{
    bool quoted = false;
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (quoted && text[i] == '\\')
            ++i;
        else if (text[i] == '"')
            quoted = !quoted;
        else if (text[i] == '>' && !quoted)
            return i;
    }
    return -1;
}

} // namespace

ServerCommand parseCommand(QByteArrayView line)
{
    const qsizetype space = line.indexOf(' ');
    const QByteArrayView word = space < 0 ? line : line.first(space);
    const QByteArray argument = space < 0 ? QByteArray()
                                          : line.sliced(space + 1).trimmed().toByteArray();
    const auto found = std::ranges::find_if(verbs, [word](const VerbName &verb) {
        return word.compare(QByteArrayView(verb.name), Qt::CaseInsensitive) == 0;
    });
    return {found == verbs.end() ? Verb::Unknown : found->verb, argument};
}

Base::Result<PathArgument> parsePathArgument(QByteArrayView argument, QByteArrayView word)
{
    const auto broken = [](const QString &what) {
        return Base::fail(Base::Error::Kind::InvalidInput, what);
    };
    if (argument.size() <= word.size()
        || argument.first(word.size()).compare(word, Qt::CaseInsensitive) != 0
        || argument[word.size()] != '<')
        return broken(u"no path in angle brackets"_s);
    QByteArrayView rest = argument.sliced(word.size() + 1);
    const qsizetype end = closingBracket(rest);
    if (end < 0)
        return broken(u"the path's angle bracket is not closed"_s);

    PathArgument result;
    QByteArrayView path = rest.first(end);
    if (path.startsWith('@')) {
        const qsizetype colon = path.indexOf(':');
        if (colon < 0)
            return broken(u"a source route without a colon"_s);
        path = path.sliced(colon + 1);
        if (path.isEmpty())
            return broken(u"a source route without a mailbox"_s);
    }
    if (!path.isEmpty()) {
        auto mailbox = Mailbox::parse(path);
        if (!mailbox)
            return std::unexpected(mailbox.error());
        result.mailbox = *mailbox;
    }
    rest = rest.sliced(end + 1);
    if (!rest.isEmpty() && rest[0] != ' ')
        return broken(u"no space behind the path"_s);
    for (const QByteArray &text : rest.toByteArray().split(' ')) {
        if (text.isEmpty())
            continue;
        auto parameter = parseParameter(text);
        if (!parameter)
            return std::unexpected(parameter.error());
        result.parameters.append(*parameter);
    }
    return result;
}

} // namespace Mailgauge::Smtp
