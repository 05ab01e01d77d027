// SPDX-License-Identifier: GPL-3.0-or-later
#include "batchcommand.h"
#include "bouncecommands.h"
#include "checkcommand.h"
#include "checkoptions.h"
#include "comparecommand.h"
#include "logincommand.h"
#include "profilescommands.h"
#include "replaycommand.h"
#include "sandboxcommand.h"
#include "secretoptions.h"
#include "sendcommand.h"
#include "sessionscommands.h"
#include "sessionsexport.h"
#include "sessionsimport.h"
#include "sessionslist.h"
#include "sessionsmarks.h"

#include <array>

namespace Mailgauge::Cli {

namespace {

QList<OptionSpec> noOptions()
{
    return {};
}

constexpr const char *SendNotes
    = "Stages: resolve connect proxy greeting helo starttls tls auth mail rcpt data content dot "
      "rset\n"
      "quit. Passwords never come on the command line. The exit code is 0 if every recipient was\n"
      "accepted, 79 if some were, 75 deferred, 69 rejected, 80 if nobody knows (the connection "
      "was\n"
      "lost behind the final dot); 64 usage, 65 input, 66 input file, 68 no such host, 74 output,\n"
      "76 protocol, 77 AUTH refused, 78 TLS.";

constexpr const char *BatchNotes
    = "Reads JSON Lines, one operation each, from standard input, and answers each with one line:\n"
      "{\"op\":\"send\",\"server\":\"127.0.0.1:2525\",\"from\":\"a@x\",\"to\":[\"b@y\"],"
      "\"dataBase64\":\"...\",\"tls\":\"none\"}\n"
      "or leads a session step by step: open ehlo starttls auth mail rcpt data rset noop vrfy "
      "expn\n"
      "help command send quit close state, with the session's name as \"session\".";

constexpr const char *CheckRelayNotes
    = "Tries each port over IPv4 and IPv6, in clear, by STARTTLS and by TLS from the first byte, "
      "then asks\nhow the relay behaves, at HOST's port or the first of 25, 587, 465, 2525 that "
      "works. With --mx: each\nmail exchanger of DOMAIN that works, ten at most, one after the "
      "other. Nothing is sent beyond RCPT,\nand nothing logs in, unless the options ask for it. "
      "What a relay puts off by 421 or 4yz is tried\nagain more slowly, and never called missing. "
      "Exit code 0 if nothing worse than "
      "warnings was found, 1 if there are errors.";

constexpr const char *BounceExplainNotes
    = "Says what happened, why, who must act, what to do next, and the RFC. Many providers mean\n"
      "something of their own by a reply; some are recognised by their words, without --provider.";

constexpr const char *LoginNotes
    = "Prints the page to open, and waits for the browser to come back to this machine (PKCE, "
      "loopback). What\nthe provider grants is kept in the keyring or the vault like a password; "
      "whatever logs in with the profile\ntakes an access token from there, refreshed before it "
      "ends. --json prints two lines: {\"url\"}, then\n{\"signedIn\",\"expires\",\"renews\"}.";

} // namespace

std::span<const CommandSpec> allCommands()
{
    static const std::array commands {
        CommandSpec {"send", "", "send one message in one session", sendOptions,
            makeCommand<SendCommand>, SendNotes},
        CommandSpec {"batch", "", "many operations over one pipe of JSON Lines", noOptions,
            makeCommand<BatchCommand>, BatchNotes},
        CommandSpec {"check relay", "[HOST[:PORT]]",
            "diagnose a relay: ports, TLS, AUTH, and how it behaves", checkRelayOptions,
            makeCommand<CheckRelayCommand>, CheckRelayNotes},
        CommandSpec {"profiles list", "", "show the relay profiles", noOptions,
            makeCommand<ProfilesListCommand>},
        CommandSpec {"profiles show", "NAME", "show one profile", noOptions,
            makeCommand<ProfilesShowCommand>},
        CommandSpec {"profiles add", "NAME", "make a profile, or change one", profilesAddOptions,
            makeCommand<ProfilesAddCommand>},
        CommandSpec {"profiles remove", "NAME", "remove a profile and its password", noOptions,
            makeCommand<ProfilesRemoveCommand>},
        CommandSpec {"profiles import", "FILE", "add the profiles of a file; - is standard input",
            noOptions, makeCommand<ProfilesImportCommand>},
        CommandSpec {"profiles export", "[NAME]...", "write profiles, without secrets, as JSON",
            profilesExportOptions, makeCommand<ProfilesExportCommand>},
        CommandSpec {"profiles login", "NAME",
            "sign in by the browser, for a profile with --oauth-client-id", profilesLoginOptions,
            makeCommand<ProfilesLoginCommand>, LoginNotes},
        CommandSpec {"profiles logout", "NAME", "forget what the provider granted", vaultOptions,
            makeCommand<ProfilesLogoutCommand>},
        CommandSpec {"profiles test", "NAME", "try a relay up to AUTH, without a message",
            secretOptions, makeCommand<ProfilesTestCommand>},
        CommandSpec {"sandbox", "", "run the built-in relay until interrupted", sandboxOptions,
            makeCommand<SandboxCommand>},
        CommandSpec {"bounce parse", "PATH...",
            "read delivery reports: files, folders, Maildirs, mboxes, - is standard input",
            noOptions, makeCommand<BounceParseCommand>},
        CommandSpec {"bounce explain", "CODE [ENHANCED] [TEXT]", "say what a reply means",
            bounceExplainOptions, makeCommand<BounceExplainCommand>, BounceExplainNotes},
        CommandSpec {"sessions list", "", "show the sessions that were kept", sessionsListOptions,
            makeCommand<SessionsListCommand>},
        CommandSpec {
            "sessions show", "ID", "show one session", noOptions, makeCommand<SessionsShowCommand>},
        CommandSpec {"sessions export", "ID", "write one session: a transcript or a support bundle",
            sessionsExportOptions, makeCommand<SessionsExportCommand>},
        CommandSpec {"sessions tag", "ID [+TAG|-TAG]...", "add tags to a session, take them away",
            noOptions, makeCommand<SessionsTagCommand>, "", Options::Dashes::Arguments},
        CommandSpec {"sessions note", "ID [TEXT]", "keep a note with a session; '' takes it away",
            noOptions, makeCommand<SessionsNoteCommand>},
        CommandSpec {"sessions delete", "ID...",
            "move sessions to the bin, which the window empties after some time", noOptions,
            makeCommand<SessionsDeleteCommand>},
        CommandSpec {"sessions restore", "ID...", "take sessions out of the bin", noOptions,
            makeCommand<SessionsRestoreCommand>},
        CommandSpec {"sessions import", "FILE...",
            "take sessions from transcripts (.jsonl), bundles (.zip) and what swaks, Postfix, Exim "
            "or openssl wrote; - is standard input",
            sessionsImportOptions, makeCommand<SessionsImportCommand>},
        CommandSpec {"sessions compare", "ID ID", "say what differs between two sessions",
            sessionsCompareOptions, makeCommand<SessionsCompareCommand>,
            "Exit code 0 if nothing that means something differs, 1 if something does."},
        CommandSpec {"sessions replay", "ID",
            "play a session against another relay, or make a scenario of it", sessionsReplayOptions,
            makeCommand<SessionsReplayCommand>,
            "With --profile or --server: the same envelope, message and order of commands; the "
            "exit "
            "code is\nthat of send, and the new session is kept. With --as-scenario: a file that "
            "the "
            "sandbox plays."},
    };
    return commands;
}

} // namespace Mailgauge::Cli
