import { readFile } from 'node:fs/promises'
import { asc, eq, gte } from 'drizzle-orm'
import { z } from 'zod'
import { InvalidInputError } from '../errors.ts'
import { type Db, type Tx, transaction } from '../store/db.ts'
import { installationOf } from '../store/installations.ts'
import { auditCheckpoints, auditEvents } from '../store/schema.ts'
import { createAudit, verifyAudit } from './audit.ts'
import { leafOf } from './checkpoint-check.ts'
import { eraseSubject } from './erase.ts'
import { consistencyProof, inclusionProof, isConsistent, isIncluded } from './merkle.ts'
import {
  checkpointsIn,
  isSignedBy,
  type PublishedCheckpoint,
  readVerifier,
  type Verifier,
  verifierText,
} from './note.ts'
import { chainHashes, inOneView } from './read-trail.ts'
import { type AuditVerdict, chainHash } from './verify.ts'

/**
 * What may be asked about a trail, and the answer as it is printed. The same for the command line that opens the
 * database itself, and for a running instance that alone may open it.
 */
const publicKey = z.string().nullable().default(null)
const size = z.int().positive()
export const Question = z.discriminatedUnion('ask', [
  /** `published`: a text with checkpoints that were kept outside; null: those that the instance itself knows of. */
  z.object({ ask: z.literal('verify'), published: z.string().nullable().default(null), publicKey }),
  z.object({ ask: z.literal('prove'), seq: size, publicKey }),
  z.object({ ask: z.literal('consistency'), sizes: z.tuple([size, size]), publicKey }),
  z.object({ ask: z.literal('public-key') }),
  /** Not a question: it makes what is kept about an account unreadable, for good. */
  z.object({ ask: z.literal('erase'), account: z.string().min(1), reason: z.string().min(1) }),
])
export type Question = z.infer<typeof Question>

/** 0: it is as it should be; 1: it is not; 2: that could not be told. */
export const Answer = z.object({
  code: z.union([z.literal(0), z.literal(1), z.literal(2)]),
  lines: z.array(z.string()),
})
export type Answer = z.infer<typeof Answer>

export type TrailTools = {
  db: Db
  /** Opens payloads; null: only their hashes are compared. */
  key: Uint8Array | null
  verifier: Verifier | null
  /** Where checkpoints are published to, when that is a file. */
  publishedFile: string | null
}

export async function answer(tools: TrailTools, question: Question): Promise<Answer> {
  try {
    if (question.ask === 'public-key') return publicKeyOf(tools)
    if (question.ask === 'erase') return await erase(tools, question)
    const verifier = question.publicKey ? readVerifier(question.publicKey) : tools.verifier
    switch (question.ask) {
      case 'verify':
        return await verify({ ...tools, verifier }, question.published)
      case 'prove':
        return await prove({ ...tools, verifier }, question.seq)
      case 'consistency':
        return await consistency({ ...tools, verifier }, question.sizes)
    }
  } catch (error) {
    if (error instanceof InvalidInputError) return { code: 2, lines: [error.message] }
    throw error
  }
}

function publicKeyOf({ verifier }: TrailTools): Answer {
  return verifier
    ? { code: 0, lines: [verifierText(verifier)] }
    : { code: 2, lines: ['There is no public key: AUDIT_SIGNING_KEY is not set'] }
}

async function erase(
  { db, key }: TrailTools,
  { account, reason }: { account: string; reason: string },
): Promise<Answer> {
  if (!key) throw new InvalidInputError('ENCRYPTION_KEY is not set: an erasure is kept in the trail')
  const audit = createAudit(key)
  const teamId = (await installationOf(db))?.teamId ?? ''
  const erasure = { audit, teamId, actor: 'system', about: account, reason }
  const keys = await transaction(db, (tx) => eraseSubject(tx, erasure))
  if (keys === 0)
    return { code: 2, lines: [`The trail holds nothing that could be read about the account ${account}`] }
  const gone = keys === 1 ? '1 key of it is' : `${keys} keys of it are`
  const lines = [
    `What the trail held about the account ${account} can never be read again: ${gone} gone`,
    'Backups keep what they hold, and the CRM and the other tables of the bot are as they were',
  ]
  return { code: 0, lines }
}

async function verify(tools: TrailTools, text: string | null): Promise<Answer> {
  const { db, key, verifier } = tools
  const published = await publishedCheckpoints(tools, text)
  const verdict = await verifyAudit(db, key, { published, verifier })
  if (!verdict.ok) {
    const { table, seq, through, problem } = verdict
    const rows = through ? `${seq} to ${through}` : String(seq)
    return { code: 1, lines: [`The audit trail was tampered with: ${table} seq ${rows}: ${problem}`] }
  }
  return {
    code: 0,
    lines: [
      `The audit trail fits: ${verdict.events} events, head ${verdict.head}`,
      ...remarks(verdict, { key, verifier, published }),
    ],
  }
}

type Looked = { key: Uint8Array | null; verifier: Verifier | null; published: readonly unknown[] }

