// SPDX-License-Identifier: GPL-3.0-or-later
#include "optionvalues.h"

#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <cstdio>

namespace Mailgauge::Cli {

Checked<void> checkReaders(const Options &options, int others)
{
    const auto readers = std::ranges::count_if(
        inputOptions, [&options](const char *name) { return options.value(name) == "-"; });
    if (readers + others > 1)
        return usage(u"only one option can read standard input"_s);
    return {};
}

QList<QByteArray> splitList(const QList<QByteArray> &values)
{
    QList<QByteArray> items;
    for (const QByteArray &value : values) {
        for (const QByteArray &item : value.split(',')) {
            if (const QByteArray trimmed = item.trimmed(); !trimmed.isEmpty())
                items.append(trimmed);
        }
    }
    return items;
}

Checked<QByteArray> parseWord(
    const Options &options, const char *name, std::initializer_list<const char *> words)
{
    const QByteArray value = options.value(name);
    QByteArray expected;
    for (const char *word : words) {
        if (value == word)
            return value;
        expected += (expected.isEmpty() ? "" : " or ") + QByteArray(word);
    }
    return usage(u"--%1 %2: expected %3"_s.arg(
        QLatin1StringView(name), QString::fromUtf8(value), QLatin1StringView(expected)));
}

Checked<QByteArray> parsePin(const QByteArray &text)
{
    const QByteArray hex = text.startsWith("sha256:") ? text.sliced(7).toLower() : QByteArray();
    const bool right = hex.size() == 64 && QByteArray::fromHex(hex).toHex() == hex;
    if (!right)
        return usage(u"--tls-pin %1: expected sha256: and 64 hexadecimal digits"_s.arg(
            QString::fromUtf8(text)));
    return hex;
}

Checked<QString> readableFile(const QByteArray &path)
{
    const QString name = QFile::decodeName(path);
    QFile file(name);
    if (QFileInfo(name).isDir())
        return noInput(u"%1: is a directory"_s.arg(name));
    if (!file.open(QIODevice::ReadOnly))
        return noInput(u"%1: %2"_s.arg(name, file.errorString()));
    return name;
}

Checked<void> applyFile(const Options &options, const char *option, QString &path)
{
    if (!options.has(option))
        return {};
    path.clear();
    if (options.value(option).isEmpty())
        return {};
    const auto readable = readableFile(options.value(option));
    if (!readable)
        return std::unexpected(readable.error());
    path = *readable;
    return {};
}

Checked<QByteArray> readInput(const QByteArray &path, qint64 limit)
{
    QFile file(QFile::decodeName(path));
    const bool standardInput = path == "-";
    if (!standardInput && QFileInfo(file).isDir())
        return noInput(u"%1: is a directory"_s.arg(file.fileName()));
    const bool open = standardInput ? file.open(stdin, QIODevice::ReadOnly | QIODevice::Unbuffered)
                                    : file.open(QIODevice::ReadOnly);
    const QString name = standardInput ? u"standard input"_s : file.fileName();
    if (!open)
        return noInput(u"%1: %2"_s.arg(name, file.errorString()));
    QByteArray bytes;
    while (bytes.size() <= limit) {
        const QByteArray chunk = file.read(qMin<qint64>(limit + 1 - bytes.size(), 1 << 20));
        if (chunk.isEmpty())
            break;
        bytes += chunk;
    }
    if (file.error() != QFileDevice::NoError)
        return noInput(u"%1: %2"_s.arg(name, file.errorString()));
    if (bytes.size() > limit)
        return badInput(u"%1: larger than %2 bytes"_s.arg(name, QString::number(limit)));
    return bytes;
}

} // namespace Mailgauge::Cli
