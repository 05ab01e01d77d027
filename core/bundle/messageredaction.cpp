// SPDX-License-Identifier: GPL-3.0-or-later
#include "bundle/messageredaction.h"

#include "base/literals.h"
#include "mime/headerreader.h"

#include <QRegularExpression>
#include <QStringDecoder>
#include <QStringEncoder>

#include <optional>

namespace Mailgauge::Bundle {

namespace {

using Transcript::RedactionLevel;

constexpr int MaxDepth = 64;
constexpr qsizetype Base64Line = 76;

/// The fields that say how an entity is made.
struct EntityType {
    QByteArray type; ///< "multipart/mixed", lower case.
    QByteArray boundary;
    QByteArray charset;
    QByteArray encoding; ///< Lower case.
};

QByteArray parameter(const QByteArray &value, const QString &name)
{
    const QRegularExpression pattern(
        u";\\s*"_s + name + u"\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^\\s;\"]+))"_s,
        QRegularExpression::CaseInsensitiveOption);
    const auto match = pattern.match(QString::fromLatin1(value));
    QString quoted = match.captured(1);
    return (quoted.isEmpty() ? match.captured(2) : quoted.replace(u"\\"_s, QString())).toLatin1();
}

EntityType typeOf(const Mime::RawHeader &header)
{
    EntityType type;
    for (const Mime::RawHeader::Field &field : header.fields) {
        const QByteArray name = field.name.toLower();
        if (name == "content-type" && type.type.isEmpty()) {
            type.type = field.value.left(field.value.indexOf(';')).trimmed().toLower();
            type.boundary = parameter(field.value, u"boundary"_s);
            type.charset = parameter(field.value, u"charset"_s);
        } else if (name == "content-transfer-encoding") {
            type.encoding = field.value.trimmed().toLower();
        }
    }
    return type;
}

QByteArray fromQuotedPrintable(const QByteArray &body)
{
    QByteArray out;
    for (qsizetype at = 0; at < body.size(); ++at) {
        if (body.at(at) != '=') {
            out += body.at(at);
        } else if (QByteArrayView(body).sliced(at).startsWith("=\r\n")) {
            at += 2;
        } else if (QByteArrayView(body).sliced(at).startsWith("=\n")) {
            at += 1;
        } else if (at + 2 < body.size()) {
            out += QByteArray::fromHex(body.sliced(at + 1, 2));
            at += 2;
        }
    }
    return out;
}

/// RFC 2045 6.7: printable ASCII stays, lines of at most 76 characters.
QByteArray toQuotedPrintable(const QByteArray &body)
{
    QByteArray out;
    qsizetype column = 0;
    for (qsizetype at = 0; at < body.size(); ++at) {
        const char c = body.at(at);
        if (c == '\r' && at + 1 < body.size() && body.at(at + 1) == '\n') {
            out += "\r\n";
            column = 0;
            ++at;
            continue;
        }
        const bool lineEnds = at + 1 == body.size() || body.at(at + 1) == '\r';
        const bool plain = (c > ' ' && c < '\x7f' && c != '=') || (c == ' ' && !lineEnds);
        const QByteArray step = plain ? QByteArray(1, c) : '=' + QByteArray(1, c).toHex().toUpper();
        if (column + step.size() > Base64Line - 1) {
            out += "=\r\n";
            column = 0;
        }
        out += step;
        column += step.size();
    }
    return out;
}

QByteArray toBase64Lines(const QByteArray &body)
{
    const QByteArray encoded = body.toBase64();
    QByteArray out;
    for (qsizetype at = 0; at < encoded.size(); at += Base64Line)
        out += encoded.sliced(at, std::min(Base64Line, encoded.size() - at)) + "\r\n";
    return out;
}

/// Behind the empty line, or where the first line stands that is of no header section.
qsizetype headerEnd(QByteArrayView bytes)
{
    for (qsizetype at = 0; at < bytes.size();) {
        const qsizetype lf = bytes.indexOf('\n', at);
        const qsizetype next = lf < 0 ? bytes.size() : lf + 1;
        QByteArrayView line = bytes.sliced(at, (lf < 0 ? next : lf) - at);
        if (line.endsWith('\r'))
            line.chop(1);
        if (line.isEmpty())
            return next;
        if (!Transcript::isHeaderLine(line, at > 0))
            return at;
        at = next;
    }
    return bytes.size();
}

class MessageRedactor final {
public:
    explicit MessageRedactor(Transcript::Redactor &redactor)
        : m_redactor(redactor)
    {
    }

