/** The page's style: system fonts, light and dark, readable at 360 px. Tone is told by mark and word, colour only adds to it. */
export const PAGE_CSS = `
:root { color-scheme: light dark; --bg: #f7f7f8; --panel: #ffffff; --ink: #1b1f24; --soft: #57606a; --line: #d5d9de; --accent: #0b5cad; --on-accent: #ffffff;
  --ok: #1a7f37; --problem: #b42318; --unknown: #8a5a00; --decision: #7c3aed; --working: #0b5cad; --code: #f0f2f4; --badge: #fff1c2; --on-badge: #5c4400; }
@media (prefers-color-scheme: dark) { :root { --bg: #15181c; --panel: #1d2126; --ink: #e6e9ed; --soft: #a3abb5; --line: #363c44; --accent: #6cb2ff; --on-accent: #0b1a2b;
  --ok: #56d07c; --problem: #ff8578; --unknown: #f0b94d; --decision: #c4a5ff; --working: #6cb2ff; --code: #14171a; --badge: #4a3a0a; --on-badge: #ffe08a; } }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; color: var(--ink); background: var(--bg);
  display: grid; grid-template-columns: 18rem minmax(0, 1fr); min-height: 100vh; }
h1, h2, h3 { line-height: 1.25; margin: 0; }
h1 { font-size: 1.15rem; } h2 { font-size: 1.4rem; } h3 { font-size: 1.02rem; flex: 1; overflow-wrap: anywhere; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: -999px; } .skip:focus { left: .5rem; top: .5rem; background: var(--panel); padding: .5rem; z-index: 5; }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; border-right: 1px solid var(--line); padding: 1rem; background: var(--panel); }
nav header { display: flex; gap: .6rem; align-items: baseline; margin-bottom: .75rem; } nav h1 a { color: inherit; text-decoration: none; }
summary { cursor: pointer; color: var(--soft); font-weight: 600; padding: .25rem 0; }
#runs ul { list-style: none; margin: 0; padding: 0; }
#runs a { display: grid; grid-template-columns: 1.4rem 1fr; gap: 0 .4rem; padding: .5rem; border-radius: 8px; color: inherit; text-decoration: none; }
#runs a:hover { background: var(--code); } #runs a[aria-current] { background: var(--code); font-weight: 600; }
#runs .title { overflow-wrap: anywhere; } #runs time { grid-column: 2; font-size: .8rem; color: var(--soft); font-weight: 400; }
main { max-width: 58rem; width: 100%; margin: 0 auto; padding: 1rem 1rem 7rem; }
.parent { position: sticky; top: 0; z-index: 2; background: var(--bg); padding: .5rem 0; }
.card { background: var(--panel); border: 1px solid var(--line); border-left: 4px solid var(--soft); border-radius: 10px; padding: .8rem 1rem; margin: 0 0 .8rem; }
.parent .card { margin: 0; box-shadow: 0 2px 8px #0001; }
.card.ok { border-left-color: var(--ok); } .card.problem { border-left-color: var(--problem); } .card.unknown { border-left-color: var(--unknown); }
.card.decision { border-left-color: var(--decision); } .card.working { border-left-color: var(--working); }
.card > header { display: flex; gap: .5rem; align-items: baseline; }
.mark { font-weight: 700; width: 1.2rem; text-align: center; flex: none; }
.ok > header .mark, .mark.ok { color: var(--ok); } .problem > header .mark, .mark.problem { color: var(--problem); }
.unknown > header .mark, .mark.unknown { color: var(--unknown); } .decision > header .mark, .mark.decision { color: var(--decision); }
.working > header .mark, .mark.working { color: var(--working); }
time, .note { color: var(--soft); font-size: .85rem; } .card > header time { white-space: nowrap; }
p { margin: .45rem 0; overflow-wrap: anywhere; } .text { white-space: pre-line; }
.badge { background: var(--badge); color: var(--on-badge); font-size: .75rem; font-weight: 700; border-radius: 999px; padding: .1rem .5rem; text-transform: uppercase; letter-spacing: .03em; white-space: nowrap; }
code, pre { font: .85rem/1.45 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
code { background: var(--code); padding: .1rem .3rem; border-radius: 4px; }
pre { background: var(--code); border-radius: 8px; padding: .6rem .7rem; margin: .4rem 0; white-space: pre-wrap; overflow-wrap: anywhere; max-height: 22rem; overflow: auto; }
.code { position: relative; } .code pre { padding-right: 4.6rem; } .copy { position: absolute; top: .35rem; right: .35rem; font-size: .75rem; padding: .1rem .5rem; }
dl { margin: .4rem 0; } dl > div { display: grid; grid-template-columns: 9rem minmax(0, 1fr); gap: .25rem .75rem; padding: .2rem .4rem; border-radius: 6px; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; white-space: pre-line; }
.odd { background: color-mix(in srgb, var(--problem) 12%, transparent); } .differs { color: var(--problem); font-size: .8rem; white-space: nowrap; }
ol, ul { margin: .4rem 0; padding-left: 1.4rem; } li { overflow-wrap: anywhere; }
.buttons { display: flex; flex-wrap: wrap; gap: .6rem; margin-top: .7rem; } form { margin: 0; }
button, .button { font: inherit; font-weight: 600; border: 1px solid var(--line); background: var(--panel); color: var(--ink); border-radius: 8px; padding: .45rem .95rem; min-height: 2.6rem; cursor: pointer; text-decoration: none; display: inline-block; }
button.primary, .button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
button.danger, .button.danger { border-color: var(--problem); color: var(--problem); }
.copy { min-height: 1.6rem; }
dialog { border: 1px solid var(--line); border-radius: 12px; background: var(--panel); color: var(--ink); max-width: min(40rem, calc(100vw - 2rem)); padding: 1.2rem; }
dialog::backdrop { background: #0008; }
#compose { position: fixed; bottom: 0; left: 18rem; right: 0; display: flex; gap: .6rem; padding: .8rem 1rem; background: var(--panel); border-top: 1px solid var(--line); z-index: 3; }
#compose input#text { flex: 1; min-width: 0; font: inherit; padding: .5rem .8rem; border: 1px solid var(--soft); border-radius: 8px; background: var(--bg); color: var(--ink); }
.told { margin-bottom: 1rem; } .welcome { padding: 2rem 0; } .waiting { color: var(--soft); padding-left: 1rem; }
.dots::after { content: ""; display: inline-block; width: .6rem; height: .6rem; border-radius: 50%; background: var(--working); margin-right: .5rem; animation: pulse 1.2s infinite; }
@keyframes pulse { 50% { opacity: .25; } }
@media (prefers-reduced-motion: reduce) { .dots::after { animation: none; } }
@media (max-width: 48rem) {
  body { display: block; } nav { position: static; height: auto; border-right: 0; border-bottom: 1px solid var(--line); padding: .6rem 1rem; } nav header { margin: 0; }
  main { padding: .6rem .6rem 6rem; } #compose { left: 0; padding: .6rem; } dl > div { grid-template-columns: 1fr; gap: 0; } .parent { position: static; }
  .card { padding: .7rem .75rem; } .card > header { flex-wrap: wrap; }
}
`;
