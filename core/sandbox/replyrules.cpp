// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/replyrules.h"

#include "base/literals.h"
#include "sandbox/scenarioparser.h"

#include <QMap>

#include <algorithm>
#include <utility>

namespace Mailgauge::Sandbox {

namespace {

using Kind = ScenarioNote::Kind;
using Smtp::Stage;
using Transcript::Exchange;

constexpr qsizetype MaxOfOneKind = 300; ///< Rules; with all kinds below ScenarioLimits::MaxRules.
constexpr qint64 MaxDelayMs = 3'600'000;
constexpr qsizetype MaxShown = 80;

/// The nth time that one question was asked in a session, and what came of it.
struct Occasion {
    int nth = 1;
    Actions actions;
};

/// One question: a stage and, for RCPT, whom it is about.
struct Question {
    Stage stage;
    QByteArray recipient;

    auto operator<=>(const Question &) const = default;
};

bool isAsked(const Exchange &step)
{
    switch (step.stage) {
    case Stage::Greeting:
    case Stage::Helo:
    case Stage::StartTls:
    case Stage::Auth:
    case Stage::Mail:
    case Stage::Rcpt:
    case Stage::Data:
    case Stage::Dot:
    case Stage::Rset:
    case Stage::Quit:
        return true;
    case Stage::Resolve:
    case Stage::Connect:
    case Stage::Proxy:
    case Stage::Tls:
    case Stage::Content:
        return false;
    }
    return false;
}

Question questionOf(const Exchange &step)
{
    if (step.stage != Stage::Rcpt)
        return {step.stage, {}};
    return {step.stage, Transcript::pathOf(step.command).value_or(QByteArray()).toLower()};
}

QByteArray verbOf(const QByteArray &command)
{
    return command.left(4).toUpper();
}

class RuleMaker final {
public:
    RuleMaker(const Transcript::StoredSession &session, const QList<Exchange> &steps,
        const ScenarioMakerOptions &options, QList<ScenarioNote> &notes)
        : m_session(session)
        , m_steps(steps)
        , m_options(options)
        , m_notes(notes)
    {
    }

    [[nodiscard]] QList<Rule> make()
    {
        const int last = m_steps.isEmpty() ? 0 : m_steps.last().connection;
        for (int connection = 0; connection <= last; ++connection)
            gather(connection);
        addEnd();
        QList<Rule> rules;
        for (const auto &[question, occasions] : m_occasions.asKeyValueRange()) {
            if (question.stage != Stage::Rcpt)
                rules += rulesOf(question, occasions);
        }
        return rules + recipientRules();
    }

private:
    void gather(int connection)
    {
        QMap<Question, int> asked; // a second connection of the session counts anew
        for (const Exchange &step : m_steps) {
            if (step.connection != connection || !isAsked(step))
                continue;
            const QByteArray verb = verbOf(step.command);
            if (verb == "NOOP" || verb == "VRFY" || verb == "EXPN" || verb == "HELP") {
                m_notes.append({Kind::FixedReply, step.command.left(MaxShown)});
                continue;
            }
            const Question question = questionOf(step);
            // The challenges are asked for one by one, before the reply that ends them.
            int &nth = asked[question];
            nth += step.stage == Stage::Auth ? step.challenges + 1 : 1;
            if (!step.reply && step.strayLines.isEmpty())
                continue;
            QList<Occasion> &occasions = m_occasions[question];
            occasions.removeIf([nth](const Occasion &one) { return one.nth == nth; });
            occasions.append({nth, actionsOf(step)});
            noteAuth(step);
        }
        if (connection == (m_steps.isEmpty() ? 0 : m_steps.last().connection)) {
            m_asked = asked;
            return;
        }
        // The client came again without TLS: the handshake had broken.
        const auto last = std::ranges::find_last(m_steps, connection, &Exchange::connection);
        if (!last.empty()
            && (last.front().stage == Stage::StartTls || last.front().stage == Stage::Tls)
            && (!last.front().reply || last.front().reply->isPositive())) {
            Actions broken;
            broken.drop = Actions::Drop::Fin;
            m_occasions[{Stage::Tls, {}}] = {{1, broken}};
            m_notes.append({Kind::HandshakeFault, last.front().command.left(MaxShown)});
        }
    }