/** What a person should know before they trust the sentence above. */
function remarks(verdict: AuditVerdict & { ok: true }, { key, verifier, published }: Looked): string[] {
  const { events, erased, covered, lost } = verdict
  const lines: string[] = []
  if (erased > 0) lines.push(`${erased} payloads were erased, as the trail says`)
  if (lost > 0)
    lines.push(
      `It was restored from a backup, as it says itself: at least ${lost} events that were published before are lost`,
    )
  if (covered === 0)
    lines.push('No checkpoint stands for it: whoever owns the database could have written it anew')
  else
    lines.push(`Checkpoints stand for its first ${covered} events, not yet for the last ${events - covered}`)
  if (covered > 0 && published.length === 0)
    lines.push('None from outside the database was compared: name a file of them with --checkpoint')
  if (covered > 0 && !verifier)
    lines.push(
      'Their signatures were not looked at: name the key with --public-key, or set AUDIT_SIGNING_KEY',
    )
  if (!key) lines.push('The payloads were not opened: ENCRYPTION_KEY is not set')
  return lines
}

/** @throws InvalidInputError when what was named or published cannot be relied on */
export async function publishedCheckpoints(
  { verifier, publishedFile }: Pick<TrailTools, 'verifier' | 'publishedFile'>,
  named: string | null,
): Promise<PublishedCheckpoint[]> {
  const text = named ?? (publishedFile ? await textOf(publishedFile) : null)
  if (text === null) return []
  const all = checkpointsIn(text)
  const ours = verifier ? all.filter(({ origin }) => origin === verifier.name) : all
  if (ours.length === 0 && (named !== null || text.trim() !== ''))
    throw new InvalidInputError('There is no checkpoint of this trail in the file')
  const forged = verifier && ours.find(({ note }) => !isSignedBy(verifier, note))
  if (forged) throw new InvalidInputError(`A checkpoint of ${forged.size} events is not signed with this key`)
  return ours
}

/** Null when nothing was published there yet. */
async function textOf(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw new InvalidInputError(`${file} cannot be read: ${error instanceof Error ? error.message : error}`)
  }
}

/** That a row is under the newest checkpoint, in the form of C2SP tlog-proof, checked before it is printed. */
async function prove({ db, verifier }: TrailTools, seq: number): Promise<Answer> {
  return inOneView(db, async (tx) => {
    const stored = await tx
      .select()
      .from(auditCheckpoints)
      .where(gte(auditCheckpoints.size, seq))
      .orderBy(asc(auditCheckpoints.size))
    const checkpoint = stored.at(-1)
    if (!checkpoint) throw new InvalidInputError(`No checkpoint stands for row ${seq} yet`)
    const tree = signedTree(checkpoint, verifier)
    const [row] = await tx.select().from(auditEvents).where(eq(auditEvents.seq, seq))
    const leaves = await leavesOf(tx, tree.size)
    const leaf = row && leafOf({ hash: chainHash(row.prevHash, row.seq, row.envelope) })
    const proof = seq <= leaves.length ? inclusionProof(leaves, seq - 1) : []
    if (!leaf || !isIncluded(leaf, seq - 1, tree, proof)) return notUnder(tree.size)
    const extra = Buffer.concat([row.prevHash, Buffer.from(row.envelope)]).toString('base64')
    const head = ['c2sp.org/tlog-proof@v1', `extra ${extra}`, `index ${seq - 1}`]
    return { code: 0, lines: [...head, ...proof.map(base64), '', checkpoint.note.trimEnd()] }
  })
}

/** That the later of two checkpoints grew from the earlier, checked before it is printed. */
async function consistency({ db, verifier }: TrailTools, sizes: [number, number]): Promise<Answer> {
  return inOneView(db, async (tx) => {
    const [earlier, later] = await Promise.all(
      sizes
        .toSorted((a, b) => a - b)
        .map(async (size) => {
          const [row] = await tx.select().from(auditCheckpoints).where(eq(auditCheckpoints.size, size))
          if (!row) throw new InvalidInputError(`There is no checkpoint of ${size} events`)
          return { ...signedTree(row, verifier), note: row.note }
        }),
    )
    if (!earlier || !later) throw new Error('Two sizes have two checkpoints')
    const leaves = await leavesOf(tx, later.size)
    const proof = earlier.size <= leaves.length ? consistencyProof(leaves, earlier.size) : []
    if (!isConsistent(earlier, later, proof)) return notUnder(later.size)
    return { code: 0, lines: [earlier.note, later.note, ...proof.map(base64)] }
  })
}

async function leavesOf(tx: Tx, size: number): Promise<Uint8Array[]> {
  const leaves: Uint8Array[] = []
  for await (const hash of chainHashes(tx, 0, size)) leaves.push(leafOf({ hash }))
  return leaves
}

const base64 = (hash: Uint8Array): string => Buffer.from(hash).toString('base64')

const notUnder = (size: number): Answer => ({
  code: 1,
  lines: [
    `The rows are not those that the checkpoint of ${size} events stands for: audit verify names the first`,
  ],
})

/** What a stored checkpoint says by its note, which alone is signed. */
function signedTree({ note }: { note: string }, verifier: Verifier | null): PublishedCheckpoint {
  const [said] = checkpointsIn(note)
  if (!said || (verifier && !isSignedBy(verifier, said.note)))
    throw new InvalidInputError('The stored checkpoint is not signed with this key')
  return said
}
