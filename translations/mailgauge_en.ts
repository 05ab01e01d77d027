<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>ChecksModel</name>
    <message numerus="yes">
        <source>%1 (and %n more)</source>
        <translation>
            <numerusform>%1 (and %n more)</numerusform>
            <numerusform>%1 (and %n more)</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ComparisonText</name>
    <message numerus="yes">
        <source>%1  + %n line(s)</source>
        <translation>
            <numerusform>%1  + %n line</numerusform>
            <numerusform>%1  + %n lines</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n error(s)</source>
        <translation>
            <numerusform>%n error</numerusform>
            <numerusform>%n errors</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n warning(s)</source>
        <translation>
            <numerusform>%n warning</numerusform>
            <numerusform>%n warnings</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n note(s)</source>
        <translation>
            <numerusform>%n note</numerusform>
            <numerusform>%n notes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>DiagnosisText</name>
    <message numerus="yes">
        <source>%n extension(s)</source>
        <translation>
            <numerusform>%n extension</numerusform>
            <numerusform>%n extensions</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n record(s) that cannot be read</source>
        <translation>
            <numerusform>%n record that cannot be read</numerusform>
            <numerusform>%n records that cannot be read</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Mailgauge::Compose::DraftKeeper</name>
    <message numerus="yes">
        <source>%n more wait(s) behind it.</source>
        <translation>
            <numerusform>%n more waits behind it.</numerusform>
            <numerusform>%n more wait behind it.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Mailgauge::Diagnose::ChainView</name>
    <message numerus="yes">
        <source>until %1, %n day(s) left</source>
        <translation>
            <numerusform>until %1, %n day left</numerusform>
            <numerusform>until %1, %n days left</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Mailgauge::Diagnose::DiagnosePanel</name>
    <message numerus="yes">
        <source>%n error(s)</source>
        <translation>
            <numerusform>%n error</numerusform>
            <numerusform>%n errors</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n warning(s)</source>
        <translation>
            <numerusform>%n warning</numerusform>
            <numerusform>%n warnings</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Mailgauge::Diagnose::FindingsView</name>
    <message numerus="yes">
        <source>%n finding(s)</source>
        <translation>
            <numerusform>%n finding</numerusform>
            <numerusform>%n findings</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Mailgauge::Gui::LibraryKeeper</name>
    <message numerus="yes">
        <source>%n session(s) older than %1</source>
        <translation>
            <numerusform>%n session older than %1</numerusform>
            <numerusform>%n sessions older than %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n day(s)</source>
        <translation>
            <numerusform>%n day</numerusform>
            <numerusform>%n days</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n of the oldest session(s), because the store used more than %1</source>
        <translation>
            <numerusform>the oldest session, because the store used more than %1</numerusform>
            <numerusform>the %n oldest sessions, because the store used more than %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n deleted session(s) whose time in the bin was over</source>
        <translation>
            <numerusform>%n deleted session whose time in the bin was over</numerusform>
            <numerusform>%n deleted sessions whose time in the bin was over</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n deleted session(s) before their time in the bin was over, because the store used more than %1</source>
        <translation>
            <numerusform>%n deleted session before its time in the bin was over, because the store used more than %1</numerusform>
            <numerusform>%n deleted sessions before their time in the bin was over, because the store used more than %1</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Mailgauge::Gui::OutcomeNews</name>
    <message numerus="yes">
        <source>Accepted for %n recipient(s) by %1.</source>
        <translation>
            <numerusform>Accepted for %n recipient by %1.</numerusform>
            <numerusform>Accepted for %n recipients by %1.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Accepted for %1 of %n recipient(s) by %2.</source>
        <translation>
            <numerusform>Accepted for %1 of %n recipient by %2.</numerusform>
            <numerusform>Accepted for %1 of %n recipients by %2.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>And %n more, all under Sessions.</source>
        <translation>
            <numerusform>And %n more, all under Sessions.</numerusform>
            <numerusform>And %n more, all under Sessions.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Mailgauge::Gui::Workbench</name>
    <message numerus="yes">
        <source>%n relay profile(s) hold changes that are not saved.</source>
        <translation>
            <numerusform>%n relay profile holds changes that are not saved.</numerusform>
            <numerusform>%n relay profiles hold changes that are not saved.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n session(s) of %1 were not imported: %2</source>
        <translation>
            <numerusform>One session of %1 was not imported: %2</numerusform>
            <numerusform>%n sessions of %1 were not imported: %2</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n session(s) imported, read as %1.</source>
        <translation>
            <numerusform>%n session imported, read as %1.</numerusform>
            <numerusform>%n sessions imported, read as %1.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The last run ended while %n recipient(s) waited for the final reply: they are uncertain, and nothing is sent again by itself.</source>
        <translation>
            <numerusform>The last run ended while %n recipient waited for the final reply: it is uncertain, and nothing is sent again by itself.</numerusform>
            <numerusform>The last run ended while %n recipients waited for the final reply: they are uncertain, and nothing is sent again by itself.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 is diagnosed: %n error(s) found.</source>
        <translation>
            <numerusform>%1 is diagnosed: %n error found.</numerusform>
            <numerusform>%1 is diagnosed: %n errors found.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Mailgauge::Models::SessionsModel</name>
    <message numerus="yes">
        <source>%n recipient(s)</source>
        <translation>
            <numerusform>%n recipient</numerusform>
            <numerusform>%n recipients</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Mailgauge::Models::TranscriptModel</name>
    <message numerus="yes">
        <source>message data, %L1 bytes, in %Ln piece(s)</source>
        <translation>
            <numerusform>message data, %L1 bytes, in %Ln piece</numerusform>
            <numerusform>message data, %L1 bytes, in %Ln pieces</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>message data, %L1 bytes, %Ln line(s)</source>
        <translation>
            <numerusform>message data, %L1 bytes, %Ln line</numerusform>
            <numerusform>message data, %L1 bytes, %Ln lines</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Mailgauge::Relays::RelaysPanel</name>
    <message numerus="yes">
        <source>%n profile(s) imported. Passwords are not in such files.</source>
        <translation>
            <numerusform>%n profile imported. Passwords are not in such files.</numerusform>
            <numerusform>%n profiles imported. Passwords are not in such files.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n profile(s) exported, without passwords.</source>
        <translation>
            <numerusform>%n profile exported, without passwords.</numerusform>
            <numerusform>%n profiles exported, without passwords.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Mailgauge::Relays::RouteSection</name>
    <message numerus="yes">
        <source>%n fixed address(es)</source>
        <translation>
            <numerusform>%n fixed address</numerusform>
            <numerusform>%n fixed addresses</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Mailgauge::Sandbox::SandboxPanel</name>
    <message numerus="yes">
        <source>%n message(s) deleted.</source>
        <translation>
            <numerusform>%n message deleted.</numerusform>
            <numerusform>%n messages deleted.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 open, %n session(s) in all</source>
        <translation>
            <numerusform>%1 open, %n session in all</numerusform>
            <numerusform>%1 open, %n sessions in all</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Mailgauge::Sessions::BinBar</name>
    <message numerus="yes">
        <source>Deleted sessions. Each is removed for good %n day(s) after it was deleted.</source>
        <translation>
            <numerusform>Deleted sessions. Each is removed for good one day after it was deleted.</numerusform>
            <numerusform>Deleted sessions. Each is removed for good %n days after it was deleted.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Mailgauge::Sessions::ImportDialog</name>
    <message numerus="yes">
        <source>%n session(s)</source>
        <translation>
            <numerusform>%n session</numerusform>
            <numerusform>%n sessions</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Mailgauge::Sessions::KeepDialog</name>
    <message numerus="yes">
        <source>day(s)</source>
        <translation>
            <numerusform>day</numerusform>
            <numerusform>days</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n session(s) are old enough.</source>
        <translation>
            <numerusform>One session is old enough.</numerusform>
            <numerusform>%n sessions are old enough.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>At least %n session(s) are old enough.</source>
        <translation>
            <numerusform>At least one session is old enough.</numerusform>
            <numerusform>At least %n sessions are old enough.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Mailgauge::Sessions::SessionsPanel</name>
    <message numerus="yes">
        <source>%n session(s) had been deleted before.</source>
        <translation>
            <numerusform>%n session had been deleted before.</numerusform>
            <numerusform>%n sessions had been deleted before.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n session(s) could not be brought back: the bin has them no more.</source>
        <translation>
            <numerusform>%n session could not be brought back: the bin has it no more.</numerusform>
            <numerusform>%n sessions could not be brought back: the bin has them no more.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n deleted session(s) removed for good.</source>
        <translation>
            <numerusform>%n deleted session removed for good.</numerusform>
            <numerusform>%n deleted sessions removed for good.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n session(s)</source>
        <translation>
            <numerusform>%n session</numerusform>
            <numerusform>%n sessions</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n session(s) deleted.</source>
        <translation>
            <numerusform>%n session deleted.</numerusform>
            <numerusform>%n sessions deleted.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n session(s) still run and stay.</source>
        <translation>
            <numerusform>%n session still runs and stays.</numerusform>
            <numerusform>%n sessions still run and stay.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>the newest %n session(s)</source>
        <translation>
            <numerusform>the newest %n session</numerusform>
            <numerusform>the newest %n sessions</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Mailgauge::Sessions::TableDialog</name>
    <message numerus="yes">
        <source>The %n selected session(s)</source>
        <translation>
            <numerusform>The %n selected session</numerusform>
            <numerusform>The %n selected sessions</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Mailgauge::Transcript::FindBar</name>
    <message numerus="yes">
        <source>%Ln match(es)</source>
        <translation>
            <numerusform>%Ln match</numerusform>
            <numerusform>%Ln matches</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Mailgauge::Transcript::LineMarks</name>
    <message numerus="yes">
        <source>and %Ln more</source>
        <translation>
            <numerusform>and %Ln more</numerusform>
            <numerusform>and %Ln more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Mailgauge::Transcript::TranscriptView</name>
    <message numerus="yes">
        <source>Jump to live (%Ln new)</source>
        <translation>
            <numerusform>Jump to live (%Ln new)</numerusform>
            <numerusform>Jump to live (%Ln new)</numerusform>
        </translation>
    </message>
</context>
</TS>
