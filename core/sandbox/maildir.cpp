// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/maildir.h"

#include "base/filewriter.h"
#include "base/literals.h"

#include <QDir>
#include <QFile>

#include <unistd.h>

namespace Mailgauge::Sandbox {

namespace {

/// What the last relay puts on top (RFC 5321 4.4).
QByteArray traceFields(const InboxMessage &message)
{
    QByteArray fields = "Return-Path: <" + message.reversePath + ">\r\n";
    for (const QByteArray &path : message.forwardPaths)
        fields += "Delivered-To: " + path + "\r\n";
    return fields;
}

} // namespace

Base::Result<void> prepareMaildir(const QString &directory)
{
    for (const QString &name : {u"cur"_s, u"new"_s, u"tmp"_s}) {
        if (!QDir().mkpath(directory + u'/' + name))
            return Base::fail(
                Base::Error::Kind::Io, directory + u'/' + name + u": cannot be made"_s);
    }
    return {};
}

Base::Result<void> writeToMaildir(const QString &directory, const InboxMessage &message)
{
    const QString name = u"%1.%2.mailgauge"_s.arg(message.arrivedAt.toSecsSinceEpoch())
                             .arg(message.id.toString(QUuid::WithoutBraces));
    QFile file(directory + u"/tmp/"_s + name);
    const auto failed = [&file](Base::Error error) -> Base::Result<void> {
        file.remove();
        return std::unexpected(std::move(error));
    };
    if (!file.open(QIODevice::WriteOnly | QIODevice::NewOnly))
        return Base::fail(Base::Error::Kind::Io, file.fileName() + u": "_s + file.errorString());
    if (auto written = Base::writeAll(file, traceFields(message) + message.bytes); !written)
        return failed(written.error());
    if (!file.flush() || ::fsync(file.handle()) != 0)
        return failed({Base::Error::Kind::Io, file.fileName() + u": "_s + file.errorString(), {}});
    file.close();
    if (!file.rename(directory + u"/new/"_s + name))
        return failed({Base::Error::Kind::Io, file.fileName() + u": "_s + file.errorString(), {}});
    return {};
}

} // namespace Mailgauge::Sandbox
