// SPDX-License-Identifier: GPL-3.0-or-later
#include "explain/provider.h"

#include "base/literals.h"
#include "explain/explain.h"
#include "explain/knowledge.h"
#include "explain/replyreason.h"

#include <QSet>
#include <QTest>

using namespace Mailgauge;
using namespace Qt::StringLiterals;
using Smtp::Stage;

class TestExplainProvider final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void fileIsWhole();
    void hosts_data();
    void hosts();
    void greetings_data();
    void greetings();
    void names();
    void entries_data();
    void entries();
    void everyEntryHasARow();
    void withoutTheProvider_data();
    void withoutTheProvider();
    void anotherProvidersCodeIsNotTheirs();
    void signatureWins();
};

namespace {

/// A reply as it was seen, and the entry that must explain it.
struct Row {
    const char *name;
    const char *provider; ///< Whose server; empty: the text alone tells.
    int code;
    QByteArray text;
    Stage stage;
    QByteArray id;
    QByteArray reason;
};

const QList<Row> &rows()
{
    static const QList<Row> all {
        {"Google DMARC", "google", 550,
            "5.7.26 Unauthenticated email from x.example is not accepted due to domain's DMARC "
            "policy. Please contact the administrator of x.example domain if this was a "
            "legitimate mail. To learn about the DMARC initiative, go to "
            "https://support.google.com/mail/?p=DmarcRejection a1-2002si1.3 - gsmtp",
            Stage::Dot, "reply.google.dmarc", "authFailure"},
        {"Google unauthenticated", "google", 550,
            "5.7.26 This mail has been blocked because the sender is unauthenticated. Gmail "
            "requires all senders to authenticate with either SPF or DKIM. Authentication "
            "results: DKIM = did not pass SPF [relay3.example.com] with ip: [192.0.2.22] = did "
            "not pass - gsmtp",
            Stage::Dot, "reply.google.unauthenticated", "authFailure"},
        {"Google SPF", "google", 421,
            "4.7.27 Your email has been rate limited because SPF authentication didn't pass for "
            "this message. - gsmtp",
            Stage::Dot, "reply.google.spf", "authFailure"},
        {"Google DKIM", "google", 550,
            "5.7.30 Your email has been blocked because DKIM authentication didn't pass for this "
            "message. - gsmtp",
            Stage::Dot, "reply.google.dkim", "authFailure"},
        {"Google alignment", "google", 421,
            "4.7.32 Your email has been rate limited because the From: header (RFC5322) in this "
            "message isn't aligned with either the authenticated SPF or DKIM organizational "
            "domain. - gsmtp",
            Stage::Dot, "reply.google.alignment", "authFailure"},
        {"Google PTR", "google", 550,
            "5.7.25 [192.0.2.202] The IP address sending this message does not have a PTR record "
            "setup, or the corresponding forward DNS entry does not point to the sending IP. As a "
            "policy, Gmail does not accept messages from IPs with missing PTR records. - gsmtp",
            Stage::Dot, "reply.google.ptr", "reverseDns"},
        {"Google without TLS", "google", 421,
            "4.7.29 Your email has been rate limited because this message wasn't sent over a TLS "
            "connection. - gsmtp",
            Stage::Dot, "reply.google.tls", "tlsRequired"},
        {"Google unusual rate", "google", 421,
            "4.7.28 Gmail has detected an unusual rate of unsolicited mail originating from your "
            "DKIM domain [x.example 15]. To protect our users from spam, mail sent from your "
            "domain has been temporarily rate limited. - gsmtp",
            Stage::Dot, "reply.google.unusualRate", "rateLimited"},
        {"Google unusual rate, the older code", "google", 421,
            "4.7.0 [192.0.2.1 15] Our system has detected an unusual rate of unsolicited mail "
            "originating from your IP address. To protect our users from spam, mail sent from "
            "your IP address has been temporarily rate limited.",
            Stage::Dot, "reply.google.unusualRate", "rateLimited"},
        {"Google blocked for its rate", "google", 550,
            "5.7.1 [192.0.2.1] Our system has detected an unusual rate of unsolicited mail "
            "originating from your IP address. To protect our users from spam, mail sent from "
            "your IP address has been blocked. - gsmtp",
            Stage::Dot, "reply.google.blockedRate", "spam"},
        {"Google mailbox too busy", "google", 550,
            "5.2.1 The user you are trying to contact is receiving mail at a rate that prevents "
            "additional messages from being delivered. - gsmtp",
            Stage::Rcpt, "reply.google.receivingRate", "rateLimited"},
        {"Google account disabled", "google", 550,
            "5.2.1 The email account that you tried to reach is disabled. - gsmtp", Stage::Rcpt,
            "reply.google.disabled", "suspended"},
        {"Google no such user", "google", 550,
            "5.1.1 The email account that you tried to reach does not exist. Please try "
            "double-checking the recipient's email address for typos or unnecessary spaces. "
            "Learn more at https://support.google.com/mail/?p=NoSuchUser y3si675602plr.1 - gsmtp",
            Stage::Rcpt, "reply.google.userUnknown", "userUnknown"},
        {"Google reputation", "google", 550,
            "5.7.1 [192.0.2.22 18] Our system has detected that this message is likely suspicious "
            "due to the very low reputation of the sending IP address. To best protect our users "
            "from spam, the message has been blocked.",
            Stage::Dot, "reply.google.lowReputation", "badReputation"},
        {"Google unsolicited", "google", 550,
            "5.7.1 [192.0.2.22 12] Our system has detected that this message is likely "
            "unsolicited mail. To reduce the amount of spam sent to Gmail, this message has been "
            "blocked. - gsmtp",
            Stage::Dot, "reply.google.unsolicited", "spam"},
        {"Google Workspace rule", "google", 550,
            "5.7.1 This message violates example.com email policy. - gcdp "
            "a1-2002si1 - gsmtp",
            Stage::Dot, "reply.google.domainRule", "policy"},
        {"Google attachment", "google", 552,
            "5.7.0 This message was blocked because its content presents a potential security "
            "issue. Please visit https://support.google.com/mail/?p=BlockedMessage to review our "
            "message content and attachment content guidelines. - gsmtp",
            Stage::Dot, "reply.google.attachment", "policy"},
        {"Google app password", "google", 534,
            "5.7.9 Application-specific password required. - gsmtp", Stage::Auth,
            "reply.google.appPassword", "authWeak"},
        {"Google bad login", "google", 535,
            "5.7.8 Username and Password not accepted. For more information, go to "
            "https://support.google.com/mail/?p=BadCredentials a1-2002 - gsmtp",
            Stage::Auth, "reply.google.badCredentials", "wrongPassword"},
        {"Google sending limit", "google", 550,
            "5.4.5 Daily user sending limit exceeded. For more information on Gmail sending "
            "limits go to https://support.google.com/a/answer/166852 - gsmtp",
            Stage::Dot, "reply.google.relayLimit", "rateLimited"},
        {"Google relay", "google", 550,
            "5.7.1 Invalid credentials for relay [192.0.2.1]. The IP address you've registered "
            "in your G Suite SMTP Relay service doesn't match the domain of the account this "
            "email is being sent from. - gsmtp",
            Stage::Mail, "reply.google.relayDenied", "relayDenied"},

        {"Microsoft SMTP AUTH off", "", 535,
            "5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the "
            "Tenant. Visit https://aka.ms/smtp_auth_disabled for more information. "
            "[FR0P281CA0123.DEUP281.PROD.OUTLOOK.COM 2025-11-22T10:00:00.000Z 08DE]",
            Stage::Auth, "reply.microsoft.smtpAuthDisabled", "wrongPassword"},
        {"Microsoft basic authentication off", "", 535,
            "5.7.139 Authentication unsuccessful, basic authentication is disabled. "
            "[FR0P281CA0123.DEUP281.PROD.OUTLOOK.COM]",
            Stage::Auth, "reply.microsoft.basicAuthDisabled", "wrongPassword"},
        {"Microsoft security defaults", "", 535,
            "5.7.139 Authentication unsuccessful, user is locked by your organization's security "
            "defaults policy. Contact your administrator.",
            Stage::Auth, "reply.microsoft.basicAuthDisabled", "wrongPassword"},
        {"Microsoft AADSTS", "", 535,
            "5.7.3 Authentication unsuccessful AADSTS50126: Error validating credentials due to "
            "invalid username or password.",
            Stage::Auth, "reply.microsoft.aadsts", "wrongPassword"},
        {"Microsoft bad login", "microsoft", 535, "5.7.3 Authentication unsuccessful", Stage::Auth,
            "reply.microsoft.badCredentials", "wrongPassword"},
        {"Microsoft 5.7.57", "microsoft", 530,
            "5.7.57 Client not authenticated to send mail. "
            "[LO2P123CA0001.GBRP123.PROD.OUTLOOK.COM]",
            Stage::Mail, "reply.microsoft.anonymous", "authRequired"},
        {"Microsoft 5.7.57, anonymous", "", 530,
            "5.7.57 SMTP; Client was not authenticated to send anonymous mail during MAIL FROM",
            Stage::Mail, "reply.microsoft.anonymous", "authRequired"},
        {"Microsoft SendAsDenied", "", 554,
            "5.2.252 SendAsDenied; a@x.example not allowed to send as b@x.example; "
            "STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied",
            Stage::Dot, "reply.microsoft.sendAs", "senderRejected"},
        {"Microsoft concurrent sessions", "microsoft", 432,
            "4.3.2 Concurrent connections limit exceeded. Visit "
            "https://aka.ms/concurrent_sending for more information.",
            Stage::Dot, "reply.microsoft.concurrent", "tooManyConnections"},
        {"Microsoft sending limit", "microsoft", 550,
            "5.1.90 Your message can't be sent because you've reached your daily limit for "
            "message recipients",
            Stage::Dot, "reply.microsoft.sendingLimit", "rateLimited"},
        {"Microsoft S3140", "", 550,
            "5.7.1 Unfortunately, messages from [192.0.2.44] weren't sent. Please contact your "
            "Internet service provider since part of their network is on our block list (S3140). "
            "You can also refer your provider to "
            "http://mail.live.com/mail/troubleshooting.aspx#errors. "
            "[DM6NAM12FT056.eop-nam12.prod.protection.outlook.com]",
            Stage::Mail, "reply.microsoft.blockList", "blocklisted"},
        {"Microsoft S3150", "", 550,
            "5.7.1 Unfortunately, messages from [192.0.2.44] weren't sent. Please contact your "
            "Internet service provider since part of their network is on our block list (S3150).",
            Stage::Mail, "reply.microsoft.blockList", "blocklisted"},
        {"Microsoft banned address", "", 550,
            "5.7.606 Access denied, banned sending IP [192.0.2.1]. To request removal from this "
            "list please visit https://sender.office.com/ and follow the directions.",
            Stage::Rcpt, "reply.microsoft.bannedIp", "blocklisted"},
        {"Microsoft banned sender", "", 550,
            "5.7.511 Access denied, banned sender[192.0.2.1]. To request removal from this list "
            "please forward this message to delist@messaging.microsoft.com.",
            Stage::Rcpt, "reply.microsoft.bannedSender", "blocklisted"},
        {"Microsoft 5.7.708", "microsoft", 550,
            "5.7.708 Service unavailable. Access denied, traffic not accepted from this IP.",
            Stage::Dot, "reply.microsoft.lowReputation", "blocklisted"},
        {"Microsoft 4.7.650", "microsoft", 451,
            "4.7.650 The mail server [192.0.2.1] has been temporarily rate limited due to IP "
            "reputation. For e-mail delivery information, see "
            "https://postmaster.live.com (S775)",
            Stage::Mail, "reply.microsoft.reputationLimit", "rateLimited"},
        {"Microsoft busy", "microsoft", 451,
            "4.7.500 Server busy. Please try again later from [192.0.2.1]. (AS77713291)",
            Stage::Rcpt, "reply.microsoft.greyTraffic", "rateLimited"},
        {"Microsoft 5.7.515", "", 550,
            "5.7.515 Access denied, sending domain X.EXAMPLE does not meet the required "
            "authentication level. The sender's domain in the 5322.From address doesn't meet the "
            "authentication requirements defined for the sender.",
            Stage::Dot, "reply.microsoft.domainAuth", "authFailure"},
        {"Microsoft DMARC", "microsoft", 550,
            "5.7.509 Access denied, sending domain x.example does not pass DMARC verification and "
            "has a DMARC policy of reject.",
            Stage::Dot, "reply.microsoft.dmarc", "authFailure"},
        {"Microsoft 5.7.64", "", 550,
            "5.7.64 TenantAttribution; Relay Access Denied "
            "[AM6EUR05FT048.eop-eur05.prod.protection.outlook.com]",
            Stage::Rcpt, "reply.microsoft.connector", "relayDenied"},
        {"Microsoft 5.4.1", "", 550,
            "5.4.1 Recipient address rejected: Access denied. AS(201806281) "
            "[DB5EUR03FT036.eop-EUR03.prod.protection.outlook.com]",
            Stage::Rcpt, "reply.microsoft.edgeBlock", "userUnknown"},
        {"Microsoft no such user", "microsoft", 550,
            "5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
            Stage::Dot, "reply.microsoft.userUnknown", "userUnknown"},
        {"Microsoft closed group", "microsoft", 550,
            "5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required; "
            "Delivery restriction check failed because the sender was not authenticated when "
            "sending to this group",
            Stage::Dot, "reply.microsoft.restricted", "authRequired"},
        {"Microsoft mail flow rule", "", 550,
            "5.7.1 TRANSPORT.RULES.RejectMessage; the message was rejected by organization policy",
            Stage::Dot, "reply.microsoft.transportRule", "policy"},

        {"Yahoo TSS04", "", 421,
            "4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume "
            "or user complaints - 4.16.55.1; see https://postmaster.yahooinc.com/error-codes",
            Stage::Mail, "reply.yahoo.tss04", "rateLimited"},
        {"Yahoo TSS09", "", 421,
            "4.7.1 [TSS09] All messages from 192.0.2.1 will be permanently deferred; Retrying "
            "will NOT succeed. See https://postmaster.yahooinc.com/error-codes",
            Stage::Mail, "reply.yahoo.permanentlyDeferred", "badReputation"},
        {"Yahoo TS01", "", 421,
            "4.7.0 [TS01] Messages from 192.0.2.1 temporarily deferred due to user complaints - "
            "4.16.55",
            Stage::Greeting, "reply.yahoo.deferred", "rateLimited"},
        {"Yahoo BL21", "", 553,
            "5.7.1 [BL21] Connections will not be accepted from 192.0.2.1, because the ip is in "
            "Spamhaus's list; see http://postmaster.yahoo.com/550-bl23.html",
            Stage::Greeting, "reply.yahoo.blocked", "blocklisted"},
        {"Yahoo 5.7.9", "yahoo", 554,
            "5.7.9 Message not accepted for policy reasons. See "
            "https://postmaster.yahooinc.com/error-codes",
            Stage::Dot, "reply.yahoo.policy", "policy"},
        {"Yahoo no such user", "yahoo", 554,
            "delivery error: dd This user doesn't have a yahoo.com account (a@yahoo.com) [0] - "
            "mta1.mail.bf1.yahoo.com",
            Stage::Dot, "reply.yahoo.userUnknown", "userUnknown"},

        {"Apple CS01", "", 550,
            "5.7.1 [CS01] Message rejected due to local policy. Please visit "
            "https://support.apple.com/en-us/HT204137",
            Stage::Dot, "reply.apple.filter", "spam"},
        {"Apple HM08", "", 554,
            "5.7.1 [HM08] Message rejected due to local policy. Please visit "
            "https://support.apple.com/en-us/HT204137",
            Stage::Dot, "reply.apple.filter", "spam"},
        {"Apple volume", "apple", 421,
            "4.7.1 Messages to a@icloud.com deferred due to excessive volume. Try again later - "
            "https://support.apple.com/en-us/HT204137",
            Stage::Rcpt, "reply.apple.volume", "rateLimited"},
        {"Apple private relay", "", 550,
            "5.1.1 <bounce+b53c9e=6qj4xaisn4k=privaterelay.appleid.com@test.x.example>: "
            "unauthorized sender",
            Stage::Mail, "reply.apple.hideMyEmail", "senderRejected"},
        {"Apple private relay by its host", "apple", 550,
            "5.1.1 <news@x.example>: unauthorized sender", Stage::Mail, "reply.apple.hideMyEmail",
            "senderRejected"},
        {"Apple rule", "apple", 550,
            "5.7.1 Message rejected due to local policy. Please visit "
            "https://support.apple.com/en-us/HT204137",
            Stage::Dot, "reply.apple.policy", "policy"},

        {"SES not verified", "", 554,
            "Message rejected: Email address is not verified. The following identities failed the "
            "check in region EU-WEST-1: a@x.example",
            Stage::Dot, "reply.ses.notVerified", "relayDenied"},
        {"SES rate", "", 454, "Throttling failure: Maximum sending rate exceeded.", Stage::Dot,
            "reply.ses.rate", "rateLimited"},
        {"SES quota", "", 454, "Throttling failure: Daily message quota exceeded.", Stage::Dot,
            "reply.ses.quota", "rateLimited"},
        {"SES access", "", 554,
            "Access denied: User `arn:aws:iam::123456789012:user/x' is not authorized to perform "
            "`ses:SendRawEmail' on resource `arn:aws:ses:eu-west-1:1:identity/x.example'",
            Stage::Dot, "reply.ses.accessDenied", "securityError"},
        {"SES login", "ses", 535, "Authentication Credentials Invalid", Stage::Auth,
            "reply.ses.credentials", "wrongPassword"},
        {"SES paused", "ses", 554,
            "Message rejected: Sending paused for this account. For more information, please "
            "check the inbox of the email address associated with your AWS account.",
            Stage::Dot, "reply.ses.paused", "policy"},
        {"SES connections", "ses", 421, "Too many concurrent SMTP connections; please try later.",
            Stage::Greeting, "reply.ses.connections", "tooManyConnections"},

        {"SendGrid identity", "", 550,
            "The from address does not match a verified Sender Identity. Mail cannot be sent "
            "until this error is resolved. Visit "
            "https://sendgrid.com/docs/for-developers/sending-email/sender-identity/ to see the "
            "Sender Identity requirements",
            Stage::Dot, "reply.sendgrid.identity", "senderRejected"},
        {"SendGrid credits", "", 451, "Authentication failed: Maximum credits exceeded",
            Stage::Auth, "reply.sendgrid.credits", "rateLimited"},
        {"SendGrid hourly", "sendgrid", 452, "Too many recipients received this hour (throttled)",
            Stage::Rcpt, "reply.sendgrid.recipients", "rateLimited"},
        {"SendGrid key", "sendgrid", 535,
            "Authentication failed: The provided authorization grant is invalid, expired, or "
            "revoked",
            Stage::Auth, "reply.sendgrid.apiKey", "wrongPassword"},
        {"SendGrid login", "sendgrid", 550, "Unauthenticated senders not allowed", Stage::Mail,
            "reply.sendgrid.unauthenticated", "authRequired"},

        {"Mailgun sandbox", "", 421,
            "Sandbox subdomains are for test purposes only. Please add your own domain or add the "
            "address to authorized recipients in domain settings.",
            Stage::Dot, "reply.mailgun.sandbox", "policy"},
        {"Mailgun disabled", "mailgun", 421,
            "Domain mg.x.example is not allowed to send: Please activate your Mailgun account.",
            Stage::Dot, "reply.mailgun.disabled", "policy"},
        {"Mailgun login", "mailgun", 535, "5.7.8 Sorry.", Stage::Auth, "reply.mailgun.credentials",
            "wrongPassword"},
        {"Mailjet sender", "mailjet", 550, "Sender not allowed", Stage::Mail,
            "reply.mailjet.sender", "senderRejected"},
        {"Postmark sender", "postmark", 550,
            "5.7.1 The 'From' address you supplied (a@x.example) is not a Sender Signature on your "
            "account.",
            Stage::Dot, "reply.postmark.sender", "senderRejected"},
        {"Postmark inactive", "postmark", 550,
            "5.1.1 You tried to send to a recipient that has been marked as inactive.", Stage::Dot,
            "reply.postmark.inactive", "suppressed"},

        {"Spamhaus PBL", "", 550,
            "5.7.1 Service unavailable; client [192.0.2.1] blocked using zen.spamhaus.org; "
            "https://www.spamhaus.org/pbl/query/PBL000001",
            Stage::Rcpt, "reply.list.spamhausPolicy", "blocklisted"},
        {"Spamhaus DBL", "", 550,
            "5.7.1 Your email was rejected due to having a domain present in the Spamhaus DBL -- "
            "see https://www.spamhaus.org/dbl/",
            Stage::Dot, "reply.list.spamhausDomain", "blocklisted"},
        {"Spamhaus misread", "", 554,
            "5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org; "
            "Error: open resolver; https://check.spamhaus.org/returnc/pub/192.0.2.53/",
            Stage::Rcpt, "reply.list.spamhausResolver", "systemError"},
        {"Spamhaus", "", 554,
            "5.7.1 Service unavailable; Client host [192.0.2.1] blocked using sbl.spamhaus.org; "
            "https://www.spamhaus.org/sbl/query/SBL1",
            Stage::Rcpt, "reply.list.spamhaus", "blocklisted"},
        {"SpamCop", "", 554,
            "5.7.1 Service unavailable; Client host [192.0.2.1] blocked using bl.spamcop.net; "
            "Blocked - see https://www.spamcop.net/bl.shtml?192.0.2.1",
            Stage::Rcpt, "reply.list.spamcop", "blocklisted"},
        {"Barracuda list", "", 554,
            "5.7.1 Service unavailable; Client host [192.0.2.1] blocked using "
            "b.barracudacentral.org; "
            "http://www.barracudanetworks.com/reputation/?pr=1&ip=192.0.2.1",
            Stage::Rcpt, "reply.barracuda.list", "blocklisted"},
        {"Barracuda filter", "barracuda", 550,
            "permanent failure for one or more recipients (a@x.example:blocked)", Stage::Dot,
            "reply.barracuda.policy", "spam"},
        {"Proofpoint list", "", 554,
            "Blocked - see https://support.proofpoint.com/dnsbl-lookup.cgi?ip=192.0.2.225",
            Stage::Greeting, "reply.proofpoint.list", "blocklisted"},
        {"Proofpoint rule", "proofpoint", 550, "5.7.0 Local Policy Violation", Stage::Dot,
            "reply.proofpoint.policy", "policy"},
        {"Cloudmark", "", 550,
            "5.7.1 Connection refused. Your IP has a poor reputation; see "
            "https://csi.cloudmark.com/en/reset/?ip=192.0.2.1",
            Stage::Greeting, "reply.cloudmark.list", "blocklisted"},
        {"Mimecast", "", 550,
            "Rejected by header based Anti-Spoofing policy: a@x.example - "
            "https://community.mimecast.com/docs/DOC-1369#550 [abc.de12]",
            Stage::Dot, "reply.mimecast.refused", "policy"},
        {"GMX", "gmx", 554,
            "gmx.net (mxgmx104) Nemesis ESMTP Service not available No SMTP service IP address is "
            "block listed. For explanation visit https://postmaster.gmx.net/en/error-messages",
            Stage::Greeting, "reply.gmx.refused", "blocklisted"},
        {"T-Online", "", 554,
            "IP=192.0.2.1 - A problem occurred. (Ask your postmaster for help or to contact "
            "tosa@rx.t-online.de to clarify.)",
            Stage::Greeting, "reply.tonline.notRegistered", "blocklisted"},
        {"Comcast", "comcast", 554,
            "resimta-h1p-037591.sys.comcast.net 192.0.2.1 found on one or more DNSBLs, see "
            "http://postmaster.comcast.net/smtp-error-codes.php#BL000001",
            Stage::Greeting, "reply.comcast.blocked", "blocklisted"},
    };
    return all;
}

Smtp::Reply replyOf(const Row &row)
{
    return {.code = row.code, .lines = {row.text}};
}

} // namespace

