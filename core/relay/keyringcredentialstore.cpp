// SPDX-License-Identifier: GPL-3.0-or-later
#include "relay/keyringcredentialstore.h"

#include "base/literals.h"

#include <qt6keychain/keychain.h>

#include <QPromise>
#include <QTimer>

#include <memory>

namespace Mailgauge::Relay {

namespace {

using Kind = Base::Error::Kind;

constexpr auto Service = "mailgauge"_L1;

QString keyOf(const QUuid &profile)
{
    return profile.toString(QUuid::WithoutBraces);
}

std::unexpected<Base::Error> failed(const QKeychain::Job *job)
{
    const bool denied = job->error() == QKeychain::AccessDenied
        || job->error() == QKeychain::AccessDeniedByUser;
    return Base::fail(
        denied ? Kind::Denied : Kind::Unsupported, u"keyring: "_s + job->errorString());
}

Base::Result<void> voidResult(QKeychain::Job *job)
{
    // Nothing there is what a removal wants.
    if (job->error() == QKeychain::NoError || job->error() == QKeychain::EntryNotFound)
        return {};
    return failed(job);
}

Base::Result<std::optional<Base::Secret>> secretResult(QKeychain::Job *job)
{
    if (job->error() == QKeychain::EntryNotFound)
        return std::nullopt;
    if (job->error() != QKeychain::NoError)
        return failed(job);
    return Base::Secret(static_cast<QKeychain::ReadPasswordJob *>(job)->binaryData());
}

template <typename T>
void answer(QPromise<Base::Result<T>> &promise, Base::Result<T> result)
{
    if (promise.future().isFinished())
        return;
    promise.addResult(std::move(result));
    promise.finish();
}

} // namespace

KeyringCredentialStore::KeyringCredentialStore(std::chrono::milliseconds limit, QObject *parent)
    : QObject(parent)
    , m_limit(limit)
{
}

bool KeyringCredentialStore::isAvailable()
{
    return QKeychain::isAvailable();
}

template <typename T>
QFuture<Base::Result<T>> KeyringCredentialStore::run(
    QKeychain::Job *job, std::function<Base::Result<T>(QKeychain::Job *)> result)
{
    // Shared by the answer and the time limit: whichever comes first keeps the promise.
    auto promise = std::make_shared<QPromise<Base::Result<T>>>();
    promise->start();
    auto *limit = new QTimer(job);
    limit->setSingleShot(true);
    connect(limit, &QTimer::timeout, this,
        [promise] { answer<T>(*promise, Base::fail(Kind::Timeout, u"keyring: no answer"_s)); });
    connect(job, &QKeychain::Job::finished, this,
        [promise, result = std::move(result)](
            QKeychain::Job *done) { answer<T>(*promise, result(done)); });
    limit->start(m_limit);
    job->setInsecureFallback(false);
    job->start();
    return promise->future();
}

QFuture<Base::Result<std::optional<Base::Secret>>> KeyringCredentialStore::read(QUuid profile)
{
    auto *job = new QKeychain::ReadPasswordJob(Service, this);
    job->setKey(keyOf(profile));
    return run<std::optional<Base::Secret>>(job, secretResult);
}

QFuture<Base::Result<void>> KeyringCredentialStore::write(QUuid profile, Base::Secret secret)
{
    auto *job = new QKeychain::WritePasswordJob(Service, this);
    job->setKey(keyOf(profile));
    job->setBinaryData(secret.reveal());
    return run<void>(job, voidResult);
}

QFuture<Base::Result<void>> KeyringCredentialStore::remove(QUuid profile)
{
    auto *job = new QKeychain::DeletePasswordJob(Service, this);
    job->setKey(keyOf(profile));
    return run<void>(job, voidResult);
}

} // namespace Mailgauge::Relay

#include "moc_keyringcredentialstore.cpp"
