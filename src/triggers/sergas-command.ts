import { DateTime } from 'luxon'
import { personOf } from '../access/identity.ts'
import { mayAdminister, type Permission } from '../access/roles.ts'
import { nextDigestAt } from '../digest/gather.ts'
import { renderHabits } from '../digest/habits-view.ts'
import { renderHelp, renderNoRole } from '../digest/help-view.ts'
import { renderStatus } from '../digest/status-view.ts'
import type { Owner } from '../model/owner.ts'
import { habitsOf } from '../pipeline/owner-habits/owner-habits.ts'
import { plainMessage } from '../slack/blocks.ts'
import type { Message } from '../slack/message.ts'
import { transaction } from '../store/db.ts'
import { countDeadLetters } from '../store/dead-letters.ts'
import { lastDigest } from '../store/digests.ts'
import { modelCosts } from '../store/llm-usage.ts'
import { ownerRecords } from '../store/owner-records.ts'
import { answersFor, ownedAccounts, weakModules, workload } from '../store/portfolio.ts'
import { lastReviewAt } from '../store/reviews.ts'
import { setSetting, setting, settingRow } from '../store/settings.ts'
import { mirrorAsOf, syncStates } from '../store/sync-state.ts'
import { pauseUntil, resume } from './pausing.ts'
import type { Actor } from './person.ts'
import type { TriggerTools } from './tools.ts'

type Answer = (tools: TriggerTools, person: Owner) => Promise<Message>

const WORDS: Record<string, Answer> = {
  help: async (_, person) => renderHelp(person.role),
  status: (tools, person) => status(tools, person),
  'digest now': (tools, person) => digestNow(tools, person),
  pause: (tools, person) => pause(tools, person),
  resume: (tools, person) => goOn(tools, person),
  settings: async () => plainMessage('Your settings are in App Home: open me and choose the Home tab.'),
  sync: forAdmins(async ({ enqueue }) => {
    const begun = await enqueue('sync-crm', { mode: 'delta' })
    return plainMessage(
      begun
        ? 'Reading what changed in Zoho now.'
        : 'I could not begin to read Zoho; please try again in a minute.',
    )
  }),
  link: forAdmins(async ({ linkPeople }) => {
    await linkPeople()
    return plainMessage(
      'I looked again who is who: people with the same verified e-mail in Zoho and Slack are linked.',
    )
  }),
  'pause all': forAdmins((tools, person) => pauseAll(tools, person, true)),
  'resume all': forAdmins((tools, person) => pauseAll(tools, person, false)),
  'stop-writes': forAdmins((tools, person) => switchWrites(tools, person, true)),
  'resume-writes': forAdmins((tools, person) => switchWrites(tools, person, false)),
}

/** `/sergas …` */
export async function answerSergas(tools: TriggerTools, { person }: Actor, text: string): Promise<Message> {
  if (!person?.active || person.role === 'none') return renderNoRole()
  const word = text.trim().toLowerCase().replace(/\s+/g, ' ') || 'help'
  const [, whose] = /^habits(?: (.+))?$/.exec(word) ?? []
  if (word.startsWith('habits')) return habits(tools, person, whose ?? '')
  const answer = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined
  if (!answer) return plainMessage(`I do not know “/sergas ${word}”. “/sergas help” lists what I understand.`)
  return answer(tools, person)
}

function forAdmins(answer: Answer): Answer {
  return async (tools, person) => {
    const permission: Permission = mayAdminister(person)
    return permission.ok ? answer(tools, person) : plainMessage(permission.say)
  }
}

