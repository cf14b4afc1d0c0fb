import { html } from './html.js'

const paths = {
  thumbsUp:
    'M7 9v9H4V9h3zm2 9V9l3.200-6.500c1.300 0 2 .9 2 2.100V8H18c1 0 1.700 1 1.400 2l-2 6.600c-.3.900-1 1.400-1.900 1.400H9z',
  thumbsDown:
    'M13 11V2h3v9h-3zm-2-9v9l-3.200 6.500c-1.300 0-2-.9-2-2.100V12H2c-1 0-1.700-1-1.400-2l2-6.600C2.900 2.500 3.600 2 4.500 2H11z',
  thread: 'M3 4h14v10H9l-4 3.500V14H3V4z',
  eye: 'M1.500 10S4.500 4.500 10 4.500 18.500 10 18.500 10 15.500 15.500 10 15.500 1.500 10 1.500 10zM10 7.500a2.500 2.500 0 100 5 2.500 2.500 0 000-5z',
  close: 'M4.500 4.500l11 11m0-11l-11 11',
  warning: 'M10 3l8 14H2L10 3zm0 5v4.500m0 1.800v.7',
}

/** A line drawing in the colour of the text around it; what it means is said by its button. */
export function Icon({ name, size = 18 }) {
  return html`<svg class="icon-drawing" viewBox="0 0 20 20" width=${size} height=${size} aria-hidden="true">
    <path d=${paths[name]} fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" />
  </svg>`
}
