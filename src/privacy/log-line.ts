import { redacted, redactedValue } from './redact.ts'

/**
 * A finished line of the log, without personal data and secrets. Nearly every line holds neither and is only looked
 * at; one that may is taken apart, so that messages, stacks, causes and nested values go through the same detectors.
 *
 * @param secrets what this process was given: never in a line, whatever they look like
 */
export function lineRedaction(secrets: readonly string[]): (line: string) => string {
  const written = spellings(secrets)
  const withoutSecrets = (text: string) =>
    written.reduce(
      (rest, secret) => (rest.includes(secret) ? rest.replaceAll(secret, '[secret]') : rest),
      text,
    )
  return (line) => {
    const known = withoutSecrets(line)
    const from = HEAD.exec(known)?.[0].length ?? 0
    if (!SUSPECT.test(from === 0 ? known : known.slice(from))) return known
    return redactedLine(known)
  }
}

/** Level and time, which every line begins with. */
const HEAD = /^\{"level":\d+,"time":"[^"]{0,40}",?/
/** What every one of the detectors needs to find anything. */
const SUSPECT =
  /[@＠]|:\/\/|-----BEGIN|eyJ|xox|xapp-|A[KSBC][ICA]A|gh[pousr]_|github_pat|glpat-|[srp]k[_-]|whsec_|AIza|ya29|GOCSPX|npm_|pat-|1000\.|SG\.|pass|pwd|mot de|secret|token|basic|bearer|credential|cookie|authorization|sig|key|[A-Za-z]{2}[ -]?\p{Nd}{2}(?:[ -]?[A-Za-z0-9]){8}|\p{Nd}(?:[^\p{L}\p{Nd}_"{}]{0,5}\p{Nd}){6}/iu

function redactedLine(line: string): string {
  try {
    return `${JSON.stringify(redactedValue(JSON.parse(line)))}\n`
  } catch {
    // Not a line of JSON: nothing of ours, and safe all the same.
    return redacted(line)
  }
}

/** A shorter one could be any word, and would blot out every line. */
const SHORTEST = 8

/** As it is, as it stands in JSON and in a URL. */
function spellings(secrets: readonly string[]): string[] {
  const all = secrets
    .filter(({ length }) => length >= SHORTEST)
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)])
  // The longest first: one may be a part of another.
  return [...new Set(all)].toSorted((a, b) => b.length - a.length)
}
