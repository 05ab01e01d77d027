// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/enquiry.h"

#include <algorithm>
#include <utility>

namespace Mailgauge::Net {

Enquiry::Enquiry(QObject *parent)
    : QObject(parent)
{
}

Enquiry::~Enquiry()
{
    abort();
}

void Enquiry::abort()
{
    ++m_round;
    for (Asked &asked : std::exchange(m_asked, {}))
        asked.future.cancel();
}

void Enquiry::ask(Dns::Resolver &resolver, const QList<Dns::Question> &questions)
{
    abort();
    m_asked.resize(questions.size());
    for (qsizetype i = 0; i < questions.size(); ++i) {
        m_asked[i].future = resolver.ask(questions.at(i));
        m_asked[i].future.then(this, [this, i, round = m_round](const Dns::Answer &answer) {
            if (round != m_round)
                return;
            m_asked[i].answer = answer;
            Q_EMIT answered(answer);
        });
    }
}

QList<Dns::Answer> Enquiry::answers() const
{
    QList<Dns::Answer> list;
    for (const Asked &asked : m_asked) {
        if (asked.answer)
            list.append(*asked.answer);
    }
    return list;
}

bool Enquiry::isComplete() const
{
    return std::ranges::all_of(m_asked, [](const Asked &one) { return one.answer.has_value(); });
}

} // namespace Mailgauge::Net

#include "moc_enquiry.cpp"
