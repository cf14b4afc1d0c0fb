import { z } from 'zod'
import { AccountStatus } from '../model/account.ts'
import type { FieldMap } from '../model/field.ts'
import type { ActionClass } from '../model/review.ts'
import { dayInWords } from './calendar.ts'
import { defineKind, type Subject, type Unmapped } from './define.ts'
import { amountInWords, line, TEXT_LIMITS } from './text.ts'
import { type FieldMove, updateFields, zoneOf } from './write.ts'

/** New values for the account, or for one of its deals. Absent means "leave as it is". */
export const UpdateForm = z
  .discriminatedUnion('record', [
    z.strictObject({
      record: z.literal('account'),
      status: AccountStatus.exclude(['unknown']).optional(),
      healthScore: z.int().min(0).max(100).optional(),
      renewalDate: z.iso.date().optional(),
    }),
    z.strictObject({
      record: z.literal('deal'),
      closingDate: z.iso.date().optional(),
      nextStep: z.string().min(3).max(255).optional(),
      stage: z.string().min(1).max(120).optional(),
      amount: z.number().nonnegative().optional(),
    }),
  ])
  .refine((form) => Object.keys(form).length > 1, 'names no new value')
export type UpdateForm = z.infer<typeof UpdateForm>

/** The usual words; compliance puts the CRM's own spelling in their place where it knows the list. */
export const STATUS_WORDS: Record<Exclude<AccountStatus, 'unknown'>, string> = {
  active: 'Active',
  inactive: 'Inactive',
  at_risk: 'At Risk',
  closed: 'Closed',
  pending: 'Pending',
  onboarding: 'Onboarding',
}

const CLOSING_STAGE = /closed|won|lost|churn/i

export const updateAccount = defineKind({
  kind: 'update_account',
  label: 'CRM update',
  guidance:
    'The record says something that the facts contradict: a status, a health score, a close date that has passed, a missing next step. Only new values; one record.',
  multiplier: 1,
  form: UpdateForm,
  actionClass,
  title: (form, subject, now) => line(sentence(phrases(form, subject, now)), TEXT_LIMITS.title),
  change(form, subject, fields) {
    const moves =
      form.record === 'account' ? accountMoves(form, subject, fields) : dealMoves(form, subject, fields)
    return 'unmapped' in moves ? moves : updateFields(subject, moves)
  },
})

function actionClass(form: UpdateForm): ActionClass {
  if (form.record === 'account') return form.status === 'closed' ? 'closing' : 'field'
  if (form.stage !== undefined && CLOSING_STAGE.test(form.stage)) return 'closing'
  return form.amount === undefined ? 'field' : 'amount'
}

type AccountForm = Extract<UpdateForm, { record: 'account' }>
type DealForm = Extract<UpdateForm, { record: 'deal' }>

function accountMoves(form: AccountForm, subject: Subject, { Accounts }: FieldMap): FieldMove[] | Unmapped {
  if (subject.deal) return { unmapped: 'an account value on a deal' }
  const { account } = subject
  const moves: FieldMove[] = []
  if (form.status !== undefined) {
    moves.push({ spec: Accounts.status, from: account.statusText, to: STATUS_WORDS[form.status] })
  }
  if (form.healthScore !== undefined) {
    moves.push({ spec: Accounts.healthScore, from: account.healthScore, to: form.healthScore })
  }
  if (form.renewalDate !== undefined) {
    moves.push({ spec: Accounts.renewalDate, from: account.renewalDate, to: form.renewalDate })
  }
  return moves
}

function dealMoves(form: DealForm, { deal }: Subject, { Deals }: FieldMap): FieldMove[] | Unmapped {
  if (!deal) return { unmapped: 'a deal value on an account' }
  const moves: FieldMove[] = []
  if (form.closingDate !== undefined) {
    moves.push({ spec: Deals.closingDate, from: deal.closingDate, to: form.closingDate })
  }
  if (form.nextStep !== undefined) {
    moves.push({ spec: Deals.nextStep, from: deal.nextStep, to: line(form.nextStep, 255) })
  }
  if (form.stage !== undefined) moves.push({ spec: Deals.stage, from: deal.stage, to: line(form.stage, 120) })
  if (form.amount !== undefined) moves.push({ spec: Deals.amount, from: deal.amount, to: form.amount })
  return moves
}

function phrases(form: UpdateForm, subject: Subject, now: Date): string[] {
  const clock = { now, zone: zoneOf(subject) }
  const said: string[] = []
  if (form.record === 'account') {
    if (form.status !== undefined) said.push(`set status to ${STATUS_WORDS[form.status]}`)
    if (form.renewalDate !== undefined)
      said.push(`set renewal date to ${dayInWords(form.renewalDate, clock)}`)
    if (form.healthScore !== undefined) {
      const before = subject.account.healthScore
      const verb = before === null ? 'set' : form.healthScore < before ? 'lower' : 'raise'
      said.push(`${verb} health score to ${form.healthScore}`)
    }
    return said
  }
  if (form.closingDate !== undefined) said.push(`move close date to ${dayInWords(form.closingDate, clock)}`)
  if (form.stage !== undefined) said.push(`set stage to ${form.stage}`)
  if (form.amount !== undefined) said.push(`set amount to ${amountInWords(form.amount)}`)
  if (form.nextStep !== undefined) {
    said.push(said.length > 0 ? 'set the next step' : `set next step "${line(form.nextStep, 75)}"`)
  }
  return said
}

function sentence(parts: readonly string[]): string {
  const text = parts.join(' and ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}
