import type { ServerResponse } from 'node:http'

/** An error as the S3 API reference documents it ("REST error responses"); to HEAD, Node sends no body. */
export function errorAnswer(response: ServerResponse, code: string, status: number): void {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>As the test asks.</Message><RequestId>0</RequestId></Error>`
  response.writeHead(status, { 'content-type': 'application/xml' }).end(body)
}
