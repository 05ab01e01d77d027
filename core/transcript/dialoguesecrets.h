// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/secretmask.h"
#include "transcript/dialogue.h"

#include <QHash>
#include <QSet>

namespace Mailgauge::Transcript {

/// Finds what AUTH carried in a dialogue that somebody else wrote down, before anything of it is
/// kept: initial responses and answers to challenges are cut by their place, and the passwords in
/// them by their value wherever else they stand, raw or in base64.
class DialogueSecrets final {
public:
    explicit DialogueSecrets(const Dialogue &dialogue);

    /// The line of that index answers a challenge.
    [[nodiscard]] bool isAuthAnswer(qsizetype index) const { return m_answers.contains(index); }
    /// A line's text without secrets; what was cut is appended to `redactions`.
    [[nodiscard]] QByteArray cut(
        qsizetype index, const QByteArray &text, QList<Redaction> *redactions) const;
    /// Message data without the known values.
    [[nodiscard]] QByteArray masked(const QByteArray &text) const { return m_mask.apply(text); }

private:
    void learn(const QByteArray &mechanism, const QByteArray &base64, int answer);
    /// Where the AUTH command is not in the text.
    void learnAnswer(const QByteArray &challenge, const QByteArray &base64);
    void know(const QByteArray &value);

    QSet<qsizetype> m_answers;
    QHash<qsizetype, QByteArray> m_labels; ///< Of lines with something to cut: "AUTH PLAIN".
    Base::SecretMask m_mask;
    QSet<QByteArray> m_known;
};

} // namespace Mailgauge::Transcript
