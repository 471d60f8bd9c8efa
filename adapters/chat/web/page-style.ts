/** The look of the page, served as `/assets/page.css`: light and dark, from 360 px, tones as custom properties. */
export const PAGE_STYLE = `:root {
  color-scheme: light dark;
  --back: #f4f5f8; --panel: #ffffff; --sunk: #eef0f4; --line: #d9dde5; --strong: #c3c9d4;
  --text: #1b2130; --quiet: #565f70; --accent: #2f4fc4; --on-accent: #ffffff; --hover: #e4e8f0;
  --ok: #17693a; --problem: #b3202c; --unknown: #7a5200; --decision: #6136b4; --working: #1859ad;
  --ok-back: #e4f4ea; --problem-back: #fdebeb; --unknown-back: #faf0d9; --decision-back: #f0eafb; --working-back: #e5effb;
  --practice: #7a3d00; --practice-back: #ffe9d1;
  --mono: ui-monospace, "SF Mono", SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #12151c; --panel: #191d26; --sunk: #0f1218; --line: #2c323f; --strong: #434b5c;
    --text: #e7eaf1; --quiet: #a3acbd; --accent: #a9bbff; --on-accent: #10162b; --hover: #252b37;
    --ok: #6fd69a; --problem: #ff938f; --unknown: #ebc065; --decision: #c9adff; --working: #8dc1ff;
    --ok-back: #143023; --problem-back: #3b1a1d; --unknown-back: #33290f; --decision-back: #2a2042; --working-back: #142a44;
    --practice: #ffc388; --practice-back: #3d2710;
  }
}
*, *::before, *::after { box-sizing: border-box; }
body { margin: 0; overflow-x: hidden; height: 100vh; height: 100dvh; display: grid; grid-template-columns: 18.5rem minmax(0, 1fr);
  background: var(--back); color: var(--text); font: 0.9375rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
h1, h2, p, ol, ul { margin: 0; }
a { color: inherit; }
code, pre { font-family: var(--mono); font-size: 0.875em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: fixed; inset: 0.5rem auto auto 0.5rem; z-index: 9; padding: 0.4rem 0.8rem; border-radius: 0.5rem;
  background: var(--accent); color: var(--on-accent); transform: translateY(-4rem); }
.skip:focus { transform: none; }
.icon { width: 1em; height: 1em; flex: none; fill: none; stroke: currentColor; stroke-width: 1.7; stroke-linecap: round; stroke-linejoin: round; }
.tone-ok { --tone: var(--ok); --tone-back: var(--ok-back); }
.tone-problem { --tone: var(--problem); --tone-back: var(--problem-back); }
.tone-unknown { --tone: var(--unknown); --tone-back: var(--unknown-back); }
.tone-decision { --tone: var(--decision); --tone-back: var(--decision-back); }
.tone-working { --tone: var(--working); --tone-back: var(--working-back); }
.badge, .practice { display: inline-flex; align-items: center; gap: 0.3em; flex: none; padding: 0.05rem 0.5rem; border-radius: 1rem;
  font-size: 0.75rem; font-weight: 600; line-height: 1.5; white-space: nowrap; }
.badge { color: var(--tone); background: var(--tone-back); }
.practice { color: var(--practice); background: var(--practice-back); border: 1px dashed currentColor; padding-block: 0; letter-spacing: 0.04em; font-size: 0.6875rem; }

.side { position: static; inset: auto; margin: 0; width: auto; height: auto; max-height: none; min-height: 0; overflow: hidden;
  display: flex; flex-direction: column; padding: 0; border: 0; border-right: 1px solid var(--line); background: var(--sunk); color: inherit; }
.brand { padding: 0 1rem; height: 3.25rem; display: flex; align-items: center; gap: 0.5rem; flex: none; }
.brand a { font: 700 1rem var(--mono); text-decoration: none; }
.version, .you { color: var(--quiet); font-size: 0.8125rem; }
.side nav { flex: 1; min-height: 0; overflow-y: auto; padding: 0 0.5rem; }
.heading a { float: right; font-weight: 400; }
.heading { padding: 0.25rem 0.5rem 0.5rem; font-size: 0.8125rem; font-weight: 600; color: var(--quiet); }
.side ol { list-style: none; padding: 0; display: grid; gap: 2px; }
.side li a { display: grid; gap: 0.1rem; padding: 0.45rem 0.6rem; border-radius: 0.5rem; text-decoration: none; border-left: 3px solid transparent; }
.side li a:hover { background: var(--hover); }
.side li a:focus-visible { outline-offset: -2px; }
.side li a[aria-current] { background: var(--panel); border-left-color: var(--accent); box-shadow: 0 0 0 1px var(--line); }
.target { display: flex; align-items: center; justify-content: space-between; gap: 0.5rem; font-weight: 600; overflow-wrap: anywhere; }
.state { display: flex; align-items: center; gap: 0.35rem; color: var(--tone); font-size: 0.8125rem; overflow-wrap: anywhere; }
.side time { color: var(--quiet); font-size: 0.75rem; }
.none { padding: 0 0.5rem; color: var(--quiet); font-size: 0.875rem; }
.you { display: grid; gap: 0.5rem; justify-items: start; padding: 0.75rem 1rem; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
.you strong { color: var(--text); }

main { position: relative; min-width: 0; min-height: 0; display: flex; flex-direction: column; background: var(--panel); }
.channel { flex: none; height: 3.25rem; display: flex; align-items: center; gap: 0.75rem; padding: 0 1.25rem; border-bottom: 1px solid var(--line); }
.channel .menu { display: none; }
#connection { margin-left: auto; color: var(--quiet); font-size: 0.8125rem; }
#notes { flex: none; max-height: 45%; overflow-y: auto; padding: 0 1.25rem; }
.private { margin: 0.75rem auto 0.5rem; max-width: 54rem; padding: 0.6rem 0.9rem 0.8rem; display: grid; gap: 0.5rem; border: 1px dashed var(--strong); border-radius: 0.75rem; background: var(--back); }
.private header { display: flex; align-items: center; flex-wrap: wrap; gap: 0.6rem; }
.private h2 { display: flex; align-items: center; gap: 0.4rem; font-size: 0.9375rem; }
.private .icon { color: var(--tone); }
.only { color: var(--quiet); font-size: 0.75rem; font-weight: 600; }
.dismiss { margin-left: auto; font-size: 0.8125rem; color: var(--quiet); }
.complaint { color: var(--problem); font-weight: 600; }

.scroller { flex: 1; min-height: 0; overflow-y: auto; border-bottom: 1px solid var(--line); overscroll-behavior: contain; container-type: inline-size; }
.scroller:focus-visible { outline-offset: -2px; }
#thread { --side: max(1.25rem, calc((100cqw - 54rem) / 2)); padding: 0 var(--side) 1rem; }
.bar { position: sticky; top: 0; z-index: 2; display: flex; align-items: center; gap: 0.6rem; margin: 0 calc(-1 * var(--side)); padding: 0.8rem var(--side);
  background: var(--panel); border-bottom: 1px solid var(--line); }
.bar h1 { min-width: 0; font-size: 1.0625rem; line-height: 1.3; overflow-wrap: anywhere; }
.bar .badge { font-size: 0.8125rem; padding: 0.1rem 0.6rem; }
.permalink { margin-left: auto; font: 0.8125rem var(--mono); color: var(--quiet); white-space: nowrap; display: inline-flex; align-items: center; min-height: 1.5rem; min-width: 1.5rem; }
.parent { display: grid; gap: 0.5rem; padding: 0.8rem 0 0.4rem; }
.message, #timeline, #approvals { scroll-margin-top: 4rem; }
.record { display: grid; gap: 0.4rem; padding-bottom: 0.6rem; }
.places { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: 0.25rem 1.1rem; font-size: 0.875rem; }
.places a { display: inline-block; min-height: 1.5rem; }
.log { width: 100%; border-collapse: collapse; font-size: 0.8125rem; }
.log th, .log td { padding: 0.25rem 0.75rem 0.25rem 0; border-top: 1px solid var(--line); text-align: left; vertical-align: top; overflow-wrap: anywhere; }
.log th { color: var(--quiet); font-weight: 500; border-top: 0; }
.log .when, .log .since { white-space: nowrap; font-variant-numeric: tabular-nums; color: var(--quiet); }
.day { display: flex; align-items: center; gap: 0.75rem; margin: 0.75rem 0 0.25rem; color: var(--quiet); font-size: 0.75rem; font-weight: 600; }
.day::before, .day::after { content: ""; flex: 1; border-top: 1px solid var(--line); }
.message { display: grid; grid-template-columns: 2rem minmax(0, 1fr); gap: 0.75rem; padding: 0.7rem 0; }
.avatar { display: grid; place-items: center; width: 2rem; height: 2rem; border-radius: 0.6rem; font-size: 1.125rem; color: var(--tone); background: var(--tone-back); }
.content { display: grid; gap: 0.5rem; min-width: 0; }
.content > header { display: flex; flex-wrap: wrap; align-items: center; gap: 0.15rem 0.6rem; min-height: 2rem; }
.content h2 { font-size: 0.9375rem; line-height: 1.4; overflow-wrap: anywhere; }
.content .practice { padding: 0; border: 0; background: none; }
.message .badge .icon { display: none; }
.content time { color: var(--quiet); font-size: 0.75rem; font-variant-numeric: tabular-nums; }
.message.tone-decision .content { padding: 0.5rem 0.9rem 0.9rem; border: 1px solid var(--strong); border-radius: 0.75rem; background: var(--back); }
.text { white-space: pre-wrap; overflow-wrap: anywhere; }
.note { white-space: pre-wrap; overflow-wrap: anywhere; color: var(--quiet); font-size: 0.8125rem; }
.content ol, .content ul, .parent ol, .parent ul { padding-left: 1.4rem; display: grid; gap: 0.3rem; overflow-wrap: anywhere; }
.digest { overflow-wrap: anywhere; }
.code { position: relative; }
.code pre { margin: 0; padding: 0.6rem 4.25rem 0.6rem 0.8rem; border: 1px solid var(--line); border-radius: 0.5rem; background: var(--sunk); white-space: pre-wrap; overflow-wrap: anywhere; }
.copy { position: absolute; top: 0.35rem; right: 0.35rem; min-height: 1.5rem; padding: 0.1rem 0.5rem; border: 1px solid var(--line); border-radius: 0.35rem; background: var(--panel); color: var(--quiet); font: inherit; font-size: 0.75rem; cursor: pointer; }
.copy:hover { color: var(--text); border-color: var(--strong); }
details > summary { width: fit-content; color: var(--quiet); font-size: 0.8125rem; cursor: pointer; }
details[open] > summary { margin-bottom: 0.4rem; }
.facts { width: 100%; border-collapse: collapse; font-size: 0.875rem; }
.facts th, .facts td { padding: 0.3rem 0.75rem 0.3rem 0; border-top: 1px solid var(--line); text-align: left; vertical-align: top; overflow-wrap: anywhere; }
.facts tr:first-child > * { border-top: 0; }
.facts th { width: 9rem; color: var(--quiet); font-weight: 500; }
.facts td { white-space: pre-wrap; }
.facts .odd td { color: var(--problem); font-weight: 600; }
.differs { padding: 0 0.4rem; border-radius: 0.3rem; background: var(--problem-back); color: var(--problem); font-size: 0.75rem; white-space: nowrap; }
.buttons { display: flex; flex-wrap: wrap; gap: 0.5rem; margin-top: 0.25rem; }
.button { display: inline-block; min-height: 2.25rem; padding: 0.35rem 0.9rem; border: 1px solid var(--strong); border-radius: 0.5rem; background: var(--panel); color: var(--text); font: 600 0.875rem/1.5 system-ui, sans-serif; text-align: center; text-decoration: none; overflow-wrap: anywhere; cursor: pointer; }
.button:hover { background: var(--hover); }
.button.primary { border-color: var(--accent); background: var(--accent); color: var(--on-accent); }
.button.danger { border-color: var(--problem); background: var(--problem-back); color: var(--problem); }
.button.primary:hover, .button.danger:hover { filter: brightness(1.08); }
.button:disabled { cursor: progress; filter: saturate(0.6); }
.working { display: flex; align-items: center; gap: 0.75rem; padding: 0.5rem 0 0.25rem; color: var(--quiet); font-size: 0.8125rem; }
.dots { display: flex; justify-content: center; gap: 4px; width: 2rem; }
.dots i { width: 6px; height: 6px; border-radius: 50%; background: currentColor; animation: dot 1.2s infinite ease-in-out; }
.dots i:nth-child(2) { animation-delay: 0.15s; } .dots i:nth-child(3) { animation-delay: 0.3s; }
.latest { position: absolute; bottom: 6.5rem; left: 50%; transform: translateX(-50%); border-radius: 2rem; box-shadow: 0 4px 14px rgb(0 0 0 / 0.2); z-index: 3; }
[hidden] { display: none; }

.composer { flex: none; display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0.35rem 0.5rem; width: 100%; max-width: 56.5rem; margin: 0 auto; padding: 0.75rem 1.25rem; }
.composer input[type=text] { width: 100%; min-height: 2.75rem; padding: 0.4rem 0.9rem; border: 1px solid var(--strong); border-radius: 0.6rem; background: var(--panel); color: inherit; font: 0.9375rem var(--mono); }
.composer input:focus-visible { outline-offset: -2px; }
.composer input::-webkit-calendar-picker-indicator { display: none !important; }
.composer input::placeholder { color: var(--quiet); opacity: 1; }
.composer .button { min-height: 2.75rem; padding-inline: 1.25rem; }
.hint { grid-column: 1 / -1; color: var(--quiet); font-size: 0.75rem; }
.all { display: grid; gap: 0.9rem; padding-top: 1.25rem; }
.all h1 { font-size: 1.375rem; line-height: 1.3; }
.search { display: grid; gap: 0.3rem; }
.search label, .asked label, .sign-in label { font-size: 0.875rem; font-weight: 600; }
.field { display: flex; gap: 0.5rem; }
.field .button { flex: none; min-height: 2.75rem; }
.search input, .asked input, .sign-in input { width: 100%; min-height: 2.75rem; padding: 0.4rem 0.9rem; border: 1px solid var(--strong); border-radius: 0.6rem; background: var(--panel); color: inherit; font: 0.9375rem var(--mono); }
.found { list-style: none; margin: 0.4rem 0 0.9rem; padding: 0; }
.found li { padding: 0.6rem 0; border-top: 1px solid var(--line); display: grid; gap: 0.15rem; }
.found .target { justify-content: flex-start; flex-wrap: wrap; gap: 0.15rem 0.75rem; }
.found .target a { overflow-wrap: anywhere; }
.about { display: flex; flex-wrap: wrap; gap: 0.1rem 0.9rem; color: var(--quiet); font-size: 0.8125rem; overflow-wrap: anywhere; }
.asked { display: grid; gap: 0.3rem; margin: 0.75rem 0 1rem; }
.alone { grid-column: 1 / -1; overflow-y: auto; padding: 0 1rem; }
.alone .lone { max-width: 26rem; }
.alone .brand { padding: 0; height: auto; font: 700 1rem var(--mono); }
.sign-in { display: grid; gap: 0.5rem; }
.sign-in .button { min-height: 2.75rem; margin-top: 0.25rem; }
dialog { width: min(44rem, calc(100vw - 2rem)); max-height: calc(100dvh - 2rem); padding: 1.25rem; border: 1px solid var(--strong); border-radius: 0.9rem; background: var(--panel); color: inherit; box-shadow: 0 16px 48px rgb(0 0 0 / 0.3); }
dialog::backdrop { background: rgb(10 14 24 / 0.5); }
dialog h2 { display: flex; flex-wrap: wrap; align-items: center; gap: 0.4rem 0.6rem; font-size: 1.0625rem; }
.exact { margin: 0.75rem 0 1rem; padding: 0.75rem 0.9rem; border: 1px solid var(--line); border-radius: 0.5rem; background: var(--sunk); }
.exact .digest { font-size: 0.8125rem; }
.lone { max-width: 40rem; margin: 0 auto; padding: clamp(1.5rem, 8vh, 5rem) 0 1rem; display: grid; gap: 1rem; }
.lone h1 { font-size: 1.375rem; line-height: 1.3; overflow-wrap: anywhere; }
.lone h1 code { font-size: 0.9em; }
.lone ol { padding-left: 1.4rem; display: grid; gap: 0.4rem; }
.incident { display: grid; justify-items: start; gap: 0.6rem; padding: 1rem 1.1rem; border: 1px dashed var(--practice); border-radius: 0.75rem; background: var(--back); }
@keyframes dot { 0%, 60%, 100% { opacity: 0.3; } 30% { opacity: 1; } }
@keyframes arrive { from { opacity: 0; transform: translateY(0.4rem); } }
.new { animation: arrive 0.25s ease-out; }
@media (prefers-reduced-motion: reduce) { *, *::before, *::after { animation: none !important; transition: none !important; } }

@media (max-width: 52rem) {
  body { grid-template-columns: minmax(0, 1fr); }
  .side { display: none; }
  .side:popover-open { display: flex; position: fixed; inset: 0 auto 0 0; width: min(20rem, 88vw); height: 100dvh; box-shadow: 0 0 40px rgb(0 0 0 / 0.35); }
  .side::backdrop { background: rgb(10 14 24 / 0.5); }
  .channel .menu { display: inline-block; }
  .channel { padding: 0 0.75rem; }
  #notes { padding: 0 0.75rem; }
  #thread { --side: 0.75rem; }
  .bar { padding-block: 0.6rem; flex-wrap: wrap; gap: 0.25rem 0.5rem; }
  .bar h1 { order: 1; flex-basis: 100%; font-size: 1rem; }
  .message { grid-template-columns: minmax(0, 1fr); padding: 0.6rem 0; }
  .message + .message { border-top: 1px solid var(--line); }
  .avatar { display: none; }
  .message .badge .icon { display: block; }
  .composer { padding: 0.5rem 0.75rem; }
  .facts th { width: 6.5rem; }
}
@media (max-width: 26rem) { .hint { display: none; } .button { padding-inline: 0.8rem; } }
`;
