// SPDX-License-Identifier: GPL-3.0-or-later
#include "storesupport.h"

#include "base/literals.h"
#include "store/sql.h"

#include <QTest>
#include <QTimeZone>

using namespace Mailgauge;
using namespace Mailgauge::Test;
using Base::Error;
using Bounce::BounceRecord;
using Sandbox::InboxMessage;
using Smtp::Outcome;
using Stats::Sample;
using Transcript::SessionRecord;

namespace {

Relay::RelayProfile profileNamed(const QString &name)
{
    Relay::RelayProfile profile;
    profile.id = QUuid::createUuid();
    profile.name = name;
    profile.host = u"relay.example"_s;
    profile.user = u"ann"_s;
    return profile;
}

InboxMessage messageNumber(int n)
{
    InboxMessage message;
    message.id = QUuid::createUuid();
    message.arrivedAt = QDateTime::fromMSecsSinceEpoch(1'700'000'000'000 + n, QTimeZone::utc());
    message.reversePath = "ann@example.org";
    message.forwardPaths = {"bob@example.org", "\xff@example.org"};
    message.heloName = "me.example";
    message.tls = true;
    message.user = "sandbox";
    message.subject = u"Nummer %1 ✓"_s.arg(n);
    message.messageId = QByteArray::number(n) + "@example.org";
    message.bytes = "Subject: " + QByteArray::number(n) + "\r\n\r\n\x80 body\r\n";
    message.size = message.bytes.size();
    return message;
}

BounceRecord bounceOf(
    const QByteArray &messageId, const QByteArray &recipient, std::optional<bool> hard = true)
{
    BounceRecord record;
    record.id = QUuid::createUuid();
    record.arrivedAt = QDateTime(QDate(2026, 1, 3), QTime(1, 2, 3), QTimeZone::utc());
    record.report.kind = Bounce::Kind::Bounce;
    record.report.recipient = recipient;
    record.report.action = "failed";
    record.report.status = "5.1.1";
    record.report.replyCode = 550;
    record.report.reason = "userUnknown";
    record.report.hard = hard;
    record.report.diagnostic = "smtp; 550 no such user \xfe";
    record.report.originalMessageId = messageId;
    record.report.rule = "status";
    return record;
}

} // namespace

