/** The page's way to the server: what a person does goes out as JSON, what changes comes in as a stream. */

/** Answers `{ ok, status, body, error, errors }` whatever happens; `error` is a sentence or a Slack error name. */
async function post(path, body) {
  try {
    const response = await fetch(`/client/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return await response.json()
  } catch {
    return { ok: false, status: null, error: 'The local Slack cannot be reached.' }
  }
}

export const client = {
  async boot(user) {
    const response = await fetch(`/client/boot${user ? `?user=${encodeURIComponent(user)}` : ''}`)
    if (!response.ok) throw new Error((await response.json()).error)
    return response.json()
  },
  command: (body) => post('command', body),
  say: (body) => post('message', body),
  press: (body) => post('press', body),
  submit: (body) => post('submit', body),
  close: (body) => post('close', body),
  openHome: (body) => post('open-home', body),
  read: (body) => post('read', body),
  /** Calls back with every change; `onGap` after a lost connection came back, when changes may be missing. */
  stream(user, onChange, onGap) {
    const source = new EventSource(`/client/stream?user=${encodeURIComponent(user)}`)
    let lost = false
    source.onmessage = (event) => onChange(JSON.parse(event.data))
    source.onerror = () => {
      lost = true
    }
    source.onopen = () => {
      if (lost) onGap()
      lost = false
    }
    return () => source.close()
  },
}