void TestExplainProvider::fileIsWhole()
{
    QSet<QByteArray> ids;
    for (const Explain::Provider &one : Explain::providers()) {
        QVERIFY2(
            !one.id.isEmpty() && !one.name.isEmpty() && !one.hosts.isEmpty(), one.id.constData());
        QVERIFY2(!ids.contains(one.id), one.id.constData());
        QVERIFY2(!one.signature || one.signature->isValid(), one.id.constData());
        for (const QByteArray &host : one.hosts)
            QVERIFY2(host == host.toLower() && host.contains('.'), host.constData());
        ids.insert(one.id);
    }
    QVERIFY(!ids.isEmpty());
    QSet<QByteArray> used;
    for (const Explain::Entry &entry : Explain::knowledge().providers.entries) {
        QVERIFY2(entry.id.startsWith("reply.") && !entry.reason.isEmpty(), entry.id.constData());
        QVERIFY2(!entry.cause.isEmpty() && !entry.who.isEmpty() && !entry.nextStep.isEmpty(),
            entry.id.constData());
        // What tells the provider by itself has to be a text.
        QVERIFY2(
            entry.match || (!entry.anywhere && !entry.providers.isEmpty()), entry.id.constData());
        for (const QByteArray &provider : entry.providers) {
            QVERIFY2(ids.contains(provider), entry.id.constData());
            used.insert(provider);
        }
    }
    QCOMPARE(used, ids);
}

