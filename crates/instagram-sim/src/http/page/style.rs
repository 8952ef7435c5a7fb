/// The one style sheet of every page.
pub(super) const SHEET: &str = "
:root{--ink:#1d1b26;--soft:#6c6878;--line:#e7e3ec;--paper:#fff;--ground:#f6f4f9;--accent:#5b3fd6;--warm:#ff7a59;--bad:#b3261e}
@media (prefers-color-scheme:dark){:root{--ink:#f2eff8;--soft:#a8a2b8;--line:#34303f;--paper:#1f1c28;--ground:#16141d;--accent:#a792ff;--bad:#ff8a80}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:flex;flex-direction:column;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,-apple-system,'Segoe UI','Noto Sans',sans-serif}
a{color:inherit}
.bar{position:sticky;top:0;z-index:1;display:flex;justify-content:space-between;align-items:center;padding:12px max(16px,calc(50vw - 467px));background:var(--paper);border-bottom:1px solid var(--line)}
.brand{display:flex;gap:10px;align-items:center;font-weight:700;letter-spacing:-.02em;text-decoration:none}
.mark{width:22px;height:22px;border-radius:50%;background:conic-gradient(from 210deg,var(--warm),#ffc46b,#5b3fd6,var(--warm));-webkit-mask:radial-gradient(circle,transparent 5px,#000 5.5px);mask:radial-gradient(circle,transparent 5px,#000 5.5px)}
nav{display:flex;gap:18px}nav a{color:var(--soft);text-decoration:none;font-size:.92rem}nav a:hover{color:var(--ink)}
main{flex:1;width:100%;max-width:966px;margin:0 auto;padding:28px 16px 48px}
footer{padding:20px 16px 28px;text-align:center;color:var(--soft);font-size:.82rem}
h1{margin:0 0 6px;font-size:1.45rem;line-height:1.25;letter-spacing:-.02em}h2{margin:0 0 14px;font-size:1.05rem}
p{margin:0 0 14px}.soft{color:var(--soft)}.small{font-size:.86rem}
.card{background:var(--paper);border:1px solid var(--line);border-radius:18px;padding:26px}
.narrow{max-width:440px;margin:4vh auto 0}
.button,button{display:inline-block;border:0;border-radius:12px;padding:11px 20px;background:var(--accent);color:#fff;font:inherit;font-weight:600;text-align:center;text-decoration:none;cursor:pointer}
@media (prefers-color-scheme:dark){.button,button{color:#16141d}}
.quiet{background:transparent!important;color:var(--ink)!important;border:1px solid var(--line)}
button:hover,.button:hover{filter:brightness(1.07)}:focus-visible{outline:3px solid color-mix(in srgb,var(--accent) 45%,transparent);outline-offset:2px}
.people{list-style:none;margin:18px 0 0;padding:0}
.people a{display:flex;gap:14px;align-items:center;padding:11px 12px;margin:0 -12px;border-radius:14px;text-decoration:none}
.people a:hover{background:var(--ground)}.people b{display:block}.people span{color:var(--soft);font-size:.88rem}
.face{width:48px;height:48px;border-radius:50%;flex:none}
.scopes{list-style:none;margin:20px 0;padding:0;border-top:1px solid var(--line)}
.scopes li{border-bottom:1px solid var(--line)}.scopes label{display:flex;gap:12px;padding:12px 2px;align-items:flex-start;cursor:pointer}
.scopes input{width:19px;height:19px;margin:3px 0 0;accent-color:var(--accent);flex:none}.scopes b{font-weight:600;display:block}
.pair{display:flex;gap:10px}.pair>*{flex:1}
.note{padding:12px 14px;border-radius:12px;background:color-mix(in srgb,var(--warm) 14%,transparent);font-size:.9rem}
.who{display:flex;gap:14px;align-items:center;margin-bottom:18px}
.top{display:flex;gap:clamp(18px,6vw,64px);align-items:center;padding:4px 4px 30px}
.top .face{width:clamp(80px,18vw,140px);height:clamp(80px,18vw,140px)}
.counts{display:flex;flex-wrap:wrap;gap:6px 22px;margin:10px 0;padding:0;list-style:none}
.grid{display:grid;grid-template-columns:repeat(3,1fr);gap:4px;border-top:1px solid var(--line);padding-top:22px}
.grid a{position:relative;aspect-ratio:4/5;overflow:hidden;border-radius:6px;background:var(--line)}
.grid img{width:100%;height:100%;object-fit:cover;display:block}
.grid span{position:absolute;inset:auto 0 0;padding:22px 10px 8px;background:linear-gradient(transparent,#0009);color:#fff;font-size:.84rem;opacity:0;transition:opacity .15s}
.grid a:hover span,.grid a:focus span{opacity:1}
.empty{grid-column:1/-1;padding:64px 16px;text-align:center;color:var(--soft)}
.post{display:grid;grid-template-columns:minmax(0,1.35fr) minmax(280px,1fr);background:var(--paper);border:1px solid var(--line);border-radius:18px;overflow:hidden}
.post>.shot{background:var(--ground);display:flex;align-items:center;justify-content:center}.post img.full{display:block;width:100%;height:auto}
.side{display:flex;flex-direction:column;padding:20px 22px}.side .who{padding-bottom:16px;border-bottom:1px solid var(--line)}
.side .who .face{width:38px;height:38px}.side .who a{font-weight:700;text-decoration:none}
.caption{white-space:pre-wrap;overflow-wrap:anywhere;flex:1}.marks{border-top:1px solid var(--line);padding-top:14px;margin:16px 0 0}
.rows{display:grid;grid-template-columns:minmax(0,1fr);gap:18px}.split{display:grid;grid-template-columns:1fr 1fr;gap:18px}.split>*,.fields>*{min-width:0}
.fields{display:grid;grid-template-columns:2fr 1fr;gap:12px;margin-bottom:14px}
.fields label{font-size:.84rem;color:var(--soft)}
input[type=text],input[type=number],select{width:100%;margin-top:4px;padding:10px 12px;border:1px solid var(--line);border-radius:10px;background:var(--ground);color:var(--ink);font:inherit}
.tools{display:flex;flex-wrap:wrap;gap:10px}
.scroll{overflow-x:auto}table{width:100%;border-collapse:collapse;font-size:.88rem}
th{text-align:left;color:var(--soft);font-weight:600}th,td:not(.text){white-space:nowrap}th,td{padding:9px 12px 9px 0;border-bottom:1px solid var(--line);vertical-align:top}
td.text{min-width:180px;max-width:320px;overflow-wrap:anywhere}td img{width:44px;height:55px;object-fit:cover;border-radius:6px;display:block}
code{font-size:.86em;background:var(--ground);border-radius:6px;padding:2px 6px;overflow-wrap:anywhere}
.bad{color:var(--bad);font-weight:700}.big{font-size:1.25rem;font-weight:650;font-variant-numeric:tabular-nums}
@media (max-width:720px){.top{align-items:flex-start}.counts{gap:2px 16px}.fields{grid-template-columns:3fr 2fr}main{padding:18px 14px 40px}.post{grid-template-columns:1fr}.split{grid-template-columns:1fr}.card{padding:20px}.narrow{margin-top:8px}.grid{gap:2px;margin:0 -14px}.grid a{border-radius:0}.top{padding-bottom:20px}.bar nav{gap:14px}}
";
