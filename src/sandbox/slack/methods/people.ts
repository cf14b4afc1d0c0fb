import { DateTime } from 'luxon'
import { z } from 'zod'
import type { Person } from '../../people.ts'
import { type Json, SlackError } from '../objects.ts'
import { handleOf } from '../payloads.ts'
import type { Workspace } from '../workspace.ts'
import { type Method, parse } from './call.ts'

function profileOf(person: Person): Json {
  return {
    real_name: person.name,
    display_name: person.name,
    real_name_normalized: person.name,
    display_name_normalized: person.name,
    email: person.email,
    title: '',
    team: '',
  }
}

function userObject(workspace: Workspace, person: Person): Json {
  const zone = DateTime.now().setZone(person.zone)
  return {
    id: person.slackId,
    team_id: workspace.team.id,
    name: handleOf(workspace, person.slackId),
    real_name: person.name,
    deleted: false,
    tz: person.zone,
    tz_label: zone.offsetNameLong,
    tz_offset: zone.offset * 60,
    profile: profileOf(person),
    is_admin: person.role === 'admin',
    is_owner: false,
    is_primary_owner: false,
    is_restricted: false,
    is_ultra_restricted: false,
    is_bot: false,
    is_app_user: false,
    updated: 0,
  }
}

function botUserObject({ team, bot }: Workspace): Json {
  return {
    id: bot.id,
    team_id: team.id,
    name: bot.name.toLowerCase().replaceAll(' ', ''),
    real_name: bot.name,
    deleted: false,
    tz: 'Etc/UTC',
    tz_label: 'Coordinated Universal Time',
    tz_offset: 0,
    profile: { real_name: bot.name, display_name: bot.name, api_app_id: bot.app_id, bot_id: bot.bot_id },
    is_bot: true,
    is_app_user: false,
    updated: 0,
  }
}

function personById({ people }: Workspace, id: string): Person {
  const person = people.get(id)
  if (!person) throw new SlackError('user_not_found')
  return person
}

export const people: Record<string, Method> = {
  'auth.test': (_, { workspace }, origin) => ({
    url: `${origin}/`,
    team: workspace.team.name,
    user: workspace.bot.name,
    team_id: workspace.team.id,
    user_id: workspace.bot.id,
    bot_id: workspace.bot.bot_id,
    is_enterprise_install: false,
  }),

  'team.info': (_, { workspace }) => ({ team: { ...workspace.team, email_domain: '', icon: {} } }),

  'bots.info'(args, { workspace }) {
    const { bot: id } = parse(z.object({ bot: z.string().optional() }), args)
    const { bot } = workspace
    if (id && id !== bot.bot_id) throw new SlackError('bot_not_found')
    return {
      bot: {
        id: bot.bot_id,
        app_id: bot.app_id,
        user_id: bot.id,
        name: bot.name,
        deleted: false,
        updated: 0,
        icons: {},
      },
    }
  },

  'users.info'(args, { workspace }) {
    const { user } = parse(z.object({ user: z.string() }), args)
    if (user === workspace.bot.id) return { user: botUserObject(workspace) }
    return { user: userObject(workspace, personById(workspace, user)) }
  },

  'users.list': (_, { workspace }) => ({
    members: [
      ...[...workspace.people.values()].map((person) => userObject(workspace, person)),
      botUserObject(workspace),
    ],
    cache_ts: Math.floor(Date.now() / 1000),
    response_metadata: { next_cursor: '' },
  }),

  'users.lookupByEmail'(args, { workspace }) {
    const { email } = parse(z.object({ email: z.string() }), args)
    const person = [...workspace.people.values()].find(
      (each) => each.email.toLowerCase() === email.trim().toLowerCase(),
    )
    if (!person) throw new SlackError('users_not_found')
    return { user: userObject(workspace, person) }
  },

  'users.profile.get'(args, { workspace }) {
    const { user } = parse(z.object({ user: z.string() }), args)
    return { profile: profileOf(personById(workspace, user)) }
  },
}
