import type { KnownBlock } from '@slack/types'
import { actions, button, context, divider, header, overflow, section, summary } from '../slack/blocks.ts'
import { weekday } from '../slack/dates.ts'
import { select } from '../slack/inputs.ts'
import type { Message } from '../slack/message.ts'
import {
  bullets,
  count,
  joined,
  link,
  type Mrkdwn,
  mrkdwn,
  oneLine,
  truncate,
  truncateWords,
} from '../slack/mrkdwn.ts'
import type { Digest, DigestAccount } from './compose.ts'
import { analysedLine, dataAge, needWords, upcomingLine } from './words.ts'

/** `feedbackButtons`: whether the workspace shows Slack's newer feedback block; else a menu asks the same. */
export type Surface = { feedbackButtons: boolean }

export function renderDigest(digest: Digest, surface: Surface = { feedbackButtons: true }): Message {
  const { top, moved, upcoming, zone, now } = digest
  const all = digest.recommendationIds.length + digest.stillWaiting + digest.waiting
  return {
    text: summary(`${weekday(now, zone)}: ${headline(digest)}${first(top)}.`),
    blocks: [
      header(`${weekday(now, zone)} · ${headline(digest)}`),
      section(opening(digest)),
      ...top.map(accountSection),
      ...list(
        'Moved since yesterday',
        moved.map(({ accountName, text }) => mrkdwn`*${accountName}* – ${text}`),
      ),
      ...list(
        'Coming up, 7 days',
        upcoming.map((each) => upcomingLine(each, zone, now)),
      ),
      divider(),
      actions([
        button({
          text: all > 0 ? `See all (${all})` : 'See all',
          action: 'digest.see_all',
          value: digest.id,
          label: 'See all suggestions in App Home',
        }),
        button({
          text: 'Snooze until tomorrow',
          action: 'digest.snooze',
          value: digest.id,
          label: 'Snooze this digest and its suggestions until tomorrow',
        }),
        overflow('digest.more', [
          { text: 'Change time…', value: 'change_time' },
          ...top.map(({ accountId, name }) => ({
            text: `Mute ${truncate(oneLine(name), 60)}`,
            value: `mute:${accountId}`,
          })),
          { text: 'Why am I getting this?', value: 'why' },
        ]),
      ]),
      feedback(digest, surface),
      context([analysedLine(digest)]),
    ],
    metadata: {
      event_type: 'sergas_digest',
      event_payload: {
        digest_id: digest.id,
        owner_id: digest.ownerId,
        local_date: digest.localDate,
        account_ids: top.map(({ accountId }) => accountId),
      },
    },
  }
}

function headline({ needing, upcoming }: Digest): string {
  if (needing > 0) return needWords(needing, 'you')
  return `nothing to decide, ${count(upcoming.length, 'date')} coming up`
}

function first(top: readonly DigestAccount[]): string {
  return top[0] ? `, first ${truncateWords(oneLine(top[0].name), 40)}` : ''
}

function opening(digest: Digest): Mrkdwn {
  const { recommendationIds, top, needing, waiting } = digest
  const steps = recommendationIds.length
  const about = needing > top.length ? `, about ${top.length} of the ${needing} accounts that need you` : ''
  const more = waiting > 0 ? `; ${waiting} more ${waiting === 1 ? 'waits' : 'wait'}, ranked, in App Home` : ''
  const suggestions =
    steps > 0
      ? mrkdwn`${count(steps, 'suggestion')} for you today${about}${more}. Nothing is written to Zoho until you approve.`
      : mrkdwn`${nothingNew(digest)}`
  const earlier =
    digest.stillWaiting > 0
      ? [
          mrkdwn`${count(digest.stillWaiting, 'card')} from earlier still ${digest.stillWaiting === 1 ? 'waits' : 'wait'} for you.`,
        ]
      : []
  return joined([suggestions, ...earlier, dataAge(digest, digest.zone)], ' ')
}

function nothingNew({ stillWaiting, waiting }: Digest): string {
  if (stillWaiting === 0) return 'No decision is needed from you today.'
  if (waiting === 0) return 'Nothing new to decide today.'
  return `So many cards wait for you that I add none today: ${count(waiting, 'more suggestion')} ${waiting === 1 ? 'waits' : 'wait'}, ranked, in App Home.`
}

function accountSection({ accountId, name, url, why, nextSteps }: DigestAccount): KnownBlock {
  const steps = nextSteps.map(
    (step, index) => mrkdwn`${index === 0 ? 'Next' : 'and'}: ${truncateWords(oneLine(step), 150)}`,
  )
  return section(
    joined([mrkdwn`*${link(url, name)}*`, mrkdwn`${truncateWords(oneLine(why), 250)}`, ...steps], '\n'),
    {
      accessory: button({
        text: 'Review',
        action: 'digest.review',
        value: accountId,
        label: `Review ${name}`,
      }),
    },
  )
}

function list(title: string, lines: readonly Mrkdwn[]): KnownBlock[] {
  return lines.length === 0 ? [] : [divider(), section(mrkdwn`*${title}*\n${bullets(lines)}`)]
}

function feedback({ id }: Digest, { feedbackButtons }: Surface): KnownBlock {
  if (!feedbackButtons) {
    const menu = select(
      'digest.feedback',
      [
        { text: 'Useful', value: `useful:${id}` },
        { text: 'Not useful', value: `not_useful:${id}` },
      ],
      { placeholder: 'Was this useful?' },
    )
    return actions([menu])
  }
  return {
    type: 'context_actions',
    elements: [
      {
        type: 'feedback_buttons',
        action_id: 'digest.feedback',
        positive_button: {
          text: { type: 'plain_text', text: 'Useful' },
          accessibility_label: 'This digest was useful',
          value: `useful:${id}`,
        },
        negative_button: {
          text: { type: 'plain_text', text: 'Not useful' },
          accessibility_label: 'This digest was not useful',
          value: `not_useful:${id}`,
        },
      },
    ],
  }
}
