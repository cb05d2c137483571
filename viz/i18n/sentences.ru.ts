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
  [/^(.+): entry of (\S+) → (\S+), (\w+)$/, '$1: запись $2 → $3, $4'],
  [/^(.+): entry of (\S+) → (\S+)$/, '$1: запись $2 → $3'],
  [/^(.+): entry of (\S+): (\w+) → (\w+)$/, '$1: запись $2: $3 → $4'],
  [/^(.+): entry of (\S+) is gone$/, '$1: запись $2 исчезла'],
  [/^(.+): entry of (\S+) is ended$/, '$1: запись $2 снята досрочно'],
  [/^(.+): template of (\S+) → (\S+)$/, '$1: шаблон $2 → $3'],
  [/^(.+): template of (\S+) stays$/, '$1: шаблон $2 остаётся'],
  [/^(.+): (\S+) gets no new connections$/, '$1: $2 не получает новых соединений'],
  [/^(.+) goes on with (\S+) at (\S+)$/, '$1 продолжает соединение $2 на $3'],
  [/^(.+) does not know (\S+): RST$/, '$1 не знает $2: RST'],
  [/^(.+) refuses (\S+): no real server is available$/, '$1 отказывает $2: нет доступных серверов'],
  [/^packets for removed server (\S+) are dropped$/, 'пакеты для удалённого сервера $1 отбрасываются'],
  [/^SYN of (\S+) dropped: its port was used before$/, 'SYN от $1 отброшен: его порт уже использовался'],
  [/^sync daemon starts as (\w+) on (\S+), syncid (\d+)$/, 'демон синхронизации запущен: $1 на $2, syncid $3'],
  [/^sync daemon stops as (\w+) on (\S+), syncid (\d+)$/, 'демон синхронизации остановлен: $1 на $2, syncid $3'],
  [/^start preempt delay \((\S+) s\): lower priority (\d+) heard$/, 'preempt_delay ($1 с): слышен приоритет ниже, $2'],
  [/^(.+) refuses (\S+)$/, '$1 отказывает $2'],
  [/^sends RST to (\S+)$/, 'отвечает RST на $1'],
  [/^sends ICMP (.+) to (\S+)$/, 'отвечает ICMP «$1» узлу $2'],
  [/^Gained quorum (.+) for VS (.+)$/, 'кворум набран: $1, сервис $2'],
  [/^(?:Lost quorum|Starting with quorum down) (.+) for VS (.+)$/, 'кворума нет: $1, сервис $2'],
  [/^(\w+) to (\S+) is lost (?:on|in) (\S+): (?<rest>.+)$/, '$1 к $2 теряется ($3): $<rest>'],
  [/^queue full$/, 'очередь полна'],
  [/^no carrier$/, 'нет несущей'],
  [/^cut off$/, 'отрезан'],
  [/^line loss$/, 'потери на линии'],
  [/^host is down$/, 'узел выключен'],
  [/^no route$/, 'нет маршрута'],
  [/^not for this host$/, 'не для этого узла'],
  [/^time to live exceeded$/, 'TTL исчерпан'],
  [/^nobody listens on the port$/, 'порт никто не слушает'],
  [/^no answer to ARP$/, 'нет ответа на ARP'],
  [/^waiting for ARP: too many$/, 'слишком многие ждут ответа на ARP'],
  [/^too large for the link$/, 'слишком велик для линии'],
  [/^IPVS drop_packet$/, 'IPVS: срабатывает drop_packet'],
  [/^server hangs$/, 'сервер завис'],
  [/^keepalived sets the timeouts of IPVS$/, 'keepalived задаёт тайм-ауты IPVS'],
  [/^keepalived gives back the timeouts of IPVS$/, 'keepalived возвращает тайм-ауты IPVS'],
  [/^the timeouts are as before keepalived set its own$/, 'тайм-ауты такие, как до того, что задал keepalived'],
  [/^the host takes everything in silence$/, 'узел всё принимает и молчит'],
  [/^no interface has the MAC$/, 'такого MAC нет ни у одного интерфейса'],
]

