/** What a button carries: which approval, and which version of it the person was looking at. Nothing else. */
export type CardRef = { approvalId: string; version: number }

/** `<approval id>:<version>`. */
export function encodeRef({ approvalId, version }: CardRef): string {
  return `${approvalId}:${version}`
}

/** Null for anything that is not one of ours. */
export function decodeRef(value: string | null | undefined): CardRef | null {
  const match = /^([\w-]{1,100}):([1-9]\d{0,8})$/.exec(value ?? '')
  return match ? { approvalId: match[1]!, version: Number(match[2]) } : null
}

/** Several, for pressing one button for many: `a:1,b:2`. Null as soon as one of them is not ours. */
export function decodeRefs(value: string | null | undefined): CardRef[] | null {
  const refs = (value ?? '').split(',').map(decodeRef)
  return refs.every((ref) => ref !== null) ? refs : null
}

/** Every block of a card names its approval and version: an overflow choice carries nothing else. */
export function cardBlockId(ref: CardRef, part: string): string {
  return `card:${encodeRef(ref)}:${part}`
}

/** Null for a block that is not of a card. */
export function refOfBlock(blockId: string | null | undefined): CardRef | null {
  const match = /^card:([\w-]+:\d+):/.exec(blockId ?? '')
  return match ? decodeRef(match[1]) : null
}
