/** A mail server: see smtpd.ts. */
export { SMTP_LINE, SMTP_PORTS, Smtpd, type SmtpLine } from './smtpd.ts'
