package answer

// pageStyle is the dress of index.html: the reader's own fonts and colours, because the file stands alone. What is folded away is unfolded on
// paper.
const pageStyle = `:root{--line:light-dark(#c9ccd1,#3d4249);--quiet:light-dark(#4c535c,#b3bac3);--ink:light-dark(#14171b,#eceef1);--paper:light-dark(#fff,#15181c);--link:light-dark(#0b4fae,#8cbcff);color-scheme:light dark}
body{font:1rem/1.55 system-ui,sans-serif;margin:0;color:var(--ink);background:var(--paper);overflow-wrap:anywhere}
main{max-width:52rem;margin:0 auto;padding:1.5rem 1.25rem 4rem}
h1{font-size:1.75rem;margin:.5rem 0 1rem}h1,h2,h3{line-height:1.25;font-weight:600}
h2{font-size:1.25rem;margin:2.75rem 0 .75rem;padding-top:.75rem;border-top:2px solid var(--ink)}
nav h2,h1~h2:not([id]){font-size:1rem;border:0;padding:0;margin:1.5rem 0 .25rem}
h3{font-size:1rem;margin:1.5rem 0 .25rem}small,.when,.of{color:var(--quiet);font-size:.875rem;font-weight:400}
p{margin:.25rem 0 .75rem}ul{margin:.25rem 0 .75rem;padding-inline-start:1.25rem}a{color:var(--link)}.of{margin-bottom:0}
table{border-collapse:collapse;width:100%}th,td{text-align:start;vertical-align:top;padding:.4rem .75rem .4rem 0;border-bottom:1px solid var(--line);overflow-wrap:break-word}th{font-weight:600}
article{border-top:1px solid var(--line);padding:.25rem 0 1.25rem}article h3{margin-top:1rem}.when{margin:0 0 .5rem}
dl{display:grid;grid-template-columns:minmax(8rem,14rem) 1fr;gap:.35rem 1.25rem;margin:.25rem 0}dt{color:var(--quiet);font-size:.875rem}dd{margin:0}dd,.pre{white-space:pre-wrap}
details{margin-top:.5rem}summary{color:var(--quiet);font-size:.875rem;cursor:pointer}details dt{font-family:ui-monospace,monospace;font-size:.8125rem}
img{max-width:100%;max-height:40rem;height:auto;border:1px solid var(--line)}
@media(max-width:40rem){main{padding:1rem 1rem 3rem}dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.6rem}
thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}tr{display:block;padding:.4rem 0;border-bottom:1px solid var(--line)}td{display:block;border:0;padding:.1rem 0}
td::before{content:attr(data-h) ": ";color:var(--quiet);font-size:.875rem}}
@media print{:root{color-scheme:light}body{font-size:10.5pt}main{max-width:none;padding:0}nav{display:none}article,tr,figure{break-inside:avoid}h2,h3{break-after:avoid}
details::details-content{content-visibility:visible;block-size:auto;opacity:1}summary{list-style:none}img{max-height:12cm}a{color:inherit;text-decoration:none}}
`
