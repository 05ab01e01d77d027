// SPDX-License-Identifier: GPL-3.0-or-later
#include "tls/roots.h"

#include "base/filejobs.h"
#include "base/literals.h"
#include "tls/opensslptr.h"

#include <QDir>
#include <QSet>
#include <QtConcurrentRun>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>

namespace Mailgauge::Tls {

namespace {

using Kind = Base::Error::Kind;

constexpr qint64 LargestFile = 16 * 1024 * 1024;
// A directory may be anything: what is larger is no certificate's, and is not even opened.
constexpr qint64 LargestInDirectory = 1024 * 1024;

bool isCertificate(const QByteArray &pem)
{
    const BioPtr bio(BIO_new_mem_buf(pem.constData(), static_cast<int>(pem.size())));
    const CertificatePtr certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    ERR_clear_error();
    return certificate != nullptr;
}

/// Each that can be read, whatever stands before and behind it.
QByteArrayList certificatesIn(const QByteArray &text)
{
    constexpr QByteArrayView Begin = "-----BEGIN CERTIFICATE-----";
    constexpr QByteArrayView End = "-----END CERTIFICATE-----";
    QByteArrayList found;
    for (qsizetype at = text.indexOf(Begin); at >= 0; at = text.indexOf(Begin, at + 1)) {
        const qsizetype end = text.indexOf(End, at);
        if (end < 0)
            break;
        const QByteArray pem = text.sliced(at, end + End.size() - at) + '\n';
        if (isCertificate(pem))
            found.append(pem);
    }
    return found;
}

Base::Result<QByteArray> readDirectory(const QString &path)
{
    const QDir directory(path);
    if (!directory.isReadable())
        return Base::fail(Kind::Io, path + u": cannot be read"_s);
    QByteArray all;
    QSet<QByteArray> seen; // Under the name of its hash, too, and in a bundle.
    for (const QFileInfo &info : directory.entryInfoList(QDir::Files, QDir::Name)) {
        const auto text = info.size() <= LargestInDirectory
            ? Base::readRegularFile(info.filePath(), LargestInDirectory)
            : Base::Result<QByteArray>(QByteArray());
        if (!text)
            continue;
        for (const QByteArray &pem : certificatesIn(*text)) {
            if (seen.contains(pem))
                continue;
            seen.insert(pem);
            all += pem;
        }
        if (all.size() > LargestFile)
            return Base::fail(Kind::InvalidInput,
                u"%1: its certificates are more than %2 octets"_s.arg(path).arg(LargestFile));
    }
    if (all.isEmpty())
        return Base::fail(Kind::InvalidInput, path + u": no certificate in PEM form"_s);
    return all;
}

} // namespace

Base::Result<QByteArray> readRoots(const QString &path)
{
    return QFileInfo(path).isDir() ? readDirectory(path) : Base::readRegularFile(path, LargestFile);
}

QFuture<Base::Result<QByteArray>> readRootsLater(const QString &path)
{
    return QtConcurrent::run(&Base::filePool(), [path] {
        auto roots = readRoots(path);
        // The thread waits for more, and would keep what OpenSSL has for it to the program's end.
        OPENSSL_thread_stop();
        return roots;
    });
}

} // namespace Mailgauge::Tls
