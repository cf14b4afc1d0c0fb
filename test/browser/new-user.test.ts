import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Card, type Company, startCompany, type Write } from './company.ts'
import {
  button,
  CHROMIUM,
  cardIn,
  hasChromium,
  openBrowser,
  openCard,
  openSlack,
  picture,
  recordPage,
  statusInZoho,
} from './pages.ts'

if (!hasChromium()) process.stderr.write(`Skipped: there is no Chromium at ${CHROMIUM}\n`)

describe.skipIf(!hasChromium())('a new user in a browser', () => {
  let company: Company
  let browser: Browser
  /** Cards that change an account, each used by one test; and one that creates something. */
  let updates: Card[]
  let creation: Card

  beforeAll(async () => {
    company = await startCompany()
    browser = await openBrowser()
    const cards = await company.pendingCards()
    updates = cards.filter(({ module, record_id }) => module === 'Accounts' && record_id !== null)
    const other = cards.find(({ record_id }) => record_id === null)
    if (updates.length < 4 || !other)
      throw new Error('The sample company has too few cards to try everything')
    creation = other
  })
  afterAll(async () => {
    await browser?.close()
    await company?.stop()
  })

  /** The next card with a change of an account's status, the record it changes, and what it would write. */
  async function nextUpdate() {
    const card = updates.shift()
    if (!card?.record_id) throw new Error('No card is left')
    const record = await company.record(card.module, card.record_id)
    return {
      card,
      recordId: card.record_id,
      before: record.Account_Status,
      account: String(record.Account_Name),
    }
  }

  async function writesTo(id: string) {
    return (await company.writes()).filter(({ path, body }) => `${path} ${JSON.stringify(body)}`.includes(id))
  }

  const hadAnEffect = ({ answer }: Write) => JSON.stringify(answer).includes('SUCCESS')

  test('goes from the digest to the account and approves: Zoho shows that change, written once', async () => {
    const { card, recordId, before, account } = await nextUpdate()
    const page = await openSlack(browser, company, card.user)
    const digest = page.locator(`.conversation [data-ts="${card.digestTs}"]`)
    await picture(page, 'digest')

    await digest.locator(`[data-action-id="digest.review"][data-value="${recordId}"]`).click()
    const brief = page.locator('.conversation .message', { hasText: 'What changed' }).last()
    await brief.getByText(account).first().waitFor()
    expect(await brief.textContent()).toContain('waiting for a decision')

    const shown = await openCard(page, card)
    await shown.scrollIntoViewIfNeeded()
    await picture(page, 'card')
    const text = await shown.textContent()
    expect(text).toContain(`${before} → At Risk`)
    expect(text).toContain('Nothing is written to Zoho until you approve')
    await button(shown, 'approval.approve').click()
    await button(shown, 'approval.undo').waitFor()
    expect(await shown.textContent()).toMatch(/Approved by .*written to Zoho/)
    expect(await button(shown, 'approval.approve').count()).toBe(0)

    const zoho = await browser.newPage()
    await zoho.goto(recordPage(company, 'Accounts', recordId))
    expect(await statusInZoho(zoho)).toBe('At Risk')
    await zoho.goto(`${company.url}/zoho/writes`)
    const written = zoho.locator('.list > li', { hasText: account })
    expect(await written.count()).toBe(1)
    expect(await written.textContent()).toContain('SUCCESS')
    expect(await writesTo(recordId)).toHaveLength(1)
  })

  test('sees in App Home what waits and what was decided', async () => {
    const [card] = updates
    if (!card) throw new Error('No card is left')
    const page = await openSlack(browser, company, card.user)

    await page.getByTestId('tab-home').click()

    const home = page.getByTestId('app-home')
    await home.getByText(/Waiting for you \(\d+\)/).waitFor()
    expect(await button(home, 'home.review').count()).toBeGreaterThan(0)
    await picture(page, 'home')
  })

  test('rejects with a reason: the card names it and nothing is written', async () => {
    const page = await openSlack(browser, company, creation.user)
    const before = (await company.writes()).length
    const shown = await openCard(page, creation)

    await button(shown, 'approval.reject').click()
    const modal = page.getByTestId('modal')
    await modal.locator('select[data-action-id="reason"]').selectOption('already_done')
    await modal.locator('textarea[data-action-id="comment"]').fill('We spoke on the phone')
    await page.getByTestId('modal-submit').click()

    await shown.getByText('Rejected by').waitFor()
    expect(await shown.textContent()).toContain('We spoke on the phone')
    expect(await button(shown, 'approval.approve').count()).toBe(0)
    expect(await company.writes()).toHaveLength(before)
  })

  test('edits a proposal and approves: the edited value is written, once', async () => {
    const { card, recordId, before } = await nextUpdate()
    const page = await openSlack(browser, company, card.user)
    const shown = await openCard(page, card)

    await button(shown, 'approval.edit').click()
    const status = page.getByTestId('modal').locator('select').first()
    await status.waitFor()
    expect(await page.getByTestId('modal').textContent()).toContain(`In Zoho now: ${before}`)
    await status.selectOption({ label: 'Pending' })
    await page.getByTestId('modal-submit').click()

    await button(shown, 'approval.undo').waitFor()
    expect(await shown.textContent()).toMatch(/Approved by .*with edits.*written to Zoho/)
    const zoho = await browser.newPage()
    await zoho.goto(recordPage(company, 'Accounts', recordId))
    expect(await statusInZoho(zoho)).toBe('Pending')
    expect(await writesTo(recordId)).toHaveLength(1)
  })

  test('is told when somebody changed the record in Zoho first, and nothing is overwritten', async () => {
    const { card, recordId } = await nextUpdate()
    const page = await openSlack(browser, company, card.user)
    const shown = await openCard(page, card)

    const zoho = await browser.newPage()
    await zoho.goto(recordPage(company, 'Accounts', recordId))
    await zoho.getByRole('button', { name: 'Edit' }).click()
    await zoho.locator('dialog#edit select[name="Account_Status"]').selectOption('Inactive')
    await zoho.getByRole('button', { name: 'Save' }).click()
    await zoho.waitForURL(recordPage(company, 'Accounts', recordId))
    // What Zoho tells us may have closed the card before the press; either way it says the same.
    const approve = button(shown, 'approval.approve')
    if (await approve.isVisible()) await approve.click()

    await shown.getByText(/changed since this was proposed/).waitFor()
    expect(await button(shown, 'approval.review_again').count()).toBe(1)
    await zoho.reload()
    expect(await statusInZoho(zoho)).toBe('Inactive')
    expect((await writesTo(recordId)).filter(hadAnEffect)).toHaveLength(0)
  })

  test('undoes what was written: Zoho is as it was before', async () => {
    const { card, recordId, before } = await nextUpdate()
    const page = await openSlack(browser, company, card.user)
    const shown = await openCard(page, card)
    await button(shown, 'approval.approve').click()
    await button(shown, 'approval.undo').waitFor()

    await button(shown, 'approval.undo').click()
    const confirm = page.getByTestId('confirm')
    if (await confirm.isVisible()) await confirm.click()

    await cardIn(page, card)
      .getByText(/undone|undid/i)
      .waitFor()
    const zoho = await browser.newPage()
    await zoho.goto(recordPage(company, 'Accounts', recordId))
    expect(await statusInZoho(zoho)).toBe(before)
    expect(await writesTo(recordId)).toHaveLength(2)
  })
})
