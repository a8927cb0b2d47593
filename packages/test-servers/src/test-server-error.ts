/**
 * Codes of everything this package refuses to do.
 *
 * - `SERVER_UNKNOWN`: no server of that id is in the table.
 * - `SERVER_UNAVAILABLE`: known, but it can't be had on this machine; the message says what is missing.
 * - `SERVER_START_FAILED`: it was launched and never answered; the message ends with its last output.
 * - `NO_FAULTLESS_SERVER`: `SEALRING_TEST_SERVERS=all` and none of the servers to be had has an empty fault list.
 * - `KNOWN_FAULT_PASSED`: a case passed that the server's fault list says must fail.
 * - `KNOWN_FAULT_STALE`: a fault list names a case that the suite doesn't have.
 */
export type TestServerErrorCode =
  | 'SERVER_UNKNOWN'
  | 'SERVER_UNAVAILABLE'
  | 'SERVER_START_FAILED'
  | 'NO_FAULTLESS_SERVER'
  | 'KNOWN_FAULT_PASSED'
  | 'KNOWN_FAULT_STALE'

export class TestServerError extends Error {
  readonly code: TestServerErrorCode

  constructor(code: TestServerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'TestServerError'
    this.code = code
  }
}
