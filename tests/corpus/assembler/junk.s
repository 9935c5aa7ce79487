@
`
\x
{}
5
"text"
, a0
= 5
