// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "delivery/prepare.h"
#include "delivery/sendservice.h"
#include "outcomenews.h"
#include "relay/profileservice.h"
#include "repeatflow.h"

#include <QHash>
#include <QObject>

#include <functional>

namespace Mailgauge::Shell {
class MainWindow;
}

namespace Mailgauge::Gui {

/// A composition's way to the SendService, and what happens on its way back to the window:
/// password, build off the GUI thread, send, progress, one sentence at the end.
class SendFlow final : public QObject {
    Q_OBJECT

public:
    SendFlow(Services &services, Shell::MainWindow &window);

    /// Through the relay in use. At the start neither that relay nor the store, which keeps the
    /// record, may be there yet: then it waits for them, and goes through no other relay.
    void compose(const Delivery::Composition &composition);
    /// The store is there, or never will be: what waited for it goes.
    void storeDecided(const Base::Secret &bounceKey);
    /// What the sentences above the page offer.
    [[nodiscard]] OutcomeNews &news() { return m_news; }
    [[nodiscard]] const Base::Secret &bounceKey() const { return m_bounceKey; }
    void send(const Delivery::SendRequest &request);
    /// Asked before each session: which of its commands shall wait for the user?
    using Pauses = std::function<std::optional<Smtp::BreakRule>()>;
    void setPauses(Pauses pauses) { m_pauses = std::move(pauses); }
    /// What is on its way, and what is being prepared.
    void cancelAll();
    /// What runs, is prepared or waits.
    [[nodiscard]] int running() const
    {
        return static_cast<int>(m_running.size() + m_waiting.size()) + m_preparing
            + m_repeating.running();
    }

Q_SIGNALS:
    /// A session ended and is in the store, if there is one.
    void ended(const Mailgauge::Transcript::SessionRecord &record);
    /// A message will not go: whoever waits for it to be sent waits in vain.
    void notSent();
    /// The same of many messages at once.
    void runEnded();
    /// Nothing runs any more.
    void idle();

private:
    void wait(const Delivery::Composition &composition);
    void goOn();
    void prepare(const Delivery::Composition &composition);
    void build(const Delivery::Composition &composition);
    void tellNoRelay();
    /// Whether many messages wait for a word about breakpoints, which they would not stop at.
    [[nodiscard]] bool askAboutPauses(const Delivery::Composition &composition);
    void go(const Delivery::Composition &composition);
    void stopWaiting();
    void relayChanged(const QUuid &relay);
    void prepared(const Base::Result<Delivery::SendRequest> &request,
        const Delivery::Composition &composition);
    /// Keeps in the profile what the relay offered.
    void remember(const Transcript::SessionRecord &record);
    void tellIfIdle();
    void started(const Transcript::SessionRecord &record);
    void finished(const Transcript::SessionRecord &record);
    void showStage(const QUuid &session, Smtp::Stage stage);
    void showProgress(const QUuid &session, qint64 written, qint64 total);
    void updateFacts();

    Relay::ProfileService &m_profiles;
    Delivery::SendService &m_service;
    Shell::MainWindow &m_window;
    OutcomeNews m_news;
    Pauses m_pauses;
    RepeatFlow m_repeating;
    QHash<QUuid, QString> m_running; ///< Session to what the status bar calls it.
    int m_preparing = 0;
    quint64 m_generation = 0; ///< What was being prepared when the user cancelled is dropped.
    QList<Delivery::Composition> m_waiting; ///< For the store, or, without a profile, for one.
    QUuid m_waitingFor; ///< The relay that those without a profile were to go through.
    bool m_storeDecided = false;
    Base::Secret m_bounceKey;
    int m_total = 0;
};

} // namespace Mailgauge::Gui
