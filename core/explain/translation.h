// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

namespace Mailgauge::Explain {

/// Puts a text of resources/explain into the user's language, and returns it as it is where there
/// is none. `about` says which text it is: "reply.userUnknown.cause" (id and field), "who" for any
/// word for who must act, "word.rcpt" for a word of a file. Both are UTF-8. Called from any thread.
using Translator = QString (*)(const char *english, const char *about);

/// The one place where sentences leave English: the window sets it before it says anything, the
/// command line never does. Null: English.
void setTranslator(Translator translator);

/// What the translator says; placeholders are filled in afterwards.
[[nodiscard]] QString translated(const QString &english, const QByteArray &about);

} // namespace Mailgauge::Explain