const CAUSES: readonly Sentence[] = [
  [
    /^(?<rest>.+); its (\d+) connections get no answer until they expire or it comes back \(expire_nodest_conn 0\)$/,
    '$<rest>; его соединения ($2) не получат ответа, пока не истекут или пока он не вернётся (expire_nodest_conn 0)',
  ],
  [
    /^(?<rest>.+); its (\d+) connections are ended \(expire_nodest_conn 1\)$/,
    '$<rest>; его соединения ($2) обрываются (expire_nodest_conn 1)',
  ],
  [
    /^(\w+): .+, (\d+) times in a row: the check of (\S+) s and (\d+) retr(?:y|ies) after delay_before_retry (\S+) s each$/,
    '$1: неудача, $2 раз подряд: проверка в $3 s и повторы ($4) через delay_before_retry $5 s',
  ],
  [
    /^(\w+): .+ since (\S+) s; the first check after the start has no retries$/,
    '$1: неудача с $2 s; у первой проверки после запуска нет повторов',
  ],
  [/^(\w+): .+ since (\S+) s; retry is 0$/, '$1: неудача с $2 s; retry равен 0'],
  [/^(\w+): .+; one success is enough$/, '$1: проверка удалась; одного раза достаточно'],
  [/^the scenario says so \((.+)\)$/, 'так сказано в сценарии ($1)'],
  [/^the service is started, with its host or by hand$/, 'службу запускают: вместе с узлом или вручную'],
  [/^the host is back and starts keepalived$/, 'узел снова работает и запускает keepalived'],
  [/^its children have ended, (\S+) s after SIGTERM$/, 'его процессы завершились, через $1 s после SIGTERM'],
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
  [
    /^keepalived (starts|reloads): BACKUP until its down timer runs out, which begins to run after vrrp_startup_delay (\S+) s$/,
    'keepalived: BACKUP, пока не истечёт его таймер; он пойдёт через vrrp_startup_delay $2 s',
  ],
  [
    /^(\S+) advertises (\d+), less than our (\d+); until (.+) its adverts count all the same \(preempt_delay\)$/,
    '$1 объявляет $2, меньше нашего $3; до $4 его объявления всё же действуют (preempt_delay)',
  ],
  [
    /^the service is for all ports \(port 0\), which works for persistent services only; the packet is for port (\d+)$/,
    'сервис для всех портов (порт 0) работает только с постоянством; пакет на порт $1',
  ],
  [/^(\S+) and (\S+) both advertise 255: (.+)$/, '$1 и $2 оба объявляют 255: уступить должен один'],
  [
    /^another host advertises our priority (\d+) from our address (\S+): neither gives way$/,
    'другой узел объявляет наш приоритет $1 с нашего адреса $2: не уступает никто',
  ],
  [/^ipvsadm: (\S+)$/, 'ipvsadm: правила из $1'],
  [/^(\w+) takes (.+): (\S+) \(weight (\d+), (\d+) active, (\d+) inactive\)$/, '$1 выбирает $3 (вес $4, активных $5, неактивных $6)'],
  [
    /^(.+) from the client, whom alone the director sees \(table INPUT_ONLY\): (\w+) counts as (\w+) and lasts (\S+) s without a packet$/,
    '$1 от клиента (директор видит только его, таблица INPUT_ONLY): $2 считается как $3 и живёт без пакетов $4 s',
  ],
  [
    /^(.+) from the client \(table (.+)\): (\w+) counts as (\w+) and lasts (\S+) s without a packet$/,
    '$1 от клиента (таблица $2): $3 считается как $4 и живёт без пакетов $5 s',
  ],
  [
    /^(.+) from the server \(table (.+)\): (\w+) counts as (\w+) and lasts (\S+) s without a packet$/,
    '$1 от сервера (таблица $2): $3 считается как $4 и живёт без пакетов $5 s',
  ],
  [
    /^(\w+) lasts (\S+) s; the last packet came in the tick of (\S+) s, and the timer wheel \(HZ (\d+)\) came round (\S+) s late: (.+)$/,
    '$1 живёт $2 s; последний пакет был в такте $3 s, а колесо таймеров (HZ $4) сработало на $5 s позже: $6',
  ],
  [
    /^a persistence template leads this client to (\S+) for (\S+) s after its last new connection$/,
    'шаблон постоянства ведёт клиента на $1 ещё $2 s после его последнего нового соединения',
  ],
  [
    /^persistent service: the client’s network goes to (\S+) until (\S+) s have passed since its last new connection$/,
    'сервис постоянный: сеть клиента идёт на $1, пока не пройдёт $2 s после её последнего нового соединения',
  ],
  [
    /^its time is up, but it controls (\d+) connections?: (\S+) s more, which stays its timeout$/,
    'его время вышло, но за ним соединения ($1): ещё $2 s, и таким его таймаут останется',
  ],
  [
    /^another director’s sync daemon told of it; it expires here after (\S+) s without news$/,
    'о ней сообщил демон синхронизации другого директора; без новостей здесь она истечёт через $1 s',
  ],
  [
    /^a SYN begins a new connection: this one counts as over, or its server has weight 0$/,
    'SYN начинает новое соединение: это считается оконченным, или у его сервера вес 0',
  ],
  [/^expire_nodest_conn 1: its server was removed$/, 'expire_nodest_conn 1: его сервер удалён'],
  [
    /^another director’s sync daemon says that the connection goes to another server$/,
    'демон синхронизации другого директора говорит, что соединение идёт на другой сервер',
  ],
  [/^drop_entry 3: (.+)$/, 'drop_entry 3: полуоткрытое или праздное соединение в одной из просмотренных цепочек'],
  [
    /^it has (\d+) active \+ (\d+) inactive = (\d+) connections, its upper threshold is (\d+); until (.+)$/,
    'у него $1 активных + $2 неактивных = $3 соединений, верхний порог — $4; новые пойдут, когда их станет меньше',
  ],
  [
    /^of (\d+) real servers? (\d+) have weight 0, (\d+) are over their threshold; scheduler (\S+) chose none; (.+)$/,
    'из $1 серверов у $2 вес 0, $3 выше порога; планировщик $4 никого не выбрал; клиент получит ICMP port unreachable (сразу 6, потом 1 в секунду)',
  ],
  [
    /^the connection was opened at another director, whose sync daemon had told of it: (.+)$/,
    'соединение открыто у другого директора, его демон синхронизации о нём сообщил (с опозданием не больше 3.1 s)',
  ],
  [
    /^the quorum is (lost|gained): the living servers weigh (\d+) ([<≥]) (\S+ . \S+ = \S+) \(quorum . hysteresis\)(?:; .+)?$/,
    'живые серверы весят $2 $3 $4 (кворум и гистерезис)',
  ],
  [/^the quorum is lost: no server is alive(?:; .+)?$/, 'ни один сервер не жив'],
  [
    /^(\d+) packets wait on (\S+), its limit: (\S+) ms of sending at (\S+) Gbit\/s$/,
    'в очереди $2 ждут $1 пакетов, это её предел: $3 мс работы на $4 Гбит/с',
  ],
  [
    /^(\d+) bytes wait on (?:the token bucket of )?(\S+): with this packet more than the limit of (\d+) bytes$/,
    'в очереди $2 ждут $1 байт: с этим пакетом больше предела, $3 байт',
  ],
  [/^(\S+) has no carrier: a cable is pulled, or a host has no power$/, 'на $1 нет несущей: вынут кабель или выключен узел'],
  [/^the scenario cuts off what (\S+) carries (.+)$/, 'сценарий отрезал $1 (partition, mute, deaf или split); несущая остаётся'],
  [/^(\S+) loses (\S+) % of its frames at random$/, '$1 случайно теряет $2 % кадров'],
  [/^(\S+) has no power$/, 'узел $1 выключен'],
  [/^no interface of (\S+) leads to (\S+), and there is no gateway$/, 'ни один интерфейс $1 не ведёт к $2, и шлюза нет'],
  [/^(\S+) does not have (\S+) and does not forward \(ip_forward 0\)$/, 'у $1 нет адреса $2, и он не пересылает (ip_forward 0)'],
  [/^its TTL is (\d+): it may not be forwarded again$/, 'TTL равен $1: дальше пересылать нельзя'],
  [/^nobody on (\S+) takes (\w+) to (\S+)$/, 'на $1 никто не принимает $2 к $3'],
  [/^the server at port (\d+) of (\S+) hangs$/, 'сервер на порту $1 узла $2 завис'],
  [/^(\S+) asked (\d+) times for the MAC of the next hop and nobody answered$/, '$1 спросил MAC следующего узла $2 раза, никто не ответил'],
  [/^(\S+) lost its power while the packet waited for an answer to ARP$/, '$1 потерял питание, пока пакет ждал ответа на ARP'],
  [
    /^more than (\d+) bytes wait for one ARP answer (.+)$/,
    'одного ответа на ARP ждут больше $1 байт (unres_qlen_bytes); теряется самый старый пакет',
  ],
  [/^(\d+) bytes(?: and 20 of the tunnel)? do not fit an MTU of (\d+) bytes$/, '$1 байт не проходят в MTU $2 байт'],
  [/^drop_packet 3: of the packets (.+) one in (\d+) (.+)$/, 'drop_packet 3: из открывающих соединение пакетов отбрасывается каждый $2-й'],
  [
    /^(\S+) takes the next hop to be at (\S+) \((.*)\), and no interface with carrier has that MAC$/,
    '$1 считает, что следующий узел — $2 ($3), а такого MAC нет ни у одного интерфейса с несущей',
  ],
  [/^(\S+) takes everything and answers nothing$/, '$1 всё принимает и не отвечает'],
  [/^a SYN came for (\S+), where nobody listens$/, 'SYN пришёл на $1, где никто не слушает'],
  [/^a SYN came for (\S+), whose socket is closed (.+)$/, 'SYN пришёл на $1, где сокет закрыт (real_server refuse)'],
  [
    /^a segment \((.+)\) came for (\S+) that belongs to no connection of this host$/,
    'сегмент ($1) пришёл на $2 и не относится ни к одному соединению узла',
  ],
  [/^a segment \((.+)\) came for (\S+) that (.+)$/, 'сегмент ($1) пришёл на $2 и не подходит к соединению'],
  [/^data came for (\S+) after the application had closed its socket(.+)$/, 'данные пришли на $1, когда приложение уже закрыло сокет'],
  [/^the application at (\S+) ends the connection at once (.+)$/, 'приложение на $1 обрывает соединение (SO_LINGER 0)'],
  [/^nobody at (\S+) takes the packet to (\S+)$/, 'на $1 некому принять пакет к $2'],
  [/^nobody answered (\S+)'s ARP requests on the way to (\S+)$/, 'никто не ответил на ARP-запросы $1 по пути к $2'],
  [
    /^(\d+) bytes to (\S+) are more than the (\d+) bytes that fit (.+)$/,
    '$1 байт к $2 больше, чем $3 байт, которые проходят по пути к серверу',
  ],
  [/^no advert from (\S+) since (\S+) s; (?<rest>.+)$/, 'нет объявлений от $1 с момента $2 s; $<rest>'],
  [/^no advert that counts since that of (\S+) at (\S+) s; (?<rest>.+)$/, 'нет значимых объявлений после объявления $1 в $2 s; $<rest>'],
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
