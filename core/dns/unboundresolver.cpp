// SPDX-License-Identifier: GPL-3.0-or-later
#include "dns/unboundresolver.h"

#include "base/literals.h"

#include <QFile>
#include <QFutureWatcher>
#include <QHostAddress>
#include <QPromise>
#include <QTimer>

#include <algorithm>
#include <array>
#include <utility>

#include <unbound.h>

namespace Mailgauge::Dns {

namespace {

using ErrorKind = Base::Error::Kind;

const QString rootAnchor = u"/usr/share/dns/root.key"_s; // of dns-root-data

struct Setting {
    const char *name;
    const char *value;
};

// What it would answer by itself is what a diagnosis must ask for.
constexpr std::array settings {
    Setting {"do-not-query-localhost:", "no"},
    Setting {"unblock-lan-zones:", "yes"},
    Setting {"insecure-lan-zones:", "yes"},
    Setting {"val-log-level:", "2"}, // the reason of a bogus answer
    Setting {"edns-buffer-size:", "1232"},
};
constexpr std::array localZones {"localhost.", "127.in-addr.arpa.",
    "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa.", "test.",
    "invalid.", "home.arpa.", "resolver.arpa.", "service.arpa."};

/// "192.0.2.53:53", "[2001:db8::53]:5353" or an address alone, as libunbound wants it.
Base::Result<QByteArray> forwarder(const QString &server)
{
    QString host = server;
    QString port = u"53"_s;
    if (QHostAddress plain; !plain.setAddress(server)) {
        const qsizetype colon = server.lastIndexOf(u':');
        host = server.first(qMax(colon, 0));
        port = server.sliced(colon + 1);
        if (host.startsWith(u'[') && host.endsWith(u']'))
            host = host.sliced(1, host.size() - 2);
    }
    QHostAddress address;
    bool isNumber = false;
    const quint16 number = port.toUShort(&isNumber);
    if (!address.setAddress(host) || !isNumber || number == 0)
        return Base::fail(ErrorKind::InvalidInput, u"resolver %1: not ADDRESS:PORT"_s.arg(server));
    return address.toString().toLatin1() + '@' + QByteArray::number(number);
}

Base::Result<void> configure(ub_ctx *context, const ResolverOptions &options)
{
    ub_ctx_debugout(context, nullptr);
    for (const Setting &setting : settings)
        ub_ctx_set_option(context, setting.name, setting.value);
    ub_ctx_set_option(context, "harden-dnssec-stripped:", options.requireDnssec ? "yes" : "no");
    if (options.server.isEmpty()) {
        if (const int code = ub_ctx_resolvconf(context, nullptr); code != 0)
            return Base::fail(
                ErrorKind::Io, u"resolv.conf: "_s + QLatin1StringView(ub_strerror(code)));
    } else {
        const auto server = forwarder(options.server);
        if (!server)
            return std::unexpected(server.error());
        if (const int code = ub_ctx_set_fwd(context, server->constData()); code != 0)
            return Base::fail(ErrorKind::InvalidInput,
                u"resolver %1: "_s.arg(options.server) + QLatin1StringView(ub_strerror(code)));
    }
    for (const QByteArray &anchor : options.anchors) {
        if (ub_ctx_add_ta(context, anchor.constData()) != 0)
            return Base::fail(
                ErrorKind::InvalidInput, u"trust anchor: not a DS or DNSKEY record"_s);
    }
    if (options.anchors.isEmpty()) {
        const QString file = options.anchorFile.isEmpty() ? rootAnchor : options.anchorFile;
        const bool readable = QFile(file).open(QIODevice::ReadOnly);
        if (!readable && !options.anchorFile.isEmpty())
            return Base::fail(ErrorKind::Io, file + u": cannot be read"_s);
        // Without the root's key nothing is authenticated; names are found all the same.
        if (readable && ub_ctx_add_ta_file(context, QFile::encodeName(file).constData()) != 0)
            return Base::fail(ErrorKind::InvalidInput, file + u": no trust anchors"_s);
    }
    ub_ctx_async(context, 1);
    for (const char *zone : localZones) // last: from here on no option can be set
        ub_ctx_zone_remove(context, zone);
    return {};
}

Answer answerOf(const Question &question, const ub_result &result)
{
    const QByteArrayView packet(static_cast<const char *>(result.answer_packet),
        result.answer_packet ? result.answer_len : 0);
    const auto message = readMessage(packet);
    Answer answer;
    if (message) {
        answer = answerFrom(question, *message);
    } else {
        answer.question = question;
        answer.reason = u"response code %1"_s.arg(result.rcode);
    }
    if (result.bogus) {
        answer.status = Status::Bogus;
        answer.records.clear();
        answer.aliases.clear();
        answer.reason = QString::fromUtf8(result.why_bogus).trimmed();
        return answer;
    }
    answer.authenticated = result.secure != 0 && !answer.isTemporary();
    if (answer.records.isEmpty() && result.ttl > 0)
        answer.ttl = static_cast<quint32>(result.ttl);
    return answer;
}

} // namespace

// A QObject so that it can outlive its own signals.
struct UnboundResolver::Pending final : QObject {
    UnboundResolver *owner = nullptr;
    Question question;
    QPromise<Answer> promise;
    QFutureWatcher<Answer> watcher;
    QTimer timer;
    int id = 0;

