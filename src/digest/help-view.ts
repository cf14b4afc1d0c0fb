import type { HomeView } from '@slack/types'
import type { Role } from '../model/owner.ts'
import { context, header, section, summary } from '../slack/blocks.ts'
import { zoneInWords } from '../slack/dates.ts'
import type { Message } from '../slack/message.ts'
import { bullets, type Mrkdwn, mrkdwn } from '../slack/mrkdwn.ts'

const FOR_ALL = [
  mrkdwn`*/account* name – how an account stands, what changed, what to do next`,
  mrkdwn`*/account history* name – what happened and what was decided`,
  mrkdwn`*/account refresh* name – look again, now`,
  mrkdwn`*/portfolio* – all your accounts by health`,
  mrkdwn`*/approvals* – what waits for your decision`,
  mrkdwn`*/sergas habits* – how you work with your accounts, as measured`,
  mrkdwn`*/sergas digest now* – today's digest, now`,
  mrkdwn`*/sergas pause* and *resume* – stop and start suggestions to you`,
  mrkdwn`*/sergas status* – whether everything works and how old the data is`,
]

const FOR_MANAGERS = [
  mrkdwn`*/portfolio team* – the accounts of everybody who reports to you`,
  mrkdwn`*/sergas habits @name* – how somebody who reports to you works; they see the same`,
]

const FOR_ADMINS = [
  mrkdwn`*/sergas stop-writes* and *resume-writes* – nothing more is written to Zoho, from this moment; and on again`,
  mrkdwn`*/sergas pause all* and *resume all* – no digest and no review for anyone; and on again`,
  mrkdwn`*/sergas link* – find the Slack users of CRM users anew, by verified e-mail`,
  mrkdwn`*/sergas sync* – read what changed in Zoho, now`,
]

/** `/sergas help`: what this person may type. */
export function renderHelp(role: Role): Message {
  if (role === 'none') return renderNoRole()
  const commands: Mrkdwn[] = [
    ...FOR_ALL,
    ...(role === 'manager' || role === 'admin' ? FOR_MANAGERS : []),
    ...(role === 'admin' ? FOR_ADMINS : []),
  ]
  return {
    text: summary('I watch your accounts and propose what to do; you decide.'),
    blocks: [
      header('I watch your accounts; you decide'),
      section(
        'Every morning I look at your accounts in Zoho and propose what needs you, with the reasons. Nothing is written to Zoho until you press Approve, and for a day you can undo it.',
      ),
      section(bullets(commands)),
      context(['Settings, such as the time of your digest, are in App Home.']),
    ],
  }
}

/** For people without any role, guests, and other workspaces. */
export function renderNoRole(): Message {
  return {
    text: summary("You don't have access to the accounts here. Ask an admin to link you."),
    blocks: [
      section(
        "You don't have access to the accounts here. An admin of the account manager can link you to your Zoho user; nothing was changed.",
      ),
    ],
  }
}

/** App Home of somebody without any role. */
export function renderNoRoleHome(): HomeView {
  return { type: 'home', blocks: renderNoRole().blocks }
}

/** The answer to "Why am I getting this?". */
export function renderDigestReason({
  digestTime,
  zone,
}: {
  /** Local time in force, `HH:MM`. */
  digestTime: string
  zone: string
}): Message {
  return {
    text: summary('You get this digest because accounts you own need a decision.'),
    blocks: [
      section(
        mrkdwn`You own these accounts in Zoho, and something about them needs a decision or has a date within 7 days. The digest comes at ${digestTime} (${zoneInWords(zone)}) and only when there is something to say; never more than three suggestions at a time. Change the time, mute accounts or pause in App Home.`,
      ),
    ],
  }
}