void TestExplainProvider::hosts_data()
{
    QTest::addColumn<QByteArray>("host");
    QTest::addColumn<QByteArray>("provider");
    const auto row = [](const char *host, const char *provider) {
        QTest::newRow(host) << QByteArray(host) << QByteArray(provider);
    };
    row("aspmx.l.google.com", "google");
    row("gmail-smtp-in.l.google.com", "google");
    row("alt4.aspmx.l.googlemail.com.", "google");
    row("SMTP-relay.GMAIL.com", "google");
    row("x-example.mail.protection.outlook.com", "microsoft");
    row("hotmail-com.olc.protection.outlook.com", "microsoft");
    row("x-example.a-v1.mx.microsoft", "microsoft");
    row("smtp.office365.com", "microsoft");
    row("mta5.am0.yahoodns.net", "yahoo");
    row("mx01.mail.icloud.com", "apple");
    row("smtp3.privaterelay.appleid.com", "apple");
    row("email-smtp.eu-west-1.amazonaws.com", "ses");
    row("feedback-smtp.us-east-1.amazonses.com", "ses");
    row("inbound-smtp.us-west-2.amazonaws.com", "ses");
    // Anybody's machine in Amazon's cloud.
    row("ec2-192-0-2-1.compute-1.amazonaws.com", "");
    row("smtp.sendgrid.net", "sendgrid");
    row("smtp.eu.mailgun.org", "mailgun");
    row("mxa-00000001.gslb.pphosted.com", "proofpoint");
    row("d1.a.ess.barracudanetworks.com", "barracuda");
    row("eu-smtp-inbound-1.mimecast.com", "mimecast");
    row("mx00.gmx.net", "gmx");
    row("notgoogle.com", "");
    row("google.com.example", "");
    row("mx.x.example", "");
    row("192.0.2.1", "");
    row("localhost", "");
    row("", "");
    row(".", "");
}

