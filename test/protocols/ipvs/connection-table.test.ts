/**
 * Goal: the table of typed arrays does what a plain list of objects does, and stays small.
 * Method: twin. Random additions, removals, look-ups and changes of ports on both; every answer is compared. Keys are drawn
 * from a small set, so that chains are long and equal keys meet.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ConnectionTable, FORWARD_MASQ, FORWARD_ROUTE } from '../../../sim-core/protocols/ipvs/connection-table.ts'

interface Plain {
  row: number
  protocol: number
  client: number
  clientPort: number
  virtual: number
  virtualPort: number
  server: number
  serverPort: number
  masq: boolean
}

const key = fc.record({
  protocol: fc.constantFrom(3, 4),
  client: fc.nat(3),
  clientPort: fc.nat(4),
  virtual: fc.nat(2),
  virtualPort: fc.nat(2),
  server: fc.nat(2),
  masq: fc.boolean(),
})

const action = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('add' as const), key }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), which: fc.nat(1000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('hide' as const), which: fc.nat(1000) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('find' as const), key }) },
)

const SERVER_PORT = 80

function check(table: ConnectionTable, plain: readonly Plain[], k: Omit<Plain, 'row' | 'serverPort'>): void {
  // The newest of equal keys comes first.
  const found = plain.find(
    e =>
      e.protocol === k.protocol &&
      e.client === k.client &&
      e.clientPort === k.clientPort &&
      e.virtual === k.virtual &&
      e.virtualPort === k.virtualPort,
  )
  expect(table.find(k.protocol, k.client, k.clientPort, k.virtual, k.virtualPort)).toBe(found?.row ?? 0)
  const reply = plain.find(
    e =>
      e.protocol === k.protocol &&
      e.client === k.client &&
      e.clientPort === k.clientPort &&
      (e.masq ? e.server === k.server && e.serverPort === SERVER_PORT : e.virtual === k.server && e.virtualPort === SERVER_PORT),
  )
  expect(table.findReply(k.protocol, k.server, SERVER_PORT, k.client, k.clientPort)).toBe(reply?.row ?? 0)
}

function add(table: ConnectionTable, k: Omit<Plain, 'row' | 'serverPort'>): Plain {
  const row = table.add(k.protocol, k.client, k.clientPort, k.virtual, k.virtualPort, k.masq ? FORWARD_MASQ : FORWARD_ROUTE)
  table.server[row] = k.server
  table.serverPort[row] = SERVER_PORT
  table.dest[row] = 0
  return { ...k, row, serverPort: SERVER_PORT }
}

describe('connection table', () => {
  it('answers like a list of objects', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 200 }), actions => {
        const table = new ConnectionTable()
        const plain: Plain[] = []
        for (const a of actions) {
          if (a.do === 'add') plain.unshift(add(table, a.key))
          else if (a.do === 'find') check(table, plain, a.key)
          else if (plain.length > 0) {
            const [e] = plain.splice(a.which % plain.length, 1)
            if (a.do === 'remove') table.remove(e.row)
            else {
              table.changePorts(e.row, 0, 65535, 65535)
              plain.unshift({ ...e, clientPort: 0, virtualPort: 65535, serverPort: 65535 })
            }
          }
        }
        const rows: number[] = []
        table.forEach(c => {
          rows.push(c)
        })
        expect(rows).toEqual(plain.map(e => e.row).sort((x, y) => x - y))
        expect(table.count).toBe(plain.length)
        for (const e of plain) check(table, plain, e)
      }),
    )
  })

  it('stays below 100 bytes an entry at every size from a thousand on, growth included', () => {
    const table = new ConnectionTable()
    for (let n = 1; n <= 250_000; n++) {
      table.dest[table.add(4, n % 10, Math.floor(n / 10) & 0xffff, 1 + (n % 3), 80, FORWARD_ROUTE)] = 1
      if (n >= 1000 && table.bytes > 100 * n) expect.fail(`${table.bytes / n} bytes an entry at ${n}`)
    }
    expect(table.bytes / table.count).toBeLessThan(85)
  })

  it('finds an entry among 250,000 in a chain as short as among 1,000', () => {
    // Of a good hash with one slot an entry, chains hold 1.5 entries on average as seen from an entry; 3 is generous.
    for (const n of [1000, 250_000]) {
      const table = new ConnectionTable()
      for (let i = 0; i < n; i++) table.dest[table.add(4, 7 + (i % 10), 1024 + Math.floor(i / 10), 1, 80, FORWARD_ROUTE)] = 1
      expect(table.meanChain()).toBeLessThan(3)
    }
  })
})
