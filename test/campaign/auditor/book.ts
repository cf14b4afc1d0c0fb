import type { Asked, Change, Evidence, Tables } from './evidence.ts'

/** The evidence, laid out so that each row finds what belongs to it. */
export type Approval = Tables['approvals'][number]
export type Operation = Tables['operations'][number]

export type Book = Evidence & {
  approval(id: string): Approval | undefined
  /** What an approval says as it stands: its current version. */
  versionOf(approval: Approval): { change: Change; hash: string } | undefined
  operationOf(approval: Approval): Operation | undefined
  undoOf(approval: Approval): Approval | undefined
  /** Who was asked what; of an undo, what the approval was about that it takes back. */
  askedIn(approval: Approval): Asked | undefined
  /** Each record, and each text of a record we make, belongs to one approval. */
  about(module: string, recordId: string, subject: unknown): Approval | undefined
}

export function openBook(evidence: Evidence): Book {
  const { tables, asked } = evidence
  const approvals = new Map(tables.approvals.map((row) => [row.id, row]))
  const versions = new Map(tables.versions.map((row) => [`${row.approval_id}:${row.version}`, row]))
  const operations = new Map(tables.operations.map((row) => [row.approval_id, row]))
  const undos = new Map(tables.approvals.flatMap((row) => (row.undo_of ? [[row.undo_of, row]] : [])))
  const updates = new Map<string, string>()
  const creations = new Map<string, string>()
  for (const [id, { action, recordId, text }] of asked) {
    if (action === 'update') updates.set(recordId, id)
    else creations.set(text, id)
  }
  return {
    ...evidence,
    approval: (id) => approvals.get(id),
    versionOf: ({ id, version }) => versions.get(`${id}:${version}`),
    operationOf: ({ id }) => operations.get(id),
    undoOf: ({ id }) => undos.get(id),
    askedIn: ({ id, undo_of }) => asked.get(undo_of ?? id),
    about(module, recordId, subject) {
      const id = module === 'Tasks' ? creations.get(String(subject)) : updates.get(recordId)
      return id === undefined ? undefined : approvals.get(id)
    },
  }
}
