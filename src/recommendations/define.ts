import { z } from 'zod'
import type { Account, Contact, Deal } from '../model/account.ts'
import type { CrmChange } from '../model/change.ts'
import type { FieldMap } from '../model/field.ts'
import type { Owner } from '../model/owner.ts'
import type { ActionClass, DraftText, KindName } from '../model/review.ts'

/**
 * A kind of recommendation: a small form that a person, the rules or a model fills, and the code that makes
 * exactly one CRM write of it. Whoever fills the form never names a field or a record of the CRM.
 */

/** What a recommendation is about, as the mirror knows it. */
export type Subject = {
  account: Account
  /** Set when it is about one of the account's deals. */
  deal: Deal | null
  owner: Owner | null
  contacts: readonly Contact[]
}

/** The words for a field this CRM does not have; nothing can be built without it. */
export type Unmapped = { unmapped: string }

/** @typeParam Form what an author fills in; the table's kinds take anything and parse it. */
export type Kind<Form = unknown> = {
  kind: KindName
  /** What a person reads for the kind. */
  label: string
  form: z.ZodType
  /** Its text is for the customer to read; of these an account gets one at a time. */
  isLetter: boolean
  /** When to choose it and how to fill it, in words for an author. */
  guidance: string
  /** Its weight in the ranking, 1 being ordinary. */
  multiplier: number
  actionClass(form: Form): ActionClass
  /** Outcome first, without the account's name, at most 100 characters. */
  title(form: Form, subject: Subject, now: Date): string
  change(form: Form, subject: Subject, fields: FieldMap, now: Date): CrmChange | Unmapped
  /** Text for a person to copy, when the kind carries one. */
  draft(form: Form, subject: Subject): DraftText | null
}

/**
 * Gives a kind its place in the table: the form is parsed before any of its functions sees it.
 *
 * @throws ZodError from each function when the form does not fit; ask `form.safeParse` first.
 */
export function defineKind<Schema extends z.ZodType>(
  definition: Omit<Kind<z.output<Schema>>, 'form' | 'draft' | 'isLetter'> & {
    form: Schema
    isLetter?: boolean
    draft?: Kind<z.output<Schema>>['draft']
  },
): Kind {
  const { form: schema } = definition
  return {
    ...definition,
    isLetter: definition.isLetter ?? false,
    actionClass: (form) => definition.actionClass(schema.parse(form)),
    title: (form, subject, now) => definition.title(schema.parse(form), subject, now),
    change: (form, subject, fields, now) => definition.change(schema.parse(form), subject, fields, now),
    draft: (form, subject) => definition.draft?.(schema.parse(form), subject) ?? null,
  }
}

export const ContactId = z
  .string()
  .nullable()
  .describe('Id of the contact it is for, one of the contacts given; null for nobody in particular.')

export const DueDate = z.iso.date().describe('YYYY-MM-DD, a working day.')

export const Goal = z
  .string()
  .min(3)
  .max(100)
  .describe("What approving achieves, verb first, with the figure; without the account's name.")

export const TaskPriority = z.enum(['highest', 'high', 'normal', 'low'])
export type TaskPriority = z.infer<typeof TaskPriority>
