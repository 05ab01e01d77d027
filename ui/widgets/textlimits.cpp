// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/textlimits.h"

#include <QPlainTextEdit>
#include <QTextOption>

namespace Mailgauge::Widgets {

namespace {
constexpr qsizetype LongWord = 10'000;

bool hasLongWord(QStringView text)
{
    qsizetype run = 0;
    for (const QChar c : text) {
        run = c.isSpace() ? 0 : run + 1;
        if (run > LongWord)
            return true;
    }
    return false;
}
} // namespace

bool isEditable(QStringView text)
{
    return text.size() <= MaxEditable && text.count(u'\n') <= MaxEditableLines;
}

void fitWrapping(QPlainTextEdit &edit, QStringView text)
{
    edit.setWordWrapMode(
        hasLongWord(text) ? QTextOption::WrapAnywhere : QTextOption::WrapAtWordBoundaryOrAnywhere);
}

} // namespace Mailgauge::Widgets
