<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>Explain</name>
    <message>
        <source>Google has no such mailbox (%1).</source>
        <comment>reply.google.userUnknown.text</comment>
        <translation>Google kennt dieses Postfach nicht (%1).</translation>
    </message>
    <message>
        <source>Check the address; if it is from your list, take it off now.</source>
        <comment>reply.google.userUnknown.nextStep</comment>
        <translation>Prüfe die Adresse; steht sie auf deiner Liste, nimm sie jetzt herunter.</translation>
    </message>
    <message>
        <source>The server rejected this for good while %3 (%1).</source>
        <comment>reply.rejected.text</comment>
        <translation>Beim %3 hat der Server endgültig abgelehnt (%1).</translation>
    </message>
    <message>
        <source>ending the session (QUIT)</source>
        <comment>word.quit</comment>
        <translation>Beenden der Sitzung (QUIT)</translation>
    </message>
    <message>
        <source>you</source>
        <translation>du</translation>
    </message>
    <message>
        <source>The sessions were with different hosts: %2 first, %3 second.</source>
        <comment>server.host.text</comment>
        <translation>Die Sitzungen hatten verschiedene Hosts: zuerst %2, dann %3.</translation>
    </message>
    <message>
        <source>nothing</source>
        <comment>word.nothing</comment>
        <translation>nichts</translation>
    </message>
</context>
</TS>
