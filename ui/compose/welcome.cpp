// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/welcome.h"

#include "base/literals.h"

#include <QCoreApplication>

namespace Mailgauge::Compose {

namespace {
QString words(const char *text)
{
    return QCoreApplication::translate("Welcome", text);
}
} // namespace

Draft welcomeDraft()
{
    const QString text = words(QT_TRANSLATE_NOOP("Welcome",
        "Hello Bob,\n\nthis is a first message to the built-in sandbox relay. Press Ctrl+Return "
        "to send it, and watch the conversation below.\n\nNothing leaves this computer.\n\nAnn\n"));
    const QString html = words(QT_TRANSLATE_NOOP("Welcome",
        "<!DOCTYPE html>\n<html>\n<body style=\"font-family: sans-serif; margin: 24px;\">\n"
        "  <h1 style=\"color: #2a6496;\">Hello Bob</h1>\n"
        "  <p>This is a first message to the built-in sandbox relay.<br>\n"
        "     Press <b>Ctrl+Return</b> to send it, and watch the conversation below.</p>\n"
        "  <p>Nothing leaves this computer.</p>\n"
        "  <p>Ann</p>\n</body>\n</html>\n"));
    Draft draft;
    draft.message.from = u"Ann Sender <ann@example.org>"_s;
    draft.message.to = u"Bob Reader <bob@example.net>"_s;
    draft.message.subject = words(QT_TRANSLATE_NOOP("Welcome", "A first message"));
    draft.message.text = text;
    draft.message.html = html;
    return draft;
}

} // namespace Mailgauge::Compose
