import { expect, test } from 'vitest'
import { type CrmData, MODULE_NAMES } from '../../src/sandbox/data/crm-data.ts'
import { generateCompany } from '../../src/sandbox/data/sample-company.ts'
import { memoryJournal } from '../../src/sandbox/zoho/journal.ts'
import { targetOf } from '../../src/sandbox/zoho/projection.ts'
import { readValues } from '../../src/sandbox/zoho/record-values.ts'
import { SCHEMA } from '../../src/sandbox/zoho/schema.ts'
import { createState, lookupId } from '../../src/sandbox/zoho/state.ts'
import { reasonsToAct } from './reasons-to-act.ts'

const NOW = new Date('2026-11-20T15:00:00Z')
const company = (): CrmData => generateCompany({ seed: 'demo', now: NOW })

test('the same seed and day give the same company; another seed gives another', () => {
  expect(company()).toEqual(company())
  expect(generateCompany({ seed: 'other', now: NOW })).not.toEqual(company())
})

test('every record keeps the rules that Zoho holds writes to', () => {
  const { records, ...rest } = company()
  const state = createState(memoryJournal({ records, ...rest }))

  for (const module of MODULE_NAMES) {
    const known = new Set(['id', ...SCHEMA[module].map((field) => field.api)])
    for (const record of records[module]) {
      expect(Object.keys(record).filter((field) => !known.has(field))).toEqual([])
      const parent =
        module === 'Notes'
          ? { id: lookupId(record.Parent_Id), module: { api_name: record.$se_module } }
          : null
      const input = parent ? { ...record, Parent_Id: parent } : record
      expect(() => readValues(module, input, { state, index: 0, permit: 'all' })).not.toThrow()
    }
  }
})

test('every lookup leads to a record that exists', () => {
  const state = createState(memoryJournal(company()))

  for (const module of MODULE_NAMES) {
    for (const record of state.all(module)) {
      for (const { api, type } of SCHEMA[module]) {
        const id = type === 'lookup' ? lookupId(record[api]) : null
        const target = targetOf(module, record, api)
        if (id !== null) expect(target && state.get(target, id)).toBeDefined()
      }
    }
  }
})

test('it has everything the bot is there for, spread over all owners, and most accounts need nothing', () => {
  const made = company()

  const reasons = reasonsToAct(made, NOW)
  const needing = made.records.Accounts.filter((account) => (reasons.get(account.id) ?? []).length > 0)
  const owners = new Set(needing.map((account) => lookupId(account.Owner)))

  expect(new Set([...reasons.values()].flat())).toEqual(
    new Set(['silent', 'stalled', 'overdue close', 'renewal', 'at risk', 'unpaid', 'handed over', 'new']),
  )
  expect(needing.length).toBeGreaterThanOrEqual(20)
  expect(needing.length * 2).toBeLessThan(made.records.Accounts.length)
  expect(owners.size).toBe(4)
})

test('one name is borne by two accounts', () => {
  const names = company().records.Accounts.map((account) => account.Account_Name)

  expect(names.length - new Set(names).size).toBe(1)
})

test('nothing has happened after now', () => {
  const { records, history } = company()
  const past = [
    ...MODULE_NAMES.flatMap((module) => records[module].map((record) => String(record.Modified_Time))),
    ...history.map((entry) => entry.at),
  ]

  expect(past.every((time) => Date.parse(time) < NOW.getTime())).toBe(true)
})
