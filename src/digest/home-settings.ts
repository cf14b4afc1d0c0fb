import type { KnownBlock } from '@slack/types'
import { button, header, section } from '../slack/blocks.ts'
import { date, zoneInWords } from '../slack/dates.ts'
import { checkboxes, select, timepicker } from '../slack/inputs.ts'
import { mrkdwn } from '../slack/mrkdwn.ts'
import type { Home } from './home-view.ts'

export const PAUSE_CHOICES = [
  { text: 'Until tomorrow', value: '1d' },
  { text: 'For a week', value: '7d' },
  { text: 'For two weeks', value: '14d' },
] as const

const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'].map(
  (text, index) => ({
    text,
    value: String(index + 1),
  }),
)

/** Each setting with its control beside it; a change takes effect at once. */
export function homeSettings({ owner, digestTime, mutedAccounts, now }: Home): KnownBlock[] {
  const { preferences, zone } = owner
  return [
    header('Settings'),
    section(mrkdwn`*Digest at* (${zoneInWords(zone)})`, {
      accessory: timepicker('settings.digest_time', digestTime),
    }),
    section(mrkdwn`*Digest on*${preferences.digestDays.length === 0 ? '\nNo digest on any day.' : ''}`, {
      accessory: checkboxes('settings.digest_days', DAYS, preferences.digestDays.map(String)),
    }),
    section(mrkdwn`*Quiet from*\nNothing is sent to you unasked between these times.`, {
      accessory: timepicker('settings.quiet_from', preferences.quietFrom),
    }),
    section(mrkdwn`*Quiet until*`, { accessory: timepicker('settings.quiet_until', preferences.quietUntil) }),
    ...muted(mutedAccounts),
    pause(preferences.pausedUntil, zone, now),
  ]
}

function muted(accounts: Home['mutedAccounts']): KnownBlock[] {
  if (accounts.length === 0) return []
  const menu = select(
    'settings.unmute',
    accounts.map(({ id, name }) => ({ text: name, value: id })),
    { placeholder: 'Unmute…' },
  )
  return [
    section(mrkdwn`*Muted accounts*\n${accounts.map(({ name }) => name).join(', ')}`, { accessory: menu }),
  ]
}

function pause(pausedUntil: string | null, zone: string, now: Date): KnownBlock {
  const until = pausedUntil === null ? null : new Date(pausedUntil)
  if (until && until > now) {
    return section(
      mrkdwn`*Paused* until ${date(until, 'dayTime', zone)}. Nothing is proposed or sent to you.`,
      {
        accessory: button({
          text: 'Resume',
          action: 'settings.resume',
          value: 'resume',
          label: 'Resume suggestions now',
        }),
      },
    )
  }
  return section(
    mrkdwn`*Pause*\nNothing is proposed or sent to you. What waits is taken back, and returns with fresh facts afterwards.`,
    {
      accessory: select('settings.pause', PAUSE_CHOICES, { placeholder: 'Pause…' }),
    },
  )
}