void TestExplainProvider::hosts()
{
    QFETCH(QByteArray, host);
    QTEST(Explain::providerOfHost(host), "provider");
    QTEST(Explain::providerOf(QString::fromLatin1(host), "mx ESMTP"), "provider");
}

void TestExplainProvider::greetings_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<QByteArray>("greeting");
    QTest::addColumn<QByteArray>("provider");
    QTest::newRow("the greeting's name")
        << u"192.0.2.1"_s
        << "BN1PEPF0000468D.mail.protection.outlook.com Microsoft ESMTP MAIL Service ready"_ba
        << "microsoft"_ba;
    QTest::newRow("the greeting's signature")
        << u"mx.x.example"_s << "smtp ESMTP 5b1f17b1804b1-47 - gsmtp"_ba << "google"_ba;
    QTest::newRow("the host first") << u"smtp.sendgrid.net"_s << "SG ESMTP service ready"_ba
                                    << "sendgrid"_ba;
    QTest::newRow("nobody") << u"mx.x.example"_s << "mx.x.example ESMTP Postfix"_ba << ""_ba;
    QTest::newRow("Exchange of one's own")
        << u"mx.x.example"_s << "mx.x.example Microsoft ESMTP MAIL Service ready"_ba << ""_ba;
    QTest::newRow("no greeting yet") << u"mx.x.example"_s << ""_ba << ""_ba;
}

