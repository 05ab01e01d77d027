// SPDX-License-Identifier: GPL-3.0-or-later
#include "rawmessage.h"

#include <QDir>
#include <QFileInfo>
#include <QTemporaryFile>

#include <cstdio>

namespace Mailgauge::Cli {

namespace {

using Delivery::RawForm;
using Delivery::ReadyMessage;

constexpr Smtp::Stage Where = Smtp::Stage::Content;

} // namespace

Checked<ReadyMessage> orNoInput(const Base::Result<ReadyMessage> &message)
{
    if (message)
        return *message;
    const Base::Error &error = message.error();
    if (error.kind == Base::Error::Kind::InvalidInput)
        return badInput(error.detail, Where);
    return noInput(error.detail, Where);
}

Checked<ReadyMessage> rawMessageFromFile(const QByteArray &path, RawForm form)
{
    const QString name = QFile::decodeName(path);
    const QFileInfo info(name);
    if (path != "-" && (info.isFile() || !info.exists()))
        return orNoInput(Delivery::readyMessage(Delivery::rawContent(name, form)));
    if (path != "-" && info.isDir())
        return noInput(name + u": is a directory"_s, Where);

    QFile input(name);
    const bool open = path == "-" ? input.open(stdin, QIODevice::ReadOnly | QIODevice::Unbuffered)
                                  : input.open(QIODevice::ReadOnly);
    if (!open)
        return noInput(u"%1: %2"_s.arg(name, input.errorString()), Where);
    const auto spool = std::make_shared<QTemporaryFile>(QDir::tempPath() + u"/mailgauge-XXXXXX"_s);
    if (!spool->open())
        return noOutput(spool->errorString());
    while (true) {
        const QByteArray chunk = input.read(1 << 20);
        if (chunk.isEmpty())
            break;
        if (spool->write(chunk) != chunk.size())
            return noOutput(spool->errorString());
    }
    if (input.error() != QFileDevice::NoError)
        return noInput(u"%1: %2"_s.arg(name, input.errorString()), Where);
    if (!spool->flush())
        return noOutput(spool->errorString());
    auto content = Delivery::rawContent(spool->fileName(), form);
    // The content may be the spooled file itself: it has to outlive the sending.
    if (content && content->file == spool->fileName())
        content->keepAlive = spool;
    return orNoInput(Delivery::readyMessage(std::move(content)));
}

} // namespace Mailgauge::Cli
