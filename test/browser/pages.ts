import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Browser, Locator, Page } from 'playwright-core'
import { chromium } from 'playwright-core'
import type { Card, Company } from './company.ts'

/** Where Debian puts it; `CHROMIUM` names another. */
export const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'
export const hasChromium = (): boolean => existsSync(CHROMIUM)

export function openBrowser(): Promise<Browser> {
  // As root, which builds often are, Chromium runs without its sandbox or not at all. It only sees our own pages.
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--font-render-hinting=none'] })
}

export const VIEWPORT = { width: 1280, height: 860 }

/** The local Slack as this person sees it, at their messages with the bot. */
export async function openSlack(browser: Browser, { url }: Company, user: string): Promise<Page> {
  const page = await browser.newPage({ viewport: VIEWPORT })
  await page.goto(`${url}/?user=${user}`)
  await page.locator('.message').first().waitFor()
  return page
}

/** The card in the thread of its digest, opened as a person opens it. */
export async function openCard(page: Page, card: Card): Promise<Locator> {
  const digest = page.locator(`.conversation [data-ts="${card.digestTs}"]`)
  await digest.locator('.thread-link').click()
  return cardIn(page, card)
}

export function cardIn(page: Page, { ts }: Card): Locator {
  return page.locator(`aside.thread [data-ts="${ts}"]`)
}

export const button = (within: Locator | Page, action: string): Locator =>
  within.locator(`button[data-action-id="${action}"]`)

export const recordPage = ({ url }: Company, module: string, id: string): string =>
  `${url}/zoho/records/${module}/${id}`

const SCREENSHOTS = fileURLToPath(new URL('./screenshots', import.meta.url))

/** The README's pictures, taken anew with `SCREENSHOTS=1`. */
export async function picture(page: Page, name: string): Promise<void> {
  if (process.env.SCREENSHOTS !== '1') return
  // A tidy picture: no cursor over anything, nothing half-way in.
  await page.mouse.move(0, 0)
  await page.waitForTimeout(400)
  await page.screenshot({ path: `${SCREENSHOTS}/${name}.png`, animations: 'disabled' })
}
