// SPDX-License-Identifier: GPL-3.0-or-later
#include "relays/relayspanel.h"

#include "accessiblewalk.h"
#include "base/literals.h"
#include "delivery/sendservice.h"
#include "fakerelay.h"
#include "fakerepositories.h"
#include "pictures.h"
#include "relay/profileservice.h"
#include "theme/theme.h"
#include "transcript/sessionexporter.h"

#include <QCheckBox>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Test;

namespace {

const QByteArray canary = "c4n4ry-s3cr3t"_ba;
const QUuid profileId = QUuid::createUuid();

Relay::RelayProfile profileAt(quint16 port)
{
    Relay::RelayProfile profile;
    profile.id = profileId;
    profile.name = u"Test relay"_s;
    profile.host = u"127.0.0.1"_s;
    profile.port = port;
    profile.tls = Smtp::TlsPolicy::None;
    profile.auth = Smtp::AuthOptions::Need::Required;
    profile.authWithoutTls = true;
    profile.user = u"ann"_s;
    profile.ehloName = "tester.example"_ba;
    return profile;
}

struct Panel {
    Panel()
    {
        credentials.kept.insert(profileId, Base::Secret(canary));
        repository.kept = {profileAt(relay.port())};
        QObject::connect(&service, &Delivery::SendService::entriesRecorded, &panel,
            [this](const QUuid &, const QList<Transcript::Entry> &batch) { entries += batch; });
        profiles.load();
        panel.resize(1000, 600);
        panel.show();
        panel.select(profileId);
    }
    /// Clicks Test and waits for the end.
    bool test()
    {
        entries.clear();
        QSignalSpy finished(&tests, &Delivery::RelayTestService::finished);
        for (auto *button : panel.findChildren<QPushButton *>()) {
            if (button->text() == u"Test this relay"_s)
                QTest::mouseClick(button, Qt::LeftButton);
        }
        return Test::waitFor([&] { return !finished.isEmpty(); });
    }
    [[nodiscard]] QList<Transcript::Entry> revealing() const
    {
        QList<Transcript::Entry> found;
        for (const Transcript::Entry &entry : entries) {
            if (Transcript::revealed(entry) != entry.text)
                found.append(entry);
        }
        return found;
    }

    FakeRelay relay {
        {Script::hello({"AUTH PLAIN"_ba}).answer("AUTH PLAIN "_ba, "235 ok\r\n"_ba).quit()}};
    FakeProfiles repository;
    FakeCredentials credentials;
    FakeSessions store;
    Base::SystemClock clock;
    Theme::Theme theme;
    Relay::ProfileService profiles {&repository, credentials};
    Delivery::SendService service {&store, clock};
    Delivery::RelayTestService tests {service};
    QList<Transcript::Entry> entries;
    Delivery::OAuthService signIns {credentials, clock, {}};
    Relays::RelaysPanel panel {profiles, tests, signIns, theme};
};

} // namespace

class TestRelaySecrets final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// The canary: secrets are kept for the one run for which the user chose it, in memory, and no
    /// export has them.
    void secretsAreKeptForTheRunChosen()
    {
        Panel p;
        QVERIFY(p.test());
        QVERIFY(p.revealing().isEmpty());

        auto *keep = p.panel.findChild<QCheckBox *>(u"keepSecrets"_s);
        QTest::mouseClick(keep, Qt::LeftButton, {}, {8, keep->height() / 2});
        QVERIFY(keep->isChecked());
        QVERIFY(p.test());
        QVERIFY(!keep->isChecked());
        QCOMPARE(p.revealing().size(), 1);
        const QByteArray plain = ("\0ann\0"_ba + canary).toBase64();
        QVERIFY(Transcript::revealed(p.revealing().first()).endsWith(plain));
        // Tests are kept like any session; no export of what is kept has the secret either.
        QCOMPARE(p.store.records.size(), 2);
        for (const auto format : {Transcript::ExportFormat::Text, Transcript::ExportFormat::Html,
                 Transcript::ExportFormat::JsonLines}) {
            const auto formatter = Transcript::makeFormatter(format);
            QByteArray all = formatter->begin({});
            for (const Transcript::Entry &entry : p.entries + p.store.storedEntries())
                all += formatter->line(entry);
            QVERIFY(!all.contains(plain) && !all.contains(canary));
        }

        QVERIFY(p.test());
        QVERIFY(p.revealing().isEmpty());
    }

    void pictures()
    {
        const QString folder = Test::pictureFolder();
        if (folder.isEmpty())
            QSKIP("MAILGAUGE_PICTURES is not set");
        Panel p;
        for (const QSize size : {QSize(1200, 560), QSize(780, 400)}) {
            p.panel.resize(size);
            QCoreApplication::processEvents();
            QVERIFY(p.panel.grab().save(
                u"%1/relays-%2.png"_s.arg(folder, QString::number(size.width()))));
        }
    }

    void everyControlHasAName()
    {
        Panel p;
        QCOMPARE(namelessControls(&p.panel).join(u'\n'), QString());
    }
};

QTEST_MAIN(TestRelaySecrets)
#include "tst_relaysecrets.moc"
