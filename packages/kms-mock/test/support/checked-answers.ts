import type { RuntimeExtension } from '@aws-sdk/client-kms'
import { declaredErrors } from '#src/model/errors.generated.js'
import type { OperationName } from '#src/model/input.js'
import { validateOutput } from './validate-output.js'

type HttpHandler = ReturnType<Parameters<RuntimeExtension['configure']>[0]['httpHandler']>
type Answer = Awaited<ReturnType<HttpHandler['handle']>>

/** The errors that any operation may answer with (API Reference, "Common errors"), and what comes before an operation. */
const commonErrors: readonly string[] = [
  'AccessDeniedException',
  'RequestEntityTooLargeException',
  'SerializationException',
  'ThrottlingException',
  'UnknownOperationException',
  'ValidationException',
]

const bytesOf = async (body: unknown): Promise<Uint8Array> => {
  if (body instanceof Uint8Array) return body
  const chunks: Uint8Array[] = []
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the body of an answer over HTTP is a stream
  for await (const chunk of body as AsyncIterable<Uint8Array>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const operationOf = (headers: Record<string, string>): OperationName | undefined => {
  const name = headers['x-amz-target']?.replace('TrentService.', '') ?? ''
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- just looked up
  return Object.hasOwn(declaredErrors, name) ? (name as OperationName) : undefined
}

const checkAnswer = (operation: OperationName, statusCode: number, body: Uint8Array): void => {
  const document: unknown = JSON.parse(Buffer.from(body).toString())
  if (statusCode === 200) {
    validateOutput(operation, document, 'wire')
  } else {
    const type =
      typeof document === 'object' && document !== null && '__type' in document ? String(document.__type) : ''
    if (!commonErrors.includes(type) && !declaredErrors[operation].includes(type)) {
      throw new Error(`${operation} does not declare ${type || 'an error without a type'}`)
    }
  }
}

/** For a client's `extensions`: each answer that reaches it must be one of the model, as it stands on the wire. */
export const checkedAnswers: RuntimeExtension = {
  configure: (configuration) => {
    const handler = configuration.httpHandler()
    const handle: HttpHandler['handle'] = async (request, options): Promise<Answer> => {
      const { response } = await handler.handle(request, options)
      const body = await bytesOf(response.body)
      const operation = operationOf(request.headers)
      if (operation !== undefined) checkAnswer(operation, response.statusCode, body)
      response.body = body
      return { response }
    }
    const checked: unknown = new Proxy(handler, {
      get: (target, name) => (name === 'handle' ? handle : Reflect.get(target, name, target)),
    })
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the handler itself, but for one method
    configuration.setHttpHandler(checked as HttpHandler)
  },
}
