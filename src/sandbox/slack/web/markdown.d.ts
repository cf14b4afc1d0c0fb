import type { Node } from './mrkdwn.js'

export function parseMarkdown(text: string): Node[]
