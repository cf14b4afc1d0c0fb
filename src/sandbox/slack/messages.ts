import { z } from 'zod'
import { invalid, requireValidBlocks } from './block-kit.ts'
import { withIds } from './elements.ts'
import { type Message, SlackError } from './objects.ts'
import type { Workspace } from './workspace.ts'

/** What a bot sends to be shown: through the Web API, a `response_url` or the answer to a command. */
export const Content = z.object({
  text: z.string().optional(),
  blocks: z.unknown().optional(),
  metadata: z.unknown().optional(),
})
export type Content = z.infer<typeof Content>

const Metadata = z.object({ event_type: z.string().min(1), event_payload: z.record(z.string(), z.unknown()) })

/**
 * @throws SlackError `no_text`, `msg_too_long`, `invalid_blocks`, `invalid_metadata_format`
 */
export function checkedContent(content: Content): Pick<Message, 'text' | 'blocks' | 'metadata'> {
  const { text = '', blocks, metadata } = content
  if (text.length > 40_000) throw new SlackError('msg_too_long')
  if (blocks !== undefined) requireValidBlocks(blocks, 'message')
  const withBlocks = Array.isArray(blocks) && blocks.length > 0
  if (text === '' && !withBlocks) throw new SlackError('no_text')
  return {
    text,
    ...(withBlocks && { blocks: withIds(blocks) }),
    ...(metadata !== undefined && metadata !== '' && { metadata: checkedMetadata(metadata) }),
  }
}

export function checkedMetadata(value: unknown): z.infer<typeof Metadata> {
  const metadata = Metadata.safeParse(value)
  if (metadata.success) return metadata.data
  throw invalid(
    'invalid_metadata_format',
    metadata.error.issues.map(({ message, path }) => `${message} [json-pointer:/metadata/${path.join('/')}]`),
  )
}

/** Stores a message of the bot, for everyone or (with `ephemeral_for`) for one person. */
export function postAsBot(
  { workspace }: { workspace: Workspace },
  message: { channel: string; threadTs?: string; ephemeralFor?: string } & Pick<
    Message,
    'text' | 'blocks' | 'metadata'
  >,
): Message {
  const { bot } = workspace
  const { channel, threadTs, ephemeralFor, ...content } = message
  const posted: Message = {
    type: 'message',
    channel,
    ts: workspace.nextTs(),
    ...(threadTs && { thread_ts: threadOf(workspace, channel, threadTs) }),
    user: bot.id,
    bot_id: bot.bot_id,
    app_id: bot.app_id,
    ...(ephemeralFor && { ephemeral_for: ephemeralFor }),
    ...content,
  }
  workspace.saveMessage(posted)
  return posted
}

/** Slack's own word to one person, e.g. that a command failed. */
export function postAsSlack(
  { workspace }: { workspace: Workspace },
  message: { channel: string; ephemeralFor: string; text: string; threadTs?: string },
) {
  workspace.saveMessage({
    type: 'message',
    channel: message.channel,
    ts: workspace.nextTs(),
    ...(message.threadTs && { thread_ts: message.threadTs }),
    user: 'USLACKBOT',
    text: message.text,
    ephemeral_for: message.ephemeralFor,
  })
}

/** A reply to a reply belongs to the reply's thread. */
function threadOf(workspace: Workspace, channel: string, ts: string): string {
  const parent = workspace.message(channel, ts)
  if (!parent || parent.ephemeral_for) throw new SlackError('thread_not_found')
  return parent.thread_ts ?? parent.ts
}

/**
 * Replaces what a bot's message says. Blocks stay only when no new text came, as in Slack; metadata stays
 * unless new metadata came.
 */
export function updateAsBot(
  { workspace }: { workspace: Workspace },
  message: Message,
  content: Content,
): Message {
  const blocks =
    content.blocks === undefined && content.text === undefined ? message.blocks : (content.blocks ?? [])
  const checked = checkedContent({ ...content, text: content.text ?? message.text, blocks })
  const { blocks: _old, ...rest } = message
  const updated: Message = {
    ...rest,
    ...checked,
    ...(!checked.blocks && { edited: { user: workspace.bot.id, ts: workspace.nextTs() } }),
  }
  workspace.saveMessage(updated)
  return updated
}

/** Takes a message away; one with replies leaves a tombstone, so that its thread keeps its place. */
export function removeMessage({ workspace }: { workspace: Workspace }, { channel, ts }: Message) {
  if (workspace.repliesTo(channel, ts).length === 0) return workspace.removeMessage(channel, ts)
  workspace.saveMessage({
    type: 'message',
    subtype: 'tombstone',
    channel,
    ts,
    user: 'USLACKBOT',
    text: 'This message was deleted.',
  })
}
