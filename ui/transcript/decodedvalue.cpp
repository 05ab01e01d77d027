// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/decodedvalue.h"

#include "base/literals.h"
#include "mime/headerreader.h"
#include "transcript/visible.h"

#include <QCoreApplication>
#include <QLocale>
#include <QRegularExpression>
#include <QUrl>

namespace Mailgauge::Transcript {

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("Mailgauge::Transcript::DecodedValue", text);
}

bool isReplyLine(const QByteArray &text)
{
    return text.size() > 4 && (text.at(3) == ' ' || text.at(3) == '-') && text.at(0) >= '1'
        && text.at(0) <= '5' && QByteArrayView(text).first(3).toInt() > 0;
}

/// The part of a line that an AUTH exchange carries in base64.
QByteArray authPayload(const Entry &entry)
{
    if (entry.direction == Direction::Server)
        return entry.text.startsWith("334 ") ? entry.text.sliced(4).trimmed() : QByteArray();
    if (entry.direction != Direction::Client || entry.stage != Smtp::Stage::Auth)
        return {};
    const QList<QByteArray> words = entry.text.simplified().split(' ');
    if (words.constFirst().compare("AUTH", Qt::CaseInsensitive) == 0)
        return words.size() == 3 ? words.at(2) : QByteArray();
    return words.size() == 1 ? words.constFirst() : QByteArray();
}

void addBase64(const Entry &entry, QList<DecodedValue> &values)
{
    const QByteArray payload = authPayload(entry);
    if (payload.size() < 4)
        return;
    const auto decoded = QByteArray::fromBase64Encoding(
        payload, QByteArray::AbortOnBase64DecodingErrors);
    if (decoded)
        values.append({tr("Base64"), visible(*decoded)});
}

void addEncodedWords(const Entry &entry, QList<DecodedValue> &values)
{
    if (!entry.text.contains("=?"))
        return;
    const QString decoded = visible(Mime::decodeField("Subject", entry.text).toUtf8());
    if (decoded != visible(entry.text))
        values.append({tr("Encoded words"), decoded});
}

void addCapability(const Entry &entry, LinePlace place, QList<DecodedValue> &values)
{
    const QByteArray keyword = capabilityKeyword(entry, place);
    if (keyword.isEmpty())
        return;
    const QByteArray parameters = entry.text.sliced(4 + keyword.size()).trimmed();
    values.append({tr("Capability"), visible(keyword)});
    bool isNumber = false;
    const qint64 number = parameters.toLongLong(&isNumber);
    if (keyword == "SIZE" && isNumber && number > 0) {
        values.append({tr("Largest message"),
            u"%1 (%2)"_s.arg(QLocale().toString(number), QLocale().formattedDataSize(number))});
    } else if (!parameters.isEmpty()) {
        values.append({tr("Parameters"), visible(parameters)});
    }
}

void addDomains(const Entry &entry, QList<DecodedValue> &values)
{
    if (!entry.text.contains("xn--"))
        return;
    static const QRegularExpression domain(u"[A-Za-z0-9.-]*xn--[A-Za-z0-9.-]+"_s);
    auto matches = domain.globalMatch(QString::fromLatin1(entry.text));
    while (matches.hasNext()) {
        const QString name = matches.next().captured();
        const QString decoded = QUrl::fromAce(name.toLatin1(), QUrl::IgnoreIDNWhitelist);
        if (!decoded.isEmpty() && decoded != name)
            values.append({tr("Domain"), visible(decoded.toUtf8())});
    }
}

void addRedactions(const Entry &entry, QList<DecodedValue> &values)
{
    for (const Redaction &redaction : entry.redactions) {
        const QString label = visible(redaction.label);
        values.append({tr("Cut out"),
            redaction.kept.isEmpty() ? tr("%1, not kept anywhere").arg(label)
                                     : tr("%1, kept in memory for this run").arg(label)});
    }
}

} // namespace

QByteArray capabilityKeyword(const Entry &entry, LinePlace place)
{
    if (place == LinePlace::First || entry.direction != Direction::Server
        || entry.stage != Smtp::Stage::Helo || !isReplyLine(entry.text)
        || !entry.text.startsWith("250"))
        return {};
    const QByteArray word
        = entry.text.sliced(4).simplified().split(' ').constFirst().split('=').constFirst();
    const bool isKeyword = !word.isEmpty() && std::ranges::all_of(word, [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')
            || c == '-';
    });
    return isKeyword ? word.toUpper() : QByteArray();
}

QList<DecodedValue> decodedValues(const Entry &entry, LinePlace place)
{
    QList<DecodedValue> values;
    addBase64(entry, values);
    addEncodedWords(entry, values);
    addCapability(entry, place, values);
    addDomains(entry, values);
    addRedactions(entry, values);
    if (entry.content) {
        values.append({tr("Message"), entry.content->message.toString(QUuid::WithoutBraces)});
        values.append({tr("Octets"),
            u"%1 – %2"_s.arg(
                QLocale().toString(entry.content->from), QLocale().toString(entry.content->to))});
    }
    return values;
}

QString hexDump(QByteArrayView bytes, int perRow)
{
    QString out;
    for (qsizetype row = 0; row < bytes.size(); row += perRow) {
        const QByteArrayView piece = bytes.sliced(
            row, std::min<qsizetype>(perRow, bytes.size() - row));
        out += u"%1  "_s.arg(row, 4, 16, '0'_L1);
        QString text;
        for (qsizetype i = 0; i < perRow; ++i) {
            if (i >= piece.size()) {
                out += u"   "_s;
                continue;
            }
            const auto byte = static_cast<quint8>(piece[i]);
            out += u"%1 "_s.arg(byte, 2, 16, '0'_L1);
            text += byte >= 0x20 && byte < 0x7f ? QChar(u'\0' + byte) : QChar(u'·');
        }
        out += u' ' + text + u'\n';
    }
    return out;
}

} // namespace Mailgauge::Transcript