    QByteArray entity(const QByteArray &bytes, int depth)
    {
        const bool leaveOut = m_redactor.level() == RedactionLevel::Bodies;
        const qsizetype end = leaveOut ? headerEnd(bytes) : bytes.size();
        const Mime::RawHeader header = Mime::readHeader(QByteArrayView(bytes).first(end));
        const qsizetype split = std::min<qsizetype>(header.bodyOffset, end);
        const EntityType type = typeOf(header);
        const QByteArray body = bytes.sliced(split);
        QByteArray out = m_redactor.pseudonyms().applyToReply(bytes.first(split));
        if (type.type.startsWith("multipart/") && !type.boundary.isEmpty() && depth < MaxDepth)
            return out + multipart(body, type.boundary, depth);
        if (leaveOut)
            return out + leftOut(body);
        if (type.type == "message/rfc822" && depth < MaxDepth && type.encoding != "base64")
            return out + entity(body, depth + 1);
        return out + leaf(body, type);
    }

private:
    static QByteArray leftOut(const QByteArray &body)
    {
        return body.isEmpty() ? body
                              : Transcript::leftOutMark(body.size(), body.count('\n')) + "\r\n";
    }

    QByteArray multipart(const QByteArray &body, const QByteArray &boundary, int depth)
    {
        const QByteArray delimiter = "--" + boundary;
        QByteArray out;
        qsizetype partStart = 0;
        bool preamble = true;
        bool closed = false;
        for (qsizetype at = 0; at < body.size();) {
            qsizetype next = body.indexOf('\n', at);
            next = next < 0 ? body.size() : next + 1;
            const QByteArrayView line = QByteArrayView(body).sliced(at, next - at);
            const QByteArrayView rest = line.startsWith(delimiter)
                ? line.sliced(delimiter.size()).trimmed()
                : QByteArrayView("x");
            if (!closed && (rest.isEmpty() || rest == "--")) {
                out += part(body.sliced(partStart, at - partStart), preamble, depth)
                    + line.toByteArray();
                partStart = next;
                preamble = false;
                closed = rest == "--";
            }
            at = next;
        }
        return out + part(body.sliced(partStart), preamble || closed, depth);
    }

    /// What stands between two delimiters; before the first and behind the last it is no entity.
    QByteArray part(const QByteArray &bytes, bool outside, int depth)
    {
        if (!outside)
            return entity(bytes, depth + 1);
        return m_redactor.level() == RedactionLevel::Bodies
            ? QByteArray()
            : m_redactor.pseudonyms().applyToReply(bytes);
    }

    QByteArray leaf(const QByteArray &body, const EntityType &type)
    {
        if (type.encoding == "base64") {
            const QByteArray decoded = QByteArray::fromBase64(body);
            const QByteArray changed = text(decoded, type.charset);
            return changed == decoded ? body : toBase64Lines(changed);
        }
        if (type.encoding == "quoted-printable") {
            const QByteArray decoded = fromQuotedPrintable(body);
            const QByteArray changed = text(decoded, type.charset);
            return changed == decoded ? body : toQuotedPrintable(changed);
        }
        return text(body, type.charset);
    }

    QByteArray text(const QByteArray &bytes, const QByteArray &charset)
    {
        // Only there do the bytes of an address differ from ASCII's.
        if (!charset.toLower().startsWith("utf-16") && !charset.toLower().startsWith("utf-32"))
            return m_redactor.pseudonyms().applyToReply(bytes);
        QStringDecoder decoder(charset.constData());
        QStringEncoder encoder(charset.constData());
        if (!decoder.isValid() || !encoder.isValid())
            return m_redactor.pseudonyms().applyToReply(bytes);
        const QString decoded = decoder.decode(bytes);
        const QString changed = m_redactor.pseudonyms().apply(decoded);
        return changed == decoded ? bytes : QByteArray(encoder.encode(changed));
    }

    Transcript::Redactor &m_redactor;
};

} // namespace

QByteArray redactMessage(const QByteArray &message, Transcript::Redactor &redactor)
{
    return redactor.level() == RedactionLevel::Secrets
        ? message
        : MessageRedactor(redactor).entity(message, 0);
}

} // namespace Mailgauge::Bundle
