// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/pseudonyms.h"

#include "base/literals.h"
#include "transcript/addressfinder.h"
#include "transcript/addressforms.h"

#include <QRegularExpression>

#include <algorithm>
#include <array>

namespace Mailgauge::Transcript {

namespace {

constexpr qsizetype ShortestName = 3;
/// Names of more words and joints are not searched for: keeps hostile ones linear.
constexpr int LongestName = 16;
constexpr qsizetype LongestNameOctets = 512;
/// RFC 5321 4.5.3.1.1
constexpr qsizetype LongestLocalPart = 64;
/// Local parts that name a role or stand in replies anyway (RFC 2142).
constexpr std::array commonNames {"postmaster"_L1, "abuse"_L1, "hostmaster"_L1, "webmaster"_L1,
    "mailer-daemon"_L1, "double-bounce"_L1, "root"_L1, "admin"_L1, "administrator"_L1, "info"_L1,
    "sales"_L1, "support"_L1, "contact"_L1, "news"_L1, "newsletter"_L1, "noreply"_L1, "no-reply"_L1,
    "bounce"_L1, "bounces"_L1, "mail"_L1, "email"_L1, "smtp"_L1, "esmtp"_L1, "user"_L1, "users"_L1,
    "test"_L1, "mailbox"_L1, "address"_L1, "sender"_L1, "recipient"_L1, "from"_L1, "rcpt"_L1,
    "data"_L1, "auth"_L1, "login"_L1, "plain"_L1, "size"_L1, "help"_L1, "dsn"_L1, "starttls"_L1,
    "pipelining"_L1, "chunking"_L1, "unknown"_L1, "the"_L1, "and"_L1, "not"_L1, "for"_L1};

bool isWord(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '.'
        || c == '-' || c == '_' || c == '+' || static_cast<quint8>(c) >= 0x80;
}

/// A word, or one character that is in none: "o'brien" has three.
qsizetype unitEnd(QByteArrayView text, qsizetype at)
{
    qsizetype end = at + 1;
    while (isWord(text[at]) && end < text.size() && isWord(text[end]))
        ++end;
    return end;
}

QByteArray lower(QByteArrayView name)
{
    return QString::fromUtf8(name).toCaseFolded().toUtf8();
}

} // namespace

void Pseudonyms::addName(const QByteArray &name, const QByteArray &domain)
{
    const QByteArray key = lower(name);
    const bool common = std::ranges::any_of(commonNames,
        [&key](QLatin1StringView one) { return key == QByteArrayView(one.data(), one.size()); });
    if (name.size() < ShortestName || common || m_names.contains(key))
        return;
    m_names.insert(key, pseudonym(name, domain));
    int units = 0;
    QSet<char> joints;
    for (qsizetype at = 0, end = 0; at < key.size(); at = end, ++units) {
        end = unitEnd(key, at);
        if (!isWord(key.at(at)))
            joints.insert(key.at(at));
    }
    if (units > LongestName)
        return;
    m_longestName = std::max(m_longestName, units);
    m_joints.unite(joints);
}

QByteArray Pseudonyms::pseudonym(QByteArrayView local, QByteArrayView domain)
{
    const QString inDomain = u'@' + normalDomain(domain);
    const QString normal = normalLocal(local);
    const QString key = normal + inDomain;
    if (const auto known = m_pseudonyms.constFind(key); known != m_pseudonyms.constEnd())
        return *known;
    // Text that went through here before must not change again.
    if (m_issued.contains(key))
        return normal.toUtf8();
    const QByteArray made = "anon" + QByteArray::number(m_pseudonyms.size() + 1);
    m_pseudonyms.insert(key, made);
    m_issued.insert(QString::fromLatin1(made) + inDomain);
    return made;
}

QByteArray Pseudonyms::localPart(QByteArrayView local, QByteArrayView domain)
{
    const auto known = [this](QByteArrayView part, QByteArrayView of) {
        return m_pseudonyms.contains(normalLocal(part) + u'@' + normalDomain(of));
    };
    const LocalForm form = formOf(local, known);
    QByteArray out = form.keep.toByteArray();
    if (!form.prefix.isEmpty())
        out += pseudonym(form.prefix, domain);
    out += form.mark.toByteArray();
    const QByteArray inner = pseudonym(form.local, form.domain.isEmpty() ? domain : form.domain);
    if (form.domain.isEmpty())
        return out + inner;
    out += form.domainFirst ? form.domain.toByteArray() + form.joint + inner
                            : inner + form.joint + form.domain.toByteArray();
    // Longer ones are no address any more, so that nobody could keep them where addresses are.
    return out.size() > LongestLocalPart && local.size() <= LongestLocalPart
        ? pseudonym(local, domain)
        : out;
}

QByteArray Pseudonyms::withAddresses(const QByteArray &text)
{
    QByteArray out;
    qsizetype done = 0;
    qsizetype from = 0;
    while (const auto found = findAddress(text, from)) {
        const qsizetype separator = found->at + found->localLength;
        const qsizetype domain = separator + found->separatorLength;
        from = domain + found->domainLength;
        const QByteArrayView view(text);
        if (m_exceptions.contains(view.sliced(found->at, from - found->at).toByteArray())
            || found->at < done)
            continue;
        const QByteArrayView mark = view.sliced(separator, found->separatorLength);
        const QByteArray local = withoutEscapes(view.sliced(found->at, found->localLength), mark);
        out += text.sliced(done, found->at - done)
            + localPart(local, view.sliced(domain, found->domainLength));
        done = separator;
    }
    return done == 0 ? text : out + text.sliced(done);
}

std::optional<Pseudonyms::FoundName> Pseudonyms::nameAt(QByteArrayView text, qsizetype at) const
{
    std::optional<FoundName> found;
    qsizetype end = at;
    for (int units = 0; units < m_longestName && end < text.size(); ++units) {
        const qsizetype begin = end;
        if (!isWord(text[begin]) && !m_joints.contains(text[begin]))
            break;
        end = unitEnd(text, begin);
        // Dots and hyphens at its end are a sentence's, unless they are the name's.
        for (qsizetype last = end; last > begin && last - at >= ShortestName; --last) {
            if (last - at <= LongestNameOctets) {
                const auto name = m_names.constFind(lower(text.sliced(at, last - at)));
                if (name != m_names.constEnd()) {
                    found = FoundName {last, *name};
                    break;
                }
            }
            if (text[last - 1] != '.' && text[last - 1] != '-')
                break;
        }
    }
    return found;
}

QByteArray Pseudonyms::withNames(const QByteArray &text) const
{
    if (m_names.isEmpty())
        return text;
    QByteArray out;
    qsizetype done = 0;
    for (qsizetype at = 0; at < text.size();) {
        if (const auto name = nameAt(text, at)) {
            out += text.sliced(done, at - done) + name->pseudonym;
            done = at = name->end;
        } else {
            at = unitEnd(text, at);
        }
    }
    return done == 0 ? text : out + text.sliced(done);
}

QByteArray Pseudonyms::withParameter(const QByteArray &value)
{
    const QByteArray decoded = fromParameter(value);
    const QByteArray changed = withNames(withAddresses(decoded));
    return changed == decoded ? value : toXtext(changed);
}

QByteArray Pseudonyms::withEncodedWords(const QByteArray &text)
{
    if (!text.contains("=?"))
        return text;
    static const QRegularExpression words(
        u"=\\?[^?\\s]+\\?[QqBb]\\?[^?\\s]*\\?=(?:\\s+=\\?[^?\\s]+\\?[QqBb]\\?[^?\\s]*\\?=)*"_s);
    return replaceMatches(text, words, [this](const QRegularExpressionMatch &match) {
        const QByteArray whole = match.captured().toLatin1();
        const auto decoded = fromEncodedWords(whole);
        if (!decoded)
            return whole;
        const QByteArray changed = withNames(withAddresses(decoded->bytes));
        return changed == decoded->bytes
            ? whole
            : toEncodedWords({decoded->charset, changed, decoded->folded});
    });
}

QByteArray Pseudonyms::withBase64(const QByteArray &text)
{
    static const QRegularExpression run(
        u"(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/_-]{4,}={0,2}(?![A-Za-z0-9+/_=-])"_s);
    return replaceMatches(text, run, [this](const QRegularExpressionMatch &match) {
        const QByteArray whole = match.captured().toLatin1();
        const auto decoded = fromPrintableBase64(whole);
        if (!decoded)
            return whole;
        const QByteArray changed = withNames(withAddresses(*decoded));
        return changed == *decoded ? whole : changed.toBase64();
    });
}

QByteArray Pseudonyms::apply(const QByteArray &text)
{
    const auto plain = [this](const QByteArray &part) {
        return withBase64(withAddresses(withEncodedWords(part)));
    };
    if (!text.contains('='))
        return plain(text);
    // What is xtext must not be read as plain text too: "+3D" is no part of a name.
    static const QRegularExpression parameter(
        u"(?<=\\s)(?:ORCPT=[A-Za-z0-9-]+;|ENVID=|AUTH=)(\\S+)"_s,
        QRegularExpression::CaseInsensitiveOption);
    QByteArray out;
    qsizetype done = 0;
    auto matches = parameter.globalMatch(QString::fromLatin1(text));
    while (matches.hasNext()) {
        const QRegularExpressionMatch match = matches.next();
        out += plain(text.sliced(done, match.capturedStart() - done))
            + text.sliced(match.capturedStart(), match.capturedStart(1) - match.capturedStart())
            + withParameter(match.captured(1).toLatin1());
        done = match.capturedEnd();
    }
    return out + plain(text.sliced(done));
}

QByteArray Pseudonyms::applyToReply(const QByteArray &text)
{
    return withNames(apply(text));
}

QString Pseudonyms::apply(const QString &text)
{
    const QByteArray utf8 = text.toUtf8();
    const QByteArray changed = applyToReply(utf8);
    return changed == utf8 ? text : QString::fromUtf8(changed);
}

QByteArray Pseudonyms::applyToAddress(const QByteArray &address)
{
    const qsizetype at = address.lastIndexOf('@');
    if (address.isEmpty() || at == 0)
        return address;
    const QByteArrayView view(address);
    if (at > 0)
        return localPart(view.first(at), view.sliced(at + 1)) + address.sliced(at);
    const auto known = m_names.constFind(lower(view));
    return known != m_names.constEnd() ? *known : pseudonym(view, {});
}

} // namespace Mailgauge::Transcript
