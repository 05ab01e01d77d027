// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayList>
#include <QHash>

namespace Mailgauge::Test {

/// Each form in which somebody may repeat a secret (UTF-8): as it is and in UTF-16 of either byte
/// order, each of those in hexadecimal, percent and quoted-printable escapes, and base64 of all
/// three alignments.
[[nodiscard]] QByteArrayList formsOf(const QByteArray &secret);

/// The form of that secret which stands in the artefact, of base64 behind something else what is
/// the secret's alone; empty: none.
[[nodiscard]] QByteArray leakIn(const QByteArray &artefact, const QByteArray &secret);

/// What every file below that directory holds, by its path, hidden ones too; the test fails where
/// one cannot be read.
[[nodiscard]] QHash<QString, QByteArray> filesBelow(const QString &directory);

/// Forms that a line of a reply can carry, as lines of one refusal, "535 …" the last of them.
[[nodiscard]] QByteArray refusalEchoing(const QByteArray &secret);

} // namespace Mailgauge::Test
