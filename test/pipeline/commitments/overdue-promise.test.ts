import { expect, test } from 'vitest'
import { facts, reviewed, touch, touchesSince } from '../sample-account.ts'

const saidOn = (days: number, body: string) =>
  touch(days, { id: `6${days}`, module: 'Notes', type: 'note', subject: 'After the demo', body })

test('what we promised and did not do becomes a task that cites the note and says what was said', () => {
  const note = saidOn(12, 'Robin liked it. We will send the security report by Friday.')

  const [first] = reviewed(facts({ activities: [...touchesSince(4), note] })).recommendations

  expect(first).toMatchObject({
    kind: 'create_task',
    title: 'Do what was promised for 13 Nov, or name a new day',
  })
  expect(first?.rationale[0]).toMatchObject({
    text: '"We will send the security report by Friday.": promised on 8 Nov for 13 Nov, 7 days ago, and nothing since looks like it was done.',
    evidence: [{ module: 'Notes', recordId: note.id }],
  })
  expect(JSON.stringify(first?.change)).toContain('We will send the security report by Friday.')
})

test('several overdue promises are one task, the oldest first', () => {
  const notes = [
    saidOn(12, 'We will send the security report by Friday.'),
    saidOn(20, 'They asked us to provide a revised contract by 3 November.'),
  ]

  const { recommendations } = reviewed(facts({ activities: [...touchesSince(4), ...notes] }))

  expect(recommendations).toHaveLength(1)
  expect(recommendations[0]?.title).toBe('Do what they asked for by 3 Nov, or name a new day')
  expect(recommendations[0]?.rationale[0]?.text).toContain('2 promises overdue; the oldest: ')
  expect(recommendations[0]?.evidence.map(({ recordId }) => recordId)).toEqual(['620', '612'])
})
