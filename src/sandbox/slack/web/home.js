import { useEffect } from 'preact/hooks'
import { Blocks } from './blocks.js'
import { client } from './client.js'
import { html } from './html.js'
import { useSurface } from './surfaces.js'

/** The bot's App Home; opening it tells the bot, which publishes what it shows. */
export function AppHome({ app }) {
  const { state } = app
  useEffect(() => {
    app.report(client.openHome({ user: state.me, tab: 'home' }))
  }, [state.me])
  const view = state.home
  const surface = useSurface({
    blocks: view?.blocks ?? [],
    app,
    press: (pressed) => client.press({ ...pressed, view_id: view.id }),
  })
  return html`<div class="home" data-testid="app-home" role="tabpanel" aria-label="Home">
    ${
      view
        ? html`<${Blocks} blocks=${view.blocks} surface=${surface} />`
        : html`<div class="empty"><h2>This is ${state.bot.name}’s Home tab</h2><p>The app has not put anything here yet.</p></div>`
    }
  </div>`
}
