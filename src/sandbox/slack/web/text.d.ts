import type { VNode } from 'preact'
import type { Node } from './mrkdwn.js'

export type Reader = {
  me: string
  zone: string
  nameOf: (user: string) => string
  channelOf: (id: string) => { name: string } | undefined
  open: (channel: string) => void
}

export function nodesOf(nodes: Node[], reader: Reader): (VNode | string)[]