void TestExplainProvider::greetings()
{
    QFETCH(QString, host);
    QFETCH(QByteArray, greeting);
    QTEST(Explain::providerOf(host, greeting), "provider");
}

void TestExplainProvider::names()
{
    QCOMPARE(Explain::findProvider(u"google"_s)->id, "google"_ba);
    QCOMPARE(Explain::findProvider(u"Amazon ses"_s)->id, "ses"_ba);
    QVERIFY(!Explain::findProvider(u"gogle"_s));
    QVERIFY(!Explain::findProvider({}));
}

void TestExplainProvider::entries_data()
{
    QTest::addColumn<qsizetype>("number");
    for (qsizetype i = 0; i < rows().size(); ++i)
        QTest::newRow(rows().at(i).name) << i;
}

void TestExplainProvider::entries()
{
    QFETCH(qsizetype, number);
    const Row &row = rows().at(number);
    const Smtp::Reply reply = replyOf(row);
    const Explain::Explanation e = Explain::explain(reply, row.stage, row.provider);
    QCOMPARE(e.id, row.id);
    QVERIFY2(e.text.contains(u"(%1 "_s.arg(row.code)), qPrintable(e.text));
    const Explain::Entry *entry = Explain::knowledge().providers.find(e.id);
    QVERIFY(entry->providers.isEmpty() || entry->providers.contains(e.provider));
    const Explain::ReplyReason reason = Explain::reasonOf(
        row.code, reply.enhanced(), reply.text(), row.stage, row.provider);
    QCOMPARE(reason.reason, row.reason);
    QVERIFY(reason.rule.endsWith(row.id));
    // Text decides here, never a number that others use for something else.
    if (!*row.provider)
        QVERIFY2(reason.rule.startsWith("text:"), reason.rule.constData());
}

