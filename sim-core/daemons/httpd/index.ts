/** Servers on real servers: HTTP as nginx speaks it, and the lab's echo. */
export { ECHO_PORT, type EchoAnswer, type EchoLine, EchoServer } from './echo.ts'
export { HTTPD_VERBS, Httpd, type HttpdOptions, type HttpdVerb, NGINX } from './httpd.ts'
export {
  curlRequest,
  HTTP_REQUEST,
  HTTP_RESPONSE,
  type HttpRequest,
  type HttpResponse,
  headerBytes,
  parsePath,
  sizedRequest,
  TLS_HELLO,
} from './messages.ts'
