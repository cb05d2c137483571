/**
 * The core's sentences in Russian: their English form, and what to say instead ($1 … are its groups; a group named
 * `rest` is itself such a sentence). The first form that fits is taken. Units and decimal commas are put in afterwards.
 */
export type Sentence = readonly [RegExp, string]

const WHAT: readonly Sentence[] = [
  [/^(\S+) begins as (\w+)$/, '$1 начинает как $2'],
  [/^keepalived started$/, 'keepalived запущен'],
  [/^keepalived stopping$/, 'keepalived завершается'],
  [/^keepalived stopped$/, 'keepalived остановлен'],
  [/^keepalived killed$/, 'keepalived убит'],
  [/^keepalived crashed$/, 'keepalived погиб вместе с узлом'],
  [/^keepalived frozen$/, 'keepalived заморожен'],
  [/^keepalived thawed$/, 'keepalived разморожен'],
  [/^keepalived reloaded$/, 'keepalived перечитал конфигурацию'],
  [/^switch floods frames to (.+)$/, 'коммутатор рассылает кадры для $1 во все порты'],
  [/^(\S+) floods frames to (.+)$/, '$1 рассылает кадры для $2 во все порты'],
  [/^first InActConn of (.+): (.+)$/, 'первая запись InActConn сервиса $1: $2'],
  [/^service (.+) added$/, 'сервис $1 добавлен'],
  [/^service (.+) removed$/, 'сервис $1 удалён'],
  [/^(.+): server (\S+) added, weight (\d+)$/, '$1: сервер $2 добавлен, вес $3'],
  [/^(.+): server (\S+) removed$/, '$1: сервер $2 удалён'],
  [/^(\S+) priority (\d+) → (\d+)$/, '$1: приоритет $2 → $3'],
  [/^(\S+) rejects an advert from (\S+)$/, '$1 отвергает объявление от $2'],
  [/^(.*)no destination(.*)$/, '$1нет ни одного сервера$2'],
]

