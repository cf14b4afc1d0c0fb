import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dealTopic, withArticle } from '../../src/recommendations/deal-topic.ts'

describe('what a deal is about, for the customer to read', () => {
  test.each([
    ['Cobbler Street Foods – integration with the ERP', 'Cobbler Street Foods', 'integration with the ERP'],
    ['Cobbler Street – archive migration', 'Cobbler Street Foods', 'archive migration'],
    ['Hester-Robles: support plan upgrade OPP-2511', 'Hester-Robles', 'support plan upgrade'],
    ['Fleet rollout', 'Acme Corp', 'Fleet rollout'],
    ['Fleet rollout Q3 FY27', 'Acme Corp', 'Fleet rollout'],
    ['StackAI 2509a', 'StackAI', null],
    ['Galloway, Bishop and Smith 2510', 'Galloway, Bishop and Smith', null],
    ['Acme Corp', 'Acme Corp', null],
    ['Acme Corp upsell', 'Acme Corp', null],
    ['New business opportunity', 'Acme Corp', null],
    ['<!channel> see https://evil.example', 'Acme Corp', null],
    ['', 'Acme Corp', null],
    ['شركة النور – تدريب المشرفين', 'شركة النور', 'تدريب المشرفين'],
  ])('%s of %s', (deal, account, topic) => {
    expect(dealTopic(deal, account)).toBe(topic)
  })

  test('never holds the name of the account or a trailing code, whatever the names are', () => {
    const names = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom('A+B (Co.)', 'X-Y', '[', '\\'),
    )
    fc.assert(
      fc.property(names, fc.string({ unit: 'grapheme', maxLength: 80 }), (account, rest) => {
        const topic = dealTopic(`${account} – ${rest} 2509`, account)

        if (topic === null) return
        expect(topic.length).toBeLessThanOrEqual(60)
        expect(topic).toMatch(/\p{L}{3}/u)
        expect(topic).not.toMatch(/2509$|[<>{}@]/)
      }),
    )
  })

  test('within a sentence it has its article', () => {
    expect(withArticle('archive migration')).toBe('the archive migration')
    expect(withArticle('The second site')).toBe('The second site')
  })
})
