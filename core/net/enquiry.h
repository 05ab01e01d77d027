// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dns/resolver.h"

#include <QObject>

#include <optional>

namespace Mailgauge::Net {

/// Several questions at once, and their answers as they come. Asking again, or abort(), drops the
/// questions before.
class Enquiry final : public QObject {
    Q_OBJECT

public:
    explicit Enquiry(QObject *parent);
    ~Enquiry() override;

    /// The resolver must live until all is answered or aborted.
    void ask(Dns::Resolver &resolver, const QList<Dns::Question> &questions);
    void abort();
    /// Those that came so far, in the order of the questions.
    [[nodiscard]] QList<Dns::Answer> answers() const;
    [[nodiscard]] bool isComplete() const;

Q_SIGNALS:
    /// answers() holds it already.
    void answered(const Mailgauge::Dns::Answer &answer);

private:
    struct Asked {
        QFuture<Dns::Answer> future;
        std::optional<Dns::Answer> answer;
    };
    QList<Asked> m_asked;
    quint64 m_round = 0; // answers to earlier questions stay unheard
};

} // namespace Mailgauge::Net
