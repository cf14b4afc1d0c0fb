import type { WebClient } from '@slack/web-api'
import { and, eq, isNotNull, isNull, sql } from 'drizzle-orm'
import type { Db } from '../store/db.ts'
import type { Installation } from '../store/installations.ts'
import { owners, slackInstallations } from '../store/schema.ts'
import { sendFailure, slackCode, upstreamError } from './api-errors.ts'

type SlackUser = NonNullable<Awaited<ReturnType<WebClient['users']['info']>>['user']>

export type Linking = {
  /** Names of people who are linked since this run. */
  linked: string[]
  /** Names of people whom Slack knows as deactivated. */
  deactivated: string[]
  /** Names of active people without a Slack user of ours under their address. */
  unknown: string[]
  /** Slack asked to wait this long; call again then for those not yet looked at. Null: all were. */
  waitMs: number | null
}

/**
 * Remembers the workspace our token belongs to.
 *
 * @throws UpstreamError
 */
export async function recordInstallation(db: Db, client: WebClient): Promise<Installation> {
  const answer = await client.auth.test().catch((error: unknown) => {
    throw upstreamError('accept our token', error)
  })
  const { team_id: teamId, team: name, user_id: botUserId, url } = answer
  if (!teamId || !name || !botUserId || !url)
    throw new Error('Slack accepted the token and did not say whose it is')
  const installation = { teamId, name, botUserId, url }
  await db
    .insert(slackInstallations)
    .values(installation)
    .onConflictDoUpdate({ target: slackInstallations.teamId, set: { name, botUserId, url } })
  return installation
}

/**
 * Finds the Slack user of every CRM user by e-mail, takes over their zone, and marks those gone from Slack as
 * inactive. Guests, bots and people of other workspaces are never linked, nor is anyone an admin linked by hand
 * moved.
 *
 * @throws UpstreamError
 */
export async function linkPeople(db: Db, client: WebClient, teamId: string): Promise<Linking> {
  const outcome: Linking = { linked: [], deactivated: [], unknown: [], waitMs: null }
  const ours = and(eq(owners.teamId, teamId), eq(owners.active, true))
  try {
    for (const person of await db
      .select()
      .from(owners)
      .where(and(ours, isNull(owners.slackUserId)))) {
      const user = person.linkedByHand ? null : await userByEmail(client, person.email)
      if (user?.id && isMember(user, teamId) && (await link(db, person.id, user)))
        outcome.linked.push(person.name)
      else outcome.unknown.push(person.name)
    }
    for (const person of await db
      .select()
      .from(owners)
      .where(and(ours, isNotNull(owners.slackUserId)))) {
      const user = await userById(client, person.slackUserId!)
      const gone = !user || user.deleted === true
      if (gone) outcome.deactivated.push(person.name)
      await db
        .update(owners)
        .set(gone ? { active: false } : { slackZone: user.tz ?? null })
        .where(eq(owners.id, person.id))
    }
  } catch (error) {
    const failure = sendFailure(error)
    if (failure.kind !== 'rate-limited') throw upstreamError('tell who its users are', error)
    return { ...outcome, waitMs: failure.retryAfterMs }
  }
  return outcome
}

function isMember(user: SlackUser, teamId: string): boolean {
  const outsider = user.is_restricted || user.is_ultra_restricted || user.is_stranger
  return user.team_id === teamId && !user.deleted && !user.is_bot && !user.is_app_user && !outsider
}

/** @returns false when another CRM user already has this Slack user: two CRM users with one address. */
async function link(db: Db, ownerId: string, user: SlackUser): Promise<boolean> {
  const taken = sql`exists (select 1 from ${owners} as other
    where other.team_id = ${owners.teamId} and other.slack_user_id = ${user.id})`
  const linked = await db
    .update(owners)
    .set({ slackUserId: user.id!, slackZone: user.tz ?? null })
    .where(and(eq(owners.id, ownerId), isNull(owners.slackUserId), sql`not ${taken}`))
    .returning({ id: owners.id })
  return linked.length > 0
}

function userByEmail(client: WebClient, email: string): Promise<SlackUser | null> {
  return userOrNull(client.users.lookupByEmail({ email }))
}

function userById(client: WebClient, user: string): Promise<SlackUser | null> {
  return userOrNull(client.users.info({ user }))
}

async function userOrNull(asked: Promise<{ user?: SlackUser }>): Promise<SlackUser | null> {
  try {
    return (await asked).user ?? null
  } catch (error) {
    const code = slackCode(error)
    if (code === 'users_not_found' || code === 'user_not_found') return null
    throw error
  }
}
