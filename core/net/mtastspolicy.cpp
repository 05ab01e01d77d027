// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/mtastspolicy.h"

#include "base/literals.h"
#include "dns/name.h"

#include <algorithm>
#include <array>

namespace Mailgauge::Net {

namespace {

using Mode = MtaStsPolicy::Mode;

constexpr std::array modes {"none", "testing", "enforce"};
constexpr qsizetype MaxId = 32;
constexpr qsizetype MaxEvidence = 200; // of one line
constexpr qsizetype MaxPatterns = 256;
constexpr qsizetype MaxFindings = 20;

bool isAlnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool isWord(QByteArrayView text, QByteArrayView more)
{
    return !text.isEmpty() && isAlnum(text.front())
        && std::ranges::all_of(text, [more](char c) { return isAlnum(c) || more.contains(c); });
}

bool isPrintable(QByteArrayView text)
{
    return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
}

std::optional<Mode> modeFromName(QByteArrayView name)
{
    const auto found = std::ranges::find(
        modes, name, [](const char *m) { return QByteArrayView(m); });
    if (found == modes.end())
        return std::nullopt;
    return static_cast<Mode>(found - modes.begin());
}

/// `["*."] Domain` of RFC 8461 3.2, in lower case.
std::optional<QString> patternFrom(const QByteArray &value)
{
    const QByteArrayView domain = QByteArrayView(value).sliced(value.startsWith("*.") ? 2 : 0);
    if (domain.isEmpty() || value.size() > 255)
        return std::nullopt;
    for (const QByteArray &label : domain.toByteArray().split('.')) {
        if (label.size() > 63 || !isWord(label, "-") || label.endsWith('-'))
            return std::nullopt;
    }
    return QString::fromLatin1(value.toLower());
}

class PolicyReader {
public:
    ReadMtaStsPolicy read(const QByteArray &text)
    {
        QByteArrayList lines = text.split('\n');
        for (QByteArray &line : lines) {
            if (line.endsWith('\r'))
                line.chop(1);
            readLine(line);
        }
        if (!m_version)
            bad("version");
        if (!m_mode)
            bad("mode");
        if (!m_maxAge)
            bad("max_age");
        if (m_mode.value_or(Mode::None) != Mode::None && m_result.policy->mx.isEmpty())
            bad("mx");
        if (!m_valid)
            m_result.policy.reset();
        return m_result;
    }

private:
    void find(const QByteArray &id, const QByteArray &evidence)
    {
        if (m_result.findings.size() < MaxFindings)
            m_result.findings.append({id, evidence.left(MaxEvidence)});
    }
    void odd(const QByteArray &line) { find("mtaSts.oddPolicy"_ba, line); }
    /// The policy does not count (RFC 8461 3.2).
    void bad(const QByteArray &what)
    {
        m_valid = false;
        find("mtaSts.badPolicy"_ba, what);
    }

    void readLine(const QByteArray &line)
    {
        if (line.trimmed().isEmpty())
            return;
        const qsizetype colon = line.indexOf(':');
        const QByteArray key = line.first(qMax(colon, 0)).trimmed();
        const QByteArray value = line.sliced(colon + 1).trimmed();
        if (colon < 0 || !isWord(key, "_-.") || !isPrintable(value))
            return bad(line);
        // "\n" written as two characters: the terms behind it are lost.
        if (value.contains("\\n"))
            odd(line);
        if (key == "version")
            once(m_version, value == "STSv1" ? std::optional(true) : std::nullopt, line);
        else if (key == "mode")
            once(m_mode, modeFromName(value), line, &m_result.policy->mode);
        else if (key == "max_age")
            once(m_maxAge, ageFrom(value, line), line, &m_result.policy->maxAge);
        else if (key == "mx")
            addPattern(value, line);
        else
            odd(line); // an extension, or "nmx" left over from a broken line end
    }

