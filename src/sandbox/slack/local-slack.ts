import type { Router } from 'express'
import type { Log } from '../../log.ts'
import type { Faults } from '../faults.ts'
import type { Person } from '../people.ts'
import { createControl } from './control.ts'
import { type Bot, createDelivery } from './delivery.ts'
import { createPage } from './page.ts'
import type { SlackParts, SlashCommand } from './parts.ts'
import { createRateLimits } from './rate-limits.ts'
import { createTickets } from './tickets.ts'
import { createWebApi } from './web-api.ts'
import { type ChannelSpec, createWorkspace } from './workspace.ts'

export type LocalSlackOptions = {
  /** Where the journal lives; null keeps everything in memory. */
  dir: string | null
  people: Person[]
  bot: Bot
  /** Public channels beside the direct messages between each person and the bot. */
  channels: ChannelSpec[]
  faults: Faults
  log: Log
  /** 1: Slack's own rate limits; 100: a hundred times as many calls. */
  rateFactor?: number
  /** The slash commands the app's manifest registers. */
  commands?: SlashCommand[]
  /** When a failed event is sent again; Slack's: at once, after a minute, after five. */
  retryDelaysMs?: number[]
}

const productCommands: SlashCommand[] = [
  { command: '/account', hint: '<name or id>', description: 'The brief of one account' },
  { command: '/portfolio', hint: '[@owner | team]', description: 'Health of all accounts' },
  { command: '/approvals', hint: '', description: 'What waits for you' },
  { command: '/sergas', hint: 'help | status | digest now | pause | resume', description: 'Everything else' },
]

/**
 * A Slack workspace on this machine: Web API (mount at `/api`), control API (at `/control`) and a page that
 * looks and works like Slack (at `/`). It speaks to the bot only as Slack does: signed HTTP requests.
 */
export function createLocalSlack(options: LocalSlackOptions): {
  api: Router
  control: Router
  page: Router
  close: () => void
} {
  const { bot, faults, log } = options
  const workspace = createWorkspace({ ...options, botName: bot.name })
  const retryDelaysMs = options.retryDelaysMs ?? [0, 60_000, 300_000]
  const delivery = createDelivery({ bot, retryDelaysMs, log })
  const tickets = createTickets()
  const parts: SlackParts = {
    workspace,
    delivery,
    tickets,
    commands: options.commands ?? productCommands,
    log,
  }
  const page = createPage(parts)
  return {
    api: createWebApi({
      workspace,
      tickets,
      token: bot.token,
      faults,
      rateLimits: createRateLimits(options.rateFactor ?? 1),
      log,
    }),
    control: createControl(parts),
    page: page.router,
    close() {
      delivery.close()
      page.close()
    },
  }
}
