import type { MessageMetadata, WebClient } from '@slack/web-api'
import type { Log } from '../log.ts'
import type { Db } from '../store/db.ts'
import { messagePosition, type OutboxRow, postIsPending } from '../store/outbox.ts'
import { refusesBlocks, refusesReading, refusesUpdate, slackCode } from './api-errors.ts'
import type { Message } from './message.ts'

/** Takes one outbox row to Slack. Slack has no idempotency key: ours travels in the message's metadata. */
export type Sending = {
  db: Db
  client: WebClient
  log: Log
  /** The card as its rows are now; null when there is no card to show. */
  renderCard: (approvalId: string) => Promise<Message | null>
  /** Asked right before something is posted: false when we were asleep for so long that somebody else has the row. */
  stillOurs: () => Promise<boolean>
}

export type Sent =
  | { kind: 'sent'; channel: string; ts: string }
  | { kind: 'nothing'; reason: string }
  | { kind: 'impossible'; reason: string }
  /** Somebody else has it now. */
  | { kind: 'lost' }
  /** Something it stands on has not been sent yet. */
  | { kind: 'waiting'; delayMs: number }

type Place = { channel: string; threadTs: string | undefined }
type Content = Pick<Message, 'text' | 'blocks'> & { metadata: MessageMetadata }

const quiet = { unfurl_links: false, unfurl_media: false, parse: 'none' } as const
const waitForPostMs = 2_000

/** @throws whatever Slack's client throws, see `sendFailure` */
export async function sendRow(row: OutboxRow, sending: Sending): Promise<Sent> {
  const content = await contentOf(row, sending)
  if (!content) return { kind: 'nothing', reason: 'there was no card to show' }
  if (row.action === 'update') return sendUpdate(row, content, sending)

  const thread = row.threadKey ? await messagePosition(sending.db, row.threadKey) : null
  if (row.threadKey && !thread && (await postIsPending(sending.db, row.threadKey))) {
    return { kind: 'waiting', delayMs: waitForPostMs }
  }
  const place = { channel: thread?.channel ?? row.channel, threadTs: thread?.ts }
  return row.action === 'ephemeral'
    ? sendEphemeral(row, content, place, sending)
    : postOnce(row, content, place, sending)
}

async function contentOf(row: OutboxRow, { renderCard }: Sending): Promise<Content | null> {
  const message = 'card' in row.body ? await renderCard(row.body.card) : row.body
  if (!message) return null
  const payload = { ...message.metadata?.event_payload, outbox_id: row.id }
  return {
    text: message.text,
    // Composed as blocks; the column they come out of holds plain JSON.
    blocks: message.blocks as Message['blocks'],
    metadata: {
      event_type: message.metadata?.event_type ?? 'sergas_message',
      // Slack takes null and lists of text here; its type forgets them.
      event_payload: payload as MessageMetadata['event_payload'],
    },
  }
}

async function sendUpdate(row: OutboxRow, content: Content, sending: Sending): Promise<Sent> {
  const position = await messagePosition(sending.db, row.messageKey)
  if (!position) {
    return (await postIsPending(sending.db, row.messageKey))
      ? { kind: 'waiting', delayMs: waitForPostMs }
      : { kind: 'impossible', reason: 'the message to update was never sent' }
  }
  // Drawn before we slept, it would undo what somebody else has shown since.
  if (!(await sending.stillOurs())) return { kind: 'lost' }
  try {
    await orPlainText(row, content, sending, (shown) =>
      sending.client.chat.update({ ...position, ...shown, parse: 'none' }),
    )
    return { kind: 'sent', ...position }
  } catch (error) {
    if (!refusesUpdate(error)) throw error
    sending.log.warn(
      { outboxId: row.id, code: slackCode(error) },
      'message cannot be updated; said in its thread',
    )
    return postOnce(row, content, { channel: position.channel, threadTs: position.ts }, sending)
  }
}

