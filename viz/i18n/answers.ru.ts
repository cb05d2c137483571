/**
 * The verdict's sentences in Russian. They are put together from phrases with figures between them, so the phrases are
 * said again one after the other, the longest first; names and figures stay. test/browser/i18n.test.ts holds them
 * against every sentence that the scenarios of the page give.
 */
import type { Sentence } from './sentences.ru.ts'

const VERBS: Readonly<Record<string, string>> = {
  crash: 'аварии',
  boot: 'включения',
  stop: 'остановки keepalived на',
  start: 'запуска keepalived на',
  kill: 'убийства keepalived на',
  freeze: 'заморозки keepalived на',
  thaw: 'разморозки keepalived на',
  partition: 'изоляции',
  heal: 'возвращения связи с',
  link_down: 'выдёргивания кабеля',
  link_up: 'включения кабеля',
  mute: 'онемения',
  unmute: 'возвращения голоса',
  deaf: 'оглушения',
  undeaf: 'возвращения слуха',
  reload: 'перечитывания конфигурации на',
}

const PHRASES: readonly Sentence[] = [
  [/no traffic was sent, so nothing could be lost/g, 'трафика не было, поэтому теряться было нечему'],
  [/^apart from the takeover after (\w+) (.+?), which cost (.+?), (?=every|all)/, 'кроме переключения после @$1 $2, которое стоило $3, '],
  [/every request was answered/g, 'на каждый запрос ответили'],
  [/all that was sent was delivered/g, 'всё отправленное доставлено'],
  [/, during the takeover too/g, ', в том числе во время переключения'],
  [/the busiest link, (\S+), is offered (\S+ %) of its wire rate/g, 'на самую занятую линию $1 приходится $2 её скорости'],
  [/(\S+) is offered (\S+ %) of its wire rate/g, 'на линию $1 приходится $2 её скорости'],
  [/\(window (\S+)\)/g, '(окно $1)'],
  [/\bin the whole run\b/g, 'за весь прогон'],
  [/\bin window (\S+?)(?=[\s:,.)]|$)/g, 'в окне $1'],
  [/^with (.+?) lost, /, 'без $1: '],
  [
    /(\S+) has (\d+) of (\d+) VIPs \((.+?)\), (.+?) of IP, which is (\S+ %) of the wire rate of its (.+?) link \((\S+)\)/g,
    'у $1 $2 из $3 VIP ($4), $5 IP, это $6 скорости его линии $7 ($8)',
  ],
  [
    /real server (\S+) is offered (\S+ %) of the wire rate of its (.+?) link \((\S+)\)/g,
    'на реальный сервер $1 приходится $2 скорости его линии $3 ($4)',
  ],
  [/; the balancers' links are not the limit/g, '; предел — не линии балансировщиков'],
  [/(\S+) is offered (\S+ %) of its (.+?):/g, 'на линию $1 приходится $2 её $3:'],
  [/nothing is lost yet, but its queue only grows/g, 'пока ничего не потеряно, но очередь только растёт'],
  [/(\S+ %) of (\S+) is lost \((\S+) packets?\)/g, 'потеряно $1 трафика $2 (пакетов: $3)'],
  [/(\S+) of (\S+)'s requests failed \((\S+ %)\)/g, 'не удалось запросов $2: $1 ($3)'],
  [/; the first of them, (\S+): /g, '; первый из них, $1: '],
  [/reset by (\S+), which does not know the connection/g, 'соединение сброшено узлом $1, который его не знает'],
  [/no complete answer within its time limit/g, 'нет полного ответа за отведённое время'],
  [/the SYN was refused by (\S+) \(ICMP port unreachable\)/g, 'SYN отвергнут узлом $1 (ICMP port unreachable)'],
  [/, most of it because: /g, ', в основном потому, что: '],
  [/not for this host/g, 'пакет не для этого узла'],
  [/no packet to (\S+) was delivered (.+?): no balancer was MASTER for it/g, 'ни один пакет к $1 не доставлен $2: MASTER для него не было'],
  [/no packet to (\S+) was delivered (.+?), although (.+?) owned it/g, 'ни один пакет к $1 не доставлен $2, хотя им владел $3'],
  [/\(cut off\)/g, '(отрезан)'],
  [/no answer to ARP/g, 'нет ответа на ARP'],
  [/host is down/g, 'узел не работает'],
  [/queue full/g, 'очередь полна'],
  [/no real server is available/g, 'нет ни одного реального сервера'],
  [/the real server is gone/g, 'реальный сервер пропал'],
  [/nobody listens on the port/g, 'порт никто не слушает'],
  [
    /a backup for it that is up and hears the adverts; `lvsim run` tells in the story why nobody became MASTER/g,
    'нужен BACKUP, который работает и слышит объявления; почему MASTER не стал никто, рассказывают «События»',
  ],
  [
    /check that the balancer has a virtual service with live real servers, and that these have the VIP on lo/g,
    'проверьте, что у балансировщика есть виртуальный сервис с живыми серверами и что у них VIP на lo',
  ],
  [
    /an owner for the address: check that a balancer is MASTER and that the servers are up/g,
    'нужен владелец адреса: проверьте, что есть MASTER и что серверы работают',
  ],
  [
    /a balancer that takes over: check priorities and that the other hosts hear the adverts/g,
    'нужен балансировщик, который заменит: проверьте приоритеты и слышны ли объявления',
  ],
  [
    /the VIP on lo of every real server \(vip_on_lo, or serves: all\), or ip_forward on the balancers/g,
    'нужен VIP на lo каждого реального сервера (vip_on_lo или serves: all) либо ip_forward на балансировщиках',
  ],
  [
    /more real servers, or checkers that tolerate what happened \(retry, delay_before_retry, inhibit_on_failure\)/g,
    'нужно больше реальных серверов или проверки, которые это стерпят (retry, delay_before_retry, inhibit_on_failure)',
  ],
  [
    /more capacity on the link that drops, or less traffic on it/g,
    'нужна более быстрая линия там, где теряется, или меньше трафика на ней',
  ],
  [
    /net\.ipv4\.vs\.expire_nodest_conn=1, so that connections of a removed server are scheduled again/g,
    'net.ipv4.vs.expire_nodest_conn=1, чтобы соединения удалённого сервера распределялись заново',
  ],
  [
    /a service for the port: `serves:` on the real servers, a virtual service on the balancers/g,
    'нужен сервис на порту: `serves:` на реальных серверах, виртуальный сервис на балансировщиках',
  ],
  [/a faster link there, or less traffic/g, 'там нужна более быстрая линия или меньше трафика'],
  [
    /no number of VIPs helps: (\d+) such links cannot carry (.+?); use more balancers or /g,
    'не поможет никакое число VIP: $1 такие линии не пропустят $2; нужно больше балансировщиков или ',
  ],
  [/links of more than (.+?) for the balancers/g, 'линии балансировщиков быстрее $1'],
  [/, or more balancers that share the VIPs/g, ' или больше балансировщиков, которые делят VIP'],
  [
    /other priorities: the (\d+) VIPs in the orders (.+?) put at most (\S+ %) on a survivor's link/g,
    'другие приоритеты: $1 VIP в порядках $2 дают на линии оставшегося не больше $3',
  ],
  [
    /(\d+) VIPs with the orders (.+?) put at most (\S+ %) on a survivor's link/g,
    '$1 VIP в порядках $2 дают на линии оставшегося не больше $3',
  ],
  [/(\d+) VIPs can be even before \((\S+ %)\) and after \((\S+ %)\)/g, '$1 VIP делятся поровну и до ($2), и после ($3)'],
  [
    /(\d+) real servers with (.+?) links instead of (\d+), or faster links for them/g,
    'реальных серверов с линиями $2 нужно $1 вместо $3, или им нужны более быстрые линии',
  ],
  [
    /^Takeover after (\w+) (.+?) at (\S+) s, judged apart: (\d+) of (\d+) VIPs moved, /,
    'Переключение после @$1 $2 в $3 s оценено отдельно: перешло $4 из $5 VIP, ',
  ],
  [/up to (\S+ \S+) without a MASTER/g, 'без MASTER до $1'],
  [/always with a MASTER/g, 'MASTER был всегда'],
  [/nothing was lost/g, 'ничего не потеряно'],
  [/lost until (\S+) s: /g, 'потери до $1 s: '],
  [/(\S+) packets? of (\S+) \((\S+ %)\)/g, 'пакетов $2: $1 ($3)'],
  [/(\S+) requests? of (\S+) \((\S+ %)\)/g, 'запросов $2: $1 ($3)'],
  [/; (\S+) requests? answered late, after a SYN was sent again/g, '; с опозданием, после повторного SYN, ответили на запросов: $1'],
  [/^… and (\d+) more takeovers$/, '… и ещё переключений: $1'],
  [
    /The real servers' links are as full as the fullest balancer's/g,
    'Линии реальных серверов заполнены так же, как самая полная линия балансировщика',
  ],
  [/; it takes more real servers before more balancers help/g, '; прежде чем помогут новые балансировщики, нужны новые реальные серверы'],
  [/The real servers' links, not the balancers', are the limit/g, 'Предел — линии реальных серверов, а не балансировщиков'],
  [/, the balancers' at most (\S+ %)( then)?/g, ', у балансировщиков не больше $1'],
  [/ at (\S+ %) throughout/g, ': $1 всё время'],
  [/ at (\S+ %)/g, ': $1'],
  [/(\S+) had up to (\S+), (\S+) still there at the end/g, 'у $1 было до $2, в конце ещё $3'],
  [/(\S+) had up to (\S+), the last gone by (\S+) s/g, 'у $1 было до $2, последняя исчезла к $3 s'],
  [
    /In direct routing the servers' FINs go past the director; it keeps an entry (\d+) s after the last packet that it saw \(FIN_WAIT\), and up to (\S+) s more by the kernel's timer wheel at HZ (\d+)/g,
    'При direct routing FIN серверов идут мимо балансировщика; он хранит запись $1 s после последнего пакета, который видел (FIN_WAIT), и ещё до $2 s из-за колеса таймеров ядра при HZ $3',
  ],
  [/^there are no tables of (\S+) at that time$/, 'таблиц $1 в это время нет'],
  [/^nothing(?:; there are no tables of (\S+) at that time)$/, 'ничего: таблиц $1 в это время нет'],
  [/^nothing$/, 'ничего'],
  [/^none$/, 'нет'],
  [/ throughout$/, ' всё время'],
  [/^start-up$/, 'запуск'],
]

export function russianAnswer(text: string): string {
  let said = text
  for (const [form, template] of PHRASES) said = said.replace(form, template)
  return said
    .replace(/@(\w+)/g, (_, verb: string) => VERBS[verb] ?? verb)
    .replace(/\band (\d+) more\b/g, 'и ещё $1')
    .replace(/ and /g, ' и ')
    .replace(/(\d),(?=\d{3}\b)/g, '$1 ')
    .replace(/(\d)\.(\d+)(?= (?:%|s\b|ms\b|us\b|Gbit|Mbit|kbit))/g, '$1,$2')
    .replace(/\bGbit\/s/g, 'Гбит/с')
    .replace(/\bMbit\/s/g, 'Мбит/с')
    .replace(/\bkbit\/s/g, 'кбит/с')
    .replace(/(\d) (m|u)s\b/g, (_, n: string, unit: string) => `${n} ${unit === 'm' ? 'мс' : 'мкс'}`)
    .replace(/(\d) s\b/g, '$1 с')
}

/** `crash b1` → `после аварии b1`. */
export const russianTakeover = (what: string): string =>
  what.replace(/^(\w+) (.+)$/, (_, verb: string, host: string) => `После ${VERBS[verb] ?? verb} ${host}`)
