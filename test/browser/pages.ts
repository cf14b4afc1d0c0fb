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

/** The card, found as a person finds it: in the thread of its digest, or where it was opened. */
export async function openCard(page: Page, card: Card): Promise<Locator> {
  if (card.digestTs) await page.locator(`.conversation [data-ts="${card.digestTs}"] .thread-link`).click()
  return cardIn(page, card)
}

export function cardIn(page: Page, { ts, digestTs }: Card): Locator {
  return page.locator(`${digestTs ? 'aside.thread' : '.conversation'} [data-ts="${ts}"]`)
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

/** The account's status as its page in the local Zoho shows it. */
export async function statusInZoho(page: Page): Promise<string | null> {
  return page.locator('[data-field="Account_Status"] .pill').textContent()
}
