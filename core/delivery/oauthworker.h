// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "net/loopbackpage.h"
#include "relay/oauthmessages.h"

#include <QHash>
#include <QObject>
#include <QTimer>
#include <QUuid>

class QNetworkAccessManager;
class QNetworkReply;

namespace Mailgauge::Delivery {

/// What the browser shows when the user comes back.
struct OAuthPageTexts {
    QString done;
    QString refused; ///< The provider gave no code.
    QString unknown; ///< Nobody asked for this page.
};

struct OAuthLimits {
    std::chrono::milliseconds signIn {600'000}; ///< For the user and the browser.
    std::chrono::milliseconds request {30'000}; ///< One request to the token endpoint.
    qsizetype answer = 64 * 1024; ///< Octets of its answer.
};

/// One exchange with a provider: a sign-in through the browser, or a refresh. Ends once, with
/// granted() or failed().
class OAuthRun final : public QObject {
    Q_OBJECT

public:
    OAuthRun(
        QNetworkAccessManager &http, const Base::Clock &clock, OAuthLimits limits, QObject *parent);

    void signIn(
        const Relay::OAuthGrant &grant, const QString &loginHint, const OAuthPageTexts &texts);
    void refresh(const Relay::OAuthGrant &grant);
    void cancel();

Q_SIGNALS:
    void urlReady(const QUrl &url);
    void granted(const Mailgauge::Relay::OAuthGrant &grant);
    void failed(const Mailgauge::Base::Error &error);

private:
    [[nodiscard]] Net::LoopbackPage::Answer judge(
        const QByteArray &target, const OAuthPageTexts &texts);
    void post(const Base::Secret &form);
    void read();
    void answered();
    void fail(const Base::Error &error);
    void end();

    QNetworkAccessManager &m_http;
    const Base::Clock &m_clock;
    OAuthLimits m_limits;
    Relay::OAuthGrant m_grant;
    Relay::AuthorizationRequest m_request;
    Net::LoopbackPage *m_page = nullptr;
    QNetworkReply *m_reply = nullptr;
    Base::Secret m_answer;
    QTimer m_limit;
    bool m_over = false;
};

/// The runs of an OAuthService, in the I/O thread.
class OAuthWorker final : public QObject {
    Q_OBJECT

public:
    OAuthWorker(const Base::Clock &clock, OAuthPageTexts texts, OAuthLimits limits);

    /// `grant` holds the client and its secret.
    void signIn(const QUuid &run, const Relay::OAuthGrant &grant, const QString &loginHint);
    void refresh(const QUuid &run, const Relay::OAuthGrant &grant);
    void cancel(const QUuid &run);

Q_SIGNALS:
    void urlReady(const QUuid &run, const QUrl &url);
    void granted(const QUuid &run, const Mailgauge::Relay::OAuthGrant &grant);
    void failed(const QUuid &run, const Mailgauge::Base::Error &error);

private:
    OAuthRun *begin(const QUuid &run);

    const Base::Clock &m_clock;
    OAuthPageTexts m_texts;
    OAuthLimits m_limits;
    QNetworkAccessManager *m_http = nullptr; ///< Made in the thread that uses it.
    QHash<QUuid, OAuthRun *> m_runs;
};

} // namespace Mailgauge::Delivery
