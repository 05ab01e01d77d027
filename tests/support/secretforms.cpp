// SPDX-License-Identifier: GPL-3.0-or-later
#include "secretforms.h"

#include "base/literals.h"

#include <QDirIterator>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QStringEncoder>
#include <QTest>

namespace Mailgauge::Test {

namespace {

QByteArrayList encodingsOf(const QByteArray &utf8)
{
    QByteArrayList all {utf8};
    for (const auto encoding : {QStringConverter::Utf16LE, QStringConverter::Utf16BE}) {
        QStringEncoder encoder(encoding);
        all.append(encoder.encode(QString::fromUtf8(utf8)));
    }
    return all;
}

/// Shorter ones are in the noise of any base64.
constexpr qsizetype ShortestMark = 7;

} // namespace

QByteArrayList formsOf(const QByteArray &secret)
{
    QByteArrayList forms;
    for (const QByteArray &bytes : encodingsOf(secret)) {
        forms << bytes << bytes.toHex() << bytes.toHex().toUpper() << bytes.toHex(':')
              << bytes.toPercentEncoding() << bytes.toPercentEncoding({}, {}, '=')
              << bytes.toBase64()
              << bytes.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
        // Behind the names of PLAIN, whatever their length.
        for (qsizetype before = 1; before < 3; ++before)
            forms << (QByteArray(before, 'x') + bytes).toBase64();
    }
    return forms;
}

QByteArray leakIn(const QByteArray &artefact, const QByteArray &secret)
{
    QByteArrayList marks = formsOf(secret);
    // As our own exports write text.
    marks << QString::fromUtf8(secret).toHtmlEscaped().toUtf8()
          << QJsonDocument(QJsonArray {QString::fromUtf8(secret)})
                 .toJson(QJsonDocument::Compact)
                 .sliced(2)
                 .chopped(2);
    for (const QByteArray &bytes : encodingsOf(secret)) {
        for (qsizetype before = 0; before < 3; ++before) {
            // Whole groups of three octets of the secret alone.
            const qsizetype own = (before + bytes.size()) / 3 * 4;
            const QByteArray mark = (QByteArray(before, '\0') + bytes)
                                        .toBase64()
                                        .first(own)
                                        .sliced(before == 0 ? 0 : 4)
                                        .first(qMin(own - (before == 0 ? 0 : 4), 16));
            if (mark.size() >= ShortestMark)
                marks << mark;
        }
    }
    for (const QByteArray &mark : std::as_const(marks)) {
        if (artefact.contains(mark))
            return mark;
    }
    return {};
}

QHash<QString, QByteArray> filesBelow(const QString &directory)
{
    QHash<QString, QByteArray> all;
    QDirIterator files(directory, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        QFile file(files.next());
        if (file.open(QIODevice::ReadOnly))
            all.insert(file.fileName(), file.readAll());
        else
            QTest::qFail(qPrintable(file.fileName() + u": cannot be read"_s), __FILE__, __LINE__);
    }
    return all;
}

QByteArray refusalEchoing(const QByteArray &secret)
{
    QByteArray echo;
    for (const QByteArray &form : formsOf(secret)) {
        if (!form.contains('\0') && !form.contains('\n') && !form.contains('\r'))
            echo += "535-5.7.8 no " + form + " here\r\n";
    }
    const QByteArrayList encodings = encodingsOf(secret);
    for (const QByteArray &utf16 : encodings.sliced(1))
        echo += "535-5.7.8 " + utf16 + "\r\n";
    return echo + "535 5.7.8 no\r\n";
}

} // namespace Mailgauge::Test
