// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/fuzzymatch.h"

#include <QList>
#include <QString>

#include <limits>

namespace Mailgauge::Models {

namespace {
constexpr int WordStart = 12;
constexpr int Adjacent = 13;
constexpr int Found = 1;
constexpr int None = std::numeric_limits<int>::min() / 2;

bool startsWord(const QString &text, qsizetype at)
{
    return at == 0 || !text[at - 1].isLetterOrNumber();
}
} // namespace

std::optional<int> fuzzyScore(QStringView pattern, QStringView text)
{
    QString letters = pattern.toString().toCaseFolded();
    letters.removeIf([](QChar c) { return c.isSpace(); });
    const QString folded = text.toString().toCaseFolded();
    // ending[j]: the best score of the letters so far with the last of them at j.
    QList<int> ending(folded.size(), 0);
    int total = 0;
    for (qsizetype i = 0; i < letters.size(); ++i) {
        QList<int> next(folded.size(), None);
        int before = i == 0 ? 0 : None; // the best that ends left of j
        total = None;
        for (qsizetype j = 0; j < folded.size(); ++j) {
            if (folded[j] == letters[i]) {
                const int side = i > 0 && j > 0 && ending[j - 1] > None ? ending[j - 1] + Adjacent
                                                                        : None;
                const int score = qMax(before, side);
                if (score > None)
                    next[j] = score + Found + (startsWord(folded, j) ? WordStart : 0);
            }
            if (i > 0)
                before = qMax(before, ending[j]);
            total = qMax(total, next[j]);
        }
        if (total == None)
            return {};
        ending = next;
    }
    return total * 100 - static_cast<int>(qMin<qsizetype>(text.size(), 99));
}

} // namespace Mailgauge::Models
