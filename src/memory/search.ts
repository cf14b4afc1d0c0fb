import type { Tx } from '../store/db.ts'
import {
  entitiesCalled,
  eventsAbout,
  eventsHolding,
  eventsSpelledLike,
  factsHolding,
  type NamedEntity,
  neighboursOf,
  planEachQuestion,
  type Scope,
} from '../store/memory-search.ts'
import type { Recollection } from './memory.ts'
import { byRareWords, reciprocalRank } from './rank.ts'

/**
 * What fits a question, by three ways of looking that are merged by reciprocal rank: the words themselves, names that
 * are spelled nearly so, and what is known through whoever or whatever was named.
 */
export type Found = { key: string; found: Recollection['found'] }

/** Of one word, or of one name: what fits more often than this tells nothing apart. */
const MOST_PER_LIST = 60
const NAMES_FOLLOWED = 8
const NEIGHBOURS = 30

/** @param words folded, at least one */
export async function findKeys(
  tx: Tx,
  words: readonly string[],
  { scope, spelling, limit }: { scope: Scope; spelling: boolean; limit: number },
): Promise<Found[]> {
  await planEachQuestion(tx)
  const most = Math.max(limit, MOST_PER_LIST)
  const [{ all: events, each }, facts, named] = await Promise.all([
    eventsHolding(tx, words, scope, { enough: limit, most }),
    factsHolding(tx, words, scope, MOST_PER_LIST),
    entitiesNamed(tx, words, { scope, spelling }),
  ])
  // What holds some of the words, when too little holds all of them.
  const some = byRareWords(each).filter((key) => !events.includes(key))
  const near =
    spelling && scope.accountId !== null && events.length + some.length === 0
      ? await eventsSpelledLike(tx, words, { ...scope, accountId: scope.accountId }, MOST_PER_LIST)
      : []
  const related = await throughNames(tx, named, scope)

  const holding = new Set([...events, ...some, ...facts])
  const spelled = new Set(near)
  const about = new Set(related)
  const ranked = reciprocalRank([[...events, ...some], facts, near, related])
  return ranked.slice(0, limit).map((key) => ({
    key,
    found: [
      ...(holding.has(key) ? (['words'] as const) : []),
      ...(spelled.has(key) ? (['spelling'] as const) : []),
      ...(about.has(key) ? (['related'] as const) : []),
    ],
  }))
}

/** Who and what is called like the question or a word of it, most alike first. */
async function entitiesNamed(
  tx: Tx,
  words: readonly string[],
  { scope, spelling }: { scope: Scope; spelling: boolean },
): Promise<string[]> {
  const names = [...new Set([words.join(' '), ...words.filter((word) => word.length >= 4)])]
  const lists = await Promise.all(
    names.map((name) => entitiesCalled(tx, name, { scope, spelling, limit: MOST_PER_LIST })),
  )
  // A word in more names than that names none of them; the question as a whole may still be one.
  const telling = lists.filter((list, place) => place === 0 || list.length < MOST_PER_LIST).flat()
  const best = new Map<string, NamedEntity>()
  for (const one of telling) if (one.likeness > (best.get(one.id)?.likeness ?? 0)) best.set(one.id, one)
  return [...best.values()]
    .toSorted((a, b) => b.likeness - a.likeness || (a.id < b.id ? -1 : 1))
    .slice(0, NAMES_FOLLOWED)
    .map(({ id }) => id)
}

/** What these were in, and behind it what those next to them were in. */
async function throughNames(tx: Tx, named: readonly string[], scope: Scope): Promise<string[]> {
  if (named.length === 0) return []
  const next = await neighboursOf(tx, named, NEIGHBOURS)
  const [direct, indirect] = await Promise.all([
    eventsAbout(tx, named, scope, MOST_PER_LIST),
    eventsAbout(tx, next, scope, MOST_PER_LIST / 2),
  ])
  return [...new Set([...direct, ...indirect])]
}
