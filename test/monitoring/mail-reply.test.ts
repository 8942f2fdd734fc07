import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type MailReply, type RefusalKind, refusalKindOf } from '../../jobs/monitoring/mail/mail-reply.ts';

type Case = [command: string, reply: string, kind: RefusalKind];

/** Replies as servers give them, at the command they give them to. */
const cases: Case[] = [
  // The name, at once (Exim, Google's relay, Scaleway) or put off to the recipient (Postfix).
  ['EHLO', '550 Access denied - Invalid HELO name (See RFC2821 4.1.1.1)', 'name'],
  ['EHLO', '421-4.7.0 Try again later, closing connection. (EHLO)', 'greeting'],
  ['EHLO', '550 5.7.1 Rejected, see your block list entry', 'host'],
  ['HELO', '501 Syntactically invalid HELO argument(s)', 'name'],
  ['HELO', '501 5.5.4 Invalid argument', 'name'],
  ['RCPT TO', '504 5.5.2 <[127.0.0.1]>: Helo command rejected: need fully-qualified hostname', 'name'],
  ['RCPT TO', '450 4.7.1 <vps1.example>: Helo command rejected: Host not found', 'name'],
  // This host.
  ['CONN', '554 5.7.1 Your address is blocked', 'host'],
  ['RCPT TO', '554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org', 'host'],
  ['RCPT TO', '550 5.7.25 The IP address sending this message does not have a PTR record', 'host'],
  // The account.
  ['AUTH PLAIN', '535 5.7.8 Authentication failed', 'login'],
  ['MAIL FROM', '530 5.7.0 Authentication required', 'login'],
  ['RCPT TO', '550 Authentication required', 'login'],
  ['AUTH PLAIN', '454 4.7.0 Temporary authentication failure', 'busy'],
  ['RCPT TO', '554 5.7.1 <a@example.com>: Relay access denied', 'relay'],
  ['RCPT TO', '454 4.7.1 <a@example.com>: Relay access denied', 'relay'],
  ['RCPT TO', '550 relay not permitted', 'relay'],
  // The sender.
  ['MAIL FROM', '553 5.7.1 Sender address rejected: not owned by user', 'sender'],
  ['RCPT TO', '553 5.7.1 <b@example.com>: Sender address rejected: not owned by user shop', 'sender'],
  ['MAIL FROM', '550 Verification failed', 'sender'],
  ['RCPT TO', '550 5.1.8 Access denied, bad outbound sender', 'sender'],
  ['DATA', '550 5.7.26 This mail has been blocked because the sender is unauthenticated', 'sender'],
  ['DATA', '550 SPF check failed', 'sender'],
  // What the account may send, and room.
  ['RCPT TO', '550 Domain shop.example has exceeded the max emails per hour (101/100 (101%)) allowed', 'quota'],
  ['DATA', '550 Domain shop.example has exceeded the max emails per hour (101/100 (101%)) allowed', 'quota'],
  ['MAIL FROM', '550 5.4.5 Daily user sending limit exceeded', 'quota'],
  ['DATA', '554 5.2.0 Submission quota exceeded', 'quota'],
  ['RCPT TO', '550 User has exceeded outgoing email quota', 'quota'],
  ['DATA', '550 sorry, too many emails (#5.7.1)', 'quota'],
  ['DATA', '454 Throttling failure: Maximum sending rate exceeded', 'quota'],
  ['RCPT TO', '552 5.2.2 exceeded the max emails per hour', 'quota'],
  ['DATA', '452 4.3.1 Domain shop.example has exceeded the max emails per hour', 'quota'],
  ['RCPT TO', '552 5.2.2 Mailbox full', 'mailbox'],
  ['RCPT TO', '452 4.2.2 The recipient is over quota', 'mailbox'],
  ['RCPT TO', '552 Requested mail action aborted: exceeded storage allocation', 'mailbox'],
  ['DATA', '552 Not now', 'mailbox'],
  ['DATA', '452 4.3.1 Insufficient system storage', 'mailbox'],
  // Later.
  ['CONN', '421 4.3.2 Too busy', 'busy'],
  ['RCPT TO', '451 4.7.1 Greylisted, try again later', 'busy'],
  ['RCPT TO', '450 4.1.1 User unknown, for now', 'busy'],
  ['DATA', '451 4.3.0 Temporary lookup failure', 'busy'],
  // The mail at hand, for good.
  ['RCPT TO', '550 5.1.1 <a@example.com>: Recipient address rejected: User unknown', 'recipient'],
  ['RCPT TO', '550-5.1.1 The account does not exist; see https://example.com/sender', 'recipient'],
  ['RCPT TO', '550 No such user here', 'recipient'],
  ['RCPT TO', '550 5.2.1 Mailbox disabled', 'recipient'],
  ['RCPT TO', '550 5.7.1 Not for outsiders', 'recipient'],
  ['MAIL FROM', '552 5.3.4 Message size exceeds fixed limit', 'size'],
  ['DATA', '552 Message size exceeds maximum permitted', 'size'],
  ['DATA', '554 5.7.1 Looks like spam', 'mail'],
  ['DATA', '554 Transaction failed', 'mail'],
];

test('a refusal is about the recipient only when it says so', () => {
  assert.deepEqual(
    cases.map(([command, text]) => {
      const reply: MailReply = { command, code: Number(text.slice(0, 3)), text };
      return [command, text, refusalKindOf(reply)];
    }),
    cases,
  );
});
