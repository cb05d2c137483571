/**
 * A host's files as they lie in a folder of copies. What the host calls /etc/keepalived is where its keepalived.conf lies
 * now, and what it calls / is above etc/keepalived: `include /etc/keepalived/conf.d/*.conf` means the copy, never the files
 * of the machine that checks. Tested in test/plan/check/parts.test.ts.
 */
import { dirname, type FileSource } from '../../base/files.ts'

const HOME = '/etc/keepalived/'

export function filesOfHost(files: FileSource, conf: string): FileSource {
  const folder = dirname(conf)
  const root = /^(.*?)\/?etc\/keepalived$/.exec(folder)?.[1]
  const places = (path: string): string[] => [
    ...(path.startsWith(HOME) ? [below(folder, path.slice(HOME.length))] : []),
    ...(path.startsWith('/') && root !== undefined ? [below(root, path.slice(1))] : []),
    path,
  ]
  return {
    read: path => {
      const answers = places(path).map(place => files.read(place))
      return answers.find(answer => answer.ok) ?? answers[0]
    },
    glob: pattern =>
      places(pattern)
        .map(place => files.glob(place))
        .find(found => found.length > 0) ?? [],
  }
}

const below = (folder: string, path: string): string => (folder === '' || folder === '.' ? path : `${folder}/${path}`)
