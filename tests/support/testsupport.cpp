// SPDX-License-Identifier: GPL-3.0-or-later
#include "testsupport.h"

#include "base/literals.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTest>

namespace Mailgauge::Test {

namespace {
QString dataPath(const QString &name)
{
    return QStringLiteral(MAILGAUGE_TEST_DATA) + u'/' + name;
}
} // namespace

QByteArray testData(const QString &name)
{
    QFile file(dataPath(name));
    if (!file.open(QIODevice::ReadOnly)) {
        QTest::qFail(
            qPrintable(file.fileName() + u": "_s + file.errorString()), __FILE__, __LINE__);
        return {};
    }
    return file.readAll();
}

QString compareGolden(const QString &name, const QByteArray &actual)
{
    const QString path = dataPath(u"golden/"_s + name);
    if (qEnvironmentVariableIntValue("MAILGAUGE_UPDATE_GOLDEN") == 1) {
        QDir().mkpath(QFileInfo(path).path());
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(actual) != actual.size())
            return u"cannot write "_s + path;
        return {};
    }
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return u"no golden file "_s + path + u"; set MAILGAUGE_UPDATE_GOLDEN=1 to make it"_s;
    const QByteArray expected = file.readAll();
    if (expected == actual)
        return {};
    qsizetype at = 0;
    while (at < qMin(expected.size(), actual.size()) && expected[at] == actual[at])
        ++at;
    const auto around = [at](const QByteArray &bytes) {
        return QString::fromUtf8(bytes.mid(qMax(0, at - 40), 120));
    };
    return u"differs from %1 at byte %2:\nexpected …%3…\nactual   …%4…"_s.arg(
        path, QString::number(at), around(expected), around(actual));
}

} // namespace Mailgauge::Test
