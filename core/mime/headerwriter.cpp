// SPDX-License-Identifier: GPL-3.0-or-later
#include "mime/headerwriter.h"

#include "base/literals.h"

#include <QUrl>

#include <algorithm>

namespace Mailgauge::Mime {

namespace {

constexpr qsizetype MaxWord = 75; // RFC 2047 2
constexpr qsizetype MaxColumn = 76;
constexpr qsizetype WordFrame = 12; // =?utf-8?q??=
constexpr qsizetype MinimalPayload = 24; // fits any encoded character twice
constexpr qsizetype MaxPlainToken = 900; // a line must stay within 998 octets
constexpr qsizetype MaxPlainName = 60;

bool staysInQ(uchar c)
{
    // The set of RFC 2047 5 (3), good in any place of a header.
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '!'
        || c == '*' || c == '+' || c == '-' || c == '/';
}

qsizetype qLength(QByteArrayView bytes)
{
    qsizetype length = 0;
    for (const char c : bytes)
        length += staysInQ(static_cast<uchar>(c)) || c == ' ' ? 1 : 3;
    return length;
}

QByteArray qEncoded(QByteArrayView bytes)
{
    QByteArray result;
    for (const char c : bytes) {
        if (c == ' ')
            result += '_';
        else if (staysInQ(static_cast<uchar>(c)))
            result += c;
        else
            result += '=' + QByteArray(1, c).toHex().toUpper();
    }
    return result;
}

qsizetype characterLength(QByteArrayView utf8, qsizetype at)
{
    qsizetype length = 1;
    while (at + length < utf8.size() && (static_cast<uchar>(utf8[at + length]) & 0xC0) == 0x80)
        ++length;
    return length;
}

/// The text as encoded words; the first has room for `first` octets, the others for MaxWord.
QList<QByteArray> encodedWords(const QString &text, qsizetype first)
{
    const QByteArray utf8 = text.toUtf8();
    const bool base64 = qLength(utf8) > (utf8.size() + 2) / 3 * 4;
    const auto lengthOf = [base64](QByteArrayView b) {
        return base64 ? (b.size() + 2) / 3 * 4 : qLength(b);
    };
    QList<QByteArray> words;
    qsizetype start = 0;
    qsizetype end = 0;
    const auto flush = [&] {
        const QByteArrayView part = QByteArrayView(utf8).sliced(start, end - start);
        words.append(base64 ? "=?utf-8?b?"_ba + part.toByteArray().toBase64() + "?="_ba
                            : "=?utf-8?q?"_ba + qEncoded(part) + "?="_ba);
        start = end;
    };
    while (end < utf8.size()) {
        const qsizetype next = end + characterLength(utf8, end);
        const qsizetype room = (words.isEmpty() ? first : MaxWord) - WordFrame;
        if (lengthOf(QByteArrayView(utf8).sliced(start, next - start)) > room && end > start)
            flush();
        end = next;
    }
    if (end > start)
        flush();
    return words;
}

/// Puts tokens on lines of at most MaxColumn where they fit; folds only between tokens.
class Folder {
public:
    explicit Folder(const QByteArray &name)
        : m_bytes(name + ':')
        , m_column(m_bytes.size())
    {
    }

