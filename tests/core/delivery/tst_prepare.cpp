// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "bounce/verp.h"
#include "delivery/prepare.h"
#include "delivery/resend.h"
#include "mime/reader.h"

#include <QTemporaryDir>
#include <QTest>

using namespace Mailgauge;
using Delivery::Composition;

namespace {

Composition composition()
{
    Composition made;
    made.profile.host = u"relay.example"_s;
    made.profile.ehloName = "pc.example"_ba;
    made.draft.from = u"Ann <ann@sender.example>"_s;
    made.draft.to = u"Bob <bob@example.net>"_s;
    made.draft.subject = u"Grüße"_s;
    made.draft.text = u"Hello"_s;
    return made;
}

QByteArrayList forwardPaths(const Delivery::SendRequest &request)
{
    QByteArrayList list;
    for (const Smtp::Mailbox &mailbox : request.envelope.forwardPaths)
        list.append(mailbox.address());
    return list;
}

} // namespace

class PrepareTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void message()
    {
        const auto request = Delivery::prepare(composition());
        QVERIFY(request);
        QCOMPARE(request->target.host, u"relay.example"_s);
        QCOMPARE(request->envelope.reversePath->address(), "ann@sender.example"_ba);
        QCOMPARE(forwardPaths(*request), QByteArrayList {"bob@example.net"_ba});
        QCOMPARE(request->subject, u"Grüße"_s);
        QVERIFY(request->messageId.endsWith("@sender.example"));
        const auto parsed = Mime::parse(request->content->bytes);
        QCOMPARE(parsed.header("Subject"), u"Grüße"_s);
        QVERIFY(parsed.header("Message-ID").contains(QString::fromUtf8(request->messageId)));
    }

    // VERP: the reverse-path names the session, the header fields stay as they were.
    void bounceAddressNamesTheSession()
    {
        const Base::Secret key("key"_ba);
        Delivery::Composition made = composition();
        made.profile.bounceAddress = u"bounces@mail.example"_s;
        QCOMPARE(Delivery::prepare(made)->envelope.reversePath->address(),
            "ann@sender.example"_ba); // no key: none is made
        made.bounceKey = key;
        const auto request = Delivery::prepare(made);
        QVERIFY(request);
        QVERIFY(!request->id.isNull());
        const QByteArray path = request->envelope.reversePath->address();
        QVERIFY(path.startsWith("bounces+") && path.endsWith("@mail.example"));
        const auto token = Bounce::Verp(key).decode(path);
        QVERIFY(token);
        QCOMPARE(token->session, request->id);
        QVERIFY(request->messageId.endsWith("@sender.example"));
        const auto parsed = Mime::parse(request->content->bytes);
        QCOMPARE(parsed.header("From"),
            Mime::parse(Delivery::prepare(composition())->content->bytes).header("From"));
        // Another message, another address.
        QVERIFY(Delivery::prepare(made)->envelope.reversePath->address() != path);
        // What was written by hand stays, the null reverse-path, too.
        made.reversePath = u"other@sender.example"_s;
        QCOMPARE(
            Delivery::prepare(made)->envelope.reversePath->address(), "other@sender.example"_ba);
        made.reversePath.clear();
        made.nullReversePath = true;
        QVERIFY(!Delivery::prepare(made)->envelope.reversePath);
    }

    void bounceAddressThatCannotBeUsed_data()
    {
        QTest::addColumn<QString>("address");
        QTest::newRow("none") << u"nobody"_s;
        QTest::newRow("no room for a token") << u"a-very-long-local-part@mail.example"_s;
    }
    void bounceAddressThatCannotBeUsed()
    {
        QFETCH(QString, address);
        Delivery::Composition made = composition();
        made.bounceKey = Base::Secret("key"_ba);
        made.profile.bounceAddress = address;
        const auto request = Delivery::prepare(made);
        QVERIFY(!request);
        QCOMPARE(request.error().kind, Base::Error::Kind::InvalidInput);
        QVERIFY(request.error().detail.contains(u"bounce address"_s));
    }

    // Bounces of the second sending belong to the second session.
    void resentNamesItsOwnSession()
    {
        const Base::Secret key("key"_ba);
        Delivery::Composition made = composition();
        made.profile.bounceAddress = u"bounces@mail.example"_s;
        made.bounceKey = key;
        const auto first = Delivery::prepare(made);
        QVERIFY(first);
        Transcript::SessionRecord record;
        record.id = first->id;
        record.message = QUuid::createUuid();
        record.reversePath = first->envelope.reversePath->address();
        record.recipients = {{first->envelope.forwardPaths.first(), Smtp::Outcome::Accepted,
            Smtp::Stage::Dot, {}, {}}};
        const auto again = Delivery::resend(record, first->content->bytes, made.profile, {}, key);
        QVERIFY(again);
        const auto token = Bounce::Verp(key).decode(again->envelope.reversePath->address());
        QVERIFY(token);
        QCOMPARE(token->session, again->id);
        QVERIFY(again->id != first->id);
        record.reversePath = "ann@sender.example"_ba;
        QCOMPARE(Delivery::resend(record, first->content->bytes, made.profile, {}, key)
                     ->envelope.reversePath->address(),
            "ann@sender.example"_ba);
    }

    void recipients_data()
    {
        QTest::addColumn<QString>("to");
        QTest::addColumn<QString>("cc");
        QTest::addColumn<QString>("bcc");
        QTest::addColumn<QString>("own");
        QTest::addColumn<QByteArrayList>("paths");
        const auto row = [](const char *name, const QString &to, const QString &cc,
                             const QString &bcc, const QString &own, const QByteArrayList &paths) {
            QTest::newRow(name) << to << cc << bcc << own << paths;
        };
        row("To, Cc and Bcc", u"a@x.example"_s, u"B <b@x.example>"_s, u"c@x.example"_s, {},
            {"a@x.example"_ba, "b@x.example"_ba, "c@x.example"_ba});
        row("G7 once each", u"a@x.example, a@X.Example"_s, u"a@x.example"_s, {}, {},
            {"a@x.example"_ba});
        row("G7 local parts keep their case", u"a@x.example, A@x.example"_s, {}, {}, {},
            {"a@x.example"_ba, "A@x.example"_ba});
        row("envelope of its own", u"a@x.example"_s, {}, u"c@x.example"_s,
            u"d@x.example, e@x.example"_s, {"d@x.example"_ba, "e@x.example"_ba});
    }
    void recipients()
    {
        QFETCH(QString, to);
        QFETCH(QString, cc);
        QFETCH(QString, bcc);
        QFETCH(QString, own);
        QFETCH(QByteArrayList, paths);
        Composition made = composition();
        made.draft.to = to;
        made.draft.cc = cc;
        made.draft.bcc = bcc;
        made.forwardPaths = own;
        const auto request = Delivery::prepare(made);
        QVERIFY(request);
        QCOMPARE(forwardPaths(*request), paths);
        // D9
        QVERIFY(!request->content->bytes.contains("Bcc"));
        if (!bcc.isEmpty())
            QVERIFY(!request->content->bytes.contains(bcc.toUtf8()));
    }

    void reversePath()
    {
        Composition made = composition();
        made.reversePath = u"bounces@other.example"_s;
        QCOMPARE(
            Delivery::prepare(made)->envelope.reversePath->address(), "bounces@other.example"_ba);
        made.nullReversePath = true;
        QVERIFY(!Delivery::prepare(made)->envelope.reversePath);
    }

    void refused_data()
    {
        QTest::addColumn<QString>("field");
        QTest::addColumn<QString>("value");
        QTest::newRow("From") << u"From"_s << u"no address"_s;
        QTest::newRow("From empty") << u"From"_s << QString();
        QTest::newRow("To") << u"To"_s << u"bob@"_s;
        QTest::newRow("To empty") << u"To"_s << QString();
        QTest::newRow("Cc") << u"Cc"_s << u"a b c@x"_s;
        QTest::newRow("D1 Bcc") << u"Bcc"_s << u"a@x.example>\r\nRCPT TO:<b@x.example"_s;
        QTest::newRow("D1 Recipients") << u"Recipients"_s << u"a\0b@x.example"_s;
        QTest::newRow("Sender") << u"Sender"_s << u"@"_s;
    }
    void refused()
    {
        QFETCH(QString, field);
        QFETCH(QString, value);
        Composition made = composition();
        const QMap<QString, QString *> fields {{u"From"_s, &made.draft.from},
            {u"To"_s, &made.draft.to}, {u"Cc"_s, &made.draft.cc}, {u"Bcc"_s, &made.draft.bcc},
            {u"Recipients"_s, &made.forwardPaths}, {u"Sender"_s, &made.reversePath}};
        *fields.value(field) = value;
        const auto request = Delivery::prepare(made);
        QVERIFY(!request);
        QCOMPARE(request.error().kind, Base::Error::Kind::InvalidInput);
        QVERIFY2(
            request.error().detail.startsWith(field + u": "_s), qPrintable(request.error().detail));
    }

    void deliveryOptions()
    {
        Composition made = composition();
        made.options.dsn.notify = Delivery::DsnOptions::Delay;
        made.options.priority = 4;
        const auto request = Delivery::prepare(made);
        QVERIFY(request);
        QCOMPARE(request->rcptParameters, QList<QByteArray> {"NOTIFY=DELAY"});
        QCOMPARE(request->extensions.priority, 4);
        made.options.mailParameters = u"A=ä"_s;
        QCOMPARE(Delivery::prepare(made).error().kind, Base::Error::Kind::InvalidInput);
    }

    void templates()
    {
        Composition made = composition();
        made.draft.from = u"Ann <{{me}}@sender.example>"_s;
        made.draft.to = u"{{to1}}"_s;
        made.draft.replyTo = u"{{me}}@sender.example"_s;
        made.draft.subject = u"For {{name}}"_s;
        made.draft.text = u"Hi {{name}}, {{to}} by {{from}}, {{heloName}} {{version}}\n"_s;
        made.draft.html = u"<p>{{name}}</p>"_s;
        made.draft.headers = {{"X-Id"_ba, u"{{evil}} {{messageId}}"_s}};
        made.options.values = u"{\"name\": \"Ann <b>\", \"me\": \"ann\", "
                              "\"to1\": \"bob@y.example\",\n\"evil\": \"x\\r\\nBcc: y@z\"}"_s;
        const Composition unfilled = made; // braces are braces where nobody asks
        made.options.fill = true;
        const auto request = Delivery::prepare(made);
        QVERIFY2(request, qPrintable(request ? QString() : request.error().detail));
        QCOMPARE(request->envelope.reversePath->address(), "ann@sender.example"_ba);
        QCOMPARE(forwardPaths(*request), QByteArrayList {"bob@y.example"_ba});
        QCOMPARE(request->subject, u"For Ann <b>"_s);
        const QByteArray bytes = request->content->bytes;
        QVERIFY(bytes.contains("Subject: For Ann <b>\r\n"));
        QVERIFY2(
            bytes.contains(
                "Hi Ann <b>, bob@y.example by ann@sender.example, pc.example " MAILGAUGE_VERSION),
            bytes.constData());
        QVERIFY(bytes.contains("<p>Ann &lt;b&gt;</p>"));
        QVERIFY(!bytes.contains("\r\nBcc:"));
        QVERIFY(bytes.simplified().contains("X-Id: x Bcc: y@z " + request->messageId));
        QVERIFY(Delivery::prepare(unfilled).error().detail.startsWith(u"To: "_s));
        made.draft.messageId = "own@x";
        const auto own = Delivery::prepare(made);
        QVERIFY(own);
        QCOMPARE(own->messageId, "own@x"_ba);
        QVERIFY2(own->content->bytes.simplified().contains("X-Id: x Bcc: y@z own@x "),
            own->content->bytes.constData());
    }

    /// A mailbox takes the second message of one Message-ID for the first.
    void repeatedTemplates()
    {
        Composition made = composition();
        made.draft.text = u"u={{uuid}} m={{messageId}} {{name}} to {{to}}\n"_s;
        made.options.fill = true;
        made.options.values = u"{\"name\": \"Ann {{x}}\"}"_s;
        QVERIFY(!Delivery::prepare(made)->makeAnew);
        made.options.messages = 3;
        const auto request = Delivery::prepare(made);
        QVERIFY(request && request->makeAnew);
        const auto body = [](const QByteArray &bytes) {
            return bytes.sliced(bytes.indexOf("u="), 38);
        };
        QSet<QByteArray> bodies {body(request->content->bytes)};
        QSet<QByteArray> ids {request->messageId};
        for (int i = 0; i < 2; ++i) {
            const auto anew = request->makeAnew();
            QVERIFY(anew);
            const QByteArray &bytes = anew->content.bytes;
            QVERIFY(bytes.contains("Message-ID: <" + anew->messageId + ">\r\n"));
            QVERIFY2(bytes.contains(" m=" + anew->messageId), bytes.constData());
            QVERIFY(bytes.contains(" Ann {{x}} to "));
            bodies.insert(body(bytes));
            ids.insert(anew->messageId);
        }
        QCOMPARE(bodies.size(), 3);
        QCOMPARE(ids.size(), 3);
        made.options.fill = false; // RepeatLane puts in another Message-ID by itself
        QVERIFY(!Delivery::prepare(made)->makeAnew);
    }

    void unusableTemplates_data()
    {
        QTest::addColumn<QString>("to");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("values");
        QTest::addColumn<QString>("told");
        QTest::newRow("G8 missing in the text")
            << u"b@y"_s << u"{{name}}"_s << QString() << u"Text: no value for name"_s;
        QTest::newRow("G8 missing in an address")
            << u"{{rcpt}}@y"_s << u"x"_s << u"{}"_s << u"To: no value for rcpt"_s;
        QTest::newRow("the envelope is not known before it")
            << u"{{from}}"_s << u"x"_s << u"{}"_s << u"To: no value for from"_s;
        QTest::newRow("D1 two recipients in one")
            << u"{{rcpt}}@y"_s << u"x"_s << u"{\"rcpt\": \"a@x,c\"}"_s
            << u"To: the value of rcpt is not one address"_s;
        QTest::newRow("no JSON") << u"b@y"_s << u"x"_s << u"name: x"_s << u"Values: not JSON"_s;
    }
    void unusableTemplates()
    {
        QFETCH(QString, to);
        QFETCH(QString, text);
        QFETCH(QString, values);
        QFETCH(QString, told);
        Composition made = composition();
        made.draft.to = to;
        made.draft.text = text;
        made.options.fill = true;
        made.options.values = values;
        const auto request = Delivery::prepare(made);
        QVERIFY(!request);
        QCOMPARE(request.error().kind, Base::Error::Kind::InvalidInput);
        QVERIFY2(request.error().detail.startsWith(told), qPrintable(request.error().detail));
    }

    /// The envelope is the composer's, the message the file's.
    void rawFiles()
    {
        QTemporaryDir dir;
        const auto file = [&dir](const QByteArray &bytes) {
            QFile made(dir.filePath(u"m.eml"_s));
            [&] {
                QVERIFY(made.open(QIODevice::WriteOnly) && made.write(bytes) == bytes.size());
            }();
            return made.fileName();
        };
        Composition made = composition();
        made.rawFile = file("Subject: {{x}}\nMessage-ID: <own@x>\n\n.dot\n");
        const auto text = Delivery::prepare(made);
        QVERIFY(text);
        QCOMPARE(text->content->bytes, "Subject: {{x}}\r\nMessage-ID: <own@x>\r\n\r\n.dot\r\n"_ba);
        QCOMPARE(text->messageId, "own@x"_ba);
        QCOMPARE(text->subject, u"{{x}}"_s);
        QCOMPARE(forwardPaths(*text), QByteArrayList {"bob@example.net"_ba});
        QVERIFY(text->mailParameters.isEmpty());
        made.options.fill = true;
        made.options.values = u"{\"x\": \"y\"}"_s;
        QCOMPARE(Delivery::prepare(made)->subject, u"y"_s);
        made.options = {};
        // Octets that DATA could not carry.
        made.rawFile = file("Subject: x\n\n\r\0"_ba + '\0');
        QCOMPARE(Delivery::prepare(made).error().kind, Base::Error::Kind::InvalidInput);
        made.rawBinary = true;
        const auto octets = Delivery::prepare(made);
        QVERIFY(octets);
        QCOMPARE(octets->content->file, made.rawFile);
        QCOMPARE(octets->mailParameters, QList<QByteArray> {"BODY=BINARYMIME"});
        QCOMPARE(octets->session.chunking, Smtp::Chunking::WhereOffered);
        made.rawFile = dir.filePath(u"none"_s);
        QCOMPARE(Delivery::prepare(made).error().kind, Base::Error::Kind::Io);
    }

    /// Everything that a profile says reaches the session (--profile, and the window).
    void route()
    {
        Relay::RelayProfile profile = composition().profile;
        profile.host = u"example.org"_s;
        profile.port = 2525;
        profile.route.by = Relay::RouteBy::Srv;
        profile.route.srv = Relay::SrvServices::Submissions;
        profile.route.family = Relay::Family::IPv6;
        profile.route.localAddress = QHostAddress(u"::1"_s);
        profile.route.pins = {{u"EXAMPLE.org"_s, 2525, QHostAddress(u"192.0.2.1"_s)}};
        profile.route.resolver = u"192.0.2.53:53"_s;
        profile.route.dnsTimeout = std::chrono::milliseconds(100);
        profile.route.proxy = Relay::ProxyServer {.kind = Relay::ProxyServer::Kind::HttpConnect,
            .host = u"p"_s,
            .port = 3128,
            .user = "ann",
            .remoteNames = true};
        profile.route.proxyHeader = Relay::ProxyHeader::V2;
        profile.route.xclient = u"name=a.example addr=::1"_s;
        profile.serverName = u"sni.example"_s;
        profile.minTls = "1.3";
        profile.ciphers = "HIGH";
        profile.cipherSuites = "TLS_AES_128_GCM_SHA256";
        profile.tlsGroups = "P-384";
        profile.certificateFile = u"/c"_s;
        profile.keyFile = u"/k"_s;
        profile.authorizationId = u"boss"_s;
        profile.authInTurn = true;
        profile.protocol = Smtp::Protocol::Lmtp;
        profile.chunking = Smtp::Chunking::WhereOffered;
        profile.chunkSize = 7;
        profile.prdr = true;
        const auto request = Delivery::requestFor(
            profile, {.token = Base::Secret("tk"_ba), .proxyPassword = Base::Secret("px"_ba)});
        const Delivery::Target &target = request.target;
        QCOMPARE(target.by, Net::RouteBy::Srv);
        QVERIFY(target.srvImplicitTls && !target.srvStartTls);
        QCOMPARE(target.family, QAbstractSocket::IPv6Protocol);
        QCOMPARE(target.localAddress, QHostAddress(u"::1"_s));
        QCOMPARE(target.pins, profile.route.pins);
        QVERIFY(!target.pinnedAddress); // of a domain, not of a host
        QCOMPARE(target.resolver->server, u"192.0.2.53:53"_s);
        QCOMPARE(target.resolver->timeout, std::chrono::milliseconds(100));
        QCOMPARE(target.proxy->host, u"p"_s);
        QCOMPARE(target.proxy->password.reveal(), "px"_ba);
        QCOMPARE(target.proxyHeader, Net::ProxyHeader::V2);
        QCOMPARE(request.tlsOptions.serverName, u"sni.example"_s);
        QCOMPARE(request.tlsOptions.minVersion, "1.3"_ba);
        QCOMPARE(request.tlsOptions.ciphers, "HIGH"_ba);
        QCOMPARE(request.tlsOptions.cipherSuites, "TLS_AES_128_GCM_SHA256"_ba);
        QCOMPARE(request.tlsOptions.groups, "P-384"_ba);
        QCOMPARE(request.tlsOptions.certificateFile, u"/c"_s);
        QCOMPARE(request.tlsOptions.keyFile, u"/k"_s);
        const Smtp::SessionOptions &session = request.session;
        QCOMPARE(session.xclient, (QList<QByteArray> {"NAME=a.example", "ADDR=IPV6:::1"}));
        QCOMPARE(session.auth.authorizationId, "boss"_ba);
        QCOMPARE(session.auth.token.reveal(), "tk"_ba);
        QVERIFY(session.auth.inTurn && session.prdr);
        QCOMPARE(session.protocol, Smtp::Protocol::Lmtp);
        QCOMPARE(session.chunking, Smtp::Chunking::WhereOffered);
        QCOMPARE(session.chunkSize, 7);
        profile.route.by = Relay::RouteBy::Host;
        QCOMPARE(
            Delivery::requestFor(profile, {}).target.pinnedAddress, QHostAddress(u"192.0.2.1"_s));
        // Not left out silently.
        profile.route.xclient = u"no such thing"_s;
        QVERIFY(!Smtp::Session::check(Delivery::requestFor(profile, {}).session));
    }

    void profile()
    {
        Composition made = composition();
        made.profile.id = QUuid::createUuid();
        made.profile.name = u"Office"_s;
        made.profile.port = 465;
        made.profile.tls = Smtp::TlsPolicy::ImplicitTls;
        made.profile.pin = "aa"_ba;
        made.profile.auth = Smtp::AuthOptions::Need::Required;
        made.profile.user = u"ann"_s;
        made.secrets.password = Base::Secret("s3cret"_ba);
        const auto request = Delivery::prepare(made);
        QVERIFY(request);
        QCOMPARE(request->profile, made.profile.id);
        QCOMPARE(request->profileName, u"Office"_s);
        QCOMPARE(request->target.port, 465);
        QCOMPARE(request->session.tls, Smtp::TlsPolicy::ImplicitTls);
        QCOMPARE(request->tlsOptions.pin, "aa"_ba);
        QCOMPARE(request->session.auth.user, "ann"_ba);
        QCOMPARE(request->session.auth.password.reveal(), "s3cret"_ba);
        QCOMPARE(request->session.ehloName, "pc.example"_ba);
        made.profile.ehloName.clear();
        QVERIFY(!Delivery::prepare(made)->session.ehloName.isEmpty());
    }
};

QTEST_GUILESS_MAIN(PrepareTest)
#include "tst_prepare.moc"
