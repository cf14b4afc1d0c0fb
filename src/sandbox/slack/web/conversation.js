import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { client } from './client.js'
import { Composer } from './composer.js'
import { html } from './html.js'
import { Icon } from './icons.js'
import { continues, Message } from './message.js'
import { conversation, repliesTo } from './state.js'
import { dayLabel, sameDay } from './times.js'

/**
 * Stays at the newest message, whatever grows or shrinks, unless the reader has scrolled up to read.
 *
 * `begin` finds where reading begins instead, and is asked once: an element to have at the top, or null for the
 * beginning.
 */
function useStickyBottom(key, begin) {
  const list = useRef(null)
  useLayoutEffect(() => {
    const area = list.current
    let atBottom = !begin
    begin?.(area)?.scrollIntoView({ block: 'start' })
    const onScroll = () => {
      atBottom = area.scrollHeight - area.scrollTop - area.clientHeight < 40
    }
    const stick = () => {
      if (atBottom) area.scrollTop = area.scrollHeight
    }
    const grown = new MutationObserver(stick)
    const resized = new ResizeObserver(stick)
    grown.observe(area, { childList: true, subtree: true, characterData: true })
    resized.observe(area)
    area.addEventListener('scroll', onScroll)
    stick()
    return () => {
      grown.disconnect()
      resized.disconnect()
      area.removeEventListener('scroll', onScroll)
    }
  }, [key])
  return list
}

/** The messages of a channel with its composer; `linked` is the message a permalink leads to. */
export function Conversation({ app, channel, linked }) {
  const { state, reader } = app
  const messages = conversation(state, channel.id)
  const last = messages.at(-1)?.ts
  const list = useStickyBottom(channel.id)
  useEffect(() => {
    const target = linked && list.current.querySelector(`[data-ts="${CSS.escape(linked)}"]`)
    if (!target) return
    target.scrollIntoView({ block: 'center' })
    target.classList.add('linked')
  }, [linked])

  useEffect(() => {
    if (last && last > (state.reads[channel.id] ?? '0'))
      client.read({ user: state.me, channel: channel.id, ts: last })
  }, [channel.id, last])

  const name = channel.is_im ? state.bot.name : `#${channel.name}`
  return html`<div class="conversation">
    <div class="messages" role="log" aria-label=${`Messages in ${name}`} ref=${list}>
      <div class="fill"></div>
      <${Beginning} channel=${channel} botName=${state.bot.name} />
      ${messages.map((message, index) => {
        const above = messages[index - 1]
        const seconds = Number(message.ts)
        const newDay = !above || !sameDay(seconds, Number(above.ts), reader.zone)
        return html`${newDay && html`<div class="day" key=${`day-${message.ts}`}><span>${dayLabel(seconds, reader.zone)}</span></div>`}
          <${Message} key=${message.ts} message=${message} app=${app} compact=${!newDay && continues(message, above, reader.zone)} />`
      })}
    </div>
    <${Composer}
      key=${channel.id}
      testId="composer"
      label=${`Message ${name}`}
      placeholder=${`Message ${name}`}
      commands=${state.commands}
      onSay=${(text) => app.report(client.say({ user: state.me, channel: channel.id, text }))}
      onCommand=${(typed) => app.report(client.command({ user: state.me, channel: channel.id, ...typed }))}
    />
  </div>`
}

function Beginning({ channel, botName }) {
  return html`<div class="beginning">
    ${
      channel.is_im
        ? html`<h2>${botName}</h2><p>This is the very beginning of your direct message history with <b>@${botName}</b>.</p>`
        : html`<h2># ${channel.name}</h2><p>This is the very beginning of the <b>#${channel.name}</b> channel.</p>`
    }
  </div>`
}

/** What came since this thread was open last; null for a thread that is new as a whole, or read to its end. */
function firstUnread(replies, seen) {
  return (seen && replies.find((reply) => reply.ts > seen)?.ts) || null
}

/** One thread in the panel on the right, from its beginning; `linked` is the reply a permalink leads to. */
export function Thread({ app, channel, ts, linked }) {
  const { state, reader } = app
  const parent = state.messages[channel.id]?.[ts]
  const replies = repliesTo(state, channel.id, ts)
  const last = replies.at(-1)?.ts
  const marker = `local-slack-thread-${state.me}-${channel.id}-${ts}`
  const list = useStickyBottom(ts, (area) => {
    const message = linked ?? firstUnread(replies, localStorage.getItem(marker))
    return message ? area.querySelector(`[data-ts="${CSS.escape(message)}"]`) : null
  })
  useEffect(() => {
    if (last) localStorage.setItem(marker, last)
  }, [marker, last])
  const onSay = (text) => {
    // Whoever writes wants to see it below the others.
    list.current.scrollTop = list.current.scrollHeight
    app.report(client.say({ user: state.me, channel: channel.id, text, thread_ts: ts }))
  }
  return html`<aside class="thread" aria-label="Thread">
    <header>
      <div>
        <h2>Thread</h2>
        <p>${channel.is_im ? state.bot.name : `# ${channel.name}`}</p>
      </div>
      <button type="button" class="icon" aria-label="Close thread" onClick=${app.closeThread}><${Icon} name="close" /></button>
    </header>
    <div class="messages" role="log" aria-label="Thread messages" ref=${list}>
      ${parent && html`<${Message} message=${parent} app=${app} inThread />`}
      ${replies.length > 0 && html`<div class="reply-count"><span>${replies.length} ${replies.length === 1 ? 'reply' : 'replies'}</span></div>`}
      ${replies.map(
        (reply, index) => html`<${Message}
          key=${reply.ts}
          message=${reply}
          app=${app}
          inThread
          compact=${continues(reply, replies[index - 1], reader.zone)}
        />`,
      )}
    </div>
    <${Composer}
      key=${ts}
      testId="thread-composer"
      label="Reply"
      placeholder="Reply…"
      commands=${[]}
      onSay=${onSay}
      onCommand=${({ command }) => app.tell(`${command} is not supported in threads. Sorry!`)}
    />
  </aside>`
}
