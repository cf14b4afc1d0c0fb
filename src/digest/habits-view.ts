import type { OwnerHabit } from '../model/owner-habit.ts'
import { context, header, plainMessage, section, summary } from '../slack/blocks.ts'
import { type Citing, citation } from '../slack/citation.ts'
import type { Message } from '../slack/message.ts'
import { joined, mrkdwn, oneLine } from '../slack/mrkdwn.ts'

/** How one owner works, for them or for whoever they report to: measured sentences with their records, and no marks. */

/** @param name null: it is the reader's own */
export function renderHabits(
  habits: readonly OwnerHabit[],
  reader: Citing & { name: string | null },
): Message {
  const title = reader.name === null ? 'How you work' : `How ${reader.name} works`
  if (habits.length === 0) {
    return plainMessage(
      'There is too little on record to say how the work goes: each finding needs at least 20 observations.',
    )
  }
  return {
    text: summary(`${title}: ${habits.length} findings.`),
    blocks: [
      header(title),
      ...habits.map(({ text, evidence }) => {
        const records = evidence.map((each) => citation(each, reader))
        return section(mrkdwn`${oneLine(text)}\nFor example ${joined(records, ' · ')}`)
      }),
      context([
        reader.name === null
          ? 'Measured from what Zoho holds. You and whoever you report to can see it; nobody is ranked.'
          : 'Measured from what Zoho holds. They see the same; nobody is ranked.',
      ]),
    ],
  }
}
