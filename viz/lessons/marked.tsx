/** Text with **bold** and `code`, paragraphs by empty lines. Never markup from outside: everything becomes text nodes. */
export function Marked({ text, inline }: { text: string; inline?: boolean }) {
  const parts = text.trim().split(/\n\s*\n/)
  if (inline === true) return <>{pieces(parts.join(' '))}</>
  return (
    <>
      {parts.map(p => (
        <p key={p}>{pieces(p)}</p>
      ))}
    </>
  )
}

function pieces(text: string) {
  return text.split(/(\*\*[^*]+\*\*|`[^`]+`)/).map((s, i) => {
    if (s.startsWith('**')) return <strong key={`${i} ${s}`}>{s.slice(2, -2)}</strong>
    if (s.startsWith('`')) return <code key={`${i} ${s}`}>{s.slice(1, -1)}</code>
    return s
  })
}
