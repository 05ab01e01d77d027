// SPDX-License-Identifier: GPL-3.0-or-later
// RFC 4752 against an acceptor of the library's own, with a real KDC.
#include "base/literals.h"
#include "explain/explain.h"
#include "kerberosrealm.h"
#include "sasl/gssapi.h"

#include <QTest>

#include <gssapi/gssapi_krb5.h>

using namespace Mailgauge;
using Kind = Base::Error::Kind;
using Sasl::Gssapi;

namespace {

Sasl::Credentials toMx()
{
    Sasl::Credentials who;
    who.host = "mx.example.org";
    return who;
}

/// The server's side, up to the context; the offers of layers are the test's.
class Acceptor {
public:
    Acceptor() = default;
    Q_DISABLE_COPY_MOVE(Acceptor)
    ~Acceptor()
    {
        OM_uint32 minor = 0;
        gss_delete_sec_context(&minor, &m_context, nullptr);
    }

    QByteArray accept(QByteArray token)
    {
        OM_uint32 minor = 0;
        gss_buffer_desc in {static_cast<std::size_t>(token.size()), token.data()};
        gss_buffer_desc out {};
        m_complete = gss_accept_sec_context(&minor, &m_context, GSS_C_NO_CREDENTIAL, &in,
                         GSS_C_NO_CHANNEL_BINDINGS, nullptr, nullptr, &out, nullptr, nullptr,
                         nullptr)
            == GSS_S_COMPLETE;
        return taken(out);
    }
    QByteArray wrap(QByteArray plain)
    {
        OM_uint32 minor = 0;
        gss_buffer_desc in {static_cast<std::size_t>(plain.size()), plain.data()};
        gss_buffer_desc out {};
        gss_wrap(&minor, m_context, 0, GSS_C_QOP_DEFAULT, &in, nullptr, &out);
        return taken(out);
    }
    QByteArray unwrap(QByteArray sealed)
    {
        OM_uint32 minor = 0;
        gss_buffer_desc in {static_cast<std::size_t>(sealed.size()), sealed.data()};
        gss_buffer_desc out {};
        gss_unwrap(&minor, m_context, &in, &out, nullptr, nullptr);
        return taken(out);
    }
    [[nodiscard]] bool isComplete() const { return m_complete; }

private:
    static QByteArray taken(gss_buffer_desc &buffer)
    {
        const QByteArray bytes(
            static_cast<const char *>(buffer.value), static_cast<qsizetype>(buffer.length));
        OM_uint32 minor = 0;
        gss_release_buffer(&minor, &buffer);
        return bytes;
    }

    gss_ctx_id_t m_context = nullptr;
    bool m_complete = false;
};

/// Up to where the server offers its layers. The answer to the last token is empty.
bool establish(Gssapi &client, Acceptor &server)
{
    auto response = client.respond({});
    while (response && !server.isComplete())
        response = client.respond(server.accept(response->bytes.reveal()));
    return response && response->bytes.isEmpty() && server.isComplete();
}

} // namespace

