/**
 * Which options each direction of each cable has. From general to special: `links.default`, the host's own `link`,
 * the interface's, then `links: { b1: … }` for both directions of a host's cables and `links: { "b1→switch": … }` for
 * one direction. An entry that names no cable is an error.
 */
import { nearest } from '../base/problem.ts'
import { canonicalLink } from '../expect/index.ts'
import type { Draft } from './draft.ts'
import { DEFAULT_LINK, type RawLink, withLink } from './link-schema.ts'
import type { LinkModel, TrunkModel } from './model.ts'
import { suggest } from './reporter.ts'

export class LinkTable {
  private readonly draft: Draft
  private readonly used = new Set<string>()
  private readonly overrides = new Map<string, { readonly key: string; readonly raw: RawLink }>()
  /** Every direction that exists, `b1→switch`. */
  readonly names: string[] = []

  constructor(draft: Draft) {
    this.draft = draft
    for (const [key, raw] of Object.entries(draft.raw.links ?? {})) this.overrides.set(canonicalLink(key), { key, raw })
    this.used.add('default')
  }

  /** Both directions of the cable between a host's interface (`end`: `b1`, or `b1.eth1` when it has two there) and a LAN. */
  cable(
    host: string,
    end: string,
    lan: string,
    own: readonly (RawLink | undefined)[],
  ): { readonly link: LinkModel; readonly linkDown: LinkModel } {
    const base = [this.overrides.get('default')?.raw, ...own, this.take(host), end === host ? undefined : this.take(end)].reduce(
      withLink,
      DEFAULT_LINK,
    )
    return { link: this.direction(`${end}→${lan}`, base), linkDown: this.direction(`${lan}→${end}`, base) }
  }

  trunk(a: string, b: string, own: RawLink | undefined): TrunkModel {
    const base = [this.overrides.get('default')?.raw, own].reduce(withLink, DEFAULT_LINK)
    return { from: a, to: b, link: this.direction(`${a}→${b}`, base), linkBack: this.direction(`${b}→${a}`, base) }
  }

  /** Entries of `links:` that changed nothing. */
  reportUnused(): void {
    for (const [name, { key }] of this.overrides) {
      if (this.used.has(name)) continue
      const known = name.includes('→') ? this.names : [...this.draft.hostNames, 'default']
      const meant = nearest(name, known)
      const remedy =
        meant === undefined
          ? suggest(name, known, name.includes('→') ? 'links' : 'hosts')
          : `did you mean "${meant}"? links are: ${this.names.join(', ')}`
      this.draft.reporter.errorAtKey(['links', key], 'unknown-link', `there is no link "${name}"`, remedy)
    }
  }

  private direction(name: string, base: LinkModel): LinkModel {
    this.names.push(name)
    return withLink(base, this.take(name))
  }

  private take(name: string): RawLink | undefined {
    this.used.add(name)
    return this.overrides.get(name)?.raw
  }
}