void TestExplainProvider::everyEntryHasARow()
{
    QSet<QByteArray> proved;
    for (const Row &row : rows())
        proved.insert(row.id);
    for (const Explain::Entry &entry : Explain::knowledge().providers.entries)
        QVERIFY2(proved.contains(entry.id), entry.id.constData());
}

void TestExplainProvider::withoutTheProvider_data()
{
    QTest::addColumn<qsizetype>("number");
    for (qsizetype i = 0; i < rows().size(); ++i) {
        if (*rows().at(i).provider)
            QTest::newRow(rows().at(i).name) << i;
    }
}

/// The same words from nobody in particular: what anybody would mean, still with a sentence.
void TestExplainProvider::withoutTheProvider()
{
    QFETCH(qsizetype, number);
    const Row &row = rows().at(number);
    Smtp::Reply reply = replyOf(row);
    reply.lines.first().replace("- gsmtp", "").replace("yahooinc.com", "x.example");
    const Explain::Explanation e = Explain::explain(reply, row.stage);
    QVERIFY(!e.text.isEmpty() && !e.nextStep.isEmpty());
    const Explain::Entry *special = Explain::knowledge().providers.find(e.id);
    QVERIFY2(!special || special->anywhere || special->providers.isEmpty()
            || Explain::providerOfText(QString::fromUtf8(reply.text())) == e.provider,
        e.id.constData());
}

