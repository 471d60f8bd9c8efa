/** The looks of an HTML transcript: light, dark, on a phone, in print. Contrast is 7:1 or better for text. */
export const HTML_STYLE = `:root{color-scheme:light dark;--ink:#1a1a1a;--paper:#fff;--soft:#f3f3f1;--line:#767676;--link:#0b3d91}
@media (prefers-color-scheme:dark){:root{--ink:#ececec;--paper:#161618;--soft:#242427;--line:#8b8b8b;--link:#a9c7ff}}
*{box-sizing:border-box}
body{font:1rem/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:64rem;margin:0 auto;padding:1rem}
h1{font-size:1.6rem}h2{font-size:1.3rem;margin-top:2.2rem;border-bottom:1px solid var(--line)}h3{font-size:1.1rem}h4{font-size:1rem;margin-bottom:.3rem}
h1,h2,h3,h4,p,li,td,dd,code{overflow-wrap:anywhere}
a{color:var(--link)}
.practice{border:2px solid;padding:.5rem;font-weight:600}
.outcome{font-size:1.15rem}
nav ul{display:flex;flex-wrap:wrap;gap:.3rem 1rem;list-style:none;padding:0}nav a{display:inline-block;padding:.3rem 0}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.95rem}caption{text-align:left;font-weight:600;padding:.3rem 0}
th,td{border:1px solid var(--line);padding:.3rem .5rem;text-align:left;vertical-align:top;white-space:pre-line}
th{background:var(--soft)}
dl{display:grid;grid-template-columns:minmax(6rem,11rem) 1fr;gap:.2rem 1rem}dt{font-weight:600}dd{margin:0;white-space:pre-line}
pre{background:var(--soft);border:1px solid var(--line);padding:.6rem;white-space:pre-wrap;overflow-wrap:anywhere;font-size:.9rem}
.check{list-style:none;padding-left:.2rem}.check li::before{content:"\\2610  "}
@media (max-width:36rem){dl{grid-template-columns:1fr}dd{margin-bottom:.5rem}body{padding:.7rem}}
@media print{body{max-width:none;font-size:10pt}nav{display:none}h2,h3,h4{break-after:avoid}tr,pre{break-inside:avoid}}`;
