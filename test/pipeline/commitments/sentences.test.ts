import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { commitmentsOf } from '../../../src/pipeline/commitments/commitments.ts'
import { sentencesOf } from '../../../src/pipeline/commitments/sentences.ts'
import { facts, NOW, touch } from '../sample-account.ts'

describe('the writer’s own sentences', () => {
  test('what is quoted is somebody else’s', () => {
    const own = 'Thanks, will do.'
    for (const quoted of [
      '> I will send the quote.',
      'On Mon, 2 Mar 2026 at 10:00, Robin Vale wrote:\nI will send the quote.',
      'On Mon, 2 Mar 2026 at 10:00, Robin Vale <robin@acme.example>\nwrote:\nI will send the quote.',
      'Am 02.03.2026 um 10:00 schrieb Robin Vale:\nI will send the quote.',
      'Le lun. 2 mars 2026 à 10:00, Robin Vale a écrit :\nI will send the quote.',
      '-----Original Message-----\nI will send the quote.',
      'From: Robin Vale\nSent: Monday\nI will send the quote.',
      'Von: Robin Vale\nGesendet: Montag\nI will send the quote.',
    ]) {
      expect(sentencesOf(`${own}\n\n${quoted}`)).toEqual([own])
    }
  })

  test('a signature says nothing', () => {
    for (const closing of [
      '-- ',
      'Best regards,',
      'Kind regards\nDana',
      'Mit freundlichen Grüßen',
      'Cordialement,',
      'Thanks!',
    ]) {
      expect(sentencesOf(`I agree.\n\n${closing}\nWe will change your life.`)).toEqual(['I agree.'])
    }
  })

  test('thanks in front close nothing', () => {
    expect(sentencesOf('Thanks Robin,\nI will send it.')).toEqual(['Thanks Robin,', 'I will send it.'])
  })

  test('wrapped lines are one sentence, the points of a list are several', () => {
    expect(
      sentencesOf('I will send you the quote that we spoke about when we\nmet, by Friday.'),
    ).toHaveLength(1)
    expect(sentencesOf('- send quote\n- call legal\n2. book room')).toEqual([
      'send quote',
      'call legal',
      'book room',
    ])
  })

  test('neither a title nor a date ends a sentence', () => {
    expect(sentencesOf('Dr. Vale schickt es bis zum 5. Mai. Danke.')).toEqual([
      'Dr. Vale schickt es bis zum 5. Mai.',
      'Danke.',
    ])
  })
})

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.string({ unit: 'grapheme', maxLength: 400 }),
  fc
    .array(
      fc.constantFrom(
        ..."I'll send we will Robin to by Friday please könnten Sie bis 5. Mai je vous enverrai demain ? ! . , \n > -- : \u202e \u200b \ud800 ﷺ İ 9/9 ' ’ if q3".split(
          ' ',
        ),
      ),
      { maxLength: 60 },
    )
    .map((words) => words.join(' ')),
)

describe('any text at all', () => {
  test('gives commitments that are whole, of a record there is, and no later than now', () => {
    fc.assert(
      fc.property(anyText, fc.constantFrom('note', 'email', 'call', 'meeting'), (body, type) => {
        const activity = touch(3, { module: 'Notes', type, body })
        for (const found of commitmentsOf(facts({ activities: [activity] }), NOW)) {
          expect(found.text.length).toBeLessThanOrEqual(300)
          expect(found.text).not.toMatch(/[\u200b\u202e]|\p{Surrogate}/u)
          expect(found.evidence.recordId).toBe(activity.id)
          expect(found.madeAt <= NOW).toBe(true)
          expect(found.dueAt === null || found.dueAt >= found.madeAt).toBe(true)
          expect(found.state === 'overdue').toBe(
            found.dueAt !== null && found.dueAt < NOW && found.keptBy === null,
          )
        }
      }),
      { numRuns: 300 },
    )
  })

  test('a megabyte of anything takes less than a second', () => {
    const megabytes = [
      "I will send the quote by Friday, and we'll call Robin next week. ",
      'bitte ',
      'a',
      ' ',
      '\n',
      '.',
      '. ',
      '>',
      'ich werde ',
      'on ',
      '-',
      "'",
      'ﷺ',
      '9/',
      'if let me ',
      'I will send the quote by Friday\n',
      '\u202e\u200b',
      'next steps: Robin to ',
      'Thanks Thanks\n',
    ].map((piece) => piece.repeat(Math.ceil(1_000_000 / piece.length)))
    for (const body of megabytes) {
      const began = performance.now()

      commitmentsOf(facts({ activities: [touch(3, { module: 'Notes', type: 'note', body })] }), NOW)

      expect(performance.now() - began, JSON.stringify(body.slice(0, 20))).toBeLessThan(1000)
    }
  })

  test('nothing gives nothing', () => {
    for (const body of [null, '', ' \n ', '\u200b']) {
      expect(commitmentsOf(facts({ activities: [touch(3, { type: 'note', body })] }), NOW)).toEqual([])
    }
    expect(commitmentsOf(facts({ activities: [] }), NOW)).toEqual([])
  })
})
