import { describe, expect, test } from 'vitest'
import type { Activity } from '../../../src/model/account.ts'
import type { Side } from '../../../src/model/commitment.ts'
import { commitmentsOf } from '../../../src/pipeline/commitments/commitments.ts'
import { account, facts, owner, touch } from '../sample-account.ts'

/** Dana Reyes (Paris) looks after Acme, where Robin Vale is. Wednesday, 4 March 2026. */
const MADE = new Date('2026-03-04T10:00:00Z')
const NOW = new Date('2026-03-20T12:00:00Z')

let last = 0
function activity(
  type: 'note' | 'email' | 'call' | 'meeting',
  body: string,
  at = MADE,
  subject = 'Talk',
): Activity {
  const module = { note: 'Notes', email: 'Tasks', call: 'Calls', meeting: 'Events' } as const
  last += 1
  return touch(0, {
    id: `51${last}`,
    module: module[type],
    type,
    subject,
    body,
    at,
    completed: type === 'email' ? true : null,
  })
}
const note = (body: string, at?: Date) => activity('note', body, at)
const theirMail = (body: string, at?: Date) =>
  activity('email', `Direction: Inbound\nStatus: Received\n\n${body}`, at)
const ourMail = (body: string, at?: Date) =>
  activity('email', `Direction: Outbound\nStatus: Sent\n\n${body}`, at)

const found = (activities: Activity[], now = NOW) =>
  commitmentsOf(facts({ account: account(), activities }), now)
const day = (date: Date | null) =>
  date && new Intl.DateTimeFormat('sv-SE', { timeZone: owner.zone }).format(date)

type Row = [where: 'note' | 'ours' | 'theirs', text: string, by: Side | null, due?: string | null]

