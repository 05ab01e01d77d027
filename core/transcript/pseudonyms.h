// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QHash>
#include <QList>
#include <QSet>
#include <QString>

#include <optional>

namespace Mailgauge::Transcript {

/// Replaces the local parts of mail addresses by pseudonyms ("anon1"): the same address, in
/// whatever case, normal form or spelling of its domain (RFC 5890), gets the same one as long as
/// this object lives; domains stay. Knows what others put around an address: VERP, BATV and SRS
/// (their marks stay), `user%domain`, `domain!user`, xtext after ORCPT=, ENVID= and AUTH= (RFC 3461
/// 4, RFC 6533), encoded words (RFC 2047), base64 of printable text. Other text stays byte by byte.
/// What was replaced once does not change when it comes again.
class Pseudonyms final {
public:
    /// A local part or login that may stand alone in replies ("alice: user unknown"), whatever its
    /// characters ("o'brien", "CORP\alice"). Names of roles and words of less than three characters
    /// are not searched for: they are in every text.
    void addName(const QByteArray &name, const QByteArray &domain);
    /// Something that looks like an address and is none: a Message-ID.
    void addException(const QByteArray &text) { m_exceptions.insert(text); }

    /// All of them return `text` itself where there is nothing to replace.
    [[nodiscard]] QByteArray apply(const QByteArray &text);
    /// The same and names that stand alone.
    [[nodiscard]] QByteArray applyToReply(const QByteArray &text);
    [[nodiscard]] QString apply(const QString &text);
    /// One address, or a login that is none: a known name gets the pseudonym that it has.
    [[nodiscard]] QByteArray applyToAddress(const QByteArray &address);

private:
    struct FoundName {
        qsizetype end = 0;
        QByteArray pseudonym;
    };

    [[nodiscard]] QByteArray pseudonym(QByteArrayView local, QByteArrayView domain);
    [[nodiscard]] QByteArray localPart(QByteArrayView local, QByteArrayView domain);
    [[nodiscard]] QByteArray withAddresses(const QByteArray &text);
    [[nodiscard]] QByteArray withNames(const QByteArray &text) const;
    [[nodiscard]] std::optional<FoundName> nameAt(QByteArrayView text, qsizetype at) const;
    [[nodiscard]] QByteArray withParameter(const QByteArray &value);
    [[nodiscard]] QByteArray withEncodedWords(const QByteArray &text);
    [[nodiscard]] QByteArray withBase64(const QByteArray &text);

    QHash<QString, QByteArray> m_pseudonyms; ///< By local part and domain, normalised.
    QSet<QString> m_issued; ///< Pseudonym and domain.
    QHash<QByteArray, QByteArray> m_names; ///< In lower case.
    QSet<char> m_joints; ///< What is no letter in those names.
    int m_longestName = 0; ///< In words and joints.
    QSet<QByteArray> m_exceptions;
};

} // namespace Mailgauge::Transcript
