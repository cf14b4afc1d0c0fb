/** The page is plain JavaScript; these are the shapes its tests look at. */
export type Node = {
  type: string
  text?: string
  href?: string | null
  id?: string
  name?: string
  children?: Node[]
  items?: Node[][]
}

export function parseMrkdwn(text: string): Node[]