class TestStores final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_dir = std::make_unique<QTemporaryDir>();
        reopen();
    }
    void cleanup()
    {
        m_store.reset();
        m_dir.reset();
    }

    void profilesComeBackByName()
    {
        const auto zulu = profileNamed(u"zulu"_s);
        auto alpha = profileNamed(u"Alpha"_s);
        alpha.caPem = "momentary";
        QVERIFY(take(profiles().save(zulu)));
        QVERIFY(take(profiles().save(alpha)));
        reopen();
        const auto list = take(profiles().profiles());
        QVERIFY2(list, list ? "" : qPrintable(list.error().detail));
        alpha.caPem.clear();
        QVERIFY(list->profiles == QList({alpha, zulu}));
        QVERIFY(list->unreadable.isEmpty());
    }

    void profileIsReplacedById()
    {
        auto profile = profileNamed(u"a"_s);
        QVERIFY(take(profiles().save(profile)));
        profile.name = u"b"_s;
        QVERIFY(take(profiles().save(profile)));
        QVERIFY(take(profiles().profiles())->profiles == QList {profile});
        QVERIFY(take(profiles().remove(profile.id)));
        QVERIFY(take(profiles().profiles())->profiles.isEmpty());
        QVERIFY(take(profiles().remove(profile.id))); // gone is gone
    }

    void takenNameIsRefused()
    {
        QVERIFY(take(profiles().save(profileNamed(u"Office"_s))));
        const auto done = take(profiles().save(profileNamed(u"office"_s)));
        QVERIFY(!done);
        QCOMPARE(done.error().kind, Error::Kind::InvalidInput);
        QCOMPARE(take(profiles().profiles())->profiles.size(), 1);
    }

    void damagedProfileHidesNoOther()
    {
        const auto good = profileNamed(u"good"_s);
        const auto bad = profileNamed(u"bad"_s);
        QVERIFY(take(profiles().save(good)));
        QVERIFY(take(profiles().save(bad)));
        m_store.reset();
        {
            auto connection = Store::Connection::open(path(), Store::Connection::Access::ReadWrite);
            QVERIFY(connection);
            QVERIFY((*connection)
                    ->run(u"UPDATE profiles SET json = ? WHERE name = 'bad'"_s,
                        {QByteArray("no JSON")}));
        }
        reopen();
        const auto list = take(profiles().profiles());
        QVERIFY(list);
        QVERIFY(list->profiles == QList {good});
        QCOMPARE(list->unreadable.size(), 1);
        QCOMPARE(list->unreadable.first().id, bad.id);
        QCOMPARE(list->unreadable.first().name, u"bad"_s);
        QCOMPARE(list->unreadable.first().error.kind, Error::Kind::Corrupt);
        QVERIFY(take(profiles().remove(bad.id)));
        QVERIFY(take(profiles().profiles())->unreadable.isEmpty());
    }

    void whatCouldNotBeReadAgainIsNotStored_data()
    {
        QTest::addColumn<QString>("host");
        QTest::addColumn<QString>("user");
        QTest::newRow("no host") << QString() << QString();
        QTest::newRow("line break in the user") << u"relay.example"_s << u"ann\n"_s;
        QTest::newRow("longer than can be read") << QString(4097, u'x') << QString();
    }
    void whatCouldNotBeReadAgainIsNotStored()
    {
        QFETCH(QString, host);
        QFETCH(QString, user);
        auto profile = profileNamed(u"x"_s);
        profile.host = host;
        profile.user = user;
        QCOMPARE(take(profiles().save(profile)).error().kind, Error::Kind::InvalidInput);
        QVERIFY(take(profiles().profiles())->profiles.isEmpty());
    }

    void builtinProfileIsNotStored()
    {
        auto profile = profileNamed(u"Sandbox"_s);
        profile.builtin = true;
        QCOMPARE(take(profiles().save(profile)).error().kind, Error::Kind::InvalidInput);
    }

    void inboxIsNewestFirstAndListsWithoutBytes()
    {
        const InboxMessage one = messageNumber(1);
        const InboxMessage two = messageNumber(2);
        QVERIFY(take(inbox().add(one)));
        QVERIFY(take(inbox().add(two)));
        reopen();
        const auto list = take(inbox().messages());
        QVERIFY(list);
        QCOMPARE(list->size(), 2);
        QCOMPARE(list->first().id, two.id);
        InboxMessage listed = two;
        listed.bytes.clear();
        QVERIFY(list->first() == listed);
        const auto whole = take(inbox().message(one.id));
        QVERIFY(whole && *whole == one);
        QCOMPARE(
            take(inbox().message(QUuid::createUuid())).error().kind, Error::Kind::InvalidInput);
        QVERIFY(take(inbox().remove({one.id, QUuid::createUuid()})));
        QCOMPARE(take(inbox().messages())->size(), 1);
        QVERIFY(take(inbox().remove({two.id})));
        QVERIFY(take(inbox().messages())->isEmpty());
        QCOMPARE(count(u"SELECT count(*) FROM contents"_s), 0);
    }

    void inboxSharesOctetsWithTheMessageSent()
    {
        SessionRecord record = newRecord({"bob@example.org"});
        const InboxMessage message = messageNumber(1);
        QVERIFY(take(sessions().begin(record, contentOf(message.bytes))));
        QVERIFY(take(inbox().add(message)));
        QCOMPARE(count(u"SELECT count(*) FROM contents"_s), 1);
        QVERIFY(take(inbox().remove({message.id})));
        QCOMPARE(*take(sessions().message(record.message)), message.bytes);
    }

    void inboxStaysAtItsLimit()
    {
        constexpr int Limit = Sandbox::InboxRepository::Limit;
        QList<QFuture<Base::Result<void>>> futures;
        for (int i = 0; i < Limit + 10; ++i)
            futures << inbox().add(messageNumber(i));
        for (auto &future : futures)
            QVERIFY(take(future));
        const auto list = take(inbox().messages());
        QCOMPARE(list->size(), Limit);
        QCOMPARE(list->first().messageId, QByteArray::number(Limit + 9) + "@example.org");
        QCOMPARE(list->last().messageId, "10@example.org"_ba);
        QCOMPARE(count(u"SELECT count(*) FROM contents"_s), Limit);
    }

    void bounceFieldsComeBack()
    {
        BounceRecord record = bounceOf("unknown@x", "bob@example.org");
        record.report.campaign = "c";
        record.report.evidence = "Status: 5.1.1";
        record.inboxMessage = QUuid::createUuid();
        QVERIFY(take(bounces().add(record)));
        reopen();
        const auto list = take(bounces().bounces());
        QVERIFY(list);
        QVERIFY(*list == QList {record});
    }

    void bounceJoins_data()
    {
        QTest::addColumn<QByteArray>("messageId");
        QTest::addColumn<QByteArray>("recipient");
        QTest::addColumn<QByteArray>("originalRecipient");
        QTest::addColumn<int>("outcome"); // which recipient of the session; -1: not joined
        QTest::newRow("by Message-ID and recipient")
            << "*"_ba << "bob@example.org"_ba << ""_ba << 0;
        QTest::newRow("case does not matter") << "*"_ba << "BOB@Example.ORG"_ba << ""_ba << 0;
        QTest::newRow("original recipient first")
            << "*"_ba << "bob@elsewhere.example"_ba << "eve@example.org"_ba << 1;
        QTest::newRow("G15 another recipient") << "*"_ba << "mallory@example.org"_ba << ""_ba << -1;
        QTest::newRow("G15 unknown Message-ID")
            << "forged@x"_ba << "bob@example.org"_ba << ""_ba << -1;
        QTest::newRow("G15 no Message-ID") << ""_ba << "bob@example.org"_ba << ""_ba << -1;
        QTest::newRow("no recipient") << "*"_ba << ""_ba << ""_ba << -1;
    }
    void bounceJoins()
    {
        QFETCH(QByteArray, messageId);
        QFETCH(QByteArray, recipient);
        QFETCH(QByteArray, originalRecipient);
        QFETCH(int, outcome);
        const SessionRecord record = accepted({"bob@example.org", "eve@example.org"});
        BounceRecord bounce = bounceOf(messageId == "*" ? record.messageId : messageId, recipient);
        bounce.report.originalRecipient = originalRecipient;
        const auto added = take(bounces().add(bounce));
        QVERIFY2(added, added ? "" : qPrintable(added.error().detail));
        QCOMPARE(added->session, outcome < 0 ? QUuid() : record.id);
        QCOMPARE(take(bounces().bounces())->first().session, added->session);
        const auto samples = take(m_store->samples().samples({}));
        for (int i = 0; i < 2; ++i)
            QCOMPARE(samples->at(i).bouncedHard.has_value(), i == outcome);
    }

    void forwardedMailJoinsWhereThereIsOneRecipient()
    {
        const SessionRecord record = accepted({"bob@example.org"});
        const auto added = take(
            bounces().add(bounceOf(record.messageId, "robert@elsewhere.example")));
        QCOMPARE(added->session, record.id);
    }

    void bounceJoinsByVerpToken()
    {
        const SessionRecord record = accepted({"bob@example.org", "eve@example.org"});
        BounceRecord bounce = bounceOf("rewritten@relay", "eve@example.org");
        bounce.report.campaign = record.id.toByteArray(QUuid::WithoutBraces);
        QCOMPARE(take(bounces().add(bounce))->session, record.id);
    }

    void bounceOfAMessageSentTwiceJoinsTheOneThatWasAccepted()
    {
        const SessionRecord first = accepted({"bob@example.org"});
        SessionRecord second = newRecord({"bob@example.org"});
        second.startedAt = first.startedAt.addSecs(60);
        second.messageId = first.messageId;
        second.recipients[0].outcome = Outcome::Rejected;
        QVERIFY(take(sessions().begin(second, contentOf("x"))));
        QVERIFY(take(sessions().finish(second)));
        QCOMPARE(
            take(bounces().add(bounceOf(first.messageId, "bob@example.org")))->session, first.id);
    }

    void hardStaysHard()
    {
        const SessionRecord record = accepted({"bob@example.org"});
        const auto bounced = [&] {
            return take(m_store->samples().samples({}))->at(0).bouncedHard;
        };
        BounceRecord delay = bounceOf(record.messageId, "bob@example.org", std::nullopt);
        delay.report.kind = Bounce::Kind::Delay;
        QVERIFY(take(bounces().add(delay)));
        QVERIFY(!bounced());
        QVERIFY(take(bounces().add(bounceOf(record.messageId, "bob@example.org", false))));
        QCOMPARE(bounced(), std::optional(false));
        QVERIFY(take(bounces().add(bounceOf(record.messageId, "bob@example.org", true))));
        QCOMPARE(bounced(), std::optional(true));
        QVERIFY(take(bounces().add(bounceOf(record.messageId, "bob@example.org", false))));
        QCOMPARE(bounced(), std::optional(true));
    }

    void sameBounceTwiceIsOne()
    {
        const BounceRecord bounce = bounceOf("x@y", "bob@example.org");
        QVERIFY(take(bounces().add(bounce)));
        QVERIFY(take(bounces().add(bounce)));
        QCOMPARE(take(bounces().bounces())->size(), 1);
    }

    void bounceOutlivesItsSession()
    {
        const SessionRecord record = accepted({"bob@example.org"});
        QVERIFY(take(bounces().add(bounceOf(record.messageId, "bob@example.org"))));
        QVERIFY(removeSession(sessions(), record.id));
        const auto list = take(bounces().bounces());
        QCOMPARE(list->size(), 1);
        QVERIFY(list->first().session.isNull());
    }

    void stagesOfAllAndOfSomeSessions()
    {
        QList<QUuid> ids;
        for (int i = 0; i < 3; ++i) {
            SessionRecord record = fullRecord();
            record.id = QUuid::createUuid();
            record.startedAt = record.startedAt.addSecs(i);
            record.timings = {{Smtp::Stage::Connect, 10 * (i + 1)}, {Smtp::Stage::Dot, 1'000}};
            ids.append(record.id);
            QVERIFY(take(m_store->sessions().begin(record, {})));
            if (i < 2) // a running one has no times yet
                QVERIFY(take(m_store->sessions().finish(record)));
        }
        const auto all = take(m_store->samples().stages({}));
        QVERIFY(all);
        QCOMPARE(all->size(), 4);
        const auto one = take(m_store->samples().stages({.from = {}, .sessions = {ids.at(1)}}));
        QVERIFY(one);
        QCOMPARE(one->size(), 2);
        QVERIFY(one->contains(Stats::StageSample {ids.at(1), Smtp::Stage::Connect, 20}));
        QVERIFY(one->contains(Stats::StageSample {ids.at(1), Smtp::Stage::Dot, 1'000}));
        const auto none = take(
            m_store->samples().stages({.from = {}, .sessions = {QUuid::createUuid()}}));
        QVERIFY(none && none->isEmpty());
        const auto late = take(
            m_store->samples().stages({.from = fullRecord().startedAt.addSecs(1), .sessions = {}}));
        QCOMPARE(late->size(), 2);
    }

    void samplesAreTheDecidedOnesOldestFirst()
    {
        SessionRecord full = fullRecord();
        QVERIFY(take(sessions().begin(full, contentOf("x"))));
        QVERIFY(take(sessions().finish(full)));
        SessionRecord older = newRecord({"zoe@EXAMPLE.com"});
        older.startedAt = full.startedAt.addDays(-1);
        older.recipients[0].outcome = Outcome::Stopped;
        QVERIFY(take(sessions().begin(older, {})));
        // Running ones are no samples.
        QVERIFY(take(sessions().begin(newRecord({"new@example.org"}), contentOf("y"))));
        QCOMPARE(take(m_store->samples().samples({}))->size(), 3);
        QVERIFY(take(sessions().finish(older)));

        const auto samples = take(m_store->samples().samples({}));
        QVERIFY(samples);
        QCOMPARE(samples->size(), 4);
        QVERIFY(samples->at(0)
            == (Sample {older.startedAt, older.id, "zoe@EXAMPLE.com", "example.com",
                Outcome::Stopped, 0, {}, 0, {}}));
        QVERIFY(samples->at(2)
            == (Sample {full.startedAt, full.id, "\"odd one\"@example.net", "example.net",
                Outcome::Rejected, 550, "5.1.1", full.totalUs, {}}));
        QCOMPARE(samples->at(3).outcome, Outcome::Uncertain);
        QCOMPARE(take(m_store->samples().samples(full.startedAt))->size(), 3);
        QCOMPARE(take(m_store->samples().samples(full.startedAt.addMSecs(1)))->size(), 0);
        QCOMPARE(take(m_store->samples().hasSamples()).value_or(false), true);
    }

private:
    Transcript::SessionLibrary &sessions() { return m_store->sessions(); }
    Relay::ProfileRepository &profiles() { return m_store->profiles(); }
    Bounce::BounceRepository &bounces() { return m_store->bounces(); }
    Sandbox::InboxRepository &inbox() { return m_store->inbox(); }
    [[nodiscard]] QString path() const { return m_dir->filePath(u"mailgauge.sqlite"_s); }
    void reopen()
    {
        m_store.reset();
        auto opened = Store::Database::open(path());
        QVERIFY2(opened, opened ? "" : qPrintable(opened.error().detail));
        m_store = std::move(*opened);
    }
    SessionRecord accepted(const QList<QByteArray> &recipients)
    {
        SessionRecord record = newRecord(recipients);
        for (auto &recipient : record.recipients)
            recipient.outcome = Outcome::Accepted;
        record.outcome = Transcript::WholeOutcome::Accepted;
        [&] {
            QVERIFY(take(sessions().begin(record, contentOf("x"))));
            QVERIFY(take(sessions().finish(record)));
        }();
        return record;
    }
    [[nodiscard]] qint64 count(const QString &sql) const
    {
        auto connection = Store::Connection::open(path(), Store::Connection::Access::ReadWrite);
        return connection ? (*connection)->number(sql)->value_or(-1) : -1;
    }

    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<Store::Database> m_store;
};

QTEST_GUILESS_MAIN(TestStores)
#include "tst_stores.moc"
