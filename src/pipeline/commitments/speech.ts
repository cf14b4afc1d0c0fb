import type { Commitment, Side } from '../../model/commitment.ts'
import {
  IMPERATIVE,
  LISTENER_ASKED,
  LISTENER_PROMISED,
  NOT_MEANT,
  NOTE_PROMISES,
  NOTE_TASK,
  ONLY_IF,
  SPEAKER_PROMISES,
  SUPPOSED,
  TO_DO,
} from './phrases.ts'
import { reportedIn } from './reported.ts'

/**
 * Who says what to whom in one sentence: a promise of the speaker's, something asked of the listener, or a third
 * person's promise that is reported. What is only polite, only supposed, or said not to happen is none of these.
 */

/** In a note of ours both are we. Names are single first and last names, lower case. */
export type Speakers = {
  speaker: Side
  listener: Side
  customerNames: ReadonlySet<string>
  ourNames: ReadonlySet<string>
}

/**
 * `meant`: surely, as the words themselves say it; perhaps, for the classifier to judge; or only with a day named.
 * `at`: the blank before what is said.
 */
export type Said = {
  kind: Commitment['kind']
  by: Side
  meant: 'surely' | 'perhaps' | 'with_a_day'
  at: number
}

export function speechIn(spacedWords: string, who: Speakers): Said | null {
  const text = spacedWords
  if (NOT_MEANT.test(text)) return null
  const asked = asksListener(text, who)
  if (ONLY_IF.test(text))
    return asked && !/ (?:if|wenn|falls|si) .* (?:let me know|sagen sie|dites) /u.test(text) ? asked : null
  const reported = reportedIn(text, who)
  if (reported) return reported
  const reminded = text.search(LISTENER_PROMISED)
  if (reminded >= 0 && who.speaker !== who.listener)
    return { kind: 'promise', by: who.listener, meant: 'surely', at: reminded }
  const promised = text.search(SPEAKER_PROMISES)
  // "Could you tell me whether we will get it?" asks; "I'll send it, please check" promises.
  if (promised >= 0 && !(asked && asked.at < promised) && !text.includes(' ? ') && !SUPPOSED.test(text))
    return { kind: 'promise', by: who.speaker, meant: 'surely', at: promised }
  if (asked) return asked
  // Our own notes speak without a subject, and what they list is for us to do.
  if (who.speaker === who.listener && (NOTE_PROMISES.test(text) || TO_DO.test(text)))
    return { kind: 'promise', by: who.speaker, meant: 'surely', at: 0 }
  if (who.speaker === who.listener && NOTE_TASK.test(text))
    return { kind: 'promise', by: who.speaker, meant: 'with_a_day', at: 0 }
  return null
}

function asksListener(text: string, { speaker, listener }: Speakers): Said | null {
  const words = text.search(LISTENER_ASKED)
  const at = words >= 0 ? words : IMPERATIVE.test(text) ? 0 : -1
  if (at < 0) return null
  // In a note of ours "you" is a colleague: whoever asks, it is for us to do.
  return { kind: 'request', by: speaker === listener ? 'us' : listener, meant: 'perhaps', at }
}