    // Only takes the answer along: whoever hears of it may delete the resolver, which libunbound
    // would not survive in here.
    static void answered(void *argument, int error, ub_result *result)
    {
        const std::unique_ptr<ub_result, decltype(&ub_resolve_free)> guard(
            result, &ub_resolve_free);
        auto *pending = static_cast<Pending *>(argument);
        pending->id = 0;
        Answer answer {.question = pending->question};
        if (error == 0 && result)
            answer = answerOf(pending->question, *result);
        else
            answer.reason = QString::fromLatin1(ub_strerror(error));
        pending->finishLater(std::move(answer));
    }

    void finishLater(Answer answer)
    {
        QMetaObject::invokeMethod(
            this,
            [this, answer = std::move(answer)] {
                if (owner) // not given up meanwhile
                    owner->finish(this, answer);
            },
            Qt::QueuedConnection);
    }
};

void UnboundResolver::ContextFree::operator()(ub_ctx *context) const
{
    ub_ctx_delete(context);
}

Base::Result<std::unique_ptr<UnboundResolver>> UnboundResolver::create(
    const ResolverOptions &options)
{
    Context context(ub_ctx_create());
    if (!context)
        return Base::fail(ErrorKind::Io, u"no resolver could be made"_s);
    if (auto done = configure(context.get(), options); !done)
        return std::unexpected(done.error());
    return std::unique_ptr<UnboundResolver>(
        new UnboundResolver(std::move(context), options.timeout));
}

UnboundResolver::UnboundResolver(Context context, std::chrono::milliseconds timeout)
    : m_context(std::move(context))
    , m_timeout(timeout)
    , m_notifier(ub_fd(m_context.get()), QSocketNotifier::Read)
{
    connect(&m_notifier, &QSocketNotifier::activated, this, &UnboundResolver::process);
}

UnboundResolver::~UnboundResolver()
{
    m_notifier.setEnabled(false);
    while (!m_pending.empty()) {
        const auto pending = take(m_pending.back().get());
        pending->promise.future().cancel();
        pending->promise.finish();
    }
}

QFuture<Answer> UnboundResolver::ask(const Question &question)
{
    m_pending.push_back(std::make_unique<Pending>());
    Pending *pending = m_pending.back().get();
    pending->owner = this;
    pending->question = question;
    pending->promise.start();
    pending->timer.setSingleShot(true);
    connect(&pending->timer, &QTimer::timeout, this, [this, pending] {
        finish(pending,
            {.question = pending->question,
                .status = Status::Timeout,
                .reason = u"within %1 ms"_s.arg(m_timeout.count())});
    });
    connect(&pending->watcher, &QFutureWatcher<Answer>::canceled, this, [this, pending] {
        const auto cancelled = take(pending);
        cancelled->promise.finish();
    });
    const QFuture<Answer> future = pending->promise.future();
    pending->watcher.setFuture(future);
    const int error = ub_resolve_async(m_context.get(), question.name.constData(),
        static_cast<int>(question.type), 1, pending, &Pending::answered, &pending->id);
    if (error == 0) {
        pending->timer.start(m_timeout);
    } else {
        pending->id = 0;
        pending->finishLater(
            {.question = question, .reason = QString::fromLatin1(ub_strerror(error))});
    }
    return future;
}

void UnboundResolver::process()
{
    ub_process(m_context.get());
}

UnboundResolver::PendingPtr UnboundResolver::take(Pending *pending)
{
    const auto found = std::ranges::find_if(
        m_pending, [pending](const auto &one) { return one.get() == pending; });
    PendingPtr taken(found->release());
    m_pending.erase(found);
    taken->owner = nullptr;
    taken->watcher.disconnect(this);
    taken->timer.stop();
    if (const int id = std::exchange(taken->id, 0); id != 0)
        ub_cancel(m_context.get(), id);
    return taken;
}

void UnboundResolver::finish(Pending *pending, const Answer &answer)
{
    const PendingPtr taken = take(pending);
    taken->promise.addResult(answer);
    taken->promise.finish(); // last: who hears it may delete us
}

void UnboundResolver::DeleteLater::operator()(Pending *pending) const
{
    pending->deleteLater();
}

} // namespace Mailgauge::Dns

#include "moc_unboundresolver.cpp"
