import { answerAwsJson, errorAnswer } from '../aws-json.js'
import type { Handle, JsonAnswer } from '../aws-json.js'
import type { CallRecord } from '../audit.js'
import type { Caller } from '../caller.js'
import { errorCode } from '../error-code.js'
import { KmsError, RegionDownError } from '../errors.js'
import { whenDone } from '../when-done.js'
import { administer } from './administration.js'
import type { Controls } from './administration.js'
import { isForeignPage, refusePage } from './foreign-page.js'
import type { HttpRequest } from './foreign-page.js'
import type { RequestLog } from './request-log.js'

/** Answers one request. Throws, or rejects, only when the connection is to be cut: a RegionDownError. */
export type AnswerHttp = (request: HttpRequest) => JsonAnswer | Promise<JsonAnswer>

/** What {@link createAnswerHttp} puts together. */
export interface AnswerHttpOptions {
  handle: Handle
  /** The caller of unsigned requests. */
  fallback: Caller
  controls: Controls
  /** Whether it may be reached under any name: it listens beyond loopback. */
  anyHost: boolean
  log?: RequestLog | undefined
}

/** What is said of trouble that no request caused, such as a state file that can't be written. */
const internal = (error: unknown): KmsError => {
  const message = error instanceof Error ? error.message : 'no message'
  return new KmsError(
    'KMSInternalException',
    `kms-mock: ${errorCode(error) ?? 'unexpected error'}: ${message}`,
    {
      cause: error,
    },
  )
}

const answerError = (error: unknown): JsonAnswer => {
  if (error instanceof RegionDownError) throw error
  return errorAnswer(error instanceof KmsError ? error : internal(error))
}

const logged = (answer: AnswerWithCall, log: RequestLog): AnswerHttp => {
  return (request) => {
    const began = performance.now()
    let call: CallRecord | undefined
    const note = (outcome: { status?: number; error?: string | undefined }): void => {
      const { method, path } = request
      const { operation, accountId, region, keyArns } = call ?? {}
      log({
        time: new Date().toISOString(),
        ...(call === undefined
          ? { request: `${method} ${path.slice(0, 256)}` }
          : { operation, accountId, region, keyArns }),
        ...outcome,
        durationMs: Math.round((performance.now() - began) * 1000) / 1000,
      })
    }
    return whenDone(
      () =>
        answer(request, (made) => {
          call = made
        }),
      (given) => {
        note({ status: given.statusCode, ...(given.error !== undefined && { error: given.error }) })
        return given
      },
      (error) => {
        note({ error: error instanceof Error ? error.name : 'unknown' })
        throw error
      },
    )
  }
}

type AnswerWithCall = (
  request: HttpRequest,
  observe?: (call: CallRecord) => void,
) => JsonAnswer | Promise<JsonAnswer>

/** Makes what both transports answer with: KMS at `POST /`, the administration elsewhere. */
export const createAnswerHttp = ({
  handle,
  fallback,
  controls,
  anyHost,
  log,
}: AnswerHttpOptions): AnswerHttp => {
  const answer: AnswerWithCall = (request, observe) =>
    whenDone(
      () =>
        isForeignPage(request, anyHost)
          ? refusePage()
          : (administer(request, controls) ?? answerAwsJson(request, handle, fallback, observe)),
      (given) => given,
      answerError,
    )
  return log === undefined ? (request) => answer(request) : logged(answer, log)
}
