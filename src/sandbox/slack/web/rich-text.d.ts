import type { Node } from './mrkdwn.js'

export function fromRichText(block: unknown): Node[]
