import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mapRecords } from '../../src/crm/sync/mapping.ts'
import { marked, unmarked } from '../../src/crm/zoho/marker.ts'
import { DEFAULT_FIELDS, MODULES, resolveFields } from '../../src/model/field.ts'

const { fields } = resolveFields({})
const FIRST_MOMENT = Date.now()

/** A field as a CRM, an import or a mistake may have filled it. */
const value = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(
    '2026-02-30',
    '2026-02-03',
    '2026-02-03T10:00:00',
    '2026-02-03T10:00:00+05:30',
    'Closed Won',
    'At Risk',
    'Email: hi',
    'Completed',
    '12.5',
  ),
  fc.record({ id: fc.stringMatching(/^\d{1,20}$/), name: fc.string() }),
)

test('whatever a record holds, it is mapped without failing and no date is made up', () => {
  const anyRecord = fc.constantFrom(...MODULES).chain((module) => {
    const names = Object.values(DEFAULT_FIELDS[module]).map(({ api }) => api)
    return fc.tuple(
      fc.constant(module),
      fc.record(Object.fromEntries(names.map((name) => [name, value])), { requiredKeys: [] }),
    )
  })
  fc.assert(
    fc.property(anyRecord, ([module, held]) => {
      const record = { id: '57257670000000001', ...held }

      const { rows } = mapRecords(module, [record], { fields, choices: {}, problem: () => {} })

      const given = Object.values(held).map((each) =>
        typeof each === 'string' ? Date.parse(each) : Number.NaN,
      )
      for (const date of Object.values(rows[0] ?? {}).filter((each) => each instanceof Date)) {
        const isGiven = given.some((time) => Math.abs(time - date.getTime()) <= 12 * 3_600_000)
        expect(isGiven && date.getTime() < FIRST_MOMENT, `${module}: ${date.toISOString()}`).toBe(true)
      }
      expect(rows[0]).toMatchObject({ id: '57257670000000001' })
    }),
  )
})

test('a mark is taken off as it was put on, and no other text is taken for one', () => {
  fc.assert(
    fc.property(fc.string(), fc.uuid(), (text, operationId) => {
      fc.pre(!text.includes('Ref sergas:'))

      expect(unmarked(marked(text, operationId))).toEqual({ text, operationId })
      expect(unmarked(text)).toEqual({ text, operationId: null })
    }),
  )
  expect(unmarked('They wrote Ref sergas:op-1 in the middle')).toMatchObject({ operationId: null })
})