const rows: Row[] = [
  // Our own promises
  ['ours', "Hi Robin,\n\nI'll send the quote by Friday.\n\nBest regards\nDana", 'us', '2026-03-06'],
  ['ours', 'We will come back to you next week.', 'us', '2026-03-13'],
  ['ours', 'I am going to prepare the contract tomorrow.', 'us', '2026-03-05'],
  ['ours', "You'll have the report by the end of the month.", 'us', '2026-03-31'],
  ['ours', 'Ich schicke Ihnen das Angebot bis Freitag.', 'us', '2026-03-06'],
  ['ours', 'Wir werden den Vertrag bis Ende März prüfen.', 'us', '2026-03-31'],
  ['ours', 'Morgen melde ich mich bei Ihnen.', 'us', '2026-03-05'],
  ['ours', 'Je vous enverrai le devis avant vendredi.', 'us', '2026-03-06'],
  ['ours', 'Nous reviendrons vers vous la semaine prochaine.', 'us', '2026-03-13'],
  ['ours', 'Je vais préparer le contrat pour demain.', 'us', '2026-03-05'],
  ['ours', "Nous vous envoyons le rapport d'ici la fin du mois.", 'us', '2026-03-31'],
  ['ours', 'Our legal team will review the draft by 15 April.', 'us', '2026-04-15'],
  // Asked of them
  ['ours', 'Could you please send me the signed contract by Monday?', 'customer', '2026-03-09'],
  ['ours', 'Könnten Sie mir bitte die unterschriebene Bestellung schicken?', 'customer', null],
  ['ours', 'Pourriez-vous nous confirmer la date avant le 20 mars ?', 'customer', '2026-03-20'],
  ['ours', 'You said you would send the order this week.', 'customer', '2026-03-06'],
  // Theirs
  ['theirs', 'Hi Dana,\n\nplease send me the contract.\n\nRobin', 'us', null],
  ['theirs', 'Can you call me tomorrow?', 'us', '2026-03-05'],
  ['theirs', 'We will sign by the end of Q2.', 'customer', '2026-06-30'],
  ['theirs', 'Bitte schicken Sie uns die Rechnung bis zum 10.03.', 'us', '2026-03-10'],
  ['theirs', 'Ich melde mich nächste Woche bei Ihnen.', 'customer', '2026-03-13'],
  ['theirs', 'Merci de nous envoyer le contrat avant le 12 mars.', 'us', '2026-03-12'],
  ['theirs', 'Je vous confirmerai notre décision lundi.', 'customer', '2026-03-09'],
  ['theirs', 'Your team will deliver the training by 1 April.', 'us', '2026-04-01'],
  // In notes
  ['note', "Good call. I'll send the quote by Friday.", 'us', '2026-03-06'],
  ['note', 'Promised to send the audit report by tomorrow.', 'us', '2026-03-05'],
  ['note', 'Robin will send the purchase order next week.', 'customer', '2026-03-13'],
  ['note', 'Next steps: Robin Vale to sign the agreement by 10 March.', 'customer', '2026-03-10'],
  ['note', 'They asked us to send an updated proposal by Friday.', 'us', '2026-03-06'],
  ['note', 'Der Kunde wird den Vertrag bis Monatsende prüfen.', 'customer', '2026-03-31'],
  ['note', 'Robin schickt uns die Bestellung bis Freitag.', 'customer', '2026-03-06'],
  ['note', 'Le client va signer le contrat la semaine prochaine.', 'customer', '2026-03-13'],
  ['note', 'Robin: I will check with finance and let you know by Tuesday.', 'customer', '2026-03-10'],
  ['note', 'Dana: I will send the minutes tomorrow.', 'us', '2026-03-05'],
  ['note', 'Dana to prepare the demo by 11 March.', 'us', '2026-03-11'],
  ['note', '- TODO: send pricing by Thursday', 'us', '2026-03-05'],
  // Nothing of the kind
  ['ours', 'If you have any questions, please let me know.', null],
  ['ours', 'Looking forward to speaking with you next week.', null],
  ['ours', 'Please find attached the quote.', null],
  ['ours', 'I sent the quote on Friday.', null],
  ['ours', "I won't be able to send it this week.", null],
  ['ours', "We'll see you tomorrow.", null],
  ['ours', 'Zögern Sie nicht, uns bei Fragen anzurufen.', null],
  ['ours', "N'hésitez pas à me contacter si vous avez des questions.", null],
  ['ours', 'If the budget were there, we would send an offer.', null],
  ['ours', 'Ich habe Ihnen das Angebot gestern geschickt.', null],
  ['note', 'They want to grow in Asia.', null],
  ['note', 'Met at the fair. Good mood, budget starts in Q3.', null],
  ['note', 'Robin likes the product and the team is happy.', null],
  ['theirs', 'Thank you for the quick help yesterday!', null],
]

describe('who promised what, until when', () => {
  test.each(rows)('%s: %s', (where, text, by, due = null) => {
    const write = { note, ours: ourMail, theirs: theirMail }[where]

    const [first, ...others] = found([write(text)])

    expect(others).toEqual([])
    expect(first && { by: first.by, due: day(first.dueAt) }).toEqual(by === null ? undefined : { by, due })
  })
})

const at = (text: string) => new Date(text)
const THURSDAY = at('2026-03-05T09:00:00Z')
const TUESDAY = at('2026-03-10T09:00:00Z')
const quote = "I'll send the quote by Friday."
const call = (when: Date, subject = 'Catch up', body = '') => activity('call', body, when, subject)

type Fate = [what: string, activities: Activity[], expected: [state: string, keptBy: string | null]]

