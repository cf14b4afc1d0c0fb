import htm from 'htm'
import { h } from 'preact'

/** Markup as tagged templates; every `${value}` becomes a text node or a property, never HTML. */
export const html = htm.bind(h)