    /// The first of its kind counts; one that is no value leaves the policy without.
    template <typename T>
    void once(std::optional<T> &known, std::optional<T> value, const QByteArray &line,
        T *member = nullptr)
    {
        if (known)
            return odd(line);
        if (!value)
            return bad(line);
        known = value;
        if (member)
            *member = *value;
    }

    std::optional<qint64> ageFrom(const QByteArray &value, const QByteArray &line)
    {
        if (value.isEmpty() || value.size() > 10
            || !std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; }))
            return std::nullopt;
        const qint64 age = value.toLongLong();
        if (age > MtaStsPolicy::MaxAge)
            odd(line);
        return qMin(age, MtaStsPolicy::MaxAge);
    }

    void addPattern(const QByteArray &value, const QByteArray &line)
    {
        const auto pattern = patternFrom(value);
        if (!pattern || m_result.policy->mx.size() == MaxPatterns)
            odd(line);
        else
            m_result.policy->mx.append(*pattern);
    }

    ReadMtaStsPolicy m_result {MtaStsPolicy(), {}};
    std::optional<bool> m_version;
    std::optional<Mode> m_mode;
    std::optional<qint64> m_maxAge;
    bool m_valid = true;
};

/// Nothing where the record is not valid (RFC 8461 3.1).
std::optional<QByteArray> idOf(const QByteArray &record)
{
    QByteArrayList fields = record.split(';');
    if (fields.takeFirst().trimmed() != "v=STSv1")
        return std::nullopt;
    if (!fields.isEmpty() && fields.last().trimmed().isEmpty())
        fields.removeLast();
    std::optional<QByteArray> id;
    for (const QByteArray &field : std::as_const(fields)) {
        const QByteArray term = field.trimmed();
        const qsizetype equals = term.indexOf('=');
        const QByteArrayView name = QByteArrayView(term).first(qMax<qsizetype>(equals, 0));
        const QByteArray value = term.sliced(equals + 1);
        if (equals < 0 || name.size() > 32 || !isWord(name, "_-.") || value.isEmpty()
            || !isPrintable(value) || value.contains(' '))
            return std::nullopt;
        if (name != "id" || id) // the first one counts
            continue;
        if (value.size() > MaxId || !isWord(value, {}))
            return std::nullopt;
        id = value;
    }
    return id;
}

} // namespace

QByteArrayView mtaStsModeName(MtaStsPolicy::Mode mode)
{
    return modes[static_cast<std::size_t>(mode)];
}

MtaStsRecord readMtaStsRecord(const QList<Dns::Txt> &texts)
{
    QByteArrayList records;
    for (const Dns::Txt &txt : texts) {
        const QByteArray text = txt.joined();
        const QByteArray head = text.first(qMax<qsizetype>(text.indexOf(';'), 0)).trimmed();
        if (head == "v=STSv1")
            records.append(text);
    }
    if (records.isEmpty()) // others may stand at the name too
        return {};
    if (records.size() > 1)
        return {{}, {{"mtaSts.twoRecords"_ba, records.join(" | ").left(MaxEvidence)}}};
    const auto id = idOf(records.first());
    if (!id)
        return {{}, {{"mtaSts.badRecord"_ba, records.first().left(MaxEvidence)}}};
    return {*id, {}};
}

ReadMtaStsPolicy readMtaStsPolicy(const QByteArray &text)
{
    return PolicyReader().read(text);
}

bool isNamed(const QString &host, const MtaStsPolicy &policy)
{
    const auto ascii = Dns::nameFrom(host);
    if (!ascii)
        return false;
    const QString name = QString::fromLatin1(*ascii);
    return std::ranges::any_of(policy.mx, [&name](const QString &pattern) {
        if (!pattern.startsWith("*."_L1))
            return name == pattern;
        const qsizetype dot = name.indexOf(u'.');
        return dot > 0 && QStringView(name).sliced(dot) == QStringView(pattern).sliced(1);
    });
}

} // namespace Mailgauge::Net