    /// `gap` is the white space before the token; at a fold it begins the new line.
    void add(const QByteArray &token, const QByteArray &gap = " "_ba)
    {
        if (m_column + gap.size() + token.size() > MaxColumn && m_any) {
            m_bytes += "\r\n";
            m_column = 0;
        }
        m_bytes += gap + token;
        m_column += gap.size() + token.size();
        m_any = true;
    }
    /// Directly behind the last token.
    void attach(char c)
    {
        m_bytes += c;
        ++m_column;
    }
    /// How long the next encoded word may be on this line; MaxWord where it goes to a new one.
    [[nodiscard]] qsizetype wordRoom() const
    {
        const qsizetype left = MaxColumn - m_column - 1;
        return left < WordFrame + MinimalPayload ? MaxWord : qMin(left, MaxWord);
    }
    void addWords(const QString &text)
    {
        const QList<QByteArray> words = encodedWords(text, wordRoom());
        for (const QByteArray &word : words)
            add(word);
    }
    [[nodiscard]] QByteArray done() const { return m_bytes + "\r\n"; }

private:
    QByteArray m_bytes;
    qsizetype m_column;
    bool m_any = false;
};

bool isPrintableAscii(QStringView text)
{
    return std::ranges::all_of(text, [](QChar c) { return c >= u' ' && c <= u'~'; });
}

/// May stand in a header as it is, folded at its spaces, and be read back the same.
bool isPlainText(const QString &text)
{
    if (!isPrintableAscii(text) || text.startsWith(u' ') || text.endsWith(u' ')
        || text.contains("=?"_L1))
        return false;
    return std::ranges::all_of(QStringView(text).split(u' '),
        [](QStringView token) { return token.size() <= MaxPlainToken; });
}

bool isPlainName(const QString &name)
{
    return isPrintableAscii(name) && name.size() <= MaxPlainName && !name.contains("=?"_L1)
        && name == name.simplified();
}

bool isAtomText(const QString &name)
{
    return std::ranges::all_of(name, [](QChar c) { return !u"()<>[]:;@\\,.\""_s.contains(c); });
}

void addName(Folder *folder, const QString &name)
{
    if (!isPlainName(name)) {
        folder->addWords(name);
        return;
    }
    QByteArray text = name.toLatin1();
    if (!isAtomText(name)) {
        text.replace('\\', "\\\\").replace('"', "\\\"");
        text = '"' + text + '"';
    }
    folder->add(text);
}

QByteArray wireAddress(const QByteArray &address)
{
    const qsizetype at = address.lastIndexOf('@');
    const QByteArray local = address.first(at);
    const bool asciiLocal = std::ranges::all_of(local, [](char c) { return (c & 0x80) == 0; });
    if (!asciiLocal)
        return address;
    const QByteArray domain = address.sliced(at + 1);
    if (std::ranges::all_of(domain, [](char c) { return (c & 0x80) == 0; }))
        return address;
    const QByteArray ace = QUrl::toAce(QString::fromUtf8(domain));
    return ace.isEmpty() ? address : local + '@' + ace;
}

void addAddress(Folder *folder, const Address &address)
{
    const QByteArray spec = wireAddress(address.address);
    if (address.name.isEmpty()) {
        folder->add(spec);
        return;
    }
    addName(folder, address.name);
    folder->add('<' + spec + '>');
}

} // namespace

bool isFieldName(QByteArrayView name)
{
    return !name.isEmpty() && name.size() <= 100
        && std::ranges::all_of(name, [](char c) { return c > ' ' && c < 127 && c != ':'; });
}

bool hasForbiddenControl(QStringView value)
{
    return std::ranges::any_of(
        value, [](QChar c) { return c == u'\r' || c == u'\n' || c.isNull(); });
}

QByteArray textField(const QByteArray &name, const QString &value)
{
    Folder folder(name);
    if (!isPlainText(value)) {
        folder.addWords(value);
        return folder.done();
    }
    const QByteArray text = value.toLatin1();
    // A run of spaces travels with the word behind it: unfolding gives the same text again.
    for (qsizetype at = 0; at < text.size();) {
        qsizetype word = at;
        while (word < text.size() && text[word] == ' ')
            ++word;
        const qsizetype end = text.indexOf(' ', word) < 0 ? text.size() : text.indexOf(' ', word);
        const QByteArray gap = at == 0 ? " "_ba : text.sliced(at, word - at);
        folder.add(text.sliced(word, end - word), gap);
        at = end;
    }
    return folder.done();
}

QByteArray addressField(const QByteArray &name, const QList<AddressEntry> &entries)
{
    Folder folder(name);
    bool first = true;
    for (const AddressEntry &entry : entries) {
        if (!first)
            folder.attach(',');
        first = false;
        if (!entry.isGroup) {
            addAddress(&folder, entry.addresses.first());
            continue;
        }
        addName(&folder, entry.group);
        folder.attach(':');
        for (qsizetype i = 0; i < entry.addresses.size(); ++i) {
            addAddress(&folder, entry.addresses[i]);
            if (i + 1 < entry.addresses.size())
                folder.attach(',');
        }
        folder.attach(';');
    }
    return folder.done();
}

} // namespace Mailgauge::Mime
