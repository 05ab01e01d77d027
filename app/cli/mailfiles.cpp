// SPDX-License-Identifier: GPL-3.0-or-later
#include "mailfiles.h"

#include "optionvalues.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

namespace Mailgauge::Cli {

namespace {

using Each = std::function<void(const QByteArray &, const QByteArray &)>;

/// Larger than any report, far smaller than memory.
constexpr qint64 MaxFile = Q_INT64_C(256) << 20;
constexpr int MaxDepth = 32;

bool startsMessage(QByteArrayView bytes, qsizetype at)
{
    return bytes.sliced(at).startsWith("From ");
}

/// mboxrd: a line that looks like a separator has one more `>`.
QByteArray unquoted(QByteArrayView message)
{
    QByteArray out;
    out.reserve(message.size());
    for (qsizetype start = 0; start < message.size();) {
        const qsizetype end = message.indexOf('\n', start);
        QByteArrayView line = message.sliced(start, (end < 0 ? message.size() : end + 1) - start);
        start += line.size();
        qsizetype quotes = 0;
        while (quotes < line.size() && line[quotes] == '>')
            ++quotes;
        if (quotes > 0 && line.sliced(quotes).startsWith("From "))
            line = line.sliced(1);
        out += line;
    }
    return out;
}

Checked<void> readOne(const QByteArray &path, const Each &each)
{
    const auto bytes = readInput(path, MaxFile);
    if (!bytes)
        return std::unexpected(bytes.error());
    const QList<QByteArray> messages = splitMbox(*bytes);
    for (const QByteArray &message : messages)
        each(path, message);
    return {};
}

Checked<void> readFolder(const QString &path, const Each &each, int depth)
{
    Checked<void> result;
    const auto keep = [&result](const Checked<void> &one) {
        if (!one && result)
            result = one;
    };
    const QFileInfoList entries = QDir(path).entryInfoList(
        QDir::Files | QDir::Dirs | QDir::NoDotAndDotDot | QDir::Readable, QDir::Name);
    const bool maildir = QDir(path).exists(u"cur"_s) && QDir(path).exists(u"new"_s);
    for (const QFileInfo &entry : entries) {
        if (entry.isFile())
            keep(readOne(QFile::encodeName(entry.filePath()), each));
        else if (entry.isDir() && !entry.isSymLink() && depth < MaxDepth
            && !(maildir && entry.fileName() == "tmp"_L1))
            keep(readFolder(entry.filePath(), each, depth + 1));
    }
    return result;
}

} // namespace

QList<QByteArray> splitMbox(const QByteArray &bytes)
{
    if (!startsMessage(bytes, 0))
        return {bytes};
    QList<QByteArray> messages;
    for (qsizetype start = 0; start < bytes.size();) {
        const qsizetype body = bytes.indexOf('\n', start) + 1;
        if (body == 0)
            break;
        qsizetype end = body;
        for (end = bytes.indexOf("\nFrom ", body - 1); end >= 0;
            end = bytes.indexOf("\nFrom ", end + 1)) {
            // Only behind an empty line: bodies hold such lines too.
            const bool emptyBefore = end + 1 == body
                || QByteArrayView(bytes).first(end).endsWith("\n")
                || QByteArrayView(bytes).first(end).endsWith("\n\r");
            if (emptyBefore)
                break;
        }
        const qsizetype next = end < 0 ? bytes.size() : end + 1;
        messages.append(unquoted(QByteArrayView(bytes).sliced(body, next - body)));
        start = next;
    }
    return messages;
}

Checked<void> readMessages(const QByteArray &path, const Each &each)
{
    const QString name = QFile::decodeName(path);
    if (path != "-" && QFileInfo(name).isDir())
        return readFolder(name, each, 0);
    return readOne(path, each);
}

} // namespace Mailgauge::Cli
