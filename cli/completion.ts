/**
 * `lvsim completion SHELL`: a script that makes the shell complete commands and options. It is made from the commands
 * themselves, so it knows whatever they know; where a name of a file can stand, the shell completes files.
 */
import { Argument, type Command, type Option } from 'commander'
import { write } from './output.ts'

const SHELLS = { bash, zsh, fish } as const

const HELP = `
  bash  echo 'source <(lvsim completion bash)' >> ~/.bashrc
  zsh   lvsim completion zsh > "\${fpath[1]}/_lvsim"
  fish  lvsim completion fish > ~/.config/fish/completions/lvsim.fish`

export function addCompletion(program: Command): void {
  program
    .command('completion')
    .summary('print a script that completes commands and options in your shell')
    .description('Prints a completion script. Install it with:')
    .addArgument(new Argument('<shell>', 'your shell').choices(Object.keys(SHELLS)))
    .addHelpText('after', HELP)
    .action((shell: keyof typeof SHELLS) => write(process.stdout, SHELLS[shell](program)))
}

const commandsOf = (program: Command): readonly Command[] => [...program.commands]
const helpOption = '--help'
const flags = (command: Command): string[] => [...command.options.flatMap(o => (o.long === undefined ? [] : [o.long])), helpOption]
const choicesOf = (command: Command): string[] => command.registeredArguments.flatMap(a => a.argChoices ?? [])
const about = (command: Command): string => command.summary() || command.description()

function bash(program: Command): string {
  const names = [...commandsOf(program).map(c => c.name()), 'help']
  const cases = commandsOf(program).map(c => `    ${c.name()}) words="${[...flags(c), ...choicesOf(c)].join(' ')}" ;;`)
  const values = commandsOf(program).flatMap(c =>
    c.options.flatMap(o => (o.argChoices === undefined ? [] : [`    "${c.name()} ${o.long}") words="${o.argChoices.join(' ')}" ;;`])),
  )
  return `# bash completion of lvsim
_lvsim() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} command= words= i
  for ((i = 1; i < COMP_CWORD; i++)); do
    if [[ \${COMP_WORDS[i]} != -* ]]; then command=\${COMP_WORDS[i]}; break; fi
  done
  case $command in
    '') words="${names.join(' ')} --version --help" ;;
    help) words="${names.join(' ')}" ;;
${cases.join('\n')}
  esac
${values.length === 0 ? '' : `  case "$command $previous" in\n${values.join('\n')}\n  esac\n`}  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _lvsim lvsim
`
}

function zsh(program: Command): string {
  const quoted = (text: string): string => text.replaceAll("'", "'\\''").replace(/[[\]:]/g, '\\$&')
  const option = (o: Option): string => {
    const value = o.argChoices === undefined ? '_files' : `(${o.argChoices.join(' ')})`
    const repeat = /may be repeated/.test(o.description) ? '*' : ''
    return `'${repeat}${o.long}[${quoted(o.description)}]${o.required ? `:value:${value}` : ''}'`
  }
  const cases = commandsOf(program).map(c => {
    const rest = choicesOf(c).length > 0 ? `':${c.registeredArguments[0].name()}:(${choicesOf(c).join(' ')})'` : "'*:file:_files'"
    return `    ${c.name()}) _arguments ${[...c.options.map(option), `'${helpOption}[display help]'`, rest].join(' ')} ;;`
  })
  return `#compdef lvsim
_lvsim() {
  local -a commands
  commands=(${commandsOf(program)
    .map(c => `'${c.name()}:${quoted(about(c))}'`)
    .join(' ')})
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
    help) _describe command commands ;;
${cases.join('\n')}
  esac
}
if [ "$funcstack[1]" = _lvsim ]; then _lvsim; else compdef _lvsim lvsim; fi
`
}

function fish(program: Command): string {
  const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
  const lines = commandsOf(program).flatMap(c => {
    const seen = `-n '__fish_seen_subcommand_from ${c.name()}'`
    return [
      `complete -c lvsim -n __fish_use_subcommand -f -a ${c.name()} -d ${quoted(about(c))}`,
      ...c.options.map(o => {
        const value = o.argChoices === undefined ? (o.required ? ' -r' : '') : ` -x -a ${quoted(o.argChoices.join(' '))}`
        return `complete -c lvsim ${seen} -l ${o.long?.slice(2)}${value} -d ${quoted(o.description)}`
      }),
      ...(choicesOf(c).length === 0 ? [] : [`complete -c lvsim ${seen} -f -a ${quoted(choicesOf(c).join(' '))}`]),
    ]
  })
  return `# fish completion of lvsim\n${lines.join('\n')}\n`
}
