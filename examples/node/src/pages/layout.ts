import { html, Html } from '../html.ts'

const STYLE = `
:root{color-scheme:light dark;--bg:#f4f5f8;--card:#fff;--text:#1c2030;--soft:#5b6275;--line:#d5d9e4;--accent:#3347c4;--on:#fff;--bad:#b3261e}
@media(prefers-color-scheme:dark){:root{--bg:#12141c;--card:#1b1e2a;--text:#eceef6;--soft:#a3aabf;--line:#343a4e;--accent:#9aa8ff;--on:#10132a;--bad:#ff9d94}}
*{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--text);font:16px/1.5 system-ui,sans-serif}
.skip{position:absolute;left:-999px}.skip:focus{left:8px;top:8px;background:var(--card);padding:8px}
header{display:flex;flex-wrap:wrap;gap:4px 20px;align-items:center;padding:14px 20px;border-bottom:1px solid var(--line);background:var(--card)}
header strong{margin-right:auto}nav{display:flex;gap:20px}a{color:var(--accent)}
main{max-width:640px;margin:32px auto;padding:0 16px}.card{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:24px;margin-bottom:20px}
.narrow{max-width:420px;margin-left:auto;margin-right:auto}h1{font-size:1.5rem;margin:0 0 12px}h2{font-size:1.15rem;margin:0 0 8px}
label{display:block;font-weight:600;margin:14px 0 4px}input{width:100%;padding:10px 12px;font:inherit;color:inherit;background:var(--bg);border:1px solid var(--line);border-radius:8px}
input.code{font:600 1.6rem ui-monospace,monospace;letter-spacing:.3em;text-align:center}
button{font:inherit;font-weight:600;padding:10px 18px;border:0;border-radius:8px;background:var(--accent);color:var(--on);cursor:pointer;margin-top:18px}
button.small{padding:6px 12px;margin:0}button.plain{background:none;color:var(--accent);border:1px solid var(--line)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}.notice{border-left:4px solid var(--accent);padding:8px 12px;background:var(--bg)}.soft{color:var(--soft)}.bad{color:var(--bad)}
[aria-invalid=true]{border-color:var(--bad)}ul.list{list-style:none;margin:0;padding:0}ul.list li{display:flex;gap:12px;align-items:center;justify-content:space-between;padding:12px 0;border-top:1px solid var(--line)}
iframe{width:100%;height:420px;border:1px solid var(--line);border-radius:8px;background:#fff}pre{white-space:pre-wrap;overflow-wrap:anywhere}`

/** What the frame of a page needs to know. */
export interface Frame {
  readonly title: string
  readonly signedIn: boolean
  readonly hasMailbox: boolean
}

/** A whole page. */
export function layout(frame: Frame, body: Html): Html {
  const links = frame.signedIn
    ? html`<a href="/">Profile</a>`
    : html`<a href="/login">Sign in</a><a href="/register">Register</a>`
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${frame.title} · Mindmesh example</title>
        <style>
          ${new Html(STYLE)}
        </style>
      </head>
      <body>
        <a class="skip" href="#main">Skip to content</a>
        <header>
          <strong>Mindmesh example</strong>
          <nav aria-label="Main">
            ${links} ${frame.hasMailbox ? html`<a href="/inbox">Inbox</a>` : null}
          </nav>
        </header>
        <main id="main">${body}</main>
      </body>
    </html>`
}