const CAUSES: readonly Sentence[] = [
  [/^the scenario says so \((.+)\)$/, 'так сказано в сценарии ($1)'],
  [/^keepalived is started$/, 'keepalived запускают'],
  [/^the host is back and starts keepalived$/, 'узел снова работает и запускает keepalived'],
  [/^keepalived has ended$/, 'keepalived завершился'],
  [/^SIGTERM: keepalived stops$/, 'SIGTERM: keepalived завершается'],
  [
    /^SIGTERM: keepalived says goodbye \(priority 0\) and removes its VIPs$/,
    'SIGTERM: keepalived прощается (приоритет 0) и снимает свои VIP',
  ],
  [
    /^the host lost its power: its processes, addresses and tables are gone$/,
    'узел потерял питание: процессов, адресов и таблиц больше нет',
  ],
  [/^gone with the host$/, 'пропал вместе с узлом'],
  [/^keepalived (starts|reloads): BACKUP until its down timer runs out$/, 'keepalived: BACKUP, пока не истечёт его таймер'],
  [/^no advert from (\S+) since (\S+) s; (?<rest>.+)$/, 'нет объявлений от $1 с момента $2 s; $<rest>'],
  [/^no advert that counts since its start at (\S+) s; (?<rest>.+)$/, 'с запуска в $1 s не было значимых объявлений; $<rest>'],
  [
    /^no advert that counts since it left (MASTER|FAULT) at (\S+) s; (?<rest>.+)$/,
    'с выхода из $1 в $2 s не было значимых объявлений; $<rest>',
  ],
  [
    /^no advert that counts since the reload at (\S+) s; (?<rest>.+)$/,
    'с перезагрузки конфигурации в $1 s не было значимых объявлений; $<rest>',
  ],
  [/^(.+?); adverts of (\S+) do not restart it: priority (\d+) < (\d+)$/, '$1; объявления $2 его не перезапускают: приоритет $3 < $4'],
  [/^(\S+) said goodbye \(priority 0\) at (\S+) s; (?<rest>.+)$/, '$1 попрощался (приоритет 0) в $2 s; $<rest>'],
  [/^gives way: (\S+) advertises priority (\d+), ours is (\d+)$/, 'уступает: $1 объявляет приоритет $2, наш — $3'],
  [/^the VRRP child ends (\S+) s after SIGTERM$/, 'процесс VRRP завершается через $1 s после SIGTERM'],
  [
    /^no port is known for the MAC of (.+), so every port gets its frames$/,
    'порт с MAC узла $1 неизвестен, поэтому кадры идут во все порты',
  ],
  [/^(\d+ × \S+ s) \+ skew (.+)$/, '$1 + поправка $2'],
  [/^skew (.+)$/, 'поправка $1'],
  [
    /^the server's FIN went straight to the client; the director saw only the client's FIN: FIN_WAIT, (\S+) s after the last packet, and the kernel's timer wheel at HZ (\d+) removes it at (\S+) s if none follows$/,
    'FIN сервера ушёл прямо к клиенту, директор видел только FIN клиента: FIN_WAIT, $1 s после последнего пакета; колесо таймеров ядра при HZ $2 удалит запись в $3 s, если пакетов больше не будет',
  ],
  [
    /^its (\d+) connections get no answer until they expire or it comes back \(expire_nodest_conn 0\)$/,
    'его соединения ($1) не получат ответа, пока не истекут или пока он не вернётся (expire_nodest_conn 0)',
  ],
  [
    /^expire_nodest_conn 0: the connection stays, unanswered, until its timer ends or the server is added again$/,
    'expire_nodest_conn 0: соединение остаётся без ответа, пока не истечёт его таймер или сервер не добавят снова',
  ],
  [
    /^no entry, and the packet is no SYN \(sloppy_tcp 0\): IPVS leaves it to the TCP of the director, which owns the VIP and answers RST$/,
    'записи нет, и это не SYN (sloppy_tcp 0): IPVS отдаёт пакет TCP директора, который держит VIP и отвечает RST',
  ],
  [/^entering MASTER: (?<rest>.+)$/, 'становится MASTER: $<rest>'],
  [/^MASTER holds the VIP: (?<rest>.+)$/, 'VIP держит MASTER: $<rest>'],
  [/^every (\S+) s$/, 'каждые $1 s'],
  [/^interface (\S+) lost its carrier$/, 'интерфейс $1 потерял несущую'],
  [/^interface (\S+) has carrier again$/, 'у интерфейса $1 снова есть несущая'],
  [/^interface (\S+) has no carrier$/, 'у интерфейса $1 нет несущей'],
  [/^script (\S+) (.+)$/, 'скрипт $1: $2'],
  [/^sync group (\S+) follows (\S+): (?<rest>.+)$/, 'группа $1 следует за $2: $<rest>'],
  [
    /^sync group (\S+): every member wants MASTER, (\S+) was the last \((?<rest>.+)\)$/,
    'группа $1: все хотят быть MASTER, $2 был последним ($<rest>)',
  ],
  [/^advert of (\S+) rejected: (.+)$/, 'объявление от $1 отвергнуто: $2'],
  [/^keepalived makes its virtual servers when it starts$/, 'keepalived создаёт виртуальные серверы при запуске'],
  [
    /^keepalived removes its virtual servers when it stops; connections of the past keep their entries$/,
    'keepalived удаляет виртуальные серверы при остановке; записи прежних соединений остаются',
  ],
  [
    /^priority 255, the owner of the address, is MASTER as soon as it starts$/,
    'приоритет 255, владелец адреса, становится MASTER сразу при запуске',
  ],
]

export function russianWhat(text: string): string {
  return said(text, WHAT)
}

export function russianCause(text: string): string {
  return withRussianNumbers(said(text, CAUSES))
}

function said(text: string, sentences: readonly Sentence[]): string {
  for (const [form, template] of sentences) {
    const m = form.exec(text)
    if (m === null) continue
    return template.replace(/\$(\d+)|\$<rest>/g, (whole, n: string | undefined) =>
      whole === '$<rest>' ? said(m.groups?.['rest'] ?? '', sentences) : (m[Number(n)] ?? ''),
    )
  }
  return text
}

/** 3.605469 s → 3,605469 с. Addresses have more dots and stay. */
const withRussianNumbers = (text: string): string =>
  text.replace(/(?<![\d.])(\d+)(?:\.(\d+))? s\b/g, (_, whole: string, part: string | undefined) =>
    part === undefined ? `${whole} с` : `${whole},${part} с`,
  )
