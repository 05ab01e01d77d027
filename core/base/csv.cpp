// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/csv.h"

#include "base/literals.h"

namespace Mailgauge::Base {

namespace {

bool isNumber(const QString &cell)
{
    bool ok = false;
    cell.toDouble(&ok);
    return ok && !cell.front().isSpace();
}

/// A spreadsheet looks past blanks and quotes when it decides what a formula is.
bool looksLikeFormula(const QString &cell)
{
    static const QString triggers = u"=+-@\t\r\n＝＋－＠"_s;
    for (const QChar one : cell) {
        if (one == QChar::Null || triggers.contains(one))
            return !isNumber(cell);
        if (!one.isSpace() && one != u'"' && one != u'\'')
            return false;
    }
    return false;
}

QByteArray quoted(const QString &cell)
{
    QString text = cell;
    if (looksLikeFormula(text))
        text.prepend(u'\'');
    text.remove(QChar::Null);
    const bool needs = text.contains(u',') || text.contains(u'"') || text.contains(u'\n')
        || text.contains(u'\r');
    if (!needs)
        return text.toUtf8();
    return '"' + text.replace(u'"', u"\"\""_s).toUtf8() + '"';
}

} // namespace

QByteArray csv(const QList<QStringList> &rows)
{
    QByteArray result;
    for (const QStringList &row : rows) {
        for (qsizetype i = 0; i < row.size(); ++i) {
            if (i > 0)
                result += ',';
            result += quoted(row.at(i));
        }
        result += "\r\n";
    }
    return result;
}

} // namespace Mailgauge::Base