    void noteAuth(const Exchange &step)
    {
        const QByteArray mechanism = Transcript::authMechanismOf(step.command);
        if (step.stage != Stage::Auth || !mechanism.startsWith("SCRAM-") || !step.reply
            || !step.reply->isPositive())
            return;
        if (!m_notes.contains(ScenarioNote {Kind::ScramAccount, mechanism}))
            m_notes.append({Kind::ScramAccount, mechanism});
    }

    [[nodiscard]] Actions actionsOf(const Exchange &step)
    {
        Actions actions;
        if (step.reply && step.reply->code >= 200 && step.reply->code < 600)
            actions.reply = playable(*step.reply);
        if (m_options.delays)
            actions.delay = std::chrono::milliseconds(
                std::clamp<qint64>(step.tookUs / 1000, 0, MaxDelayMs));
        if (!step.strayLines.isEmpty()) {
            RawBytes raw;
            raw.position = actions.reply ? RawBytes::Position::After : RawBytes::Position::Instead;
            raw.bytes
                = (step.strayLines.join("\r\n"_ba) + "\r\n").left(ScenarioLimits::MaxText / 2);
            actions.raw.append(raw);
        }
        return actions;
    }

    /// The reply with what a scenario can hold: UTF-8 without control characters.
    [[nodiscard]] Smtp::Reply playable(Smtp::Reply reply)
    {
        for (QByteArray &line : reply.lines) {
            QByteArray clean = QString::fromUtf8(line.left(ScenarioLimits::MaxText / 2)).toUtf8();
            for (char &c : clean) {
                if (static_cast<uchar>(c) < 0x20 || c == 0x7f)
                    c = c == '\t' ? ' ' : '?';
            }
            if (clean != line)
                m_notes.append({Kind::TextChanged,
                    QByteArray::number(reply.code) + ' ' + line.left(MaxShown)});
            line = clean;
        }
        return reply;
    }

    /// Where the session broke, the server does it again: drop, silence, a broken handshake.
    void addEnd()
    {
        const auto &failure = m_session.record.failure;
        const std::optional<Actions> end = endActions();
        if (!end)
            return;
        const Exchange *open = nullptr;
        for (const Exchange &step : m_steps) {
            if (isAsked(step) && !step.reply && step.strayLines.isEmpty())
                open = open ? open : &step;
        }
        if (open && open->connection == m_steps.last().connection) {
            const Question question = questionOf(*open);
            const int nth = std::max(1, m_asked.value(question, 1));
            m_occasions[question].append({nth, *end});
            return;
        }
        const Stage stage = failure ? failure->stage : m_session.record.stage;
        if (stage == Stage::Tls || stage == Stage::Greeting || stage == Stage::Connect
            || stage == Stage::Content) {
            m_occasions[{stage, {}}].append({1, *end});
        } else if (!m_steps.isEmpty() && isAsked(m_steps.last())) {
            // It said its last word, a 421 say, and went.
            QList<Occasion> &occasions = m_occasions[questionOf(m_steps.last())];
            if (!occasions.isEmpty() && m_steps.last().stage != Stage::Quit)
                occasions.last().actions.drop = end->drop;
        }
    }

    [[nodiscard]] std::optional<Actions> endActions()
    {
        using Error = Base::Error::Kind;
        const auto &failure = m_session.record.failure;
        Actions actions;
        actions.drop = Actions::Drop::Fin;
        const bool certificate = m_session.record.tls && !m_session.record.tls->accepted;
        for (const Transcript::Entry &entry : m_session.entries) {
            if (entry.direction == Transcript::Direction::Event
                && entry.text.startsWith("connection lost"))
                actions.drop = Actions::Drop::Rst;
        }
        if (!failure)
            return std::nullopt;
        switch (failure->error.kind) {
        case Error::Timeout:
            actions = {};
            actions.silence = true;
            return actions;
        case Error::ConnectionClosed:
            return actions;
        case Error::TlsHandshake:
            // A certificate that was refused is the client's doing: nothing to drop.
            if (certificate)
                return std::nullopt;
            m_notes.append({Kind::HandshakeFault, failure->error.detail.toUtf8().left(MaxShown)});
            return actions;
        case Error::Resolve:
        case Error::Connect:
        case Error::MalformedReply:
        case Error::ReplyTooLong:
        case Error::InvalidInput:
        case Error::Io:
        case Error::Full:
        case Error::Corrupt:
        case Error::Denied:
        case Error::Cancelled:
        case Error::Unsupported:
            return std::nullopt;
        }
        return std::nullopt;
    }