const fates: Fate[] = [
  ['nothing since', [ourMail(quote)], ['overdue', null]],
  ['a mail of ours in time', [ourMail(quote), ourMail('Here it is.', THURSDAY)], ['kept', '2026-03-05']],
  ['a mail of ours too late', [ourMail(quote), ourMail('Here it is.', TUESDAY)], ['kept', '2026-03-10']],
  ['only a mail of theirs', [ourMail(quote), theirMail('Where is it?', TUESDAY)], ['overdue', null]],
  [
    'only a mail before',
    [ourMail('As agreed.', at('2026-03-03T09:00:00Z')), ourMail(quote)],
    ['overdue', null],
  ],
  ['a call, though a quote was promised', [ourMail(quote), call(THURSDAY)], ['overdue', null]],
  ['a call that was promised', [ourMail("I'll call you tomorrow."), call(THURSDAY)], ['kept', '2026-03-05']],
  ['a note that it was sent', [ourMail(quote), note('Quote sent.', THURSDAY)], ['kept', '2026-03-05']],
  ['a note that it was not', [ourMail(quote), note('Quote not sent yet.', THURSDAY)], ['overdue', null]],
  ['a note that it will be', [ourMail(quote), note('The quote is to be sent.', THURSDAY)], ['overdue', null]],
  ['a note about it', [ourMail(quote), note('Quote is being written.', THURSDAY)], ['overdue', null]],
  [
    'a task done',
    [
      note('We will fix the export by Friday.'),
      touch(0, {
        id: '520',
        module: 'Tasks',
        type: 'task',
        subject: 'Export',
        at: THURSDAY,
        completed: true,
      }),
    ],
    ['kept', '2026-03-05'],
  ],
  [
    'a task not done',
    [
      note('We will fix the export by Friday.'),
      touch(0, {
        id: '521',
        module: 'Tasks',
        type: 'task',
        subject: 'Export',
        at: THURSDAY,
        completed: false,
      }),
    ],
    ['overdue', null],
  ],
  [
    'their promise, our mail',
    [theirMail('We will send the order by Friday.'), ourMail('Hello?', TUESDAY)],
    ['overdue', null],
  ],
  [
    'their promise, their mail',
    [theirMail('We will send the order by Friday.'), theirMail('Here.', TUESDAY)],
    ['kept', '2026-03-10'],
  ],
  ['no day named', [ourMail("I'll send the quote.")], ['open', null]],
  ['a day to come', [ourMail("I'll send the quote by 30 April.")], ['open', null]],
]

describe('what became of it', () => {
  test.each(fates)('%s', (_, activities, expected) => {
    const first = found(activities).findLast(() => true)

    expect([first?.state, first?.keptBy?.at?.slice(0, 10) ?? null]).toEqual(expected)
  })

  test('it is overdue once the day is over where the owner is', () => {
    // Friday ends in Paris at 23:00 in UTC.
    expect(found([ourMail(quote)], at('2026-03-06T22:59:00Z'))[0]?.state).toBe('open')
    expect(found([ourMail(quote)], at('2026-03-06T23:01:00Z'))[0]?.state).toBe('overdue')
  })

  test('it names the activity it was found in, and the one that kept it', () => {
    const said = note(quote)
    const done = ourMail('Here it is.', THURSDAY)

    const [commitment] = found([done, said])

    expect(commitment).toMatchObject({
      text: quote,
      kind: 'promise',
      madeAt: MADE,
      evidence: { module: 'Notes', recordId: said.id },
      keptBy: { module: 'Tasks', recordId: done.id },
    })
  })

  test('the same promise in two records is one', () => {
    expect(found([note(quote), ourMail(quote)])).toHaveLength(1)
  })
})

describe('who speaks', () => {
  const mail = (body: string) => found([activity('email', body)]).map(({ by }) => by)

  test('without a direction the greeting tells who wrote an e-mail', () => {
    expect(mail(`Hi Robin,\n\n${quote}`)).toEqual(['us'])
    expect(mail(`Dear Dana,\n\n${quote}`)).toEqual(['customer'])
    expect(mail(`From: Robin Vale <robin@acme.example>\n\n${quote}`)).toEqual(['customer'])
  })

  test('an e-mail of nobody in particular holds no promise', () => {
    expect(mail(quote)).toEqual([])
  })

  test('a plan, an undated record and what has not happened yet hold none', () => {
    const plan = touch(0, { module: 'Tasks', type: 'task', body: quote, at: MADE })
    const undated = touch(0, { module: 'Notes', type: 'note', body: quote, at: null })

    expect(found([plan, undated, note(quote, at('2026-04-01T09:00:00Z'))])).toEqual([])
  })
})
