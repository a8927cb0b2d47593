import { maxDrainedBytes } from '#src/http/node-request.js'
import { declaredErrors, errors } from '#src/model/errors.generated.js'
import type { OperationName } from '#src/model/input.js'
import { outputFaults } from '../support/validate-output.js'
import type { Answer, Outcome } from './exchange.js'
import { headerOf } from './http-request.js'
import { hasMark, mayRepeat } from './marks.js'
import type { FuzzCase } from './make-case.js'

/** Errors that any request may get (API Reference, "Common Errors"), and those of the protocol. */
const commonErrors = new Set([
  'AccessDeniedException',
  'IncompleteSignatureException',
  'RequestEntityTooLargeException',
  'SerializationException',
  'UnknownOperationException',
  'ValidationException',
])
const byFault = ['ThrottlingException']
/** Errors that an operation's model lacks, and why they are let through. */
const undeclared = new Set([
  // Of all operations that take grant tokens, this one alone doesn't declare what a wrong one gets.
  'DescribeKey InvalidGrantTokenException',
])

type Document = Readonly<Record<string, unknown>>
const isDocument = (value: unknown): value is Document =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const documentOf = (body: string): Document | undefined => {
  try {
    const document: unknown = JSON.parse(body)
    return isDocument(document) ? document : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

const isOperation = (name: string | undefined): name is OperationName =>
  name !== undefined && Object.hasOwn(declaredErrors, name)

/** The operation that the request names, if one is sure: for one without odd framing. */
const operationOf = ({ request, isAdministration }: FuzzCase): OperationName | undefined => {
  const name = headerOf(request, 'x-amz-target')?.replace(/^TrentService\./, '')
  return isOperation(name) && !request.isOddlyFramed && !isAdministration ? name : undefined
}

const fitsStatus = ({ isAdministration }: FuzzCase, type: string, status: number): boolean => {
  // To what a web page may have sent.
  if (status === 403) return isAdministration && type === 'AccessDeniedException'
  return status === (type === 'RequestEntityTooLargeException' ? 413 : 400)
}

const errorFaults = (fuzzCase: FuzzCase, document: Document, status: number): string[] => {
  const { __type: type, message } = document
  if (typeof type !== 'string' || typeof message !== 'string') return ['an error without __type and message']
  const operation = operationOf(fuzzCase)
  const isDeclared =
    operation === undefined ? Object.hasOwn(errors, type) : declaredErrors[operation].includes(type)
  const isKnown =
    isDeclared ||
    undeclared.has(`${operation} ${type}`) ||
    commonErrors.has(type) ||
    (fuzzCase.isAdministration && byFault.includes(type))
  return [
    ...(isKnown ? [] : [`${type} is no error of ${operation ?? 'KMS'}`]),
    ...(fitsStatus(fuzzCase, type, status) ? [] : [`${type} with status ${status}`]),
    ...(message === '' ? ['an empty message'] : []),
    ...(hasMark(message) && !mayRepeat(operation ?? '', fuzzCase.request.body, message)
      ? [`the message of ${type} repeats a secret`]
      : []),
  ]
}

const answerFaults = (fuzzCase: FuzzCase, { status, headers, body }: Answer): string[] => {
  if (status >= 500) return [`status ${status}: ${body.slice(0, 300)}`]
  if (fuzzCase.request.method === 'HEAD') return []
  const document = documentOf(body)
  if (document === undefined) return [`status ${status} without a document of JSON`]
  if (status >= 400) return errorFaults(fuzzCase, document, status)
  if (status !== 200) return [`status ${status}`]
  const operation = operationOf(fuzzCase)
  return [
    ...(headers.get('content-type')?.includes('json') === true ? [] : ['a document of another media type']),
    ...(operation === undefined ? [] : outputFaults(operation, document, 'wire')),
  ]
}

/** Whether there is nothing to be answered. */
export const isBlank = (bytes: Buffer): boolean => /^[\r\n]*$/.test(bytes.toString('latin1'))

/** What is wrong with the outcome of a request: nothing, if the list is empty. */
export const faultsOf = (fuzzCase: FuzzCase, { answers, rest, end }: Outcome): string[] => {
  const { bytes } = fuzzCase
  const faults = answers.flatMap((answer) => answerFaults(fuzzCase, answer))
  if (end === 'late') faults.push('no answer in time')
  else if (rest !== '') faults.push('part of an answer')
  // RFC 9112, section 2.2: empty lines in front of a request are none. What is far too large is not read to its end.
  else if (answers.length === 0 && !isBlank(bytes) && bytes.length < maxDrainedBytes)
    faults.push('the connection was closed without an answer')
  return faults
}

/** How an answer is counted: its status, or the name of its error. */
export const kindOf = ({ status, body }: Answer): string => {
  const type = status < 400 ? undefined : documentOf(body)?.['__type']
  return typeof type === 'string' ? type : String(status)
}
