/** The stage as a picture: its SVG layers with their styles written in, and the canvas between them. */

const PROPERTIES = [
  ...['fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-dasharray', 'stroke-linecap', 'stroke-linejoin', 'opacity'],
  ...['font-family', 'font-size', 'font-weight', 'text-anchor', 'paint-order', 'transform', 'transform-origin', 'transform-box'],
]

export function stageSvg(): string {
  const stage = document.querySelector('.stage')
  const [back, front] = Array.from(stage?.querySelectorAll<SVGSVGElement>('svg.layer') ?? [])
  const canvas = stage?.querySelector('canvas')
  if (stage === null || back === undefined || front === undefined || canvas === null || canvas === undefined) return ''
  const { clientWidth: width, clientHeight: height } = stage
  const background = getComputedStyle(stage).getPropertyValue('--stage')
  const packets = `<image width="${width}" height="${height}" href="${canvas.toDataURL('image/png')}"/>`
  const inner = (svg: SVGSVGElement): string => styled(svg).innerHTML
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><rect width="100%" height="100%" style="fill:${resolved(background)}"/>${inner(back)}${packets}${inner(front)}</svg>\n`
}

export async function stagePng(): Promise<Blob | undefined> {
  const svg = stageSvg()
  const stage = document.querySelector('.stage')
  if (svg === '' || stage === null) return undefined
  const image = new Image()
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`
  await image.decode()
  const canvas = document.createElement('canvas')
  canvas.width = stage.clientWidth * 2
  canvas.height = stage.clientHeight * 2
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
  return await new Promise(resolve => canvas.toBlob(b => resolve(b ?? undefined), 'image/png'))
}

/** A copy whose elements carry what the style sheet gave them. */
function styled(svg: SVGSVGElement): SVGSVGElement {
  const copy = svg.cloneNode(true) as SVGSVGElement
  const from = svg.querySelectorAll<SVGElement>('*')
  const to = copy.querySelectorAll<SVGElement>('*')
  from.forEach((element, i) => {
    const computed = getComputedStyle(element)
    const style = PROPERTIES.map(p => `${p}:${computed.getPropertyValue(p)}`).join(';')
    to[i].setAttribute('style', style.replace(/"/g, "'"))
    for (const name of ['tabindex', 'role', 'class', 'aria-label', 'aria-haspopup', 'aria-keyshortcuts']) to[i].removeAttribute(name)
  })
  return copy
}

/** light-dark() and variables as a plain colour. */
function resolved(colour: string): string {
  const probe = document.createElement('i')
  probe.style.color = colour
  document.body.append(probe)
  const out = getComputedStyle(probe).color
  probe.remove()
  return out
}