async function sendEphemeral(
  row: OutboxRow,
  content: Content,
  place: Place,
  sending: Sending,
): Promise<Sent> {
  if (!row.forUser) return { kind: 'impossible', reason: 'an ephemeral message needs a person' }
  const to = {
    channel: place.channel,
    user: row.forUser,
    ...(place.threadTs && { thread_ts: place.threadTs }),
  }
  if (!(await sending.stillOurs())) return { kind: 'lost' }
  const answer = await orPlainText(row, content, sending, ({ text, blocks }) =>
    sending.client.chat.postEphemeral({ ...to, text, blocks, parse: 'none' }),
  )
  return { kind: 'sent', channel: place.channel, ts: answer.message_ts ?? '' }
}

/** Posts, unless an earlier attempt whose answer was lost already did. */
async function postOnce(row: OutboxRow, content: Content, place: Place, sending: Sending): Promise<Sent> {
  try {
    const earlier = row.attempt > 1 ? await findEarlier(row, place, sending) : null
    if (earlier) return { kind: 'sent', ...earlier }
    if (!(await sending.stillOurs())) return { kind: 'lost' }
    const { channel, threadTs } = place
    const answer = await orPlainText(row, content, sending, (shown) =>
      sending.client.chat.postMessage({
        channel,
        ...(threadTs && { thread_ts: threadTs }),
        ...shown,
        ...quiet,
      }),
    )
    if (!answer.channel || !answer.ts)
      throw new Error('Slack accepted a message and did not say where it stands')
    return { kind: 'sent', channel: answer.channel, ts: answer.ts }
  } catch (error) {
    const threadIsGone = place.threadTs !== undefined && slackCode(error) === 'thread_not_found'
    if (!threadIsGone) throw error
    return postOnce(row, content, { channel: place.channel, threadTs: undefined }, sending)
  }
}

/** Some workspaces refuse blocks that others take: the sentence alone is better than silence. */
async function orPlainText<Answer>(
  row: OutboxRow,
  content: Content,
  { log }: Sending,
  send: (shown: Content) => Promise<Answer>,
): Promise<Answer> {
  try {
    return await send(content)
  } catch (error) {
    if (!refusesBlocks(error)) throw error
    log.error(
      { outboxId: row.id, messageKey: row.messageKey, err: error },
      'Slack refused the blocks; sent as plain text',
    )
    return send({ ...content, blocks: [] })
  }
}

/** A second copy of a card does no harm, a card that never comes does: where we may not look, we post. */
async function findEarlier(row: OutboxRow, place: Place, sending: Sending) {
  try {
    return await findPosted(row, place, sending)
  } catch (error) {
    if (!refusesReading(error)) throw error
    sending.log.warn(
      { outboxId: row.id, code: slackCode(error) },
      'channel cannot be read; message may appear twice',
    )
    return null
  }
}

/** Looks for our outbox id among what the channel or thread has got since the row was written. */
async function findPosted(
  row: OutboxRow,
  { channel, threadTs }: Place,
  { client }: Sending,
): Promise<{ channel: string; ts: string } | null> {
  const conversation = await conversationOf(channel, client)
  // Slack's clock and ours may differ by minutes.
  const oldest = String(row.createdAt.getTime() / 1000 - 300)
  const asked = { channel: conversation, oldest, limit: 200, include_all_metadata: true }
  let cursor: string | undefined
  do {
    const page = threadTs
      ? await client.conversations.replies({ ...asked, ts: threadTs, ...(cursor && { cursor }) })
      : await client.conversations.history({ ...asked, ...(cursor && { cursor }) })
    const ours = page.messages?.find(({ metadata }) => outboxIdOf(metadata) === row.id)
    if (ours?.ts) return { channel: conversation, ts: ours.ts }
    cursor = page.response_metadata?.next_cursor || undefined
  } while (cursor)
  return null
}

function outboxIdOf(metadata: { event_payload?: object } | undefined): unknown {
  const payload: { outbox_id?: unknown } = metadata?.event_payload ?? {}
  return payload.outbox_id
}

/** A direct message is addressed by its person when it is posted, but read by its own id. */
async function conversationOf(channel: string, client: WebClient): Promise<string> {
  if (!/^[UW]/.test(channel)) return channel
  const { channel: direct } = await client.conversations.open({ users: channel })
  if (!direct?.id) throw new Error('Slack opened a direct message and did not say which')
  return direct.id
}
