/**
 * HTTP/1.1 as curl and nginx speak it, reduced to what matters on the wire: sizes, who closes, and what the answer
 * says. Messages are immutable and shared: a source makes its request once and sends it again and again.
 */
export const HTTP_REQUEST = 'http-request'
export const HTTP_RESPONSE = 'http-response'

/** Either side's first flight of a TLS handshake; what follows is not told apart. */
export const TLS_HELLO = 'tls-hello'

export interface HttpRequest {
  readonly type: typeof HTTP_REQUEST
  readonly method: 'HEAD' | 'GET'
  /** Bytes of the request on the wire, headers and all. */
  readonly bytes: number
  /** Body that is asked for (`?size=`), without the headers; a HEAD is answered without it. */
  readonly bodyBytes: number
  /** The answer has no header of its own: `bodyBytes` are all of it (a benchmark's bare response). */
  readonly bare: boolean
  /** `?close=server` or `Connection: close`: the server closes after the answer. */
  readonly serverCloses: boolean
  /** `?pace=`: the body comes in tenths of this many bytes, 0.1 s apart; 0 = at once. */
  readonly paceBytesPerS: number
}

export interface HttpResponse {
  readonly type: typeof HTTP_RESPONSE
  readonly status: number
  readonly headerBytes: number
  readonly bodyBytes: number
  /** Host that answers. */
  readonly server: number
  /** MAC number of the host that handed the request to the server: the director in direct routing. */
  readonly via: number
}

/** The size of the page behind `/` in the lab of the recordings. */
const INDEX_BYTES = 3

/** `/`, `/?size=400000&pace=20000`, `/?close=server`: what the lab's server understands. */
export function parsePath(path: string): Pick<HttpRequest, 'bodyBytes' | 'serverCloses' | 'paceBytesPerS'> {
  const query = path.includes('?') ? path.slice(path.indexOf('?') + 1) : ''
  const values = new Map<string, string>()
  for (const pair of query.split('&')) {
    const at = pair.indexOf('=')
    if (at > 0) values.set(pair.slice(0, at), pair.slice(at + 1))
  }
  const number = (key: string, otherwise: number): number => {
    const n = Number(values.get(key))
    return values.has(key) && Number.isFinite(n) && n >= 0 ? Math.floor(n) : otherwise
  }
  return {
    bodyBytes: number('size', INDEX_BYTES),
    serverCloses: values.get('close') === 'server',
    paceBytesPerS: number('pace', 0),
  }
}

/** What `curl -s` (or `curl -I -s`) sends for a URL. */
export function curlRequest(method: 'HEAD' | 'GET', host: string, path: string): HttpRequest {
  const text = `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n`
  return { type: HTTP_REQUEST, method, bytes: text.length, bare: false, ...parsePath(path) }
}

/** A request and an answer of given sizes, headers included. */
export function sizedRequest(bytes: number, responseBytes: number, serverCloses: boolean): HttpRequest {
  return { type: HTTP_REQUEST, method: 'GET', bytes, bodyBytes: responseBytes, bare: true, serverCloses, paceBytesPerS: 0 }
}

const REASONS: Readonly<Record<number, string>> = { 200: 'OK', 404: 'Not Found', 503: 'Service Unavailable' }

/** Bytes of nginx's header for an answer; its date has a fixed length. */
export function headerBytes(status: number, bodyBytes: number, closes: boolean): number {
  const lines = [
    `HTTP/1.1 ${status} ${REASONS[status] ?? 'Unknown'}`,
    'Server: nginx/1.22.1',
    'date: Mon, 01 Jan 2024 00:00:00 GMT',
    'Content-Type: text/html',
    `Content-Length: ${bodyBytes}`,
    ...(status === 200 ? ['Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT'] : []),
    `Connection: ${closes ? 'close' : 'keep-alive'}`,
    ...(status === 200 ? [`ETag: "65920080-${bodyBytes.toString(16)}"`, 'Accept-Ranges: bytes'] : []),
  ]
  return lines.reduce((bytes, line) => bytes + line.length + 2, 2)
}