class TestGssapi final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (const QString why = Test::whyNoRealServers() + Test::KerberosRealm::whyNot();
            !why.isEmpty())
            MAILGAUGE_MISSING(qPrintable(why));
        const QString error = m_realm.start();
        QVERIFY2(error.isEmpty(), qPrintable(error + m_realm.log()));
    }

    void noLayer_data()
    {
        QTest::addColumn<QByteArray>("authzid");
        QTest::addColumn<QByteArray>("offer");
        QTest::addColumn<QByteArray>("chosen"); // empty: refused
        QTest::newRow("rfc4752 3.1 all layers") << ""_ba << "07001000"_ba << "01000000"_ba;
        QTest::newRow("rfc4752 3.1 none only") << ""_ba << "01000000"_ba << "01000000"_ba;
        QTest::newRow("rfc4752 3.1 act as another")
            << "b\xc3\xb6rt"_ba << "01000000"_ba << "0100000062c3b67274"_ba;
        QTest::newRow("rfc4752 3.1 insists on integrity") << ""_ba << "02001000"_ba << ""_ba;
        QTest::newRow("three octets") << ""_ba << "010000"_ba << ""_ba;
        QTest::newRow("five octets") << ""_ba << "0100000000"_ba << ""_ba;
        QTest::newRow("nothing") << ""_ba << ""_ba << ""_ba;
    }
    void noLayer()
    {
        QFETCH(const QByteArray, authzid);
        QFETCH(const QByteArray, offer);
        QFETCH(const QByteArray, chosen);
        QCOMPARE(m_realm.logIn(), QString());
        Sasl::Credentials who = toMx();
        who.authorizationId = authzid;
        Gssapi client(who);
        Acceptor server;
        QVERIFY(establish(client, server));
        // A server that says yes now has not proved that it knows the layers.
        QCOMPARE(client.finish().error().kind, Kind::Denied);
        const auto response = client.respond(server.wrap(QByteArray::fromHex(offer)));
        QCOMPARE(response.has_value(), !chosen.isEmpty());
        if (!response) {
            QVERIFY(!client.finish());
            return;
        }
        QCOMPARE(server.unwrap(response->bytes.reveal()).toHex(), chosen);
        QVERIFY(client.finish());
        QCOMPARE(client.respond("x"_ba).error().kind, Kind::MalformedReply);
    }

    void damagedTokens()
    {
        QCOMPARE(m_realm.logIn(), QString());
        {
            Gssapi client(toMx());
            QVERIFY(client.respond({}));
            const auto response = client.respond("no token"_ba);
            QVERIFY(!response);
            QCOMPARE(response.error().kind, Kind::MalformedReply);
        }
        Gssapi client(toMx());
        Acceptor server;
        QVERIFY(establish(client, server));
        QByteArray offer = server.wrap(QByteArray::fromHex("01000000"_ba));
        offer[offer.size() - 1] = static_cast<char>(offer.back() ^ 1);
        const auto response = client.respond(offer);
        QVERIFY(!response);
        QCOMPARE(response.error().kind, Kind::MalformedReply);
    }

    /// The KDC's service is the right one only for the host that was asked for.
    void anotherHost()
    {
        QCOMPARE(m_realm.logIn(), QString());
        Sasl::Credentials who = toMx();
        who.host = "other.example.org";
        refuses(who, Kind::Denied, u"the KDC does not know the service"_s);
    }

    void byPassword()
    {
        m_realm.logOut();
        Sasl::Credentials who = toMx();
        who.user = "ann";
        who.password = Base::Secret("s3cret-canary"_ba);
        Gssapi client(who);
        Acceptor server;
        QVERIFY(establish(client, server));
        // Nothing is left behind for others to use.
        refuses(toMx(), Kind::Denied, u"there is no ticket"_s);
        who.password = Base::Secret("wrong"_ba);
        refuses(who, Kind::Denied, u"the password is wrong"_s);
        who.user = "nobody";
        refuses(who, Kind::Denied, u"the KDC does not know the user"_s);
    }

    void whoseTicket()
    {
        QCOMPARE(m_realm.logIn(), QString());
        Sasl::Credentials who = toMx();
        who.user = "ann";
        Gssapi client(who);
        Acceptor server;
        QVERIFY(establish(client, server));
        who.user = "bob";
        refuses(who, Kind::Denied, u"there is no ticket"_s);
    }

    void whatCannotBeSaid()
    {
        QCOMPARE(m_realm.logIn(), QString());
        Sasl::Credentials who = toMx();
        who.authorizationId = QByteArray("a\0b", 3);
        QCOMPARE(Gssapi(who).respond({}).error().kind, Kind::InvalidInput);
        QCOMPARE(Gssapi({}).respond({}).error().kind, Kind::InvalidInput);
        QCOMPARE(Gssapi(toMx()).respond("first?"_ba).error().kind, Kind::MalformedReply);
        QCOMPARE(Gssapi(toMx()).finish().error().kind, Kind::Denied);
    }

    /// Last: the realm has no KDC any more.
    void withoutKdc()
    {
        QCOMPARE(m_realm.logIn(), QString()); // the ticket for the service is still to be got
        m_realm.stopKdc();
        refuses(toMx(), Kind::Timeout, u"no KDC answers"_s);
        m_realm.logOut();
        refuses(toMx(), Kind::Denied, u"there is no ticket"_s);
    }

private:
    static void refuses(const Sasl::Credentials &who, Kind kind, const QString &why)
    {
        const auto response = Gssapi(who).respond({});
        QVERIFY(!response);
        const Base::Error error = response.error();
        QVERIFY2(error.kind == kind && error.detail.startsWith(u"GSSAPI: "_s + why),
            qPrintable(error.detail));
        // People are told what to do about it.
        const auto told = Explain::explain(Smtp::Failure {error, Smtp::Stage::Auth});
        QVERIFY2(told.id.startsWith("failure.gssapi."), told.id.constData());
    }

    Test::KerberosRealm m_realm;
};

QTEST_GUILESS_MAIN(TestGssapi)
#include "tst_gssapi.moc"
