// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "explain/provider.h"
#include "smtp/reply.h"

#include <QByteArray>
#include <QHash>
#include <QList>
#include <QRegularExpression>
#include <QString>
#include <QStringList>

#include <array>
#include <optional>
#include <span>

namespace Mailgauge::Explain {

/// "5.1.1", "x.7.*": class, subject and detail; none is any.
using EnhancedPattern = std::array<std::optional<int>, 3>;

/// One piece of knowledge of the files in resources/explain: when it applies (all that is given
/// must fit) and what it says.
struct Entry {
    QByteArray id;
    QByteArray reason; ///< Of replies: the word for charts.
    std::optional<bool> hard; ///< Of replies.

    QList<QByteArray> kinds; ///< Names of Error::Kind.
    QList<QByteArray> stages;
    QList<int> classes; ///< First digits of reply codes.
    QList<int> codes;
    QList<EnhancedPattern> enhanced;
    QList<QByteArray> providers; ///< Ids: of replies that mean this at these providers.
    bool anywhere = false; ///< The match alone tells the provider, whoever hands the reply on.
    std::optional<QRegularExpression> match; ///< In the detail or the reply's text, any case.

    QString text;
    QString cause;
    QString who;
    QString nextStep;
    QString rfc;
};

/// The entries of one file in their order: the first that applies is taken.
struct KnowledgeFile {
    QList<Entry> entries;
    QHash<QByteArray, QString> words; ///< For what sentences are filled in with: the stages.
    QList<Provider> providers;

    [[nodiscard]] const Entry *find(QByteArrayView id) const;
};

/// Everything known; read once, at first use, from the resources. Any thread.
struct Knowledge {
    KnowledgeFile errors;
    KnowledgeFile providers; ///< Replies that say more to who knows whose they are.
    KnowledgeFile replies;
    KnowledgeFile tls;
    KnowledgeFile findings;
    KnowledgeFile capabilities;
    KnowledgeFile commands; ///< Commands, their parameters, and events.
    KnowledgeFile differences; ///< Between two sessions.
};
[[nodiscard]] const Knowledge &knowledge();

/// A file's content; empty where it is not what it should be. Apart for tests.
[[nodiscard]] KnowledgeFile readKnowledge(const QByteArray &json);

/// What is known of a situation, to find the entry that applies.
struct Situation {
    QByteArray kind;
    QByteArray stage; ///< Empty: none.
    QByteArray provider; ///< Whose words they are; empty: not known.
    int replyClass = 0;
    int code = 0;
    std::optional<Smtp::EnhancedStatusCode> enhanced;
    QString text;
};

struct Found {
    const Entry *entry = nullptr;
    QStringList captures;
    QByteArray provider; ///< Of a reply: whose it is; empty: not known.
};
[[nodiscard]] Found findEntry(const KnowledgeFile &file, const Situation &situation);
/// A reply's entry: what its provider means by it comes before what anybody would. Words that only
/// one provider uses tell it, whatever the situation says.
[[nodiscard]] Found findReply(Situation situation);

} // namespace Mailgauge::Explain
