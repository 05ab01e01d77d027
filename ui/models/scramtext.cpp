// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/scramtext.h"

#include "base/literals.h"
#include "transcript/visible.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>

namespace Mailgauge::Models {

namespace {

struct Note {
    const char *name;
    const char *text;
};

constexpr std::array scramNotes {
    Note {"g",
        QT_TRANSLATE_NOOP("ScramText",
            "Whether channel binding is used (n: no, y: the client could, p: yes), and on whose "
            "behalf.")},
    Note {"n", QT_TRANSLATE_NOOP("ScramText", "The user's name.")},
    Note {"r",
        QT_TRANSLATE_NOOP(
            "ScramText", "The nonce: random, the client's part first, then the server's.")},
    Note {"s", QT_TRANSLATE_NOOP("ScramText", "The salt for the password, in base64.")},
    Note {"i", QT_TRANSLATE_NOOP("ScramText", "How many rounds the password is hashed.")},
    Note {"c", QT_TRANSLATE_NOOP("ScramText", "The GS2 header again, and the channel binding.")},
    Note {"p", QT_TRANSLATE_NOOP("ScramText", "The client's proof that it knows the password.")},
    Note {
        "v", QT_TRANSLATE_NOOP("ScramText", "The server's proof that it knows the password, too.")},
    Note {"e", QT_TRANSLATE_NOOP("ScramText", "Why the server refused.")},
    Note {"m",
        QT_TRANSLATE_NOOP("ScramText",
            "An extension that must be understood; a client that does not has to give up.")},
    Note {"a", QT_TRANSLATE_NOOP("ScramText", "On whose behalf.")},
};

constexpr std::array oauthNotes {
    Note {"status", QT_TRANSLATE_NOOP("ScramText", "Why the token was refused.")},
    Note {"scope", QT_TRANSLATE_NOOP("ScramText", "The permission that the token must carry.")},
    Note {"schemes", QT_TRANSLATE_NOOP("ScramText", "The kinds of token that are taken.")},
    Note {"openid-configuration",
        QT_TRANSLATE_NOOP(
            "ScramText", "Where the server's authorization service describes itself.")},
    Note {"host", QT_TRANSLATE_NOOP("ScramText", "The server that the client means.")},
    Note {"port", QT_TRANSLATE_NOOP("ScramText", "The port that the client means.")},
};

QString noteOf(const auto &notes, const QByteArray &name)
{
    const auto found = std::ranges::find_if(
        notes, [&](const Note &note) { return name == note.name; });
    return found == notes.end() ? QString() : QCoreApplication::translate("ScramText", found->text);
}

} // namespace

QString scramNote(const QByteArray &letter)
{
    const QString note = noteOf(scramNotes, letter);
    return note.isEmpty() ? QCoreApplication::translate("ScramText", "An extension.") : note;
}

QString oauthNote(const QByteArray &key)
{
    return noteOf(oauthNotes, key);
}

QString visibleName(const QByteArray &name)
{
    constexpr qsizetype longest = 24;
    const QString text = Transcript::visible(name);
    return text.size() > longest ? text.first(longest) + u'…' : text;
}

} // namespace Mailgauge::Models
