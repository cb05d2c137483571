/** How large an element is, followed. Told a picture later, so that what it causes is not measured in the same breath. */
import { useEffect, useState } from 'preact/hooks'

export interface Size {
  readonly width: number
  readonly height: number
}

export function useSize(box: { readonly current: Element | null }): Size {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 })
  useEffect(() => {
    const element = box.current
    if (element === null) return
    let picture = 0
    const observer = new ResizeObserver(entries => {
      const { width, height } = entries[entries.length - 1].contentRect
      cancelAnimationFrame(picture)
      picture = requestAnimationFrame(() => setSize({ width: Math.round(width), height: Math.round(height) }))
    })
    observer.observe(element)
    return () => {
      cancelAnimationFrame(picture)
      observer.disconnect()
    }
  }, [])
  return size
}
