/** keepalived.conf files of a scenario: each read once, its problems and its unsimulated keywords reported once. */
import { resolvePath } from '../base/files.ts'
import { type KeepalivedConfig, parseKeepalived, type ReaderRelease, type YamlPath } from '../config/index.ts'
import { byText, type Draft } from './draft.ts'
import type { IgnoredWord } from './model.ts'

export class KeepalivedFiles {
  private readonly draft: Draft
  private readonly read_ = new Map<string, KeepalivedConfig>()
  private readonly ignored_ = new Map<string, IgnoredWord>()

  private readonly release: ReaderRelease | undefined

  constructor(draft: Draft, release?: ReaderRelease) {
    this.draft = draft
    this.release = release
  }

  read(given: string, configId: string, path: YamlPath): KeepalivedConfig | undefined {
    const file = resolvePath(this.draft.file, given)
    const key = `${configId} ${file}`
    const known = this.read_.get(key)
    if (known !== undefined) return known
    const found = this.draft.files.read(file)
    if (!found.ok) {
      this.draft.reporter.error(
        path,
        'file-missing',
        `"${given}" cannot be read: ${found.reason}`,
        'check the name; it is relative to the scenario',
      )
      return undefined
    }
    const parsed = parseKeepalived(file, this.draft.files, { configId, release: this.release })
    this.draft.reporter.take(parsed.problems)
    for (const word of parsed.ignored) if (!this.ignored_.has(word.keyword)) this.ignored_.set(word.keyword, word)
    this.read_.set(key, parsed.config)
    return parsed.config
  }

  /** Keywords that were read and have no effect in a simulation, in the order of names. */
  get ignored(): IgnoredWord[] {
    return [...this.ignored_.values()].sort((a, b) => byText(a.keyword, b.keyword))
  }
}