    [[nodiscard]] QList<Rule> rulesOf(const Question &question, const QList<Occasion> &occasions)
    {
        Rule rule;
        rule.stages = {question.stage};
        rule.name = QString::fromLatin1(Smtp::stageName(question.stage));
        if (!question.recipient.isEmpty()) {
            rule.name = u"rcpt "_s + QString::fromUtf8(question.recipient).left(200);
            rule.match.recipient = Pattern {QRegularExpression(
                u'^' + QRegularExpression::escape(QString::fromUtf8(question.recipient)) + u'$',
                QRegularExpression::CaseInsensitiveOption)};
        }
        const bool alike = std::ranges::all_of(occasions,
            [&occasions](const Occasion &one) { return one.actions == occasions.first().actions; });
        // AUTH is asked once per challenge, so that its reply has a place of its own.
        if (alike && question.stage != Stage::Auth) {
            if (occasions.isEmpty() || occasions.first().actions == Actions())
                return {};
            rule.actions = occasions.first().actions;
            return {rule};
        }
        QList<Rule> rules;
        for (const Occasion &occasion : occasions) {
            Rule one = rule;
            one.match.count = Match::Count::Nth;
            one.match.n = occasion.nth;
            one.match.scope = Match::Scope::Session;
            one.actions = occasion.actions;
            if (one.actions != Actions())
                rules.append(one);
        }
        cut(rules, Kind::LeftOut);
        return rules;
    }

    /// By recipient; of very many, the most frequent action is everybody's.
    [[nodiscard]] QList<Rule> recipientRules()
    {
        QList<Rule> rules;
        QMap<QByteArray, int> frequency; // by the reply's bytes
        for (const auto &[question, occasions] : m_occasions.asKeyValueRange()) {
            if (question.stage != Stage::Rcpt)
                continue;
            for (const Rule &rule : rulesOf(question, occasions)) {
                if (rule.actions.reply)
                    ++frequency[rule.actions.reply->oneLine()];
                rules.append(rule);
            }
        }
        if (rules.size() <= MaxOfOneKind)
            return rules;
        // Where nobody has a reply, there is none for everybody.
        if (frequency.isEmpty()) {
            cut(rules, Kind::LeftOut);
            return rules;
        }
        const QByteArray most = std::ranges::max_element(frequency).key();
        const auto isMost = [&most](const Rule &rule) {
            return rule.actions.reply && rule.actions.reply->oneLine() == most;
        };
        Rule everybody = *std::ranges::find_if(rules, isMost);
        everybody.name = u"everybody else"_s;
        everybody.match = {};
        rules.removeIf(isMost);
        cut(rules, Kind::TooMany);
        return rules + QList<Rule> {everybody};
    }

    void cut(QList<Rule> &rules, Kind kind)
    {
        if (rules.size() <= MaxOfOneKind)
            return;
        m_notes.append({kind, QByteArray::number(rules.size() - MaxOfOneKind)});
        rules.resize(MaxOfOneKind);
    }

    const Transcript::StoredSession &m_session;
    const QList<Exchange> &m_steps;
    ScenarioMakerOptions m_options;
    QList<ScenarioNote> &m_notes;
    QMap<Question, QList<Occasion>> m_occasions;
    QMap<Question, int> m_asked; ///< In the last connection.
};

} // namespace

QList<Rule> replyRules(const Transcript::StoredSession &session, const QList<Exchange> &steps,
    const ScenarioMakerOptions &options, QList<ScenarioNote> &notes)
{
    return RuleMaker(session, steps, options, notes).make();
}

} // namespace Mailgauge::Sandbox
