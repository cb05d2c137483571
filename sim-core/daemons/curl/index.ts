/** HTTP clients and the log of their requests. */
export { Curl, type CurlWiring, type RequestListener, type RequestMeter, type SessionOptions } from './curl.ts'
export { causeOf, whyOf, FATE_OK, FATE_OPEN, FATE_REFUSED, FATE_RESET, FATE_TIMED_OUT, FATES, RequestLog } from './request-log.ts'
