import { type Html, html } from './html.ts'

/**
 * A whole page. `live` is fetched again while the page is open and replaced when it changed; `still` is left
 * alone, so that nobody loses a form they are filling in.
 */
export function layout(page: {
  base: string
  title: string
  tab: 'accounts' | 'writes'
  live: Html
  still?: Html
}): string {
  const { base, title, tab, live, still } = page
  const link = (name: typeof tab, label: string) =>
    html`<a href="${base}/${name}"${tab === name ? html` aria-current="page"` : null}>${label}</a>`
  const document = html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Local CRM</title>
<link rel="icon" href="data:,">
<style>${{ html: CSS }}</style>
</head>
<body>
<header class="top">
  <a class="brand" href="${base}/accounts"><span class="mark" aria-hidden="true"></span>Local CRM</a>
  <nav aria-label="Main">${link('accounts', 'Accounts')}${link('writes', 'Write log')}</nav>
  <span class="hint">A stand-in for Zoho on this machine</span>
</header>
<main><div id="live">${live}</div>${still}</main>
<script>${{ html: SCRIPT }}</script>
</body>
</html>`
  return `<!doctype html>\n${document.html}`
}

const SCRIPT = `
const region = document.getElementById('live');
const form = document.getElementById('edit');
const refresh = async () => {
  const url = new URL(location.href);
  url.searchParams.set('live', '1');
  const response = await fetch(url, { cache: 'no-cache' });
  const text = response.ok ? await response.text() : '';
  if (!text || text === refresh.last) return;
  const first = refresh.last === undefined;
  refresh.last = text;
  if (first) return;
  const open = [...region.querySelectorAll('details[open][id]')].map((each) => each.id);
  region.innerHTML = text;
  for (const id of open) document.getElementById(id)?.setAttribute('open', '');
  if (!form) return;
  if (form.open) document.getElementById('moved').hidden = false;
  else refresh.stale = true;
};
const tick = () => refresh().catch(() => {}).finally(() => setTimeout(tick, document.hidden ? 5000 : 1500));
tick();
document.addEventListener('click', (event) => {
  if (event.target.closest('[data-open]')) {
    if (!refresh.stale) return form.showModal();
    location.hash = 'edit';
    location.reload();
  }
  if (event.target.closest('[data-close]')) form.close();
});
if (form && (form.dataset.show !== undefined || location.hash === '#edit')) {
  history.replaceState(null, '', location.pathname);
  form.showModal();
}
document.querySelector('form.filter')?.addEventListener('change', (event) => event.currentTarget.submit());
`

const CSS = `
:root {
  color-scheme: light;
  --ink: #1c2430; --quiet: #647083; --line: #e3e7ed; --paper: #fff; --ground: #f5f6f8;
  --accent: #2757c8; --good: #17724a; --good-bg: #e3f4eb; --warn: #8a5a00; --warn-bg: #fdf1d8;
  --bad: #a5281f; --bad-bg: #fce6e4; --plain-bg: #eceff3;
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
* { box-sizing: border-box }
body { margin: 0; color: var(--ink); background: var(--ground) }
a { color: var(--accent); text-decoration: none }
a:hover { text-decoration: underline }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px }
.top { display: flex; align-items: center; gap: 28px; padding: 0 28px; height: 56px; background: var(--paper);
  border-bottom: 1px solid var(--line); position: sticky; top: 0; z-index: 2 }
.brand { display: flex; align-items: center; gap: 10px; font-weight: 650; color: var(--ink) }
.brand:hover { text-decoration: none }
.mark { width: 22px; height: 22px; border-radius: 7px; background: linear-gradient(135deg, #2757c8, #6a92f5) }
.top nav { display: flex; gap: 4px; height: 100% }
.top nav a { display: flex; align-items: center; padding: 0 12px; color: var(--quiet); border-bottom: 2px solid transparent }
.top nav a:hover { color: var(--ink); text-decoration: none }
.top nav a[aria-current] { color: var(--ink); border-color: var(--accent); font-weight: 550 }
.hint { margin-left: auto; color: var(--quiet); font-size: 13px }
main { max-width: 1180px; margin: 0 auto; padding: 28px }
h1 { font-size: 24px; line-height: 1.25; margin: 0; font-weight: 650; letter-spacing: -0.01em }
h2 { font-size: 15px; margin: 0; font-weight: 620 }
.quiet { color: var(--quiet) }
.small { font-size: 13px }
.num { text-align: right; font-variant-numeric: tabular-nums }
.head { display: flex; align-items: flex-end; gap: 16px; margin-bottom: 20px; flex-wrap: wrap }
.head .push { margin-left: auto }
.crumb { font-size: 13px; margin-bottom: 6px }
.card { background: var(--paper); border: 1px solid var(--line); border-radius: 12px; margin-bottom: 20px; overflow: hidden }
.card > header { display: flex; align-items: center; gap: 8px; padding: 14px 18px; border-bottom: 1px solid var(--line) }
.card > header .push { margin-left: auto }
.by-api { font-size: 12px; color: var(--accent); white-space: nowrap }
.by-api::before { content: '✎ ' }
.card > header .count { color: var(--quiet); font-size: 13px }
.card > .empty { padding: 18px; color: var(--quiet) }
.columns { display: grid; grid-template-columns: minmax(0, 5fr) minmax(0, 4fr); gap: 20px; align-items: start }
@media (max-width: 900px) { .columns { grid-template-columns: minmax(0, 1fr) } .hint { display: none } main { padding: 18px } }
table { width: 100%; border-collapse: collapse }
th { text-align: left; font-size: 12px; font-weight: 550; color: var(--quiet); padding: 10px 18px;
  border-bottom: 1px solid var(--line); white-space: nowrap }
th.num { text-align: right }
td { padding: 11px 18px; border-bottom: 1px solid var(--line); vertical-align: top }
tr:last-child > td { border-bottom: 0 }
tbody tr:hover { background: #fafbfc }
.scroll { overflow-x: auto }
.pill { display: inline-block; padding: 1px 9px; border-radius: 99px; font-size: 12.5px; font-weight: 550;
  white-space: nowrap; background: var(--plain-bg); color: #465064 }
.pill.good { background: var(--good-bg); color: var(--good) }
.pill.warn { background: var(--warn-bg); color: var(--warn) }
.pill.bad { background: var(--bad-bg); color: var(--bad) }
.meter { display: inline-flex; align-items: center; gap: 8px; font-variant-numeric: tabular-nums }
.meter i { width: 54px; height: 6px; border-radius: 3px; background: var(--plain-bg); overflow: hidden; display: block }
.meter b { display: block; height: 100%; border-radius: 3px; background: var(--good) }
.meter.warn b { background: #d99a1c } .meter.bad b { background: #cf4339 }
dl { display: grid; grid-template-columns: 150px minmax(0, 1fr); margin: 0; padding: 8px 18px 12px }
dt { color: var(--quiet); font-size: 13.5px; padding: 6px 12px 6px 0 }
dd { margin: 0; padding: 6px 0; overflow-wrap: anywhere; white-space: pre-line }
.list { list-style: none; margin: 0; padding: 0 }
.list > li { padding: 12px 18px; border-bottom: 1px solid var(--line); overflow-wrap: anywhere }
.list > li:last-child { border-bottom: 0 }
.row { display: flex; gap: 10px; align-items: baseline }
.row .push { margin-left: auto; white-space: nowrap }
.body { margin: 4px 0 0; color: #414b5c; white-space: pre-line; font-size: 14px }
.brief { display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical; overflow: hidden }
.change { display: flex; gap: 8px; flex-wrap: wrap; font-size: 14px; margin-top: 2px }
.change s { color: var(--quiet) }
summary { cursor: pointer }
pre { margin: 8px 0 0; padding: 12px; background: var(--ground); border-radius: 8px; overflow-x: auto;
  font: 12.5px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace }
code { font: 13px ui-monospace, "SF Mono", Menlo, Consolas, monospace }
.button, button { font: inherit; font-weight: 550; padding: 7px 16px; border-radius: 8px; border: 1px solid #cdd4de;
  background: var(--paper); color: var(--ink); cursor: pointer }
.button:hover, button:hover { background: var(--ground) }
button.primary { background: var(--accent); border-color: var(--accent); color: #fff }
button.primary:hover { background: #1f48ab }
input, select, textarea { font: inherit; width: 100%; padding: 7px 10px; border: 1px solid #cdd4de; border-radius: 8px;
  background: var(--paper); color: var(--ink) }
textarea { min-height: 84px; resize: vertical }
form.filter { display: flex; gap: 10px } form.filter input { width: 240px } form.filter select { width: 190px }
dialog { border: 0; border-radius: 14px; padding: 0; width: min(760px, calc(100vw - 32px)); max-height: calc(100vh - 48px);
  box-shadow: 0 24px 64px rgb(20 30 50 / 0.28); color: var(--ink) }
dialog::backdrop { background: rgb(20 28 44 / 0.42) }
dialog form { display: flex; flex-direction: column; max-height: calc(100vh - 48px) }
dialog header, dialog footer { display: flex; align-items: center; gap: 10px; padding: 16px 22px }
dialog header { border-bottom: 1px solid var(--line) }
dialog footer { border-top: 1px solid var(--line) }
dialog footer .push { margin-left: auto }
dialog footer label { display: flex; align-items: center; gap: 8px; font-size: 13.5px; color: var(--quiet); white-space: nowrap }
.fields { display: grid; grid-template-columns: 1fr 1fr; gap: 14px 18px; padding: 18px 22px; overflow-y: auto }
.fields label { font-size: 13.5px; color: var(--quiet); display: flex; flex-direction: column; gap: 4px }
.fields label > :is(input, select, textarea) { font-size: 15px }
.fields .wide { grid-column: 1 / -1 }
.alert { margin: 14px 22px 0; padding: 10px 14px; border-radius: 8px; background: var(--bad-bg); color: var(--bad) }
.alert.note { background: var(--warn-bg); color: var(--warn) }
@media (max-width: 600px) { .fields { grid-template-columns: 1fr } dl { grid-template-columns: 1fr } dt { padding-bottom: 0 } }
`