async function status({ db, gather, model }: TriggerTools, person: Owner): Promise<Message> {
  const now = new Date()
  const stopped = await settingRow(db, 'writes_stopped')
  const crm = await setting(db, 'crm_fields')
  const failing = (await syncStates(db)).filter(({ error }) => error !== null)
  const owned = await ownedAccounts(db, [person.id])
  return renderStatus({
    ...(await workload(db)),
    deadLetters: Object.values(await countDeadLetters(db)).reduce((sum, n) => sum + n, 0),
    ownsNothingAs: owned.length === 0 ? person.role : null,
    asOf: await mirrorAsOf(db),
    degraded: [...failing.map(({ module, error }) => `${module}: ${error}`), ...(crm?.problems ?? [])],
    lastReviewAt: await lastReviewAt(db, [person.id]),
    nextDigestAt: await nextDigestAt(gather, person, now),
    writesStopped:
      stopped?.value === true ? { by: stopped.updatedBy ?? 'an admin', at: stopped.updatedAt } : null,
    switchedOff: crm?.unmapped ?? [],
    model: model && { ...model, ...(await modelCosts(db)) },
    weakPreconditions: await weakModules(db),
    zone: person.zone,
    now,
  })
}

/** Of the person, or of somebody who reports to them. */
async function habits({ db, teamId, gather }: TriggerTools, person: Owner, whose: string): Promise<Message> {
  const [, mentioned] = /^<@(\w+)(?:\|[^>]*)?>$/.exec(whose) ?? []
  const owner = mentioned ? await personOf(db, teamId, mentioned.toUpperCase()) : person
  const visible = owner && (await answersFor(db, person)).includes(owner.id)
  if (!visible || (whose !== '' && !mentioned))
    return plainMessage('You can see how you work, and those who report to you: “/sergas habits @name”.')
  const now = new Date()
  const found = habitsOf(await ownerRecords(db, owner.id, now), { now, zone: owner.zone })
  const name = owner.id === person.id ? null : owner.name
  return renderHabits(found, { recordUrl: gather.recordUrl, zone: person.zone, now, name })
}

async function digestNow({ db, enqueue }: TriggerTools, person: Owner): Promise<Message> {
  const last = await lastDigest(db, person.id)
  const today = DateTime.now().setZone(person.zone).toISODate()
  if (last?.localDate === today && last.state === 'sent')
    return plainMessage(
      'Today’s digest came already. What waits for you is in App Home and under `/approvals`.',
    )
  const again = last?.localDate === today
  if (!(await enqueue('send-digest', { ownerId: person.id, again })))
    return plainMessage('I could not begin with your digest. Nothing was sent; please try again in a minute.')
  return plainMessage('Your digest is on its way, if something needs you. If nothing comes, nothing does.')
}

const PAUSE_DAYS = 30

async function pause(tools: TriggerTools, person: Owner): Promise<Message> {
  await pauseUntil(tools, person, DateTime.now().plus({ days: PAUSE_DAYS }).toJSDate())
  return plainMessage(
    `Paused for ${PAUSE_DAYS} days: I send you nothing unasked, and cards that wait for you are taken back until then. Nothing was written. “/sergas resume” ends it at once.`,
  )
}

async function goOn(tools: TriggerTools, person: Owner): Promise<Message> {
  await resume(tools, person)
  return plainMessage(
    'Welcome back: your digest comes at its usual time, and what the pause took back returns if it still stands.',
  )
}

async function pauseAll({ db }: TriggerTools, person: Owner, paused: boolean): Promise<Message> {
  const until = DateTime.now().plus({ days: PAUSE_DAYS }).toISO()
  await setSetting(db, 'paused_until', paused ? until : null, person.name)
  return plainMessage(
    paused
      ? `Paused for everyone for ${PAUSE_DAYS} days: no digest, no review, no reminder. Cards already sent can be decided. “/sergas resume all” ends it at once.`
      : 'Digests and reviews go on for everyone at their usual times.',
  )
}

async function switchWrites(
  { db, audit, teamId }: TriggerTools,
  person: Owner,
  stopped: boolean,
): Promise<Message> {
  await transaction(db, async (tx) => {
    await setSetting(tx, 'writes_stopped', stopped, person.name)
    await audit.append(tx, {
      teamId,
      actor: person.id,
      action: 'settings.changed',
      subject: 'writes_stopped',
      about: null,
      payload: { stopped },
    })
  })
  return plainMessage(
    stopped
      ? 'Writing to Zoho is stopped from this moment. People can still decide; what they approve waits. “/sergas resume-writes” starts it again.'
      : 'Writing to Zoho goes on. What was approved meanwhile is written now.',
  )
}
