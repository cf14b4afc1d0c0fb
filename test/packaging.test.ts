import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { App } from '@slack/bolt'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { Env } from '../src/config.ts'
import { packageRoot } from '../src/platform/migrations.ts'
import { registerCommands } from '../src/triggers/commands.ts'
import { registerConversation } from '../src/triggers/conversation.ts'
import { registerHome } from '../src/triggers/home.ts'
import { registerMemory } from '../src/triggers/memory.ts'
import type { TriggerTools } from '../src/triggers/tools.ts'

const read = (file: string) => readFileSync(`${packageRoot()}/${file}`, 'utf8')

type Setting = { name: string; what: string; initial: string | null; needed: boolean }

/** Every setting of the schema. `initial`: what it is when nobody sets it, as one would write it; null: nothing. */
const SETTINGS: Setting[] = Object.entries(Env.shape).map(([name, schema]) => {
  const absent = schema.safeParse(undefined)
  const what = schema.description ?? ''
  if (!absent.success) return { name, what, initial: null, needed: true }
  const written = waysToWrite(absent.data).find((text) => {
    const parsed = schema.safeParse(text)
    return parsed.success && JSON.stringify(parsed.data) === JSON.stringify(absent.data)
  })
  return { name, what, initial: written ?? null, needed: false }
})

function waysToWrite(value: unknown): string[] {
  if (typeof value === 'number') {
    const units = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 }
    const durations = Object.entries(units).flatMap(([unit, ms]) =>
      value % ms === 0 ? [`${value / ms}${unit}`] : [],
    )
    return [...durations, String(value)]
  }
  if (Array.isArray(value)) return [value.join(',')]
  return typeof value === 'object' ? [JSON.stringify(value)] : [String(value)]
}

describe('settings', () => {
  test('each says what it is for', () => {
    expect(SETTINGS.filter(({ what }) => what === '')).toEqual([])
  })

  test('.env.example holds every setting with its default; `vitest -u` writes it anew', async () => {
    const entries = SETTINGS.map(({ name, what, initial, needed }) =>
      needed ? `# ${what}. Needed.\n${name}=` : `# ${what}\n#${name}=${initial ?? ''}`,
    )
    const head = '# Copy to .env and start with `node --env-file=.env dist/main.js start`.\n'

    await expect(`${head}\n${entries.join('\n\n')}\n`).toMatchFileSnapshot(`${packageRoot()}/.env.example`)
  })

  test("the README's table holds every setting with its default", () => {
    const expected = SETTINGS.map(({ name, what, initial, needed }) => {
      return [`\`${name}\``, needed ? 'needed' : initial ? `\`${initial}\`` : '', what]
    })

    const [, table = ''] = /<!-- settings -->\n([\s\S]*?)<!-- \/settings -->/.exec(read('README.md')) ?? []

    // Without its head, and however wide its columns are.
    const rows = table.trim().split('\n').slice(2)
    expect(
      rows.map((row) =>
        row
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim()),
      ),
    ).toEqual(expected)
  })
})

describe('manifest.yml', () => {
  const manifest = read('manifest.yml')
  /** The items of a list of names, or of the values of a key that occurs once per item. */
  const listed = (key: string) => {
    const [, items = ''] = new RegExp(`^ *${key}:\\n((?: *- \\S+\\n)+)`, 'm').exec(manifest) ?? []
    return [...items.matchAll(/- (\S+)/g)].map(([, item]) => item).sort()
  }
  const valuesOf = (key: string) =>
    [...manifest.matchAll(new RegExp(`^[ -]*${key}: (.+)$`, 'gm'))].map(([, value]) => value).sort()

  /** What the app asks Bolt to hear. */
  function heard() {
    const commands: string[] = []
    const events: string[] = []
    const app = {
      command: (name: string) => commands.push(name),
      event: (name: string) => events.push(name),
      message: () => events.push('message.im'),
      action: () => {},
      view: () => {},
    }
    // Registering only names what is heard; nothing is called, so neither needs to be whole.
    const [bolt, tools] = [app as unknown as App, {} as TriggerTools]
    registerCommands(bolt, tools)
    registerConversation(bolt, tools)
    registerHome(bolt, tools)
    return { commands: commands.sort(), events: events.sort() }
  }

  test('offers the commands that the app answers', () => {
    expect(valuesOf('command')).toEqual(heard().commands)
  })

  test('offers the shortcuts that the app answers', () => {
    const shortcuts: unknown[] = []
    const app = { shortcut: (what: unknown) => shortcuts.push(what), action: () => {}, view: () => {} }
    registerMemory(app as unknown as App, {} as TriggerTools)

    const offered = valuesOf('callback_id').map((id) => ({ type: 'message_action', callback_id: id }))
    expect(offered).toEqual(shortcuts)
  })

  test('subscribes to the events that the app hears', () => {
    expect(listed('bot_events')).toEqual(heard().events)
  })

  test('asks for no more than these permissions', () => {
    expect(listed('bot')).toEqual([
      'app_mentions:read',
      'chat:write',
      'commands',
      'im:history',
      'im:write',
      'users:read',
      'users:read.email',
    ])
    expect(listed('bot_optional')).toEqual(['channels:history', 'groups:history'])
  })

  test('sends everything to the path that the app serves', () => {
    const urls = [...valuesOf('url'), ...valuesOf('request_url')]

    expect(new Set(urls)).toEqual(new Set(['https://example.com/slack/events']))
  })
})

describe('an installation without development dependencies', () => {
  const Package = z.object({ dependencies: z.record(z.string(), z.string()) })

  /** Packages that a module needs before its first line runs, itself or through others. */
  function needed(file: string, seen = new Set<string>()): Set<string> {
    if (seen.has(file)) return new Set()
    seen.add(file)
    const imports = read(file).matchAll(/^(?:import|export) (?!type )(?:[^'"]*? from )?'([^']+)'/gm)
    const packages = new Set<string>()
    for (const [, name = ''] of imports) {
      if (name.startsWith('.')) for (const each of needed(join(dirname(file), name), seen)) packages.add(each)
      else if (!name.startsWith('node:')) packages.add(/^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name)
    }
    return packages
  }

  test('holds everything that `start` imports', () => {
    const { dependencies } = Package.parse(JSON.parse(read('package.json')))

    const missing = [...needed('src/main.ts')].filter((name) => !(name in dependencies))

    expect(missing).toEqual([])
  })
})
