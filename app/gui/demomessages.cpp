// SPDX-License-Identifier: GPL-3.0-or-later
#include "demomessages.h"

#include "base/literals.h"

namespace Mailgauge::Gui {

namespace {

const QString newsletter = uR"(<!DOCTYPE html>
<html>
<body style="margin:0;background:#eef2f7;font-family:Helvetica,Arial,sans-serif;color:#1f2933">
<table width="100%" cellpadding="0" cellspacing="0"><tr><td align="center" style="padding:24px">
  <table width="560" cellpadding="0" cellspacing="0" style="background:#ffffff;border-radius:8px">
    <tr><td style="background:#2b6cb0;color:#ffffff;padding:24px;font-size:24px;font-weight:bold">Spring in the mountains</td></tr>
    <tr><td style="padding:24px;line-height:1.5">
      <p>Grüß Gott,</p>
      <p>the huts above the tree line open in May. Members book <b>two nights for one</b> until the end of March.</p>
      <p><a href="https://example.org/huts" style="background:#2f9e5b;color:#ffffff;padding:12px 20px;border-radius:4px;text-decoration:none">See the huts</a></p>
      <img src="https://tracker.example.net/open.gif" width="1" height="1" alt="">
    </td></tr>
    <tr><td style="padding:16px 24px;font-size:12px;color:#62707f">You get this because you asked for it. <a href="https://example.org/unsubscribe">Unsubscribe</a></td></tr>
  </table>
</td></tr></table>
</body>
</html>
)"_s;

const QString plain
    = u"Grüß Gott,\n\nthe huts above the tree line open in May. Members book two nights for one\n"
      "until the end of March: https://example.org/huts\n\nUnsubscribe: https://example.org/unsubscribe\n"_s;

} // namespace

QList<QStringList> demoRecipients()
{
    const QList<std::pair<QString, QStringList>> domains {
        {u"alpine.example"_s,
            {u"anna"_s, u"bruno"_s, u"clara"_s, u"david"_s, u"elena"_s, u"felix"_s, u"greta"_s}},
        {u"birch.example"_s,
            {u"hugo"_s, u"ida"_s, u"jonas"_s, u"karla"_s, u"leo"_s, u"mira"_s, u"nils"_s}},
        {u"cedar.example"_s,
            {u"former.olga"_s, u"paul"_s, u"unknown.quinn"_s, u"rosa"_s, u"typo.samm"_s, u"tilda"_s,
                u"uwe"_s}},
        {u"delta.example"_s,
            {u"vera"_s, u"willi"_s, u"xenia"_s, u"yann"_s, u"zoe"_s, u"amir"_s, u"bella"_s}},
        {u"elm.example"_s, {u"carlo"_s, u"dora"_s, u"emil"_s, u"fanny"_s, u"gino"_s, u"hanna"_s}},
        {u"fjord.example"_s, {u"ivar"_s, u"jette"_s, u"knut"_s, u"lene"_s, u"morten"_s, u"nora"_s}},
    };
    QList<QStringList> messages;
    for (const auto &[domain, names] : domains) {
        // fjord decides by message, the others by recipient.
        const qsizetype together = domain == u"fjord.example"_s ? 1 : 4;
        for (qsizetype i = 0; i < names.size(); i += together) {
            QStringList recipients;
            for (const QString &name : names.mid(i, together))
                recipients.append(name + u'@' + domain);
            messages.append(recipients);
        }
    }
    return messages;
}

Delivery::Composition demoComposition(const QStringList &recipients)
{
    Delivery::Composition composition;
    composition.draft.from = u"Bergfreunde <news@bergfreunde.example>"_s;
    composition.draft.to = u"Members <members@bergfreunde.example>"_s;
    composition.draft.subject = u"Spring in the mountains: zwei Nächte, eine zahlen"_s;
    composition.draft.text = plain;
    composition.draft.html = newsletter;
    composition.draft.headers = {{"List-Unsubscribe", u"<https://example.org/unsubscribe>"_s}};
    composition.forwardPaths = recipients.join(u", "_s);
    return composition;
}

} // namespace Mailgauge::Gui
