// SPDX-License-Identifier: GPL-3.0-or-later
#include "batchoperation.h"

#include "optionvalues.h"

#include <QJsonDocument>

#include <algorithm>
#include <array>

namespace Mailgauge::Cli {

namespace {

constexpr std::array operations {"send", "open", "ehlo", "starttls", "auth", "mail", "rcpt", "data",
    "rset", "noop", "vrfy", "expn", "help", "command", "quit", "close", "state"};

} // namespace

QList<QByteArray> BatchOperation::frame()
{
    return {"op", "session", "id", "dataBase64"};
}

Checked<BatchOperation> parseOperation(const QByteArray &line, BatchOperation *read)
{
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(line, &error);
    if (!document.isObject())
        return usage(document.isNull() && error.error != QJsonParseError::NoError
                ? u"not JSON: %1 at byte %2"_s.arg(error.errorString()).arg(error.offset)
                : u"an operation is a JSON object"_s);
    read->members = document.object();
    if (const QJsonValue id = read->members.value("id"_L1); !id.isUndefined()) {
        read->id = Json::from(id);
        read->hasId = true;
    }
    const QJsonValue op = read->members.value("op"_L1);
    if (!op.isString())
        return usage(u"\"op\" is missing"_s);
    read->op = op.toString().toUtf8();
    if (std::ranges::none_of(operations, [read](const char *name) { return read->op == name; }))
        return usage(u"unknown operation \"%1\""_s.arg(op.toString()));
    const QJsonValue session = read->members.value("session"_L1);
    if (!session.isUndefined() && !session.isString())
        return usage(u"\"session\" is a name"_s);
    read->session = session.toString();
    if (read->session.isEmpty() && read->op != "send")
        return usage(u"\"%1\" needs a \"session\""_s.arg(op.toString()));
    return *read;
}

Checked<std::optional<QByteArray>> base64Member(const QJsonObject &members, QLatin1StringView key)
{
    const QJsonValue value = members.value(key);
    if (value.isUndefined())
        return std::nullopt;
    const auto decoded = QByteArray::fromBase64Encoding(
        value.toString().toLatin1(), QByteArray::AbortOnBase64DecodingErrors);
    if (!value.isString() || !decoded)
        return usage(u"\"%1\" is not base64"_s.arg(key));
    return *decoded;
}

Checked<void> refuseStandardInput(const QByteArray &operation, const Options &options)
{
    for (const char *name : inputOptions) {
        // The text of VRFY, EXPN and HELP is what it is.
        const bool literal = qstrcmp(name, "text") == 0 && operation != "send";
        if (!literal && options.value(name) == "-")
            return usage(u"\"%1\": standard input carries the operations; name a file"_s.arg(
                QLatin1StringView(name)));
    }
    return {};
}

QByteArray withId(const BatchOperation &operation, const Json &answer)
{
    if (!operation.hasId)
        return answer.toLine();
    const QByteArray &line = answer.toLine();
    return "{\"id\":" + operation.id.toLine() + (line == "{}" ? "" : ",") + line.sliced(1);
}

QByteArray withId(const BatchOperation &operation, const QList<Json::Member> &answer)
{
    return withId(operation, Json::object(answer));
}

} // namespace Mailgauge::Cli
