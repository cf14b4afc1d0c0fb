import { describe, expect, test } from 'vitest'
import { dueIn } from '../../../src/pipeline/commitments/due.ts'
import { spaced, wordsOf } from '../../../src/pipeline/commitments/words.ts'

const due = (sentence: string, made: string, zone = 'Europe/Paris') =>
  dueIn(spaced(wordsOf(sentence)), { madeAt: new Date(made), zone, from: 0 })?.toISOString() ?? null
const day = (sentence: string, made: string) => due(sentence, made, 'UTC')?.slice(0, 10) ?? null

const WEDNESDAY = '2026-03-04T10:00:00Z'

const rows: [sentence: string, day: string | null][] = [
  ['today', '2026-03-04'],
  ['by end of day', '2026-03-04'],
  ['by EOD tomorrow', '2026-03-05'],
  ['the day after tomorrow', '2026-03-06'],
  ['by Friday', '2026-03-06'],
  ['on Wednesday', '2026-03-11'],
  ['next Friday', '2026-03-13'],
  ['this week', '2026-03-06'],
  ['next week', '2026-03-13'],
  ['by the end of next week', '2026-03-13'],
  ['end of month', '2026-03-31'],
  ['next month', '2026-04-30'],
  ['by the end of Q3', '2026-09-30'],
  ['in Q1 2027', '2027-03-31'],
  ['end of the quarter', '2026-03-31'],
  ['by year end', '2026-12-31'],
  ['in two weeks', '2026-03-18'],
  ['within 5 business days', '2026-03-11'],
  ['within 48 hours', '2026-03-06'],
  ['by the 15th', '2026-03-15'],
  ['by the 2nd', '2026-04-02'],
  ['by 5 May', '2026-05-05'],
  ['by May 5th', '2026-05-05'],
  ['by May 5, 2027', '2027-05-05'],
  ['by the end of May', '2026-05-31'],
  ['on 2026-04-17', '2026-04-17'],
  ['by 13/04', '2026-04-13'],
  ['before Christmas', '2026-12-24'],
  ['heute noch', '2026-03-04'],
  ['bis morgen Nachmittag', '2026-03-05'],
  ['übermorgen', '2026-03-06'],
  ['am Montag', '2026-03-09'],
  ['nächste Woche', '2026-03-13'],
  ['bis Ende der Woche', '2026-03-06'],
  ['bis Monatsende', '2026-03-31'],
  ['bis Ende Q2', '2026-06-30'],
  ['im 3. Quartal', '2026-09-30'],
  ['in drei Tagen', '2026-03-07'],
  ['bis zum 5. Mai', '2026-05-05'],
  ['bis 05.05.2027', '2027-05-05'],
  ['bis Ende Mai', '2026-05-31'],
  ["aujourd'hui", '2026-03-04'],
  ['demain matin', '2026-03-05'],
  ['après-demain', '2026-03-06'],
  ["d'ici vendredi", '2026-03-06'],
  ['mardi prochain', '2026-03-10'],
  ['la semaine prochaine', '2026-03-13'],
  ['avant la fin du mois', '2026-03-31'],
  ['fin T2', '2026-06-30'],
  ['au 2e trimestre', '2026-06-30'],
  ['dans quinze jours', '2026-03-19'],
  ['le 1er mai', '2026-05-01'],
  ['fin avril', '2026-04-30'],
  // Not a day, not one only, or one that was
  ['soon', null],
  ['Guten Morgen', null],
  ['on 5/6', null],
  ['on 31/31', null],
  ['on 30 February', null],
  ['on 1 March we met', null],
  ['version 2.14.3', null],
  ['it may 99 times', null],
]

describe('until when', () => {
  test.each(rows)('%s', (sentence, expected) => {
    expect(day(sentence, WEDNESDAY)).toBe(expected)
  })

  test('a deadline goes before another day, and a later day before an earlier one that was meant', () => {
    expect(day('After the call on Monday I will send it by Thursday', WEDNESDAY)).toBe('2026-03-05')
  })

  test('a year ends: what comes next is of the next one', () => {
    expect(day('by 5 January', '2026-12-29T10:00:00Z')).toBe('2027-01-05')
    expect(day('next week', '2026-12-29T10:00:00Z')).toBe('2027-01-08')
    expect(day('end of month', '2026-12-31T10:00:00Z')).toBe('2026-12-31')
    expect(day('tomorrow', '2026-12-31T10:00:00Z')).toBe('2027-01-01')
    expect(day('by the end of Q1', '2026-11-20T10:00:00Z')).toBe('2027-03-31')
    expect(day('bis zum 29. Februar', '2027-11-20T10:00:00Z')).toBe('2028-02-29')
  })

  test('the day is the owner’s, and lasts as long as the clocks there say', () => {
    // Clocks go forward in Paris on 29 March and back on 25 October.
    expect(due('on Sunday', '2026-03-27T10:00:00Z')).toBe('2026-03-29T21:59:59.999Z')
    expect(due('tomorrow', '2026-03-27T23:30:00Z')).toBe('2026-03-29T21:59:59.999Z')
    expect(due('on Sunday', '2026-10-23T10:00:00Z')).toBe('2026-10-25T22:59:59.999Z')
    expect(due('tomorrow', '2026-03-05T23:30:00Z', 'America/Los_Angeles')).toBe('2026-03-07T07:59:59.999Z')
  })

  test('a zone nobody knows counts as UTC', () => {
    expect(due('tomorrow', WEDNESDAY, 'Mars/Olympus')).toBe('2026-03-05T23:59:59.999Z')
  })
})
