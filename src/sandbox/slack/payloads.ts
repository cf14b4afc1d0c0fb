import type { Json, Message } from './objects.ts'
import { newId, type Workspace } from './workspace.ts'

/** The parts that Slack's payloads to a bot have in common. */

export function handleOf(workspace: Workspace, user: string): string {
  return workspace.people.get(user)?.email.split('@')[0] ?? user
}

/** Who did it and where the bot is installed: the head of every interaction payload. */
export function interactionHead(workspace: Workspace, user: string): Json {
  const handle = handleOf(workspace, user)
  const { team, bot } = workspace
  return {
    team: { id: team.id, domain: team.domain },
    user: { id: user, username: handle, name: handle, team_id: team.id },
    api_app_id: bot.app_id,
    token: 'verification-by-token-is-deprecated',
    enterprise: null,
    is_enterprise_install: false,
  }
}

export function eventEnvelope(workspace: Workspace, event: Json): Json {
  const { team, bot } = workspace
  return {
    token: 'verification-by-token-is-deprecated',
    team_id: team.id,
    context_team_id: team.id,
    context_enterprise_id: null,
    api_app_id: bot.app_id,
    event: { ...event, event_ts: workspace.nextTs() },
    type: 'event_callback',
    event_id: newId('Ev'),
    event_time: Math.floor(Date.now() / 1000),
    authorizations: [
      {
        enterprise_id: null,
        team_id: team.id,
        user_id: bot.id,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: false,
  }
}

/** A message as the Web API and payloads show it: with its thread's figures, without the sandbox's own marks. */
export function messageObject(workspace: Workspace, message: Message, withMetadata: boolean): Json {
  const { ephemeral_for: _mark, channel: _channel, metadata, ...shown } = message
  return {
    ...shown,
    team: workspace.team.id,
    ...threadFigures(workspace, message),
    ...(withMetadata && metadata && { metadata }),
  }
}

export function threadFigures(workspace: Workspace, message: Message): Json {
  const replies = workspace.repliesTo(message.channel, message.ts)
  if (replies.length === 0) return {}
  return {
    thread_ts: message.ts,
    reply_count: replies.length,
    reply_users: [...new Set(replies.map((reply) => reply.user))],
    latest_reply: replies.at(-1)!.ts,
  }
}
