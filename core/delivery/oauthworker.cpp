// SPDX-License-Identifier: GPL-3.0-or-later
#include "delivery/oauthworker.h"

#include "base/literals.h"

#include <QNetworkAccessManager>
#include <QNetworkReply>

#include <utility>

namespace Mailgauge::Delivery {

using Kind = Base::Error::Kind;

OAuthRun::OAuthRun(
    QNetworkAccessManager &http, const Base::Clock &clock, OAuthLimits limits, QObject *parent)
    : QObject(parent)
    , m_http(http)
    , m_clock(clock)
    , m_limits(limits)
{
    m_limit.setSingleShot(true);
    connect(&m_limit, &QTimer::timeout, this, [this] {
        fail({Kind::Timeout,
            m_reply ? u"oauth: the token endpoint did not answer in time"_s
                    : u"oauth: nobody signed in within the time"_s,
            {}});
    });
}

void OAuthRun::signIn(
    const Relay::OAuthGrant &grant, const QString &loginHint, const OAuthPageTexts &texts)
{
    m_grant = grant;
    m_page = new Net::LoopbackPage(
        [this, texts](const QByteArray &target) { return judge(target, texts); }, this);
    const auto port = m_page->listen();
    if (!port)
        return fail({port.error().kind, u"oauth: "_s + port.error().detail, {}});
    QUrl redirect(u"http://127.0.0.1/"_s);
    if (grant.client.redirectToLocalhost)
        redirect.setHost(u"localhost"_s);
    redirect.setPort(*port);
    m_request = Relay::authorizationRequest(grant.client, redirect, loginHint);
    m_limit.start(m_limits.signIn);
    Q_EMIT urlReady(m_request.url);
}

Net::LoopbackPage::Answer OAuthRun::judge(const QByteArray &target, const OAuthPageTexts &texts)
{
    const auto code = Relay::codeFrom(target, m_request);
    // Anybody on this machine may knock: who does not know the state changes nothing.
    if (m_over || (!code && code.error().kind == Kind::InvalidInput))
        return {texts.unknown};
    // Behind this turn: the page must be on its way to the browser first.
    if (code)
        QMetaObject::invokeMethod(
            this,
            [this, form = Relay::codeForm(m_grant.client, m_grant.clientSecret, m_request, *code)] {
                post(form);
            },
            Qt::QueuedConnection);
    else
        QMetaObject::invokeMethod(
            this, [this, error = code.error()] { fail(error); }, Qt::QueuedConnection);
    return {code ? texts.done : texts.refused, true};
}

void OAuthRun::refresh(const Relay::OAuthGrant &grant)
{
    m_grant = grant;
    post(Relay::refreshForm(grant));
}

void OAuthRun::post(const Base::Secret &form)
{
    if (m_over)
        return;
    QNetworkRequest request(m_grant.client.tokenEndpoint);
    request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/x-www-form-urlencoded"_s);
    request.setRawHeader("Accept"_ba, "application/json"_ba);
    // What is packed can unpack to any size.
    request.setRawHeader("Accept-Encoding"_ba, "identity"_ba);
    // The form holds secrets: they go where the profile says and nowhere else.
    request.setAttribute(
        QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    request.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    m_limit.start(m_limits.request);
    m_reply = m_http.post(request, form.reveal());
    connect(m_reply, &QNetworkReply::readyRead, this, &OAuthRun::read);
    connect(m_reply, &QNetworkReply::finished, this, &OAuthRun::answered);
}

void OAuthRun::read()
{
    QByteArray bytes = m_answer.reveal() + m_reply->readAll();
    m_answer = Base::Secret(std::move(bytes));
    if (m_answer.reveal().size() > m_limits.answer)
        fail({Kind::ReplyTooLong, u"oauth: the token endpoint's answer is too long"_s, {}});
}

void OAuthRun::answered()
{
    if (m_over)
        return;
    read();
    if (m_over)
        return;
    const int status = m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    // Refusals are HTTP 400 and 401 with a body; without a status nothing was answered.
    if (status == 0)
        return fail({m_reply->error() == QNetworkReply::SslHandshakeFailedError ? Kind::TlsHandshake
                                                                                : Kind::Connect,
            u"oauth: the token endpoint: "_s + m_reply->errorString(), {}});
    const auto grant = Relay::grantFromAnswer(m_grant, status, m_answer.reveal(), m_clock.utcNow());
    if (!grant)
        return fail(grant.error());
    end();
    Q_EMIT granted(*grant);
}

void OAuthRun::cancel()
{
    fail({Kind::Cancelled, u"oauth: cancelled"_s, {}});
}

void OAuthRun::fail(const Base::Error &error)
{
    if (m_over)
        return;
    end();
    Q_EMIT failed(error);
}

void OAuthRun::end()
{
    m_over = true;
    m_limit.stop();
    if (m_reply && m_reply->isRunning())
        m_reply->abort();
    // What is on its way to the browser still goes: the page deletes itself with us.
    deleteLater();
}

OAuthWorker::OAuthWorker(const Base::Clock &clock, OAuthPageTexts texts, OAuthLimits limits)
    : m_clock(clock)
    , m_texts(std::move(texts))
    , m_limits(limits)
{
}

OAuthRun *OAuthWorker::begin(const QUuid &run)
{
    if (!m_http) {
        m_http = new QNetworkAccessManager(this);
        m_http->setAutoDeleteReplies(true);
    }
    auto *one = new OAuthRun(*m_http, m_clock, m_limits, this);
    m_runs.insert(run, one);
    connect(one, &OAuthRun::urlReady, this,
        [this, run](const QUrl &url) { Q_EMIT urlReady(run, url); });
    connect(one, &OAuthRun::granted, this, [this, run](const Relay::OAuthGrant &grant) {
        m_runs.remove(run);
        Q_EMIT granted(run, grant);
    });
    connect(one, &OAuthRun::failed, this, [this, run](const Base::Error &error) {
        m_runs.remove(run);
        Q_EMIT failed(run, error);
    });
    return one;
}

void OAuthWorker::signIn(const QUuid &run, const Relay::OAuthGrant &grant, const QString &loginHint)
{
    begin(run)->signIn(grant, loginHint, m_texts);
}

void OAuthWorker::refresh(const QUuid &run, const Relay::OAuthGrant &grant)
{
    begin(run)->refresh(grant);
}

void OAuthWorker::cancel(const QUuid &run)
{
    if (OAuthRun *one = m_runs.value(run))
        one->cancel();
}

} // namespace Mailgauge::Delivery

#include "moc_oauthworker.cpp"
