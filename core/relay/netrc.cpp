// SPDX-License-Identifier: GPL-3.0-or-later
#include "relay/netrc.h"

#include "base/filejobs.h"
#include "base/literals.h"

#include <QDir>
#include <QFileInfo>

namespace Mailgauge::Relay {

namespace {

using Kind = Base::Error::Kind;

constexpr qint64 LargestFile = 1024 * 1024;

bool isBlank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct Word {
    QByteArray text;
    int line = 1;
    bool quoted = false;
};

/// The file's words, one after the other.
class Words {
public:
    explicit Words(const QByteArray &text)
        : m_text(text)
    {
    }

    /// Nothing at the end. InvalidInput: quotes that do not end.
    [[nodiscard]] Base::Result<std::optional<Word>> next()
    {
        while (m_at < m_text.size() && isBlank(m_text.at(m_at)))
            step();
        if (m_at == m_text.size())
            return std::nullopt;
        Word word {.text = {}, .line = m_line, .quoted = m_text.at(m_at) == '"'};
        if (word.quoted)
            return quoted(word);
        while (m_at < m_text.size() && !isBlank(m_text.at(m_at)))
            word.text += step();
        return word;
    }
    [[nodiscard]] int line() const { return m_line; }
    void skipLine()
    {
        while (m_at < m_text.size() && step() != '\n') { }
    }
    /// A macro ends with an empty line.
    void skipMacro()
    {
        skipLine();
        for (bool empty = false; m_at < m_text.size() && !empty;) {
            const qsizetype from = m_at;
            skipLine();
            empty = m_text.sliced(from, m_at - from).trimmed().isEmpty();
        }
    }

private:
    char step()
    {
        const char c = m_text.at(m_at++);
        m_line += c == '\n' ? 1 : 0;
        return c;
    }
    [[nodiscard]] Base::Result<std::optional<Word>> quoted(Word word)
    {
        step();
        while (m_at < m_text.size()) {
            char c = step();
            if (c == '"')
                return word;
            if (c == '\n')
                break;
            if (c == '\\' && m_at < m_text.size()) {
                c = step();
                c = c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c;
            }
            word.text += c;
        }
        return Base::fail(Kind::InvalidInput, u"line %1: a quote is not closed"_s.arg(word.line));
    }

    const QByteArray &m_text;
    qsizetype m_at = 0;
    int m_line = 1;
};

struct Entry {
    std::optional<QByteArray> machine; ///< None: the default one.
    QByteArray login;
    std::optional<QByteArray> password;
};

Base::Result<QList<Entry>> entriesFrom(const QByteArray &text)
{
    QList<Entry> entries;
    Words words(text);
    const auto wrong = [](int line, const QString &what) {
        return Base::fail(Kind::InvalidInput, u"line %1: %2"_s.arg(line).arg(what));
    };
    while (true) {
        const auto word = words.next();
        if (!word)
            return std::unexpected(word.error());
        if (!*word)
            return entries;
        const QByteArray &name = (*word)->text;
        const int line = (*word)->line;
        if (!(*word)->quoted && name.startsWith('#')) {
            // Its own line may be over already.
            if (words.line() == line)
                words.skipLine();
            continue;
        }
        if (name == "default") {
            entries.append(Entry());
            continue;
        }
        const bool ofEntry = name == "login" || name == "user" || name == "password"
            || name == "account";
        if (!ofEntry && name != "machine" && name != "macdef")
            return wrong(line, u"expected machine, default, login, password, account or macdef"_s);
        const auto value = words.next();
        if (!value)
            return std::unexpected(value.error());
        if (!*value)
            return wrong(line, u"nothing behind %1"_s.arg(QString::fromLatin1(name)));
        if (name == "machine")
            entries.append(Entry {.machine = (*value)->text, .login = {}, .password = {}});
        else if (name == "macdef")
            words.skipMacro();
        else if (entries.isEmpty())
            return wrong(line, u"%1 before machine or default"_s.arg(QString::fromLatin1(name)));
        else if (name == "password")
            entries.last().password = (*value)->text;
        else if (name != "account")
            entries.last().login = (*value)->text;
    }
}

QString fileOf(const QString &path)
{
    if (path.startsWith("~/"_L1)) // no shell has seen what stands in a form
        return QDir::home().filePath(path.sliced(2));
    return path.isEmpty() ? defaultNetrcFile() : path;
}

Base::Result<NetrcLogin> loginFrom(
    const QString &file, const Base::Result<QByteArray> &text, const RelayProfile &profile)
{
    if (!text) // the path is in there
        return Base::fail(text.error().kind, u"netrc: "_s + text.error().detail);
    const auto wrong = [&file](const QString &what) {
        return Base::fail(Kind::InvalidInput, u"netrc: %1: %2"_s.arg(file, what));
    };
    const QString host = profile.unixSocket ? u"localhost"_s : profile.host;
    const auto found = findInNetrc(*text, host, profile.user);
    if (!found)
        return wrong(found.error().detail);
    if (!*found)
        return wrong(profile.user.isEmpty()
                ? u"no password for the machine %1"_s.arg(host)
                : u"no password for the machine %1 and the login %2"_s.arg(host, profile.user));
    NetrcLogin login = **found;
    if (QFileInfo(file).permissions() & (QFile::ReadGroup | QFile::ReadOther))
        login.exposedFile = file;
    return login;
}

} // namespace

Base::Result<std::optional<NetrcLogin>> findInNetrc(
    const QByteArray &text, const QString &host, const QString &user)
{
    const auto entries = entriesFrom(text);
    if (!entries)
        return std::unexpected(entries.error());
    const Entry *byDefault = nullptr;
    const auto login = [](const Entry &entry) {
        return NetrcLogin {
            .user = QString::fromUtf8(entry.login), .password = Base::Secret(*entry.password)};
    };
    for (const Entry &entry : *entries) {
        const bool isFor = user.isEmpty() || entry.login.isEmpty()
            || QString::fromUtf8(entry.login) == user;
        if (!isFor || !entry.password)
            continue;
        if (!entry.machine)
            byDefault = byDefault ? byDefault : &entry;
        else if (QString::fromUtf8(*entry.machine).compare(host, Qt::CaseInsensitive) == 0)
            return login(entry);
    }
    return byDefault ? std::optional(login(*byDefault)) : std::nullopt;
}

QString defaultNetrcFile()
{
    return QDir::home().filePath(u".netrc"_s);
}

Base::Result<NetrcLogin> readNetrc(const QString &path, const RelayProfile &profile)
{
    const QString file = fileOf(path);
    return loginFrom(file, Base::readRegularFile(file, LargestFile), profile);
}

QFuture<Base::Result<NetrcLogin>> readNetrcLater(const QString &path, const RelayProfile &profile)
{
    const QString file = fileOf(path);
    return Base::readFileLater(file, LargestFile)
        .then([file, profile](
                  const Base::Result<QByteArray> &text) { return loginFrom(file, text, profile); });
}

} // namespace Mailgauge::Relay