void TestExplainProvider::anotherProvidersCodeIsNotTheirs()
{
    const Smtp::Reply reply {550, {"5.7.25 Not today"_ba}};
    QCOMPARE(Explain::explain(reply, Stage::Dot, "google"_ba).id, "reply.google.ptr"_ba);
    QCOMPARE(Explain::explain(reply, Stage::Dot, "microsoft"_ba).id, "reply.reverseDns"_ba);
    QCOMPARE(Explain::explain(reply, Stage::Dot).id, "reply.reverseDns"_ba);
    const Smtp::Reply limit {550, {"5.1.90 Not today"_ba}};
    QCOMPARE(
        Explain::explain(limit, Stage::Dot, "microsoft"_ba).id, "reply.microsoft.sendingLimit"_ba);
    QVERIFY(Explain::explain(limit, Stage::Dot, "yahoo"_ba).id != "reply.microsoft.sendingLimit");
    // Postfix says the same words by another number.
    const Smtp::Reply postfix {
        554, {"5.7.1 <a@x.example>: Recipient address rejected: Access denied"_ba}};
    QVERIFY(Explain::explain(postfix, Stage::Rcpt).id != "reply.microsoft.edgeBlock");
    // A name that a text only mentions is not the server that speaks.
    const Smtp::Reply mentions {
        550, {"5.1.1 <a@outlook.com>: mail-ej1-f41.google.com may not send here"_ba}};
    QCOMPARE(Explain::explain(mentions, Stage::Rcpt).provider, ""_ba);
}

void TestExplainProvider::signatureWins()
{
    // What a relay hands on was said by somebody else.
    const Smtp::Reply reply {
        550, {"5.1.1 The email account that you tried to reach does not exist. x1si1 - gsmtp"_ba}};
    const Explain::Explanation e = Explain::explain(reply, Stage::Dot, "microsoft"_ba);
    QCOMPARE(e.provider, "google"_ba);
    QCOMPARE(e.id, "reply.google.userUnknown"_ba);
}

QTEST_GUILESS_MAIN(TestExplainProvider)
#include "tst_explain_provider.moc"
